"""From ARM's JSON to the properties that the azure-native provider gives: flattened, some under other names.

shapes.json is generated from the pinned SDKs. What the provider's types do not know is left out, as the provider does.
"""

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.sources.plain import as_list, as_object

FILE = "shapes.json"
VERSION = "azureApiVersion"
_SCOPES = frozenset({"scope", "resourceUri"})
"""Path parameters that hold a whole id."""


class Shape(NamedTuple):
    """The members of a typed value: each one's type, and its place in ARM's JSON where that is not its name.

    `sets` are lists of text that ARM has as the keys of a map.
    """

    members: Mapping[str, str]
    paths: Mapping[str, str]
    sets: frozenset[str]


class Type(NamedTuple):
    """A resource type: its id with the parameters in braces, the API version it is asked for in, and its shape."""

    path: str
    version: str
    shape: Shape


@cache
def _tables() -> Mapping[str, Any]:
    return json.loads(Path(__file__).with_name(FILE).read_text(encoding="utf-8"))


def known() -> frozenset[str]:
    """The types whose answers become properties."""
    return frozenset(_tables()["types"])


@cache
def type_of(token: str) -> Type:
    """The type of a token; KeyError where it has no shape."""
    row = _tables()["types"][token]
    return Type(row["path"], row["version"], _shape(row))


@cache
def _object(kind: str) -> Shape:
    return _shape(_tables()["objects"][kind])


def _shape(row: Mapping[str, Any]) -> Shape:
    return Shape(row["members"], row.get("paths", {}), frozenset(row.get("sets", ())))


def parameters(token: str) -> list[str]:
    """The names that a type's id is made of."""
    return [name for name in re.findall(r"{(\w+)}", type_of(token).path) if name != "subscriptionId"]


def properties(token: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """A resource's properties: those of its body, and the names that stand in its id."""
    known_type = type_of(token)
    said = _converted(known_type.shape, body)
    return {**_names(known_type.path, str(body.get("id", ""))), **said, VERSION: known_type.version}


def _names(path: str, identifier: str) -> dict[str, str]:
    """The parameters of a path that an id fills in; none where it is no id of the type."""
    parts = re.split(r"{(\w+)}", path)
    pattern = "".join(_group(part) if at % 2 else re.escape(part) for at, part in enumerate(parts))
    match = re.fullmatch(pattern, identifier, re.IGNORECASE)
    found = match.groupdict() if match else {}
    return {name: f"/{text}" if name in _SCOPES else text for name, text in found.items() if name != "subscriptionId"}


def _group(name: str) -> str:
    return f"(?P<{name}>.*?)" if name in _SCOPES else f"(?P<{name}>[^/]+)"


def _converted(shape: Shape, body: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, kind in shape.members.items():
        value = _at(body, shape.paths.get(name, name))
        if value is not None:
            found[name] = sorted(value) if name in shape.sets else _inside(kind, value)
    return found


def _at(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = (as_object(value) or {}).get(step)
    return value


def _inside(kind: str, value: Any) -> Any:
    """The value with every typed object in it converted."""
    if (items := as_list(value)) is not None:
        return [_inside(kind[1:-1] if kind.startswith("[") else "any", item) for item in items]
    members = as_object(value)
    if members is None:
        return value
    if kind.startswith("{"):
        return {name: _inside(kind[1:-1], item) for name, item in members.items()}
    shape = _chosen(kind, members)
    return _converted(shape, members) if shape else members


def _chosen(kind: str, body: Mapping[str, Any]) -> Shape | None:
    """The shape of the object that a value of a choice is: the one whose constants it has, else the first."""
    shapes = [_object(part) for part in kind.split("|") if part in _tables()["objects"]]
    fitting = (shape for shape in shapes if all(_at(body, path) == text for path, text in _constants(shape)))
    return next(fitting, shapes[0] if shapes else None)


def _constants(shape: Shape) -> list[tuple[str, str]]:
    return [(shape.paths.get(name, name), kind[1:]) for name, kind in shape.members.items() if kind.startswith("=")]
