"""What a difference of two documents comes down to: the few statements that only one of them has.

A request is allowed by the one document only where an Allow statement applies that the other lacks, or where the other
denies by a statement that the one lacks. Statements that both have cancel each other, and those that can never meet the
one in question say nothing about it.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clover.logic.aws_sets.elements import apart, beyond, lean, never_applies
from clover.logic.aws_sets.statements import Document, Statement


class Suspect(NamedTuple):
    """Requests that only one document may allow: those of `held`, as far as nothing of `taken` has them.

    With `granted` only those that one of these has, too; without, `held` itself allows.
    """

    held: Statement
    granted: tuple[Statement, ...]
    taken: tuple[Statement, ...]

    @property
    def statements(self) -> tuple[Statement, ...]:
        """All statements that take part."""
        return (self.held, *self.granted, *self.taken)


def suspects(before: Document, after: Document) -> Iterator[Suspect]:
    """Where the document after may allow what the one before does not; together these are all such requests."""
    was_allowed, was_denied = _effects(before)
    allowed, denied = _effects(after)
    for statement in _lacking(allowed, was_allowed):
        yield from _suspects(statement, None, [*denied, *was_allowed])
    for statement in _lacking(was_denied, denied):
        yield from _suspects(statement, allowed, denied)


def _suspects(
    statement: Statement, allowed: Sequence[Statement] | None, taken: Sequence[Statement]
) -> Iterator[Suspect]:
    """What of the statement the others leave over; none where that is nothing."""
    held = beyond(statement, taken)
    if held is None:
        return
    granted = tuple(each for each in allowed or () if not apart(held, each))
    if granted or allowed is None:
        yield Suspect(held, granted, tuple(each for each in taken if not apart(held, each)))


def _effects(document: Document) -> tuple[list[Statement], list[Statement]]:
    """The statements that allow, and those that deny."""
    effective = [lean(each) for each in document.statements if not never_applies(each)]
    return [each for each in effective if each.allows], [each for each in effective if not each.allows]


def _lacking(some: Sequence[Statement], others: Sequence[Statement]) -> list[Statement]:
    """Those that are not among the others."""
    known = set(others)
    return [each for each in some if each not in known]
