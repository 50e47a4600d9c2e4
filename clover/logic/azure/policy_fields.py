"""What a field of a policy rule selects from a declared resource.

Sources: https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule (fields) and
https://learn.microsoft.com/azure/governance/policy/how-to/author-policies-for-arrays (`[*]`, and `count`, which looks
at each member as if it were the only one). An alias is a type and a path; the path starts in the resource's
`properties`, or for what ARM keeps beside them (sku, identity, zones and so on) at the resource itself; some types, as
vaults, keep their sku inside.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple, cast

from clover.logic.aws.reading import Malformed, quoted

TOP_LEVEL = frozenset({"name", "fullname", "kind", "type", "location", "id", "identity.type", "tags"})
BESIDE_PROPERTIES = frozenset(
    {"sku", "kind", "identity", "zones", "plan", "extendedlocation", "managedby", "etag", "scale"}
)
TAG = re.compile(r"tags(?:\[(?P<in_brackets>.+)\]|\.(?P<after_dot>.+))", re.IGNORECASE | re.DOTALL)
ALIAS = re.compile(r"[\w.]+(?:/\w+)+/\w[\w.\[\]*]*")
STEP = re.compile(r"(?P<name>\w+)(?P<members>(?:\[\*\])*)")
MEMBERS = "[*]"

Pins = Mapping[str, int]


class Found(NamedTuple):
    """What a field selects: one value (None where there is none), or the values of a collection."""

    values: tuple[Any, ...]
    collection: bool

    @property
    def literal(self) -> Any:
        """The value as the function field() returns it: an empty string where there is none."""
        if self.collection:
            return list(self.values)
        return "" if self.values[0] is None else self.values[0]


class Fields:
    """The fields of one resource; names of its members ignore case, as ARM's do."""

    def __init__(self, resource: Mapping[str, Any], where: str) -> None:
        """Hold the body of a resource, with type, name, location, tags, sku, properties and so on."""
        self._resource = resource
        self._where = where

    @cached_property
    def type(self) -> str:
        """The resource's type, in lower case."""
        kind = _member(self._resource, "type")
        if not isinstance(kind, str):
            raise Malformed(f"{self._where}.type: a policy rule needs the resource's type")
        return kind.lower()

    @property
    def located(self) -> bool:
        """Whether the resource says a location or tags, as those do that the mode Indexed is about."""
        return _member(self._resource, "location") is not None or _member(self._resource, "tags") is not None

    def select(self, field: str, pins: Pins) -> Found:
        """What `field` selects; `pins` say which member of an array alone is looked at."""
        if field.lower() in TOP_LEVEL:
            return Found((self._top(field.lower()),), collection=False)
        tag = TAG.fullmatch(field)
        if tag:
            tags = _member(self._resource, "tags")
            name = tag["after_dot"] or _unquoted(tag["in_brackets"])
            return Found((_member(tags, name) if isinstance(tags, Mapping) else None,), collection=False)
        if not ALIAS.fullmatch(field):
            raise Malformed(f"{self._where}: {quoted(field)} is no field of a policy rule")
        return self._alias(field, pins)

    def _alias(self, alias: str, pins: Pins) -> Found:
        """What an alias selects; nothing of a resource of another type."""
        prefix, path = f"{self.type}/", alias[len(self.type) + 1 :]
        collection = MEMBERS in alias
        if not alias.lower().startswith(prefix) or "/" in path:
            return Found(() if collection else (None,), collection)
        first = re.split(r"[.\[]", path)[0].lower()
        beside = first in BESIDE_PROPERTIES and _member(self._resource, first) is not None
        root = self._resource if beside else _member(self._resource, "properties")
        return Found(tuple(_walk(root, path, prefix, pins)), collection)

    def _top(self, name: str) -> Any:
        """A field that every resource has."""
        if name == "identity.type":
            return _member(_member(self._resource, "identity"), "type")
        if name == "fullname":
            return _member(self._resource, "fullName") or _member(self._resource, "name")
        value = _member(self._resource, name)
        if name == "location" and isinstance(value, str):
            return value.replace(" ", "").lower()
        return value


def _walk(root: Any, path: str, prefix: str, pins: Pins) -> list[Any]:
    """The values at the end of a path: one, or one for each member of the arrays on the way."""
    places: list[tuple[str, Any]] = [(prefix, root)]
    for index, step in enumerate(path.split(".")):
        found = STEP.fullmatch(step)
        if found is None:
            raise Malformed(f"policy rule: {quoted(path)} is no path of an alias")
        name = f"{'.' if index else ''}{found['name'].lower()}"
        places = [(f"{at}{name}", _inner(value, found["name"])) for at, value in places]
        for _ in range(found["members"].count(MEMBERS)):
            places = [member for at, value in places for member in _members(at, value, pins)]
    return [value for _, value in places]


def _inner(value: Any, name: str) -> Any:
    """A member on the way of a path, which names no `properties`: resources inside a resource keep theirs there."""
    found = _member(value, name)
    return _member(_member(value, "properties"), name) if found is None else found


def _members(at: str, value: Any, pins: Pins) -> list[tuple[str, Any]]:
    """The members of an array, or the one that is pinned."""
    if not isinstance(value, list):
        return []
    members = cast("list[Any]", value)
    at = f"{at}{MEMBERS}"
    return [(at, member) for index, member in enumerate(members) if pins.get(at, index) == index]


def pins_of(fields: Fields, alias: str, pins: Pins) -> list[dict[str, int]]:
    """One set of pins for each member that the alias of a field count selects."""
    found: list[dict[str, int]] = [dict(pins)]
    for end in (match.end() for match in re.finditer(re.escape(MEMBERS), alias)):
        part = alias[:end]
        found = [{**each, part.lower(): index} for each in found for index in _indexes(fields, part, each)]
    return found


def _indexes(fields: Fields, part: str, pins: Pins) -> Sequence[int]:
    """The places of the members of one array, or the one that is pinned already."""
    pinned = pins.get(part.lower())
    array = fields.select(part.removesuffix(MEMBERS), pins)
    members = cast("list[Any]", array.values[0]) if array.values and isinstance(array.values[0], list) else []
    return range(len(members)) if pinned is None else (pinned,)


def _member(value: Any, name: str) -> Any:
    """A member by its name without regard to case; None where there is none."""
    if not isinstance(value, Mapping):
        return None
    members = cast("Mapping[str, Any]", value)
    return next((found for key, found in members.items() if key.lower() == name.lower()), None)


def _unquoted(text: str) -> str:
    """A tag's name out of its apostrophes, doubled ones being one."""
    if text.startswith("'") and text.endswith("'") and len(text) > 1:
        return text[1:-1].replace("''", "'")
    return text
