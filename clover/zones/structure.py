"""Turn plain data into a typed structure, or say in plain words what does not fit and where."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import msgspec

from clover.errors import BadInput, Place
from clover.zones.document import DEPTH_LIMIT, Document, Keys, forbidden_character, parse_path
from clover.zones.problems import nearest, shown
from clover.zones.words import PLAIN

Structure = TypeVar("Structure")
Locate = Callable[[Keys], Place | None]

_KINDS = {
    "str": "text",
    "int": "a whole number",
    "bool": "true or false",
    "array": "a list",
    "object": "keys with values",
    "null": "nothing",
    "float": "a number with a fraction",
}
_WORD = re.compile(r"[a-zA-Z0-9_:-]{1,60}")
_BOUNDS = (
    (r"Expected `array` of length >= 1", "is empty"),
    (r"Expected `int` <= (\d+)", "is more than {}"),
    (r"Expected `int` >= (\d+)", "is less than {}"),
    (r".*\bdate\b.*", "is not a date such as 2026-10-01"),
)


def structured(document: Document, kind: type[Structure]) -> Structure:
    """Return the data of `document` as a `kind`; raise BadInput for the first thing that does not fit."""
    return convert(document.data, kind, document.place)


def convert(data: Any, kind: type[Structure], locate: Locate) -> Structure:
    """Return `data` as a `kind`; raise BadInput for the first misfit, its place asked of `locate`."""
    _refuse_odd_data(data, (), locate)
    try:
        return msgspec.convert(data, kind, strict=True)
    except msgspec.ValidationError as error:
        message, _, where = str(error).partition(" - at `")
        path = parse_path(where.rstrip("`"))
        raise _misfit(message, path, data, kind, locate) from None


def path_text(path: Keys) -> str:
    """Return `path` as a person writes it, such as `sites[0].region`; a key that is no plain word is quoted."""
    return "".join(map(_step_text, path)).removeprefix(".")


def _step_text(step: str | int) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _WORD.fullmatch(step) else f".{shown(step)}"


def _refuse_odd_data(data: Any, path: Keys, locate: Locate) -> None:
    if len(path) > DEPTH_LIMIT:
        raise BadInput(f"nested deeper than {DEPTH_LIMIT} levels", locate(path[:1]))
    if isinstance(data, str) and forbidden_character(data) is not None:
        raise BadInput(f"{path_text(path)}: {shown(data)} is not one line of visible characters", locate(path))
    if isinstance(data, Mapping):
        for key, value in cast("Mapping[str, Any]", data).items():
            _refuse_odd_data(key, path, locate)
            _refuse_odd_data(value, (*path, key), locate)
    elif isinstance(data, Sequence) and not isinstance(data, str | bytes):
        for index, value in enumerate(cast("Sequence[Any]", data)):
            _refuse_odd_data(value, (*path, index), locate)


def _misfit(message: str, path: Keys, data: Any, kind: type[Any], locate: Locate) -> BadInput:
    inside = f" in {path_text(path)}" if path else ""
    if found := re.fullmatch(r"Object contains unknown field `(.*)`", message, re.DOTALL):
        key = found[1]
        return BadInput(f"unknown key {shown(key)}{inside}; {nearest(key, _keys(kind, path))}", locate((*path, key)))
    if found := re.fullmatch(r"Object missing required field `(.*)`", message):
        return BadInput(f"key {shown(found[1])} is missing{inside}", locate(path))
    about = f"{path_text(path)}: " if path else ""
    return BadInput(f"{about}{_value_misfit(message, _value(data, path), kind, path)}", locate(path))


def _value_misfit(message: str, value: Any, kind: type[Any], path: Keys) -> str:
    if message.startswith("Invalid enum value"):
        return f"{shown(value)} is not known; {nearest(value, _choices(kind, path))}"
    if found := re.fullmatch(r"Expected `str` matching regex '(.*)'", message):
        pattern = found[1].encode().decode("unicode_escape")
        return f"{shown(value)} is not {PLAIN.get(pattern, 'of the right form')}"
    if found := re.fullmatch(r"Expected `([a-z]+)(?: \| null)?`, got `(.*)`", message):
        hint = " (put it in quotes)" if found[1] == "str" and found[2] in {"int", "float", "bool"} else ""
        return f"expected {_KINDS.get(found[1], found[1])}, got {_KINDS.get(found[2], found[2])}{hint}"
    for pattern, words in _BOUNDS:
        if found := re.fullmatch(pattern, message):
            return f"{shown(value)} {words.format(*found.groups())}"
    return f"{shown(value)}: {message[0].lower()}{message[1:].replace('`', '')}"


def _value(data: Any, path: Keys) -> Any:
    for step in path:
        data = data[step]
    return data


def _type_at(kind: type[Any], path: Keys) -> Any:
    """Return msgspec's description of the type that `kind` has at `path`."""
    from msgspec import inspect

    found: Any = inspect.type_info(kind)
    for step in path:
        found = _plain(found)
        if isinstance(step, int):
            found = found.item_type
        else:
            found = next(field.type for field in found.fields if field.encode_name == step)
    return _plain(found)


def _plain(described: Any) -> Any:
    """Return the type inside metadata, or the one alternative to null."""
    while hasattr(described, "types"):
        described = described.types[0]
    return _plain(described.type) if hasattr(described, "type") else described


def _keys(kind: type[Any], path: Keys) -> list[str]:
    return [field.encode_name for field in _type_at(kind, path).fields]


def _choices(kind: type[Any], path: Keys) -> list[str]:
    return [str(choice.value) for choice in _type_at(kind, path).cls]
