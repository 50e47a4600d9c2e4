"""Plain JSON data, told apart by form."""

from typing import Any, cast


def as_object(value: object) -> dict[str, Any] | None:
    """The value when it is an object."""
    return cast("dict[str, Any]", value) if isinstance(value, dict) else None


def as_list(value: object) -> list[Any] | None:
    """The value when it is a list."""
    return cast("list[Any]", value) if isinstance(value, list) else None
