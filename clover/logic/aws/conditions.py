"""The Condition element: operators, their qualifiers, and what an absent key means.

Source: IAM User Guide, "IAM JSON policy elements: Condition operators", "Conditions with multiple context keys or
values" and "Single-valued vs. multivalued context keys".
"""

import operator
from typing import NamedTuple

from clover.logic.aws import comparisons
from clover.logic.aws.comparisons import Comparison
from clover.logic.aws.context import Context, is_null
from clover.logic.aws.reading import Malformed, at, quoted, read_object, read_scalars
from clover.logic.aws.variables import Variables


class Operator(NamedTuple):
    """A comparison, or its negation: a negated operator holds when no value in the policy matches."""

    compare: Comparison
    negated: bool = False


POSITIVE: dict[str, Comparison] = {
    "StringEquals": comparisons.string_equals,
    "StringEqualsIgnoreCase": comparisons.string_equals_ignore_case,
    "StringLike": comparisons.string_like,
    "NumericEquals": comparisons.numeric(operator.eq),
    "NumericLessThan": comparisons.numeric(operator.lt),
    "NumericLessThanEquals": comparisons.numeric(operator.le),
    "NumericGreaterThan": comparisons.numeric(operator.gt),
    "NumericGreaterThanEquals": comparisons.numeric(operator.ge),
    "DateEquals": comparisons.date(operator.eq),
    "DateLessThan": comparisons.date(operator.lt),
    "DateLessThanEquals": comparisons.date(operator.le),
    "DateGreaterThan": comparisons.date(operator.gt),
    "DateGreaterThanEquals": comparisons.date(operator.ge),
    "Bool": comparisons.boolean,
    "BinaryEquals": comparisons.binary_equals,
    "IpAddress": comparisons.ip_address,
    "ArnEquals": comparisons.arn_like,
    "ArnLike": comparisons.arn_like,
}
NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
    "NotIpAddress": "IpAddress",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
}
OPERATORS = {name.lower(): Operator(compare) for name, compare in POSITIVE.items()} | {
    name.lower(): Operator(POSITIVE[of], negated=True) for name, of in NEGATIONS.items()
}
FOR_ALL = "forallvalues"
FOR_ANY = "foranyvalue"
IF_EXISTS = "ifexists"
NULL = "null"


class Condition(NamedTuple):
    """One key under one operator; `operator` is None for Null, `quantifier` is a set operator or empty."""

    key: str
    values: tuple[str, ...]
    operator: Operator | None
    quantifier: str
    if_exists: bool

    def holds(self, context: Context, variables: Variables) -> bool:
        """Whether the request's value of the key satisfies the condition."""
        given = context.get(self.key, ())
        if self.operator is None:
            return ("true" if is_null(given) else "false") in map(str.lower, self.values)
        if not given:
            return self._holds_when_absent(self.operator)
        satisfied = [self._satisfied(self.operator, value, variables) for value in given]
        if self.quantifier == FOR_ALL:
            return is_null(given) or all(satisfied)
        if self.quantifier == FOR_ANY:
            return not is_null(given) and any(satisfied)
        return len(given) == 1 and satisfied[0]

    def _holds_when_absent(self, used: Operator) -> bool:
        """IfExists and ForAllValues hold for an absent key, ForAnyValue does not; else negated operators do."""
        if self.if_exists or self.quantifier == FOR_ALL:
            return True
        return used.negated and self.quantifier != FOR_ANY

    def _satisfied(self, used: Operator, value: str, variables: Variables) -> bool:
        """One value of the request against all of the policy's: any matches, or for a negated operator none."""
        return any(used.compare(policy, value, variables) for policy in self.values) != used.negated


def read_conditions(value: object, where: str) -> tuple[Condition, ...]:
    """Every key under every operator: all must hold. Raises Malformed for an unknown operator."""
    return tuple(
        _read_condition(name, key, values, at(where, name))
        for name, keys in read_object(value, where).items()
        for key, values in read_object(keys, at(where, name)).items()
    )


def _read_condition(name: str, key: str, values: object, where: str) -> Condition:
    """One condition from the operator's full name, such as ForAnyValue:StringLikeIfExists."""
    quantifier, colon, base = name.lower().rpartition(":")
    if_exists = base.endswith(IF_EXISTS)
    base = base.removesuffix(IF_EXISTS)
    known = base in OPERATORS or (base == NULL and not if_exists)
    if not known or (colon and quantifier not in (FOR_ALL, FOR_ANY)):
        raise Malformed(f"{where}: {quoted(name)} is no condition operator")
    return Condition(key.lower(), read_scalars(values, at(where, key)), OPERATORS.get(base), quantifier, if_exists)
