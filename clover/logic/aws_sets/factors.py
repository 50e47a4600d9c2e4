"""A statement as an intersection of factors, each about few fields.

A text with variables holds for some values of a request and not for others: it is a superset, narrowed by a field of
its own with the two atoms `no` and `yes`. Where both sides of a comparison have the same text, they share the field;
so the text means the same on both sides, and nothing else is claimed about it.
"""

from collections.abc import Callable, Container, Iterable
from functools import lru_cache
from typing import NamedTuple

from clover.logic.aws_sets import callers
from clover.logic.aws_sets.operators import NEGATIONS, OPERATORS
from clover.logic.aws_sets.resources import ResourcePattern, actions, resources
from clover.logic.aws_sets.statements import Clause, Listed, Statement
from clover.logic.aws_sets.variables import Part, variables
from clover.logic.sets.patterns import Language

CALLER, ACTION, RESOURCE = "caller", "action", "resource"
Naming = Callable[[tuple[tuple[str, str], ...]], Language]


class Template(NamedTuple):
    """Whether a resource pattern or a condition with variables holds, within what it could hold of."""

    subject: ResourcePattern | Clause


Predicate = Language | Clause | Template


class Literal(NamedTuple):
    """A predicate of one field, or with `wanted` False its opposite. `field` is one of the three or a key's."""

    field: str
    predicate: Predicate
    wanted: bool = True


Conjunction = tuple[Literal, ...]


class Factor(NamedTuple):
    """Where one of `any_of` holds, but none of `none_of`."""

    any_of: tuple[Conjunction, ...]
    none_of: tuple[Conjunction, ...] = ()


def of_key(key: str) -> str:
    """The field of a condition key."""
    return f"key {key}"


def _of_template(subject: ResourcePattern | Clause) -> Literal:
    """The field that tells whether a text with variables holds."""
    return Literal(f"template {subject!r}", Template(subject))


@lru_cache(maxsize=4096)
def factors(statement: Statement, naming: Naming, lists: frozenset[str]) -> list[Factor] | None:
    """The factors whose intersection is where the statement applies; None when it never does.

    `naming` gives the callers that a Principal element names; `lists` are the keys that may have several values.
    """
    found = [_principals(statement.principals, naming), _actions(statement.actions), _resources(statement)]
    if None in found:
        return None
    found += [_clause(clause, lists) for clause in statement.clauses]
    return [factor for factor in found if factor is not None and factor != EVERYWHERE]


EVERYWHERE = Factor(((),))


def _principals(listed: Listed | None, naming: Naming) -> Factor | None:
    """A NotPrincipal element names everybody whom its list does not name in any way."""
    if listed is None:
        return EVERYWHERE
    if not listed.names:
        return None
    language = callers.named(listed.names) if listed.negated else naming(listed.names)
    return Factor(((Literal(CALLER, language, not listed.negated),),))


def _actions(listed: Listed) -> Factor | None:
    """An empty list has no effect in either form."""
    if not listed.names:
        return None
    return Factor(((Literal(ACTION, actions(tuple(name for _, name in listed.names)), not listed.negated),),))


def _resources(statement: Statement) -> Factor | None:
    """A statement without Resource is about whatever its policy hangs on."""
    listed = statement.resources
    if listed is None:
        return EVERYWHERE
    if not listed.patterns:
        return None
    patterns = listed.patterns
    plain = Literal(RESOURCE, resources(each for each in patterns if not each.has_variables), not listed.negated)
    templates = tuple(_resource_template(each) for each in patterns if each.has_variables)
    if listed.negated:
        return Factor(((plain,),), templates)
    return Factor(((plain,), *templates) if plain.predicate else templates)


def _resource_template(each: ResourcePattern) -> Conjunction:
    """Where a pattern with variables covers the resource."""
    return Literal(RESOURCE, each.language()), _of_template(each)


def _clause(clause: Clause, lists: Container[str]) -> Factor:
    """Where a condition holds."""
    templates = [parts for parts in clause.values if variables(parts)]
    if not templates:
        return Factor(((_literal(clause),),))
    plain = clause._replace(values=tuple(parts for parts in clause.values if not variables(parts)))
    if clause.quantifier or clause.key in lists:
        return _whole(clause, plain)
    positive = NEGATIONS.get(clause.operator, clause.operator)
    each_template = tuple(_clause_template(clause.key, positive, parts) for parts in templates)
    if OPERATORS[clause.operator].negated:
        return Factor(((_literal(plain),),), each_template)
    return Factor(((_literal(plain),), *each_template))


def _clause_template(key: str, operator: str, parts: tuple[Part, ...]) -> Conjunction:
    """Where one text with variables matches the key's value."""
    clause = Clause(key, operator, "", False, (parts,))
    return _literal(clause), _of_template(clause)


def _whole(clause: Clause, plain: Clause) -> Factor:
    """A condition on a list, between what it is if its texts with variables match nothing and if all they can."""
    least, most = (clause, plain) if OPERATORS[clause.operator].negated else (plain, clause)
    return Factor(((_literal(least),), (_literal(most), _of_template(clause))))


def _literal(clause: Clause) -> Literal:
    """The condition as one literal of its key's field."""
    return Literal(of_key(clause.key), clause)


def literals(found: Iterable[Factor]) -> Iterable[Literal]:
    """Every literal of the factors."""
    return (each for factor in found for part in (*factor.any_of, *factor.none_of) for each in part)
