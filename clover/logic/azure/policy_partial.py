"""Whether a policy stops every write of a kind: its rule decided where only a part of the resource is told.

What is not told may be anything. A rule is then met, not met, or neither is known (None), joined as in Kleene's logic;
a policy stops all where its rule is met whatever the rest is. The other way round nothing follows.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from math import inf
from typing import Any, NamedTuple

from clover.logic.aws.reading import read_list
from clover.logic.azure.policy_assignments import PolicyAssignment
from clover.logic.azure.policy_comparisons import COMPARISONS
from clover.logic.azure.policy_fields import MEMBERS, Fields, Found, Pins, pins_of
from clover.logic.azure.policy_functions import EvaluationFailure
from clover.logic.azure.policy_rules import CountIs, FieldIs, Joined, Rule, Surroundings
from clover.logic.azure.scopes import Hierarchy, Scope

ANY_OTHER = "any-value-that-no-policy-names"
"""Stands for every text that no policy names: it equals none of them, and what a pattern says of it is not known.

Written as a location is: locations are compared without spaces, in small letters.
"""
_EXACT = frozenset({"equals", "notequals", "in", "notin", "exists"})
_LOCATED = ("location", "tags")
_OF_ALL = frozenset({"type", "id", "name", "location", "kind"})


class NotTold(Exception):
    """What is asked of the resource is left open."""


class Told(NamedTuple):
    """The part of a resource that is told: its body, and the paths in its properties that are told with all below them.

    A told array has the members that stand in it, and may have more unless arrays are told `whole`.
    """

    body: Mapping[str, Any]
    paths: frozenset[str]
    whole: bool = False

    def of(self, field: str, kind: str) -> Set[str] | None:
        """The told paths that a field selects from, none for another type's field; None where it is not told."""
        name = field.lower()
        if name in _OF_ALL or "/" not in name or name.startswith("tags"):
            return {name} if name in self.paths else None
        path = name.removeprefix(f"{kind}/").replace(MEMBERS, "")
        if "/" in path:
            return set()
        return {told for told in self.paths if path == told or path.startswith(f"{told}.")} or None


class Weighed(NamedTuple):
    """Whether a policy stops all, and the told paths that it looked at: what stands at others changes nothing."""

    stops: bool
    looked_at: Set[str] = frozenset()


class _Partial(Fields):
    """The fields of a resource of which a part is told."""

    def __init__(self, told: Told) -> None:
        super().__init__(told.body, "the resource")
        self._told, self.whole = told, told.whole
        self.looked_at: set[str] = set()

    def select(self, field: str, pins: Pins) -> Found:
        """What is told of the field; NotTold for the rest, and for what a told array leaves out of its members."""
        told = self._told.of(field, self.type)
        if told is None:
            raise NotTold
        self.looked_at |= told
        found = super().select(field, pins)
        path = field.lower().removeprefix(f"{self.type}/")
        if None in found.values and path not in self._told.paths and "/" not in path and not self.whole:
            raise NotTold
        return found


class _Open(Surroundings):
    """Surroundings in which functions say nothing of what is left open."""

    def look_up(self, function: str, arguments: tuple[Any, ...]) -> Any:
        """The result of a function; NotTold where it hangs on what is not told."""
        found: Any = super().look_up(function, arguments)
        collected = function == "field" and MEMBERS in str(arguments[0])
        if found == ANY_OTHER or collected or function in self.scope:
            raise NotTold
        return found


def stops_all(assignment: PolicyAssignment, told: Told, scope: Scope, hierarchy: Hierarchy) -> bool:
    """Whether a policy denies every write of such a resource, anywhere at a scope or below it."""
    return weigh(assignment, told, scope, hierarchy).stops


