"""What was read of a live site, in the form of a stack export, so that all that reads states reads it too."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from clover.errors import BadInput, Place
from clover.sources.export import VERSION
from clover.sources.live.paths import UNREAD
from clover.sources.live.reading import Found, Gap
from clover.sources.plain import as_list, as_object
from clover.sources.values import SENTINELS

PROJECT = "clover"
"""The project of every site's stack (Pulumi.yaml): what is observed is compared with what that project declares."""

_OPEN = min(SENTINELS)


class Observed(NamedTuple):
    """What an export says of its own reading: whether the cloud was a lab's, and which calls it refused."""

    lab: bool
    gaps: tuple[Gap, ...]


def read_observed(data: Mapping[str, Any], place: Place) -> Observed | None:
    """How an export was read live; None for one that the engine wrote. BadInput where it does not say it whole."""
    if "observed" not in data:
        return None
    observed = as_object(data["observed"]) or {}
    gaps = as_list(observed.get("gaps"))
    rows = [as_object(row) or {} for row in gaps or []]
    told = [{name: str(row[name]) for name in Gap._fields if name in row} for row in rows]
    whole = all(row.keys() >= {"call", "about", "code"} for row in told)
    if not isinstance(observed.get("lab"), bool) or gaps is None or not whole:
        raise BadInput("does not say how it was observed: `lab` and `gaps`", place)
    return Observed(observed["lab"], tuple(Gap(**row) for row in told))


class Observer(NamedTuple):
    """Who looked at which site: the caller as the cloud knows it, whether the cloud was a lab's, and since when."""

    site: str
    zone: str
    caller: str
    lab: bool
    begun: str = ""


def now() -> str:
    """The present time (UTC), to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def as_export(observer: Observer, found: Iterable[Found], gaps: Sequence[Gap]) -> dict[str, Any]:
    """The export of what was found; `observed` says who looked, and which calls were refused."""
    stack = f"urn:pulumi:{observer.site}::{PROJECT}::pulumi:pulumi:Stack::{PROJECT}-{observer.site}"
    root = {
        "urn": stack,
        "custom": False,
        "type": "pulumi:pulumi:Stack",
        "outputs": {"site": {"name": observer.site, "zone": observer.zone}},
    }
    things = {(thing.type, thing.id.lower()): thing for thing in found}
    names = called(things)
    resources = [_resource(observer.site, stack, names[key], thing) for key, thing in sorted(things.items())]
    observed = {
        "caller": observer.caller,
        "lab": observer.lab,
        "begun": observer.begun,
        "ended": now(),
        "gaps": [gap._asdict() for gap in gaps],
    }
    return {"version": VERSION, "observed": observed, "deployment": {"resources": [root, *resources]}}


def _resource(site: str, stack: str, name: str, thing: Found) -> dict[str, Any]:
    return {
        "urn": f"urn:pulumi:{site}::{PROJECT}::{thing.type}::{name}",
        "custom": True,
        "type": thing.type,
        "id": thing.id,
        "parent": stack,
        "inputs": {},
        "outputs": _open(_with_tags(thing.properties)),
    }


def called(things: Mapping[tuple[str, str], Found]) -> dict[tuple[str, str], str]:
    """A name for each thing by type and id, that no other of its type has: short where that is enough, else its id."""
    short = {key: _short(thing.id) for key, thing in things.items()}
    often = Counter((key[0], name) for key, name in short.items())
    return {key: name if often[key[0], name] == 1 else things[key].id for key, name in short.items()}


def _short(identifier: str) -> str:
    """The names in an ARM id from its resource group on, and the types of what an extension hangs on."""
    if not identifier.startswith("/"):
        return identifier
    *scopes, last = _PROVIDER.split(_SUBSCRIPTION.sub("", identifier))
    names = last.split("/")[1::2] if scopes else [last.strip("/")]
    return "/".join(part.strip("/") for part in (*scopes, *names) if part)


_SUBSCRIPTION = re.compile(r"^/subscriptions/[^/]+(/resourceGroups/)?", re.IGNORECASE)
_PROVIDER = re.compile(r"/providers/[^/]+/", re.IGNORECASE)
"""What of an ARM id says nothing in a stack of one subscription: containers, and the names of providers."""


def _with_tags(properties: Mapping[str, Any]) -> Mapping[str, Any]:
    """All tags under the provider's other name too: live, nobody can tell which ones a provider would add itself."""
    return {**properties, "tags": properties["tagsAll"]} if "tagsAll" in properties else properties


def _open(value: Any) -> Any:
    """The value as an export writes it: what could not be read is what the engine calls not known."""
    if value is UNREAD:
        return _OPEN
    if isinstance(value, Mapping):
        return {name: _open(inner) for name, inner in (as_object(dict(value)) or {}).items()}  # pyright: ignore[reportUnknownArgumentType]
    items = as_list(value)
    return value if items is None else [_open(item) for item in items]
