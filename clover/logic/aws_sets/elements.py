"""Statements element by element: whether one is covered by another, what of it is not, and whether two can ever meet.

Answers come from the patterns alone. "Covered" and "apart" are always right; where they don't show, nothing is claimed.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from clover.logic.aws_sets import callers
from clover.logic.aws_sets.operators import OPERATORS, language
from clover.logic.aws_sets.resources import ACTIONS, RESOURCES, ResourcePattern, actions
from clover.logic.aws_sets.statements import Clause, Listed, Resources, Statement
from clover.logic.sets.inclusion import language_covers, languages_apart
from clover.logic.sets.patterns import Language

Name = tuple[str, str] | ResourcePattern | None
"""What stands in a list: a pair of kind and text, or a pattern of resources; None for what is not written."""


MOST_ENTRIES = 40


class Item(NamedTuple):
    """One entry of a list: everything it could cover, and whether it covers all of that (`exact`), variables or not."""

    name: Name
    covers: Language
    exact: bool


class Element(NamedTuple):
    """A list of entries, or with `negated` everything `within` the field but them."""

    items: tuple[Item, ...]
    negated: bool
    within: Language


class Elements(NamedTuple):
    """The lists of a statement."""

    principals: Element
    actions: Element
    resources: Element


BEARER = Element((Item(None, callers.of_kinds(*callers.BEARERS), True),), False, callers.ANYBODY)
ANY_RESOURCE = Element((), True, RESOURCES)


@lru_cache(maxsize=4096)
def elements(statement: Statement) -> Elements:
    """The statement's lists; one without principals is about its bearer."""
    return Elements(_principals(statement.principals), _actions(statement.actions), _resources(statement.resources))


def never_applies(statement: Statement) -> bool:
    """Whether a list is empty: then the statement has no effect."""
    listed = [statement.principals, statement.actions]
    return any(each is not None and not each.names for each in listed) or (
        statement.resources is not None and not statement.resources.patterns
    )


def apart(one: Statement, other: Statement) -> bool:
    """Whether no request fits both."""
    pairs = zip(elements(one), elements(other), strict=True)
    return any(_apart(each, another) for each, another in pairs) or _clauses_apart(one.clauses, other.clauses)


def beyond(statement: Statement, others: Iterable[Statement]) -> Statement | None:
    """What of the statement the others do not cover: fewer entries in a list, or None where all is covered."""
    for other in others:
        if not set(other.clauses) <= set(statement.clauses):
            continue
        own, covering = elements(statement), elements(other)
        open_ = [place for place in range(len(own)) if not _covered(own[place], covering[place])]
        if not open_:
            return None
        if len(open_) == 1:
            statement = _less(statement, open_[0], covering[open_[0]])
    return statement


@lru_cache(maxsize=4096)
def lean(statement: Statement) -> Statement:
    """The statement without entries that others of their list cover; lists that are very long stay as they are."""
    for place, element in enumerate(elements(statement)):
        if 1 < len(element.items) <= MOST_ENTRIES:
            statement = _with(statement, place, _needed(element.items))
    return statement


def _needed(items: Sequence[Item]) -> list[Item]:
    """The entries that no other covers; of those that cover each other the first."""
    kept = list(items)
    for item in reversed(items):
        others = [each for each in kept if each is not item]
        if _listed(item, others):
            kept = others
    return kept


def _less(statement: Statement, place: int, covering: Element) -> Statement:
    """The statement without the entries of one list that another covers, where that list says what it is about."""
    own = elements(statement)[place]
    if own.negated:
        return statement
    return _with(statement, place, [item for item in own.items if not _item_covered(item, covering)])


def _with(statement: Statement, place: int, kept: Sequence[Item]) -> Statement:
    """The statement with some entries of one of its lists only."""
    own = elements(statement)[place]
    names = [item.name for item in kept]
    if len(names) == len(own.items) or None in names:
        return statement
    if place == Elements._fields.index("resources"):
        patterns = tuple(name for name in names if isinstance(name, ResourcePattern))
        return statement._replace(resources=Resources(patterns, own.negated))
    listed = Listed(tuple(name for name in names if name and not isinstance(name, ResourcePattern)), own.negated)
    return statement._replace(**{Elements._fields[place]: listed})


def _principals(listed: Listed | None) -> Element:
    if listed is None:
        return BEARER
    items = tuple(Item(name, callers.named((name,)), True) for name in listed.names)
    return Element(items, listed.negated, callers.ANYBODY)


def _actions(listed: Listed) -> Element:
    items = tuple(Item(name, actions((name[1],)), True) for name in listed.names)
    return Element(items, listed.negated, ACTIONS)


def _resources(listed: Resources | None) -> Element:
    if listed is None:
        return ANY_RESOURCE
    items = tuple(Item(each, each.language(), not each.has_variables) for each in listed.patterns)
    return Element(items, listed.negated, RESOURCES)


def _covered(own: Element, other: Element) -> bool:
    """Whether everything that the one list is about the other is about, too."""
    if not own.negated:
        return all(_item_covered(item, other) for item in own.items)
    if other.negated:
        return all(_listed(item, own.items) for item in other.items)
    return _listed(Item(None, own.within, True), other.items)


def _item_covered(item: Item, other: Element) -> bool:
    """Whether the other list is about everything that an entry covers."""
    if not other.negated:
        return _listed(item, other.items)
    return all(languages_apart(item.covers, each.covers) for each in other.items)


def _listed(item: Item, items: Sequence[Item]) -> bool:
    """Whether a list's entries cover an entry."""
    if any(each.name == item.name for each in items if item.name is not None):
        return True
    return language_covers([pattern for each in items if each.exact for pattern in each.covers], item.covers)


def _apart(one: Element, other: Element) -> bool:
    """Whether nothing belongs to what both lists are about."""
    if one.negated and other.negated:
        return False
    if one.negated:
        one, other = other, one
    if other.negated:
        return all(_listed(item, other.items) for item in one.items)
    return all(languages_apart(item.covers, each.covers) for item in one.items for each in other.items)


def _clauses_apart(some: Sequence[Clause], others: Sequence[Clause]) -> bool:
    """Whether two conditions ask one key for values that exclude each other."""
    asked = [(one.key, _wanted(one)) for one in some if _asks_for_text(one)]
    return any(
        one.key == key and languages_apart(_wanted(one), wanted)
        for one in others
        if asked and _asks_for_text(one)
        for key, wanted in asked
    )


def _asks_for_text(clause: Clause) -> bool:
    """Whether the condition holds for single values of a language only."""
    operator = OPERATORS[clause.operator]
    return operator.texts is not None and not (operator.negated or clause.quantifier or clause.if_exists)


def _wanted(clause: Clause) -> Language:
    """The values that a condition could hold for."""
    return language(OPERATORS[clause.operator], clause.values)
