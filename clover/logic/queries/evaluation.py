"""Which rows a query finds.

Nothing is a value too: it is what a function has for what it does not understand, and a condition of it is not true
(https://learn.microsoft.com/kusto/query/scalar-data-types/null-values). Values of which KQL would have to know the type
of the column to compare them are not read.
"""

import ipaddress
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar, cast

from clover.logic.queries.language import Call, Column, Count, Literal, NotRead, Project, Query, Span

Row = Mapping[str, Any]
_Kind = TypeVar("_Kind")


def found(query: Query, tables: Mapping[str, Sequence[Row]], now: datetime) -> list[dict[str, Any]]:
    """The rows that are left after the last step; a table that is not there has none yet."""
    rows: list[dict[str, Any]] = [dict(row) for row in tables.get(query.table, ())]
    for step in query.steps:
        if isinstance(step, Project):
            rows = [{name: _column(row, name) for name in step.columns} for row in rows]
        elif isinstance(step, Count):
            rows = _counted(rows, step)
        else:
            rows = [row for row in rows if _truth(_value(step.condition, row, now)) is True]
    return rows


def _counted(rows: Sequence[Row], step: Count) -> list[dict[str, Any]]:
    """One row for each value of the columns; one of nought where there are no columns and no rows."""
    groups: dict[tuple[Any, ...], int] = {} if step.by else {(): 0}
    for row in rows:
        key = tuple(_column(row, name) for name in step.by)
        groups[key] = groups.get(key, 0) + 1
    return [{**dict(zip(step.by, key, strict=True)), step.name: count} for key, count in groups.items()]


def _column(row: Row, name: str) -> Any:
    if name not in row:
        raise NotRead(f"the column {name} is not known")
    return row[name]


def _value(expression: Any, row: Row, now: datetime) -> Any:
    """What an expression is for a row."""
    if isinstance(expression, Literal):
        return expression.value
    if isinstance(expression, Column):
        return _column(row, expression.name)
    if isinstance(expression, Span):
        return timedelta(seconds=expression.seconds)
    call = cast("Call", expression)
    if call.name == "ago":
        return now - _of(timedelta, _value(call.arguments[0], row, now), "ago")
    held = [_value(each, row, now) for each in call.arguments]
    return _called(call.name, held)


def _called(name: str, held: list[Any]) -> Any:
    """What a function or an operator makes of its values."""
    if name in _LOGIC:
        return _LOGIC[name](*[_truth(each) for each in held])
    if name in _COMPARED:
        return _compared(name, *held)
    plain = name.removeprefix("!")
    if plain in ("in", "in~"):
        equal = "=~" if plain == "in~" else "=="
        return _turned(name, any(_compared(equal, held[0], each) is True for each in held[1:]))
    if plain.removesuffix("_cs") in _TEXTS:
        return _turned(name, _on_texts(plain, *held))
    if name not in _FUNCTIONS:
        raise NotRead(f"the function {name} is not read")
    return _FUNCTIONS[name](*_counted_arguments(name, held))


def _counted_arguments(name: str, held: list[Any]) -> list[Any]:
    if len(held) != _ARGUMENTS[name]:
        raise NotRead(f"{name} of {len(held)} values is not read")
    return held


def _turned(name: str, result: bool) -> bool:
    return not result if name.startswith("!") else result


def _truth(value: Any) -> bool | None:
    if value is not None and not isinstance(value, bool):
        raise NotRead(f"{value!r} is no condition")
    return value


def _both(*parts: bool | None) -> bool | None:
    return False if False in parts else None if None in parts else True


def _one(*parts: bool | None) -> bool | None:
    return True if True in parts else None if None in parts else False


def _not(part: bool | None) -> bool | None:
    return None if part is None else not part


