"""Whether an event fits an event pattern of EventBridge.

A pattern names fields, and for each a list of what its value may be; a field of the event that is a list fits when one
of its members does (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html). The operators:
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html.
"""

import ipaddress
import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, cast

_ABSENT = object()
_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    ">=": operator.ge,
    ">": operator.gt,
}


def fits(pattern: Mapping[str, Any], event: Mapping[str, Any]) -> bool:
    """Whether `event` fits every field of `pattern`; ValueError for a pattern that this does not know."""
    return all(_field(name, wanted, event) for name, wanted in pattern.items())


def _field(name: str, wanted: Any, event: Mapping[str, Any]) -> bool:
    if name == "$or" and isinstance(wanted, list):
        return any(fits(each, event) for each in cast("list[Mapping[str, Any]]", wanted))
    held = event.get(name, _ABSENT)
    if isinstance(wanted, Mapping):
        inner = cast("Mapping[str, Any]", held if isinstance(held, Mapping) else {})
        return fits(cast("Mapping[str, Any]", wanted), inner)
    if not isinstance(wanted, list):
        raise ValueError(f"the pattern's {name} is neither a list nor an object")
    return any(_value(each, held) for each in cast("list[Any]", wanted))


def _value(wanted: Any, held: Any) -> bool:
    """Whether a field's value, or one of its values, is what is wanted; a field that is not there may be wanted too."""
    if isinstance(wanted, Mapping):
        found = cast("Mapping[str, Any]", wanted)
        if set(found) == {"exists"}:
            return (held is not _ABSENT) is found["exists"]
    if held is _ABSENT:
        return False
    several = cast("list[Any]", held) if isinstance(held, list) else [held]
    return any(_single(wanted, each) for each in several)


def _single(wanted: Any, held: Any) -> bool:
    if not isinstance(wanted, Mapping):
        return (type(wanted) is type(held) and wanted == held) or _same_number(wanted, held)
    ((name, argument),) = cast("Mapping[str, Any]", wanted).items()
    if name not in _OPERATORS:
        raise ValueError(f"the pattern's operator {name} is not known")
    return _OPERATORS[name](argument, held)


def _same_number(wanted: Any, held: Any) -> bool:
    numbers = all(isinstance(each, int | float) and not isinstance(each, bool) for each in (wanted, held))
    return numbers and wanted == held


def _numeric(argument: Any, held: Any) -> bool:
    if isinstance(held, bool) or not isinstance(held, int | float):
        return False
    pairs = zip(argument[::2], argument[1::2], strict=True)
    return all(_COMPARISONS[sign](held, limit) for sign, limit in pairs)


def _anything_but(argument: Any, held: Any) -> bool:
    listed = cast("list[Any]", argument) if isinstance(argument, list) else [argument]
    return not any(_single(each, held) for each in listed)


def _wildcard(argument: Any, held: Any) -> bool:
    parts = (re.escape(part) for part in str(argument).split("*"))
    return isinstance(held, str) and re.fullmatch(".*".join(parts), held, re.DOTALL) is not None


def _cidr(argument: Any, held: Any) -> bool:
    try:
        return ipaddress.ip_address(held) in ipaddress.ip_network(argument)
    except ValueError:
        return False


_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "prefix": lambda argument, held: isinstance(held, str) and held.startswith(argument),
    "suffix": lambda argument, held: isinstance(held, str) and held.endswith(argument),
    "equals-ignore-case": lambda argument, held: isinstance(held, str) and held.lower() == argument.lower(),
    "wildcard": _wildcard,
    "numeric": _numeric,
    "cidr": _cidr,
    "anything-but": _anything_but,
}
