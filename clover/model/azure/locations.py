"""Which properties of Azure resources bear a location, and which of them lie outside a site.

ARM ids: https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules. An id says no region,
so where the thing behind it lies is asked of that thing.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

from clover.tables import read_table

_SUBSCRIPTION = re.compile(
    r"(?:(?<!Microsoft\.Resources)(?<!managementGroups)/subscriptions/|/subscriptions/(?=[\da-f]{8}-))([^/\s\"']+)",
    re.IGNORECASE,
)
"""A subscription in an ARM id; Microsoft.Resources/subscriptions/… and its like are names of actions and types."""
_ONE_REGION = re.compile(r"\w+_(?:LRS|ZRS)")
_CLASSES = ("location", "reference", "neutral")


UNCLASSIFIED = "no property that anybody classified"
"""Why a property is a finding that may or may not lie outside: nobody says what it means."""


class Ground(NamedTuple):
    """Where a site may lie: one region, its subscriptions, and the tenants of the zone that it may name.

    `alarms` is the region in which the zone lets alarms be handed on, if it names one.
    """

    region: str
    subscriptions: frozenset[str]
    tenants: frozenset[str]
    alarms: str | None = None


class Finding(NamedTuple):
    """A property that lies outside, or that nobody classified."""

    property: str
    value: Any
    why: str


@cache
def classification() -> Mapping[str, Any]:
    """The table of types and of the names inside their properties; see locations.yaml."""
    return read_table(Path(__file__).with_name("locations.yaml"))


@cache
def _type_entry(kind: str) -> Mapping[str, tuple[str, ...]]:
    """The classes of every property of a type."""
    return _by_name(classification()["types"].get(kind, {}))


@cache
def _nested_entry() -> Mapping[str, tuple[str, ...]]:
    """The classes of every name inside a property."""
    return _by_name(classification()["nested"])


def _by_name(entry: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """The classes that list each name; a location's is the word behind it."""
    found: dict[str, tuple[str, ...]] = {}
    for listed in _CLASSES:
        for name in entry.get(listed, ()):
            found[name] = (*found.get(name, ()), entry[listed][name] if listed == "location" else listed)
    return found


def classes_of(kind: str, name: str) -> tuple[str, ...]:
    """How the property `name` of a type is classified: `reference`, `neutral` or the word of a location.

    Exactly one where the table is whole.
    """
    return _type_entry(kind).get(name, ())


def nested_classes_of(name: str) -> tuple[str, ...]:
    """The same for `name` inside a property."""
    return _nested_entry().get(name, ())


def _rule(entry: Mapping[str, tuple[str, ...]], name: str) -> str | None:
    """The word of a location, nothing for the other classes, None where the name is not classified once."""
    classes = entry.get(name, ())
    if len(classes) != 1:
        return None
    return "" if classes[0] in ("reference", "neutral") else classes[0]


def outside(kind: str, properties: Mapping[str, Any], ground: Ground) -> list[Finding]:
    """The properties of one resource that are not inside `ground`; an unknown type or property is a finding by name."""
    if kind not in classification()["types"]:
        return [Finding(kind, None, "no type that anybody classified")]
    return [
        finding
        for name, value in properties.items()
        for finding in _of_property(name, value, _rule(_type_entry(kind), name), ground)
    ]


def by_name(_kind: str, properties: Mapping[str, Any], ground: Ground) -> list[Finding]:
    """The same for a type whose properties nobody classified: places by their names, and ARM ids anywhere."""
    return [finding for name, value in properties.items() for finding in _named(name, value, ground)]


def _named(path: str, value: Any, ground: Ground) -> Iterator[Finding]:
    """What lies outside in one property, or inside it; a property without a word for its place is let pass."""
    rule = _rule(_nested_entry(), path.rpartition(".")[2].partition("[")[0])
    if rule and not _ALLOWED[rule](value, ground) and not (path == "location" and _is_global(value, ground)):
        yield Finding(path, value, f"has to be: {rule}")
    elif isinstance(value, str):
        yield from _of_text(path, value, ground)
    elif isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, Any]", value).items():
            yield from _named(f"{path}.{name}", inner, ground)
    elif isinstance(value, Sequence):
        for index, inner in enumerate(cast("Sequence[Any]", value)):
            yield from _named(f"{path}[{index}]", inner, ground)


def _of_property(path: str, value: Any, rule: str | None, ground: Ground) -> Iterator[Finding]:
    """The findings on one property and on what is inside it; the last word of `path` is its name."""
    if rule is None:
        yield Finding(path, value, UNCLASSIFIED)
    elif rule and not _ALLOWED[rule](value, ground):
        yield Finding(path, value, f"has to be: {rule}")
        return
    if path in classification()["documents"]:
        yield from (found for text in _texts(value) for found in _of_text(path, text, ground))
        return
    yield from _inside(path, value, ground, free=path.rpartition(".")[2] in classification()["free"])


