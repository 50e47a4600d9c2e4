"""The rule of a policy definition: reading it, and whether its condition meets a resource.

Source: https://learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule. A construct that
the page does not name is refused by its name.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple, Protocol

from clover.logic.aws.reading import Malformed, at, quoted, read_list, read_object, read_text
from clover.logic.azure.policy_comparisons import COMPARISONS
from clover.logic.azure.policy_expressions import Expression, read_expression
from clover.logic.azure.policy_fields import Fields, Pins, pins_of

COUNT_MEMBERS = frozenset({"field", "value", "name", "where"})
UNNAMED = "default"  # the index name of a value count that gives none
DEEPEST = 40  # so that no input can exhaust the stack


@dataclass(frozen=True)
class Surroundings:
    """What the expressions of a rule can look up for one resource."""

    fields: Fields
    parameters: Mapping[str, Any]
    scope: Mapping[str, Mapping[str, Any]]
    pins: Pins = field(default_factory=dict[str, int])
    currents: Mapping[str, Any] = field(default_factory=dict[str, Any])
    innermost: str = ""

    def look_up(self, function: str, arguments: tuple[Any, ...]) -> Any:
        """The result of a function that depends on the surroundings."""
        name = str(arguments[0]) if arguments else ""
        if function == "field":
            return self.fields.select(name, self.pins).literal
        if function == "current":
            return self._current(name or self.innermost)
        if function in self.scope:
            return self.scope[function]
        if name.lower() not in self.parameters:
            raise Malformed(f"policy rule: the parameter {quoted(name)} has no value")
        return self.parameters[name.lower()]

    def _current(self, name: str) -> Any:
        """The member that a count looks at: by its index name, else by an alias."""
        if name.lower() in self.currents:
            return self.currents[name.lower()]
        if not self.innermost or "[*]" not in name:
            raise Malformed(f"policy rule: current({quoted(name)}) stands in no count of that name")
        found = self.fields.select(name, self.pins).values
        return found[0] if found else None


class Rule(Protocol):
    """A condition of a policy rule, or several joined."""

    def met(self, surroundings: Surroundings) -> bool:
        """Whether the resource meets it; raises EvaluationFailure where the evaluation fails."""
        ...


class Joined(NamedTuple):
    """allOf, anyOf, or with `negated` not."""

    rules: tuple[Rule, ...]
    any_is_enough: bool
    negated: bool

    def met(self, surroundings: Surroundings) -> bool:
        """Whether all, or any, are met, or the one is not."""
        found = (rule.met(surroundings) for rule in self.rules)
        return (any(found) if self.any_is_enough else all(found)) != self.negated


class FieldIs(NamedTuple):
    """A field compared: every value that it selects has to meet the condition."""

    field: Expression
    comparison: str
    against: Expression

    def met(self, surroundings: Surroundings) -> bool:
        """Whether all selected values meet the condition."""
        name = self.field.result(surroundings)
        found = surroundings.fields.select(str(name), surroundings.pins)
        if self.comparison == "exists" and not found.values:
            raise Malformed(f"policy rule: whether {quoted(name)} exists with no member is not documented")
        against = self.against.result(surroundings)
        return all(COMPARISONS[self.comparison].of(value, against) for value in found.values)


class ValueIs(NamedTuple):
    """A value compared."""

    value: Expression
    comparison: str
    against: Expression

    def met(self, surroundings: Surroundings) -> bool:
        """Whether the value meets the condition."""
        return COMPARISONS[self.comparison].of(self.value.result(surroundings), self.against.result(surroundings))


class CountIs(NamedTuple):
    """How many members of an array meet `where`, compared; `name` is a value count's index name, None for a field's."""

    array: Expression
    name: str | None
    where: Rule | None
    comparison: str
    against: Expression

    def met(self, surroundings: Surroundings) -> bool:
        """Whether the number meets the condition."""
        count = sum(self.where is None or self.where.met(each) for each in self._each(surroundings))
        return COMPARISONS[self.comparison].of(count, self.against.result(surroundings))

    def _each(self, surroundings: Surroundings) -> list[Surroundings]:
        """The surroundings for each member alone."""
        array = self.array.result(surroundings)
        if self.name is None:
            alias = str(array)
            pins = pins_of(surroundings.fields, alias, surroundings.pins)
            return [replace(surroundings, pins=each, innermost=alias) for each in pins]
        name, members = self.name.lower(), read_list(array, "policy rule: count.value")
        return [
            replace(surroundings, currents={**surroundings.currents, name: member}, innermost=name)
            for member in members
        ]


def read_rule(value: object, where: str, depth: int = 0) -> Rule:
    """The `if` of a policy rule, or a part of it."""
    members = {name.lower(): member for name, member in read_object(value, where).items()}
    if depth > DEEPEST:
        raise Malformed(f"{where}: conditions nest at most {DEEPEST} deep")
    if len(members) == 1:
        return _read_joined(members, where, depth)
    subject = next((name for name in ("field", "value", "count") if name in members), None)
    others = sorted(set(members) - {subject})
    if subject is None or len(others) != 1 or others[0] not in COMPARISONS:
        raise Malformed(f"{where}: {quoted(', '.join(sorted(members)))} is no condition of a policy rule")
    against = read_expression(members[others[0]], at(where, others[0]))
    if subject == "count":
        return _read_count(members["count"], others[0], against, f"{where}.count", depth)
    read = read_expression(members[subject], at(where, subject))
    if subject == "value":
        return ValueIs(read, others[0], against)
    read_text(members["field"], f"{where}.field")
    return FieldIs(read, others[0], against)


def _read_joined(members: Mapping[str, object], where: str, depth: int) -> Rule:
    """allOf, anyOf or not."""
    name, value = next(iter(members.items()))
    if name == "not":
        return Joined((read_rule(value, f"{where}.not", depth + 1),), any_is_enough=False, negated=True)
    if name not in ("allof", "anyof"):
        raise Malformed(f"{where}: {quoted(name)} is no condition of a policy rule")
    rules = enumerate(read_list(value, at(where, name)))
    return Joined(
        tuple(read_rule(rule, f"{where}.{name}[{index}]", depth + 1) for index, rule in rules),
        any_is_enough=name == "anyof",
        negated=False,
    )


def _read_count(value: object, comparison: str, against: Expression, where: str, depth: int) -> Rule:
    """A count over the members of a field or of a value."""
    members = read_object(value, where, COUNT_MEMBERS)
    if ("field" in members) == ("value" in members):
        raise Malformed(f"{where}: a count is over a field or over a value")
    inner = members.get("where")
    counted = "field" if "field" in members else "value"
    name = read_text(members.get("name", UNNAMED), f"{where}.name") if counted == "value" else None
    return CountIs(
        read_expression(members[counted], f"{where}.{counted}"),
        name,
        None if inner is None else read_rule(inner, f"{where}.where", depth + 1),
        comparison,
        against,
    )
