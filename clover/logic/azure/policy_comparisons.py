"""The conditions of a policy rule: how a value is compared.

Source: https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule (conditions):
strings ignore case except for match and notMatch, like takes one `*`, match takes `#`, `?` and `.`, and less and its
like fail where the types do not agree.
"""

import operator
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

from clover.logic.aws.globs import Wildcard, matches
from clover.logic.aws.reading import Malformed, quoted
from clover.logic.azure.policy_functions import EvaluationFailure, text_of

SIGNS = {"#": "[0-9]", "?": "[A-Za-z]", ".": "."}


class Comparison(NamedTuple):
    """A condition, or the negation of one; `lists` takes an array to compare with."""

    holds: Callable[[Any, Any], bool]
    negated: bool = False

    def of(self, value: Any, against: Any) -> bool:
        """Whether the value meets the condition."""
        return self.holds(value, against) != self.negated


def _same(value: Any, against: Any) -> bool:
    """The same text in any capitals; what is absent equals nothing."""
    if isinstance(against, list | Mapping):
        raise EvaluationFailure("a single value is needed to compare with")
    if isinstance(value, list | Mapping):
        return False
    return value is not None and text_of(value).lower() == text_of(against).lower()


def _like(value: Any, against: Any) -> bool:
    """The text with at most one `*`."""
    parts = text_of(against).lower().split("*")
    if len(parts) > 2:
        raise Malformed(f"policy rule: {quoted(against)} has more than one wildcard")
    pattern = [parts[0]] if len(parts) == 1 else [parts[0], Wildcard.ANY, parts[1]]
    return value is not None and matches(pattern, text_of(value).lower())


def _match(value: Any, against: Any, flags: int = 0) -> bool:
    """A digit for `#`, a letter for `?`, anything for `.`, and every other character for itself."""
    pattern = "".join(SIGNS.get(sign) or re.escape(sign) for sign in text_of(against))
    return value is not None and re.fullmatch(pattern, text_of(value), flags | re.ASCII | re.DOTALL) is not None


def _match_in_any_case(value: Any, against: Any) -> bool:
    """As match, in any capitals."""
    return _match(value, against, re.IGNORECASE)


def _contains(value: Any, against: Any) -> bool:
    """A part of a string."""
    if isinstance(value, list | Mapping):
        raise Malformed("policy rule: contains of an array or object is not documented")
    return value is not None and text_of(against).lower() in text_of(value).lower()


def _among(value: Any, against: Any) -> bool:
    """One of an array."""
    if not isinstance(against, list):
        raise EvaluationFailure("in needs an array")
    return any(_same(value, member) for member in cast("list[Any]", against))


def _has_key(value: Any, against: Any) -> bool:
    """A key of an object, in any capitals."""
    keys = cast("Mapping[str, Any]", value) if isinstance(value, Mapping) else ()
    return text_of(against).lower() in {key.lower() for key in keys}


def _exists(value: Any, against: Any) -> bool:
    """There is a value, or with `false` there is none."""
    wanted = text_of(against).lower()
    if wanted not in ("true", "false"):
        raise Malformed(f"policy rule: exists takes true or false, not {quoted(against)}")
    return (value is not None) == (wanted == "true")


def _order(holds: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """Numbers by size, strings in any capitals; a date is a string that sorts."""

    def compare(value: Any, against: Any) -> bool:
        if value is None:
            raise Malformed("policy rule: how an absent property compares by size is not documented")
        numbers = [isinstance(each, int | float) and not isinstance(each, bool) for each in (value, against)]
        if all(numbers):
            return holds(value, against)
        if any(numbers) or not isinstance(value, str) or not isinstance(against, str):
            raise EvaluationFailure(f"{quoted(value)} is not of the type of {quoted(against)}")
        return holds(value.lower(), against.lower())

    return compare


COMPARISONS: dict[str, Comparison] = {
    "equals": Comparison(_same),
    "notequals": Comparison(_same, negated=True),
    "like": Comparison(_like),
    "notlike": Comparison(_like, negated=True),
    "match": Comparison(_match),
    "notmatch": Comparison(_match, negated=True),
    "matchinsensitively": Comparison(_match_in_any_case),
    "notmatchinsensitively": Comparison(_match_in_any_case, negated=True),
    "contains": Comparison(_contains),
    "notcontains": Comparison(_contains, negated=True),
    "in": Comparison(_among),
    "notin": Comparison(_among, negated=True),
    "containskey": Comparison(_has_key),
    "notcontainskey": Comparison(_has_key, negated=True),
    "exists": Comparison(_exists),
    "less": Comparison(_order(operator.lt)),
    "lessorequals": Comparison(_order(operator.le)),
    "greater": Comparison(_order(operator.gt)),
    "greaterorequals": Comparison(_order(operator.ge)),
}
