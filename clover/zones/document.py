"""Read YAML that a person wrote, strictly, and remember where everything stands.

The scalars are those of the YAML 1.2 core schema, decimal numbers only: a bare NO is text, not false.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from clover.errors import BadInput, Place
from clover.zones.problems import shown

SIZE_LIMIT = 64 * 1024
"""Bytes in one file."""
DEPTH_LIMIT = 12
"""Lists and mappings inside each other."""

Keys = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STEP = re.compile(r"\[(\d+)\]|\.?([^.\[\]]+)")
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_NUMBER = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]{1,3})?")
_CONSTANTS = {"": None, "~": None} | {
    spelling: value
    for word, value in (("null", None), ("true", True), ("false", False))
    for spelling in (word, word.title(), word.upper())
}


class Document:
    """The data of one YAML file and the place of every key and list item in it."""

    def __init__(self, data: Any, places: dict[Keys, Place]) -> None:
        self.data = data
        self._places = places

    def place(self, path: str | Keys) -> Place:
        """Return where `path` stands, or else its nearest container.

        `path` is a tuple of keys and indices or text such as `sites[0].region`, with or without msgspec's `$.`.
        """
        keys = parse_path(path) if isinstance(path, str) else path
        while keys not in self._places:
            keys = keys[:-1]
        return self._places[keys]


def parse_path(path: str) -> Keys:
    """Return the keys and indices of text such as `$.sites[0].region`."""
    steps = _STEP.finditer(path.removeprefix("$"))
    return tuple(int(step[1]) if step[1] else step[2] for step in steps)


def forbidden_character(text: str, allowed: str = "") -> int | None:
    """Return the position of the first control, invisible, unknown or direction-changing character not in `allowed`."""
    if text.isprintable():
        return None
    odd = (at for at, character in enumerate(text) if not character.isprintable() and character not in allowed)
    return next(odd, None)


def read_document(source: Path | str | bytes, name: str) -> Document:
    """Read the YAML file at `source`, or the YAML text that `source` is; messages call it `name`.

    Raises BadInput, with its place, for anything but one plain document of at most SIZE_LIMIT bytes.
    """
    raw = read_bytes(source, name) if isinstance(source, Path) else source
    text = _decode(raw.encode("utf-8", "surrogatepass") if isinstance(raw, str) else raw, name)
    try:
        return _Composer(text, name).document()
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        raise BadInput(f"not YAML: {getattr(error, 'problem', None) or 'unreadable'}", place) from None


def read_bytes(path: Path, name: str) -> bytes:
    """Return the bytes of the file at `path`, or just too many of them; raises BadInput when it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(SIZE_LIMIT + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not a path"
        raise BadInput(f"cannot be read: {reason}", Place(name)) from None


def _decode(raw: bytes, name: str) -> str:
    if len(raw) > SIZE_LIMIT:
        raise BadInput(f"larger than {SIZE_LIMIT // 1024} KiB", Place(name))
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadInput("not UTF-8 text", _place_at(name, raw[: error.start].decode("utf-8"))) from None
    position = forbidden_character(text, "\t\n\r")
    if position is not None:
        raise BadInput(f"forbidden character U+{ord(text[position]):04X}", _place_at(name, text[:position]))
    return text


def _place_at(name: str, before: str) -> Place:
    return Place(name, before.count("\n") + 1, len(before) - before.rfind("\n"))


class _Composer:
    """Builds plain data from YAML events, so that nothing outside the plain subset is ever expanded."""

    def __init__(self, text: str, name: str) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)  # pyright: ignore[reportUnknownMemberType]
        self._name = name
        self._places: dict[Keys, Place] = {}

    def document(self) -> Document:
        """Compose the one document of the text."""
        next(self._events)
        start = next(self._events)
        self._places[()] = self._place(start)
        if not isinstance(start, yaml.DocumentStartEvent):
            raise BadInput("empty", self._place(start))
        data = self._node(next(self._events), ())
        next(self._events)
        rest = next(self._events)
        if isinstance(rest, yaml.DocumentStartEvent):
            raise BadInput("more than one document", self._place(rest))
        return Document(data, self._places)

    def _place(self, event: Any) -> Place:
        return Place(self._name, event.start_mark.line + 1, event.start_mark.column + 1)

    def _node(self, event: Any, path: Keys) -> Any:
        self._check(event, path)
        if isinstance(event, yaml.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, yaml.SequenceStartEvent):
            return self._sequence(path)
        return self._scalar(event)

    def _check(self, event: Any, path: Keys) -> None:
        if isinstance(event, yaml.AliasEvent) or event.anchor:
            raise BadInput("anchors and aliases are not allowed: write the value out", self._place(event))
        if event.tag:
            raise BadInput(f"tag {shown(event.tag)} is not allowed", self._place(event))
        if len(path) > DEPTH_LIMIT:
            raise BadInput(f"nested deeper than {DEPTH_LIMIT} levels", self._place(event))

    def _mapping(self, path: Keys) -> dict[str, Any]:
        data: dict[str, Any] = {}
        while not isinstance(event := next(self._events), yaml.MappingEndEvent):
            key = self._key(event, path)
            if key in data:
                raise BadInput(f"key {shown(key)} stands twice", self._place(event))
            self._places[(*path, key)] = self._place(event)
            data[key] = self._node(next(self._events), (*path, key))
        return data

    def _key(self, event: Any, path: Keys) -> str:
        key = self._node(event, path) if isinstance(event, yaml.ScalarEvent | yaml.AliasEvent) else None
        if not isinstance(key, str):
            raise BadInput("a key must be text", self._place(event))
        return key

    def _sequence(self, path: Keys) -> list[Any]:
        data: list[Any] = []
        while not isinstance(event := next(self._events), yaml.SequenceEndEvent):
            here = (*path, len(data))
            self._places[here] = self._place(event)
            data.append(self._node(event, here))
        return data

    def _scalar(self, event: Any) -> str | int | float | bool | None:
        value: str = event.value
        if event.style:
            return value
        if value in _CONSTANTS:
            return _CONSTANTS[value]
        if _INTEGER.fullmatch(value):
            return int(value)
        return float(value) if _NUMBER.fullmatch(value) else value
