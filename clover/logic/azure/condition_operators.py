"""How each operator of a condition compares one value with another.

Source: https://learn.microsoft.com/azure/role-based-access-control/conditions-format. An operator that the page does
not name is no operator here.
"""

import operator
import re
from collections.abc import Callable
from typing import Any, NamedTuple

from clover.logic.aws.globs import Part, Wildcard, matches
from clover.logic.azure.values import GUID

INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
BOOLEAN = re.compile(r"true|false", re.IGNORECASE)
ANYTHING = re.compile(r".*", re.DOTALL)
DATE_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?Z", re.ASCII)
FRACTION_DIGITS = 7
ORDERINGS: dict[str, Callable[[Any, Any], bool]] = {
    "Equals": operator.eq,
    "NotEquals": operator.ne,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
LIKE = re.compile(r"\\[*?]|[*?]|[^*?\\]+|\\", re.DOTALL)
WILDCARDS = {"*": Wildcard.ANY, "?": Wildcard.ONE}


class Operator(NamedTuple):
    """A comparison; `form` is what both of its values look like, `crosses` whether it takes ForAnyOf… before it."""

    holds: Callable[[str, str], bool]
    form: re.Pattern[str]
    crosses: bool


def starts_with(left: str, right: str) -> bool:
    """The left value begins with the right one."""
    return left.startswith(right)


def like(left: str, right: str) -> bool:
    r"""`*` for any characters, `?` for one, anywhere; `\*` and `\?` are themselves."""
    parts: list[Part] = [WILDCARDS.get(part) or _literal(part) for part in LIKE.findall(right)]
    return matches(parts, left)


def _literal(part: str) -> str:
    """A sign without its escape."""
    return part[1:] if part in ("\\*", "\\?") else part


def moment(text: str) -> tuple[str, str]:
    """A point in time that compares at full precision; what is none compares before all others."""
    found = DATE_TIME.fullmatch(text)
    return (found[1], (found[2] or "").ljust(FRACTION_DIGITS, "0")) if found else ("", "")


def _fold(holds: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    """The comparison without regard to case."""
    return lambda left, right: holds(left.lower(), right.lower())


def _not(holds: Callable[[str, str], bool]) -> Callable[[str, str], bool]:
    """The comparison's negation."""
    return lambda left, right: not holds(left, right)


def _text_operators() -> dict[str, Operator]:
    """String comparisons: each with its negation, and both without regard to case."""
    found: dict[str, Operator] = {}
    for name, holds in (("Equals", operator.eq), ("StartsWith", starts_with), ("Like", like)):
        crosses = name != "StartsWith"
        for prefix, verdict in (("String", holds), ("StringNot", _not(holds))):
            found[f"{prefix}{name}"] = Operator(verdict, ANYTHING, crosses)
            found[f"{prefix}{name}IgnoreCase"] = Operator(_fold(verdict), ANYTHING, crosses)
    return found


def _ordered(
    kind: str, read: Callable[[str], object], form: re.Pattern[str], *, crosses: bool = False
) -> dict[str, Operator]:
    """The six comparisons of numbers or points in time."""

    def by(holds: Callable[[Any, Any], bool]) -> Callable[[str, str], bool]:
        return lambda left, right: holds(read(left), read(right))

    return {f"{kind}{name}": Operator(by(holds), form, crosses) for name, holds in ORDERINGS.items()}


OPERATORS: dict[str, Operator] = {
    **_text_operators(),
    **_ordered("Numeric", int, INTEGER, crosses=True),
    **_ordered("DateTime", moment, DATE_TIME),
    "BoolEquals": Operator(_fold(operator.eq), BOOLEAN, crosses=False),
    "BoolNotEquals": Operator(_fold(operator.ne), BOOLEAN, crosses=False),
    "GuidEquals": Operator(_fold(operator.eq), GUID, crosses=True),
    "GuidNotEquals": Operator(_fold(operator.ne), GUID, crosses=True),
}
#: Over the left values and over the right ones: `ForAnyOfAllValues` holds for any left value beside all right ones.
CROSS_PRODUCTS: dict[str, tuple[Callable[..., bool], Callable[..., bool]]] = {
    "ForAnyOfAnyValues": (any, any),
    "ForAllOfAnyValues": (all, any),
    "ForAnyOfAllValues": (any, all),
    "ForAllOfAllValues": (all, all),
}
