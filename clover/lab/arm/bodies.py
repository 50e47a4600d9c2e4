"""Checking a request's body against the models: unknown names, wrong types and wrong values are refused."""

from collections.abc import Mapping
from functools import cache
from typing import Any, NoReturn, cast

from clover.lab.arm.catalog import table
from clover.lab.arm.errors import error
from clover.lab.arm.schema import schema
from clover.lab.arm.values import Body

_ENVELOPE = frozenset({"id", "name", "type", "etag", "systemData"})
"""What every resource has and no caller sets: taken and ignored."""

_PYTHON: dict[str, type | tuple[type, ...]] = {"str": str, "date": str, "bool": bool, "int": int, "float": (int, float)}


@cache
def _model(name: str) -> Mapping[str, Any]:
    own = table("own_models")
    found: Mapping[str, Any] = (own if name.startswith("own.") else schema())["models"][name]
    added = own["additions"].get(name)
    return {**found, "fields": {**found["fields"], **added}} if added else found


@cache
def _values(name: str) -> Mapping[str, str]:
    """The values of an enumeration, by their lower case."""
    own = table("own_models") if name.startswith("own.") else schema()
    return {value.lower(): value for value in own["enums"][name]}


def checked(model: str, body: object, also: str = "") -> Body:
    """`body` as `model` takes it: values in Azure's casing, read-only properties left out.

    Properties that only the model `also` knows are read-only ones, and left out as well.
    """
    if not isinstance(body, dict):
        raise error("invalid_body", problem="the body must be an object", path="")
    named = cast(Body, body)
    kept = {name: value for name, value in named.items() if name not in _ENVELOPE or name in _model(model)["fields"]}
    return _object(model, kept, "", also)


def _object(model: str, body: Body, at: str, also: str = "") -> Body:
    described = _model(model)
    if "by" in described:
        chosen = str(body.get(described["by"]))
        variant = {value.lower(): name for value, name in described["variants"].items()}.get(chosen.lower())
        described = _model(variant) if variant else described
    fields: Mapping[str, Any] = described["fields"]
    by_lower = _by_lower(tuple(fields))
    taken: Body = {}
    for given, value in body.items():
        name = by_lower.get(given.lower())
        where = f"{at}.{given}" if at else given
        if name is None:
            if not _is_read(also, given):
                _refuse(f"Could not find member '{given}' on object of type '{_short(model)}'.", where)
        elif value is not None and fields[name][1] != "o":
            taken[name] = _value(fields[name][0], value, where, _inner(also, name))
    _require(fields, taken, model, at)
    return taken


def _require(fields: Mapping[str, Any], taken: Body, model: str, at: str) -> None:
    for name, (_, flags) in fields.items():
        if "r" in flags and "o" not in flags and name not in taken:
            where = f"{at}.{name}" if at else name
            if where == "location":
                raise error("location_required")
            _refuse(f"Required property '{name}' not found in JSON of type '{_short(model)}'.", where)


def _value(kind: str, value: Any, at: str, also: str = "") -> Any:
    if kind.startswith("[]"):
        if not isinstance(value, list):
            _refuse("an array is expected", at)
        items = cast(list[Any], value)
        return [_value(kind[2:], item, f"{at}[{number}]", also) for number, item in enumerate(items)]
    if kind.startswith("{}") or kind.startswith("model:"):
        if not isinstance(value, dict):
            _refuse("an object is expected", at)
        if kind.startswith("model:"):
            return _object(kind[6:], cast(Body, value), at, also)
        return {key: _value(kind[2:], part, f"{at}.{key}") for key, part in cast(Body, value).items()}
    return _plain(kind, value, at)


def _plain(kind: str, value: Any, at: str) -> Any:
    if kind.startswith("enum:"):
        chosen = _values(kind[5:]).get(value.lower()) if isinstance(value, str) else None
        if chosen is None:
            allowed = ", ".join(_values(kind[5:]).values())
            _refuse(f"Error converting value {value!r} to type '{_short(kind)}'; there are: {allowed}.", at)
        return chosen
    expected = _PYTHON.get(kind, object)
    if not isinstance(value, expected) or (isinstance(value, bool) and kind not in ("bool", "any")):
        _refuse(f"Error converting value {value!r} to type '{kind}'.", at)
    return value


def _refuse(problem: str, at: str) -> NoReturn:
    raise error("invalid_body", problem=problem, path=at)


def _is_read(model: str, name: str) -> bool:
    return bool(model) and name.lower() in _by_lower(tuple(_model(model)["fields"]))


def _inner(model: str, name: str) -> str:
    """The model of the property `name` of `model`, where that is an object."""
    kind = _model(model)["fields"].get(name, [""])[0] if model else ""
    return kind.rpartition("model:")[2] if "model:" in kind else ""


@cache
def _by_lower(names: tuple[str, ...]) -> Mapping[str, str]:
    return {name.lower(): name for name in names}


def _short(model: str) -> str:
    return model.rpartition(".")[2]
