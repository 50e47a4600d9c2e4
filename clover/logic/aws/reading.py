"""Reading decoded JSON with types: what does not fit is refused by its place in the document."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import cast

QUOTED_LENGTH = 60
LARGEST_SHOWN = 10**18


class Malformed(ValueError):
    """A request or a policy that AWS could not have accepted; the message opens with the place in it."""


def quoted(value: object) -> str:
    """The value as short ASCII, safe in a one-line message."""
    if isinstance(value, int) and value.bit_length() > LARGEST_SHOWN.bit_length():
        return "a number too long"
    text = json.dumps(value) if isinstance(value, str | int | float | None) else type(value).__name__
    return text if len(text) <= QUOTED_LENGTH else f"{text[:QUOTED_LENGTH]}…"


def at(where: str, member: str) -> str:
    """The place of an object's member; a name that a terminal could misread is quoted."""
    plain = member.isascii() and member.isprintable() and len(member) <= QUOTED_LENGTH
    return f"{where}.{member if plain else quoted(member)}"


def read_object(value: object, where: str, known: frozenset[str] | None = None) -> dict[str, object]:
    """A JSON object; with `known`, one without any other key."""
    if not isinstance(value, dict | Mapping):  # a dict is told far faster than a Mapping
        raise Malformed(f"{where}: expected an object, got {quoted(value)}")
    members = cast("Mapping[object, object]", value)
    for key in members:
        if not isinstance(key, str):
            raise Malformed(f"{where}: the key {quoted(key)} is not a string")
        if known is not None and key not in known:
            raise Malformed(f"{where}: unknown key {quoted(key)}; known are {', '.join(sorted(known))}")
    return cast("dict[str, object]", dict(members))


def read_list(value: object, where: str) -> list[object]:
    """A JSON array."""
    if isinstance(value, str | bytes) or not isinstance(value, list | Sequence):
        raise Malformed(f"{where}: expected a list, got {quoted(value)}")
    return list(cast("Sequence[object]", value))


def read_bare_or_list(value: object) -> list[object]:
    """The members of a list, or the one bare value: the policy grammar makes brackets optional around one value."""
    if isinstance(value, str | bytes) or not isinstance(value, list | Sequence):
        return [value]
    return list(cast("Sequence[object]", value))


def read_text(value: object, where: str) -> str:
    """A JSON string."""
    if not isinstance(value, str):
        raise Malformed(f"{where}: expected a string, got {quoted(value)}")
    return value


def read_texts(value: object, where: str) -> tuple[str, ...]:
    """A string or a list of strings."""
    return tuple(read_text(member, where) for member in read_bare_or_list(value))


def read_scalar(value: object, where: str) -> str:
    """A string, boolean or number as text: quotation marks are optional around the latter two.

    Source: IAM User Guide, "Grammar of the IAM JSON policy language".
    """
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return _number(value, where)
    raise Malformed(f"{where}: expected a string, a number or a boolean, got {quoted(value)}")


def read_scalars(value: object, where: str) -> tuple[str, ...]:
    """A scalar or a list of scalars, as text."""
    return tuple(read_scalar(member, where) for member in read_bare_or_list(value))


def _number(value: float, where: str) -> str:
    """The number without exponent."""
    try:
        number = Decimal(value) if isinstance(value, int) else Decimal(repr(value))
    except ValueError as error:
        raise Malformed(f"{where}: the number is too long") from error
    if not number.is_finite():
        raise Malformed(f"{where}: {value} is not a JSON number")
    return format(number, "f")
