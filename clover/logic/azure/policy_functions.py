"""The functions that a policy rule may call, each on values that are already known.

Sources: https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule (functions) and
https://learn.microsoft.com/azure/azure-resource-manager/templates/template-functions. A function that is not in
the table is refused by its name.
"""

import ipaddress
import operator
from collections.abc import Callable, Mapping
from typing import Any, cast

from clover.logic.aws.reading import quoted


class EvaluationFailure(Exception):
    """A function that fails on its values: a failed evaluation is an implicit deny, whatever the rule's effect."""


def concat(*values: Any) -> Any:
    """Strings joined, or arrays."""
    if all(isinstance(value, list) for value in values):
        return [member for value in values for member in value]
    if any(isinstance(value, list | Mapping) for value in values):
        raise EvaluationFailure("concat takes strings or arrays, not both")
    return "".join(text_of(value) for value in values)


def length(value: Any) -> int:
    """Characters of a string, members of an array or of an object."""
    if not isinstance(value, str | list | Mapping):
        raise EvaluationFailure(f"length of {quoted(value)}")
    return len(cast("list[Any]", value))


def contains(container: Any, item: Any) -> bool:
    """A member of an array, a key of an object (in any capitals), or a part of a string."""
    if isinstance(container, Mapping):
        return text_of(item).lower() in {key.lower() for key in cast("Mapping[str, Any]", container)}
    if isinstance(container, list):
        return item in cast("list[Any]", container)
    return text_of(item) in text_of(container)


def empty(value: Any) -> bool:
    """Nothing in it."""
    return value is None or (isinstance(value, str | list | Mapping) and not value)


def equals(one: Any, other: Any) -> bool:
    """The same type and value."""
    return type(one) is type(other) and one == other


def ip_range_contains(outer: Any, inner: Any) -> bool:
    """Whether the first range of addresses holds the second; mixing families is a failure."""
    (first, last), (inner_first, inner_last) = _range(text_of(outer)), _range(text_of(inner))
    if first.version != inner_first.version:
        raise EvaluationFailure("ipRangeContains mixes address families")
    return int(first) <= int(inner_first) and int(inner_last) <= int(last)


def first_of(value: Any) -> Any:
    """The first member, or the first character."""
    return _end(value, 0)


def last_of(value: Any) -> Any:
    """The last member, or the last character."""
    return _end(value, -1)


def substring(value: Any, start: Any, size: Any = None) -> str:
    """A part of a string; what reaches beyond its end is a failure."""
    text = text_of(value)
    end = len(text) if size is None else _whole(start) + _whole(size)
    if not 0 <= _whole(start) <= end <= len(text):
        raise EvaluationFailure(f"substring reaches beyond {quoted(text)}")
    return text[_whole(start) : end]


def conjunction(*values: Any) -> bool:
    """Every value is true."""
    return False not in [_truth(value) for value in values]


def disjunction(*values: Any) -> bool:
    """One value is true."""
    return True in [_truth(value) for value in values]


def negation(value: Any) -> bool:
    """The value is false."""
    return not _truth(value)


def starts_with(text: Any, start: Any) -> bool:
    """The text begins so, in any capitals."""
    return text_of(text).lower().startswith(text_of(start).lower())


def ends_with(text: Any, end: Any) -> bool:
    """The text ends so, in any capitals."""
    return text_of(text).lower().endswith(text_of(end).lower())


def replace(text: Any, old: Any, new: Any) -> str:
    """The text with every `old` replaced."""
    return text_of(text).replace(text_of(old), text_of(new))


def split(text: Any, by: Any) -> list[str]:
    """The text cut into parts."""
    return text_of(text).split(text_of(by))


def lower(text: Any) -> str:
    """The text in lower case."""
    return text_of(text).lower()


def upper(text: Any) -> str:
    """The text in upper case."""
    return text_of(text).upper()


def array(*values: Any) -> list[Any]:
    """The values as an array."""
    return list(values)


def text_of(value: Any) -> str:
    """A value as text."""
    if isinstance(value, bool):
        return "True" if value else "False"
    if value is None or isinstance(value, str | int | float):
        return "" if value is None else str(value)
    raise EvaluationFailure(f"a string is needed, not {quoted(value)}")


def _end(value: Any, place: int) -> Any:
    """One end of an array or of a string."""
    if not isinstance(value, str | list):
        raise EvaluationFailure(f"an array or a string is needed, not {quoted(value)}")
    members = cast("list[Any]", value)
    return members[place] if members else ""


def _whole(value: Any) -> int:
    """A whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise EvaluationFailure(f"a whole number is needed, not {quoted(value)}")
    return value


def _truth(value: Any) -> bool:
    """A truth value."""
    if not isinstance(value, bool):
        raise EvaluationFailure(f"true or false is needed, not {quoted(value)}")
    return value


def _range(text: str) -> tuple[Any, Any]:
    """First and last address of an address, a CIDR range, or `first-last`."""
    first, dash, last = text.partition("-")
    try:
        if dash:
            return ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
        network = ipaddress.ip_network(text.strip(), strict=False)
    except ValueError as error:
        raise EvaluationFailure(f"{quoted(text)} is no range of addresses") from error
    return network.network_address, network.broadcast_address


def _ordered(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A comparison of two numbers or of two strings."""

    def compare(one: Any, other: Any) -> bool:
        if isinstance(one, str) != isinstance(other, str):
            raise EvaluationFailure("a number is compared with a string")
        return holds(one, other) if isinstance(one, str) else holds(_whole(one), _whole(other))

    return compare


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "and": conjunction,
    "concat": concat,
    "contains": contains,
    "createarray": array,
    "empty": empty,
    "endswith": ends_with,
    "equals": equals,
    "false": lambda: False,
    "first": first_of,
    "greater": _ordered(operator.gt),
    "greaterorequals": _ordered(operator.ge),
    "iprangecontains": ip_range_contains,
    "last": last_of,
    "length": length,
    "less": _ordered(operator.lt),
    "lessorequals": _ordered(operator.le),
    "not": negation,
    "or": disjunction,
    "replace": replace,
    "split": split,
    "startswith": starts_with,
    "string": text_of,
    "substring": substring,
    "tolower": lower,
    "toupper": upper,
    "true": lambda: True,
}
