"""The little language of the tables: where in a cloud's answers a value stands, and what is done to it.

`a.b[0].c` is a path into what is known of the thing at hand; `^` is the thing that it lies in, `@` the account. A value
may go through conversions: `Tags | tags`. `{…}` in a text is filled in, `=text` is the text itself; lists and
objects hold expressions.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

from clover.sources.live.conversions import convert
from clover.sources.plain import as_list, as_object

_STEP = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_HOLE = re.compile(r"\{([^{}]+)\}")


class Unread:
    """Stands where an answer was refused: what it would have said is not known."""


UNREAD: Final = Unread()

Known = Mapping[str, Any]
"""What is known of a thing: the members of the answer that lists it, and further answers about it by name."""


def evaluate(expression: Any, known: Known) -> Any:
    """The value of an expression; None where there is nothing, UNREAD where the answer was refused."""
    if not isinstance(expression, str):
        return _nested(expression, known)
    if expression.startswith("="):
        return expression[1:]
    path, *steps = (part.strip() for part in expression.split("|"))
    found = _filled(path, known) if "{" in path else look_up(path, known)
    for step in steps:
        if found is UNREAD:
            return UNREAD
        name, *arguments = step.split()
        found = convert(name, found, known, arguments)
    return found


def _nested(expression: Any, known: Known) -> Any:
    """What a list or an object of expressions stands for; other constants stand for themselves."""
    if (members := as_object(expression)) is not None:
        found = {name: evaluate(inner, known) for name, inner in members.items()}
        return {name: value for name, value in found.items() if value is not None}
    items = as_list(expression)
    return expression if items is None else [evaluate(item, known) for item in items]


def look_up(path: str, known: Known) -> Any:
    """What stands at a path."""
    found: Any = known
    for key, index in _STEP.findall(path):
        if found is UNREAD:
            return UNREAD
        if index:
            items = as_list(found) or []
            found = items[int(index)] if int(index) < len(items) else None
        else:
            found = (as_object(found) or {}).get(key)
    return found


def _filled(text: str, known: Known) -> Any:
    """The text with every hole filled; UNREAD when one of them is."""
    values = [look_up(hole, known) for hole in _HOLE.findall(text)]
    if any(value is UNREAD for value in values):
        return UNREAD
    parts = iter(values)
    return _HOLE.sub(lambda _: str(next(parts) or ""), text)