_LOGIC: Mapping[str, Callable[..., bool | None]] = {
    "and": _both,
    "or": _one,
    "not": _not,
}
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "=~": operator.eq,
    "!=": operator.ne,
    "!~": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def _compared(name: str, left: Any, right: Any) -> bool | None:
    """A comparison: with nothing on one side two values differ, and no order is true; with it on both, nothing."""
    if left is None and right is None:
        return None
    if left is None or right is None:
        return name in ("!=", "!~")
    left, right = _alike(left, right)
    if name.endswith("~"):
        left, right = _folded(_of(str, left, name)), _folded(_of(str, right, name))
    if isinstance(left, str) and name[0] in "<>":
        raise NotRead(f"an order of texts ({name}) is not read")
    return _COMPARED[name](left, right)


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Two values of one type: a text beside an instant is one; NotRead for what KQL would not compare."""
    if isinstance(left, datetime) != isinstance(right, datetime):
        return _instant(left), _instant(right)
    kinds = {("number" if _is_number(each) else type(each).__name__) for each in (left, right)}
    if len(kinds) > 1 or kinds & {"list", "dict"}:
        raise NotRead(f"a comparison of {left!r} with {right!r} is not read")
    return left, right


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _instant(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    try:
        read = datetime.fromisoformat(_of(str, value, "an instant"))
    except ValueError:
        raise NotRead(f"{value!r} is no instant") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


def _of(kind: type[_Kind], value: Any, where: str) -> _Kind:
    if not isinstance(value, kind):
        raise NotRead(f"{value!r} is not what {where} takes")
    return value


def _has(held: str, wanted: str) -> bool:
    """Whether a text has another as a whole term, which is letters and digits between others.

    https://learn.microsoft.com/kusto/query/datatypes-string-operators#what-is-a-term
    """
    if not re.fullmatch(r"[A-Za-z0-9]+", wanted):
        raise NotRead(f"has {wanted!r}, which is more than one term, is not read")
    return re.search(rf"(?<![A-Za-z0-9]){wanted}(?![A-Za-z0-9])", held) is not None


_TEXTS: Mapping[str, Callable[[str, str], bool]] = {
    "has": _has,
    "contains": lambda held, wanted: wanted in held,
    "startswith": str.startswith,
    "endswith": str.endswith,
}


def _on_texts(name: str, left: Any, right: Any) -> bool:
    """An operator on texts, which looks at no case unless it says so."""
    held, wanted = _of(str, left, name), _of(str, right, name)
    if name.endswith("_cs"):
        return _TEXTS[name.removesuffix("_cs")](held, wanted)
    return _TEXTS[name](_folded(held), _folded(wanted))


def _folded(text: str) -> str:
    """The text without regard to case; NotRead beyond ASCII, where that is a matter of language."""
    if not text.isascii():
        raise NotRead(f"the case of {text!r} is not read")
    return text.lower()


def _in_range(address: Any, network: Any) -> bool | None:
    """https://learn.microsoft.com/kusto/query/ipv4-is-in-range-function; nothing for what is no address."""
    try:
        return ipaddress.IPv4Address(address) in ipaddress.IPv4Network(network, strict=False)
    except ValueError:
        return None


def _text(value: Any) -> str:
    """https://learn.microsoft.com/kusto/query/tostring-function; an empty text for nothing."""
    return "" if value is None else _of(str, value, "tostring")


def _at(held: Any, index: Any) -> Any:
    """A member of a list by its number; nothing for one that is not there."""
    listed, number = cast("list[Any]", _of(list, held, "[]")), _of(int, index, "[]")
    return listed[number] if -len(listed) <= number < len(listed) else None


def _is_empty(held: Any) -> bool:
    return held in (None, "")


def _is_not_empty(held: Any) -> bool:
    return held not in (None, "")


def _split(held: Any, by: Any) -> list[str]:
    return _of(str, held, "split").split(_of(str, by, "split"))


def _lower(held: Any) -> str:
    return _folded(_of(str, held, "tolower"))


_FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "[]": _at,
    "ipv4_is_in_range": _in_range,
    "isempty": _is_empty,
    "isnotempty": _is_not_empty,
    "split": _split,
    "tolower": _lower,
    "tostring": _text,
}
_ARGUMENTS = {"ipv4_is_in_range": 2, "split": 2, "[]": 2, "isempty": 1, "isnotempty": 1, "tolower": 1, "tostring": 1}
