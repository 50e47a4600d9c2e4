"""Typed readings that Azure's documents share: booleans, words of a list, object ids, and optional members."""

import re
from collections.abc import Collection, Mapping

from clover.logic.aws.reading import Malformed, quoted, read_list, read_text

GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
EVERYBODY = "00000000-0000-0000-0000-000000000000"


def read_flag(members: Mapping[str, object], name: str, where: str, *, default: bool = False) -> bool:
    """A boolean member; absent or null is the default."""
    value = members.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise Malformed(f"{where}.{name}: expected true or false, got {quoted(value)}")
    return value


def read_word(value: object, where: str, words: Collection[str]) -> str:
    """One of `words`, in any capitals, as the documents spell it."""
    text = read_text(value, where)
    for word in words:
        if word.lower() == text.lower():
            return word
    raise Malformed(f"{where}: {quoted(text)} is none of {', '.join(sorted(words))}")


def read_optional_text(members: Mapping[str, object], name: str, where: str) -> str | None:
    """A string member; absent or null is None."""
    value = members.get(name)
    return None if value is None else read_text(value, f"{where}.{name}")


def read_optional_list(members: Mapping[str, object], name: str, where: str) -> list[object]:
    """A list member; absent or null is the empty list, as ARM returns either."""
    value = members.get(name)
    return [] if value is None else read_list(value, f"{where}.{name}")


def read_object_id(value: object, where: str, *, everybody: bool = False) -> str:
    """An Entra object id in lower case; the id of zeros stands for all principals and is one only with `everybody`."""
    text = read_text(value, where).lower()
    if not GUID.fullmatch(text) or (text == EVERYBODY and not everybody):
        raise Malformed(f"{where}: {quoted(text)} is no object id of a principal")
    return text