def _texts(value: Any) -> Iterator[str]:
    """Every text in a value, names of objects included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, Any]", value).items():
            yield name
            yield from _texts(inner)
    elif isinstance(value, Sequence):
        for inner in cast("Sequence[Any]", value):
            yield from _texts(inner)


def _inside(path: str, value: Any, ground: Ground, *, free: bool) -> Iterator[Finding]:
    """The findings inside a value: names of objects by the table, ARM ids wherever they stand."""
    if isinstance(value, str):
        yield from _of_text(path, value, ground)
    elif isinstance(value, Mapping):
        for name, inner in cast("Mapping[str, Any]", value).items():
            if free:
                yield from _of_text(f"{path}.{name}", name, ground)
                yield from _inside(f"{path}.{name}", inner, ground, free=False)
            else:
                yield from _of_property(f"{path}.{name}", inner, _rule(_nested_entry(), name), ground)
    elif isinstance(value, Sequence):
        for index, inner in enumerate(cast("Sequence[Any]", value)):
            yield from _inside(f"{path}[{index}]", inner, ground, free=free)


def _of_text(path: str, text: str, ground: Ground) -> Iterator[Finding]:
    """ARM ids in a text, each of which has to lie in a subscription of the site."""
    for subscription in _SUBSCRIPTION.findall(text):
        if subscription.lower() not in ground.subscriptions:
            yield Finding(path, text, f"names subscription {subscription}")


def _is_region(value: Any, ground: Ground) -> bool:
    """The site's region in any spelling, or left to the resource group."""
    return value in (None, "") or str(value).replace(" ", "").lower() == ground.region


def _are_regions(value: Any, ground: Ground) -> bool:
    """Nothing but the site's region."""
    return all(_is_region(region, ground) for region in value or ())


def _is_alarms_region(value: Any, ground: Ground) -> bool:
    """The site's region, or that in which the zone lets alarms be handed on; left out, it is the resource group's."""
    return _is_region(value, ground) or str(value).replace(" ", "").lower() == ground.alarms


def _is_global(value: Any, _ground: Ground) -> bool:
    """The word global, or nothing."""
    return value is None or str(value).lower() == "global"


def _are_zones(value: Any, _ground: Ground) -> bool:
    """Numbers of availability zones, which Azure counts within the region."""
    return all(str(zone) in ("1", "2", "3") for zone in value or ())


def _is_sku_name(value: Any, _ground: Ground) -> bool:
    """A redundancy that stays in one region."""
    return value is None or _ONE_REGION.fullmatch(str(value)) is not None


def _is_storage_sku(value: Any, ground: Ground) -> bool:
    """A SKU with such a redundancy."""
    return value is None or (isinstance(value, Mapping) and _is_sku_name(cast("Any", value).get("name"), ground))


def _is_regional_sku(value: Any, _ground: Ground) -> bool:
    """A SKU whose tier is not Global."""
    return value is None or (isinstance(value, Mapping) and cast("Any", value).get("tier") in (None, "Regional"))


def _is_tenant(value: Any, ground: Ground) -> bool:
    """A tenant of the zone, or nothing."""
    return value in (None, "") or str(value).lower() in ground.tenants


def _are_tenants(value: Any, ground: Ground) -> bool:
    """Tenants of the zone."""
    return all(_is_tenant(tenant, ground) for tenant in value or ())


def _is_subscription(value: Any, ground: Ground) -> bool:
    """A subscription of the site, or left to the deployer's sign-in."""
    return value in (None, "") or str(value).lower() in ground.subscriptions


def _are_subscriptions(value: Any, ground: Ground) -> bool:
    """Subscriptions of the site."""
    return all(_is_subscription(subscription, ground) for subscription in value or ())


def _is_public_cloud(value: Any, _ground: Ground) -> bool:
    """Azure's public cloud, which is also the provider's default."""
    return value in (None, "", "public")


def _is_absent(value: Any, _ground: Ground) -> bool:
    """Nothing at all."""
    return not value


_ALLOWED = {
    "region": _is_region,
    "alarms": _is_alarms_region,
    "regions": _are_regions,
    "global": _is_global,
    "zones": _are_zones,
    "storage-sku": _is_storage_sku,
    "sku-name": _is_sku_name,
    "regional-sku": _is_regional_sku,
    "tenant": _is_tenant,
    "tenants": _are_tenants,
    "subscription": _is_subscription,
    "subscriptions": _are_subscriptions,
    "public-cloud": _is_public_cloud,
    "absent": _is_absent,
    "not-true": _is_absent,
}
