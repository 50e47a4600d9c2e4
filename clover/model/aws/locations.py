"""Which properties of AWS resources bear a location, and which of them lie outside a site.

ARN format: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.tables import read_table

_ARN = re.compile(r"arn:[\w-]+:[\w-]*:([\w*-]*):([\w*-]*):")
_WHERE = re.compile("region|availabilityzone", re.IGNORECASE)
_PLACE = re.compile(r"[a-z]{2}(?:-[a-z]+)+-[0-9]+|[a-z]+[0-9]+-az[0-9]+")
"""How the name of a region, of a zone, or a zone's id begins."""
UNCLASSIFIED = "no property that anybody classified"
_CLASSES = ("location", "reference", "neutral")


class Ground(NamedTuple):
    """Where a site may lie: one region, and the accounts of the zone that it may name."""

    region: str
    accounts: frozenset[str]


class Finding(NamedTuple):
    """A property that lies outside, or that nobody classified."""

    property: str
    value: Any
    why: str


@cache
def classification() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    """The table of types and of the objects inside them; see locations.yaml."""
    return read_table(Path(__file__).with_name("locations.yaml"))


def classes_of(kind: str, name: str, section: str = "types") -> list[str]:
    """The classes that list the property `name` of a type or object; exactly one where the table is whole."""
    entry = classification()[section].get(kind, {})
    return [found for found in _CLASSES if name in entry.get(found, ())]


def outside(kind: str, properties: Mapping[str, Any], ground: Ground) -> list[Finding]:
    """The properties of one resource that are not inside `ground`; an unknown type or property is a finding by name."""
    if kind not in classification()["types"]:
        return [Finding(kind, None, "no type that anybody classified")]
    return [finding for name, value in properties.items() for finding in _of_property(kind, name, value, ground)]


def says_where(name: str) -> bool:
    """Whether a property bears a location by its name, whatever its type: of a region, a zone or an endpoint."""
    return _WHERE.search(name) is not None


def by_name(_kind: str, properties: Mapping[str, Any], ground: Ground) -> list[Finding]:
    """The same for a type whose properties nobody classified: places by their properties' names, and ARNs anywhere."""
    found = [finding for name, value in properties.items() for finding in _named(name, value, ground)]
    return [*found, *(finding for name, value in properties.items() for finding in _nested(name, value, ground))]


def _named(path: str, value: Any, ground: Ground) -> Iterator[Finding]:
    """Regions and availability zones other than the site's, where a property's name says that it holds one."""
    if isinstance(value, str):
        place = says_where(path.rpartition(".")[2].partition("[")[0]) and _PLACE.match(value)
        if place and not any(inside(value, ground) for inside in (_is_region, _is_zone, _is_zone_id)):
            yield Finding(path, value, f"has to be of: {ground.region}")
    elif isinstance(value, Mapping):
        for name, inner in value.items():  # pyright: ignore[reportUnknownVariableType]  plan data is plain JSON
            yield from _named(f"{path}.{name}", inner, ground)
    elif isinstance(value, Sequence):
        for index, inner in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from _named(f"{path}[{index}]", inner, ground)


def _of_property(kind: str, name: str, value: Any, ground: Ground) -> Iterator[Finding]:
    """The findings on one property."""
    found = classes_of(kind, name)
    if found == ["location"]:
        how = classification()["types"][kind]["location"][name]
        if not _ALLOWED[how](value, ground):
            yield Finding(name, value, f"has to be: {how}")
    elif len(found) != 1:
        yield Finding(name, value, UNCLASSIFIED)
    yield from _nested(name, value, ground)


def _nested(path: str, value: Any, ground: Ground) -> Iterator[Finding]:
    """ARNs anywhere inside a value, policy documents in text included."""
    if isinstance(value, str):
        for region, account in _ARN.findall(value):
            if region not in ("", "*", ground.region) or not (
                account in ("", "*", "aws") or account in ground.accounts
            ):
                yield Finding(path, value, f"names region {region or '-'} and account {account or '-'}")
    elif isinstance(value, Mapping):
        for name, inner in value.items():  # pyright: ignore[reportUnknownVariableType]  plan data is plain JSON
            yield from _nested(f"{path}.{name}", inner, ground)
    elif isinstance(value, Sequence):
        for index, inner in enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
            yield from _nested(f"{path}[{index}]", inner, ground)


def _is_region(value: Any, ground: Ground) -> bool:
    """The site's region, or left to the provider, whose own region is checked."""
    return value in (None, "", ground.region)


def _is_zone(value: Any, ground: Ground) -> bool:
    """An availability zone: the region's name and a letter."""
    return value is None or re.fullmatch(re.escape(ground.region) + "[a-z]", str(value)) is not None


def _is_zone_id(value: Any, ground: Ground) -> bool:
    """A zone's account-independent id: the region's name in short, such as `use1-az2` for us-east-1.

    https://docs.aws.amazon.com/global-infrastructure/latest/regions/az-ids.html.
    """
    area, direction, number = ground.region.rsplit("-", 2)
    short = "".join(found[0] for found in re.findall("north|south|east|west|central", direction))
    return value is None or re.fullmatch(f"{area.replace('-', '')}{short}{number}-az[0-9]+", str(value)) is not None


def _is_service(value: Any, ground: Ground) -> bool:
    """An endpoint service: the region stands between dots."""
    return value is None or f".{ground.region}." in str(value)


def _is_absent(value: Any, _ground: Ground) -> bool:
    """Nothing at all."""
    return not value


_ALLOWED = {
    "region": _is_region,
    "availability-zone": _is_zone,
    "zone-id": _is_zone_id,
    "service-name": _is_service,
    "absent": _is_absent,
    "not-true": _is_absent,
}
