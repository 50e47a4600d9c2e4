"""Policy documents in a normal form, in which the same means the same.

Source: IAM User Guide, "Grammar of the IAM JSON policy language" and "IAM JSON policy element reference".
"""

from collections.abc import Iterable, Sequence
from enum import Enum
from typing import NamedTuple

from clover.logic.aws_sets.resources import ResourcePattern
from clover.logic.aws_sets.variables import Part


class Attachment(Enum):
    """What a document hangs on, which decides whether it names principals."""

    IDENTITY = "an identity, a boundary, a session or a service control policy"
    RESOURCE = "a resource"
    GUARD = "an endpoint or a resource control policy: everybody where nobody is named"


class Listed(NamedTuple):
    """Principals, action or resource patterns, or with `negated` everything but them; an empty list has no effect."""

    names: tuple[tuple[str, str], ...]
    negated: bool


class Resources(NamedTuple):
    """A Resource element, or with `negated` a NotResource element."""

    patterns: tuple[ResourcePattern, ...]
    negated: bool


class Clause(NamedTuple):
    """One condition. `values` are sorted; `quantifier` is forallvalues, foranyvalue or empty."""

    key: str
    operator: str
    quantifier: str
    if_exists: bool
    values: tuple[tuple[Part, ...], ...]


class Statement(NamedTuple):
    """One statement; `principals` and `resources` are None where it goes without."""

    allows: bool
    principals: Listed | None
    actions: Listed
    resources: Resources | None
    clauses: tuple[Clause, ...]


class Document(NamedTuple):
    """A policy document."""

    statements: tuple[Statement, ...]
    attachment: Attachment


def merged(statements: Iterable[Statement]) -> tuple[Statement, ...]:
    """The same document in fewer statements: those that differ in one list only become one with all their lists.

    So a list of a hundred patterns is one thing to tell apart, wherever its patterns stand.
    """
    found = list(dict.fromkeys(statements))
    for apart, join in (
        (_but_resources, _with_resources),
        (_but_actions, _with_actions),
        (_but_principals, _with_principals),
    ):
        groups: dict[Statement, list[Statement]] = {}
        for statement in found:
            groups.setdefault(apart(statement), []).append(statement)
        found = [group[0] if len(group) == 1 else join(group) for group in groups.values()]
    return tuple(found)


def _but_resources(statement: Statement) -> Statement:
    """The statement without its resources, where those of others may be added to them."""
    listed = statement.resources
    return statement if listed is None or listed.negated else statement._replace(resources=Resources((), False))


def _with_resources(group: Sequence[Statement]) -> Statement:
    """The first statement with the resources of all."""
    patterns = {pattern for each in group if each.resources for pattern in each.resources.patterns}
    return group[0]._replace(resources=Resources(tuple(sorted(patterns, key=repr)), False))


def _but_actions(statement: Statement) -> Statement:
    """The statement without its actions, where those of others may be added to them."""
    return statement if statement.actions.negated else statement._replace(actions=Listed((), False))


def _with_actions(group: Sequence[Statement]) -> Statement:
    """The first statement with the actions of all."""
    return group[0]._replace(
        actions=Listed(tuple(sorted({name for each in group for name in each.actions.names})), False)
    )


def _but_principals(statement: Statement) -> Statement:
    """The statement without its principals, where those of others may be added to them."""
    listed = statement.principals
    return statement if listed is None or listed.negated else statement._replace(principals=Listed((), False))


def _with_principals(group: Sequence[Statement]) -> Statement:
    """The first statement with the principals of all."""
    names = {name for each in group if each.principals for name in each.principals.names}
    return group[0]._replace(principals=Listed(tuple(sorted(names)), False))