def weigh(assignment: PolicyAssignment, told: Told, scope: Scope, hierarchy: Hierarchy) -> Weighed:
    """The same, with what was looked at for it."""
    if assignment.effect != "deny" or not hierarchy.holds(assignment.scope, scope):
        return Weighed(stops=False)
    left_out = (*assignment.spared, *(exemption.scope for exemption in assignment.exemptions))
    if any(hierarchy.holds(each, scope) or hierarchy.holds(scope, each) for each in left_out):
        return Weighed(stops=False)
    seen = {"location"} if assignment.indexed else set[str]()
    if assignment.indexed and told.body.get("location") is None:
        return Weighed(stops=False, looked_at=seen)
    open_ones: Mapping[str, Mapping[str, Any]] = {"resourcegroup": {}, "subscription": {}}
    fields = _Partial(told)
    met = _met(assignment.rule, _Open(fields, assignment.parameters, open_ones))
    return Weighed(met is True, seen | fields.looked_at)


def meets(assignment: PolicyAssignment, told: Told, place: Scope, hierarchy: Hierarchy) -> bool | None:
    """Whether a policy's rule is met by a resource at a place, whatever is not told of it; None where that decides."""
    left_out = (*assignment.spared, *(each.scope for each in assignment.exemptions if each.expires is None))
    if not hierarchy.holds(assignment.scope, place) or any(hierarchy.holds(each, place) for each in left_out):
        return False
    open_ones: Mapping[str, Mapping[str, Any]] = {"resourcegroup": {}, "subscription": {}}
    met = _met(assignment.rule, _Open(_Partial(told), assignment.parameters, open_ones))
    exempt = any(hierarchy.holds(each.scope, place) for each in assignment.exemptions)
    if met is False or exempt:
        return False if met is False else None
    located = not assignment.indexed or any(told.body.get(name) is not None for name in _LOCATED)
    return met if located else False if told.paths.issuperset(_LOCATED) else None


def _met(rule: Rule, surroundings: Surroundings) -> bool | None:
    """Whether a rule is met; None where what is not told decides it."""
    try:
        if isinstance(rule, Joined):
            found = [_met(each, surroundings) for each in rule.rules]
            met = _joined(found, rule.any_is_enough)
            return None if met is None else met != rule.negated
        if isinstance(rule, CountIs):
            return _counted(rule, surroundings)
        return _compared(rule, surroundings) if isinstance(rule, FieldIs) else rule.met(surroundings)
    except (NotTold, EvaluationFailure):
        return None


def _joined(found: Sequence[bool | None], decisive: bool) -> bool | None:
    """All joined by and, or where True decides, by or."""
    return decisive if decisive in found else None if None in found else not decisive


def _compared(rule: FieldIs, surroundings: Surroundings) -> bool | None:
    """A field compared; members that are not told can spoil what holds for all that are."""
    name = str(rule.field.result(surroundings))
    found = surroundings.fields.select(name, surroundings.pins)
    if ANY_OTHER in found.values and rule.comparison not in _EXACT:
        return None
    met = rule.met(surroundings)
    return None if met and name.count(MEMBERS) > len(surroundings.pins) else met


def _counted(rule: CountIs, surroundings: Surroundings) -> bool | None:
    """A count compared: it is known where the least and the most that it may be, and all between, say the same."""
    against = rule.against.result(surroundings)
    if not isinstance(against, int):
        return None
    found = [True if rule.where is None else _met(rule.where, each) for each in _members(rule, surroundings)]
    least = sum(each is True for each in found)
    whole = isinstance(surroundings.fields, _Partial) and surroundings.fields.whole
    most = inf if rule.name is None and not whole else sum(each is not False for each in found)
    bounds = {least, most, *(each for each in (against - 1, against, against + 1) if least <= each <= most)}
    said = {COMPARISONS[rule.comparison].of(each, against) for each in bounds if each != inf}
    return said.pop() if len(said) == 1 else None


def _members(rule: CountIs, surroundings: Surroundings) -> list[Surroundings]:
    """The surroundings for each member that is told."""
    array = rule.array.result(surroundings)
    if rule.name is None:
        alias = str(array)
        surroundings.fields.select(alias, surroundings.pins)
        pins = pins_of(surroundings.fields, alias, surroundings.pins)
        return [replace(surroundings, pins=each, innermost=alias) for each in pins]
    name, listed = rule.name.lower(), read_list(array, "policy rule: count.value")
    return [replace(surroundings, currents={**surroundings.currents, name: each}, innermost=name) for each in listed]
