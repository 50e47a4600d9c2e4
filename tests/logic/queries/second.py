"""A second, plain reading of queries, written apart from `clover.logic.queries`: they are turned into Python.

Words between values become operators of Python's own (`a |word| b`), so that its parser takes them apart.
"""

import ipaddress
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

_TOKEN = re.compile(r'"[^"]*"|[A-Za-z_]\w*~?|!\w+~?|[!=]~|[!=<>]=|\d+(?:\.\d+)?|\S')


class Between:
    """An operator that stands between two values, with bars around it."""

    def __init__(self, does: Callable[[Any, Any], Any]) -> None:
        self._does = does

    def __ror__(self, left: Any) -> "Between":
        return Between(lambda _, right: self._does(left, right))

    def __or__(self, right: Any) -> Any:
        return self._does(None, right)


def _words(text: str) -> list[str]:
    return re.split(r"[^A-Za-z0-9]+", text.lower())


def _listed(right: Any) -> tuple[Any, ...]:
    return cast("tuple[Any, ...]", right) if isinstance(right, tuple) else (right,)


def _text(value: str | None) -> str:
    return value or ""


def _inside(address: Any, network: str) -> bool | None:
    try:
        return ipaddress.ip_address(address) in ipaddress.ip_network(network)
    except ValueError:
        return None


_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "=~": lambda a, b: a.lower() == b.lower(),
    "has": lambda a, b: b.lower() in _words(a),
    "contains": lambda a, b: b.lower() in a.lower(),
    "contains_cs": lambda a, b: b in a,
    "startswith": lambda a, b: a.lower().startswith(b.lower()),
    "startswith_cs": lambda a, b: a.startswith(b),
    "endswith": lambda a, b: a.lower().endswith(b.lower()),
    "endswith_cs": lambda a, b: a.endswith(b),
    "in": lambda a, b: a in _listed(b),
    "in~": lambda a, b: a.lower() in [each.lower() for each in _listed(b)],
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "ipv4_is_in_range": _inside,
    "isempty": operator.not_,
    "isnotempty": bool,
    "split": str.split,
    "tolower": str.lower,
    "tostring": _text,
}


def finds(query: str, rows: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Mapping[str, Any]]:
    """The rows that `TABLE | where …` finds, `where` after `where`."""
    table, *steps = query.split("|")
    left = list(rows.get(table.strip(), ()))
    for step in steps:
        word, _, condition = step.strip().partition(" ")
        assert word == "where", word
        left = [row for row in left if _holds(condition, row)]
    return left


def _holds(condition: str, row: Mapping[str, Any]) -> bool:
    names: dict[str, Any] = {**_FUNCTIONS, "row": row}
    return bool(eval(_python(condition, names), {"__builtins__": {}}, names))  # noqa: S307 (our own translation)


def _python(condition: str, names: dict[str, Any]) -> str:
    return " ".join(_word(token, names) for token in _TOKEN.findall(condition))


def _word(token: str, names: dict[str, Any]) -> str:
    plain, turned = token.removeprefix("!"), token.startswith("!") and token != "!="
    known = "=~" if token == "!~" else plain
    if known in _OPERATORS and (turned or token in _OPERATORS):
        does = _OPERATORS[known]
        name = f"_{len(names)}"
        names[name] = Between((lambda a, b: not does(a, b)) if turned else does)
        return f"| {name} |"
    if token in ("and", "or", "not", *_FUNCTIONS) or not re.match(r"[A-Za-z_]", token):
        return token
    return {"true": "True", "false": "False"}.get(token, f"row[{token!r}]")
