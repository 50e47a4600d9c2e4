"""Whom the incident controls are asked about: a site and the auditor's part that watches it, or that part alone."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from clover.controls.case import Case
from clover.controls.evidence.keepers import UNREAD, in_a_vault, keepers
from clover.controls.verdict import Answer, assumed, unknown
from clover.zones.vocabulary import StackKind

ALONE = "the site keeps its records itself: the auditor attests how it hears of incidents"


class Watched(NamedTuple):
    """The auditor's part, and the site that it watches where its stack was read too."""

    part: Case
    site: Case | None


def each_watched(case: Case, question: Callable[[Watched], Iterator[Answer]]) -> Iterator[Answer]:
    """The question's answers: unknown without the auditor's stack, assumed where the auditor keeps no vault.

    A workspace watches no site, and is not asked.
    """
    if case.is_workspace:
        return
    if case.hand is StackKind.AUDITOR:
        yield from question(Watched(case, None))
    elif not in_a_vault(case):
        yield assumed(ALONE)
    elif not keepers(case):
        yield unknown(f"whether anything of the site is noticed is not known: {UNREAD}")
    else:
        for part in keepers(case):
            yield from question(Watched(part, case))
