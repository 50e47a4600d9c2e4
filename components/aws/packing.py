"""Statements packed into as few policies as hold them: a target takes few policies, and each is short."""

import json
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clover.zones.vocabulary import Cloud
from components.aws.policies.document import Statement, document, render
from components.limits import allowed, refuse_over

PER_TARGET = "organizations-policies-per-target"


class Target(NamedTuple):
    """Where policies of one kind are attached: the name of the place, its id, the kind, and what they say in order."""

    name: str
    id: str
    kind: str
    statements: Sequence[Statement]

    @property
    def limit(self) -> str:
        """The limit of one policy."""
        return f"organizations-{self.kind}-control-policy"

    @property
    def type(self) -> str:
        """The kind as Organizations calls it."""
        return f"{self.kind.upper()}_CONTROL_POLICY"


def packed(target: Target) -> list[str]:
    """The texts of the policies, statement by statement in order, each as full as it may be.

    OverLimit for a statement that fills a policy by itself, and for more policies than the target takes beside AWS's
    own, which allows everything.
    """
    texts = [render(document(*held), target.limit) for held in _filled(target)]
    refuse_over(Cloud.AWS, PER_TARGET, len(texts) + 1)
    return texts


def _filled(target: Target) -> Iterator[list[Statement]]:
    """The statements of each policy."""
    room, held = allowed(Cloud.AWS, target.limit), list[Statement]()
    for statement in target.statements:
        if held and _length([*held, statement]) > room:
            yield held
            held = []
        held.append(statement)
    if held:
        yield held


def _length(statements: Sequence[Statement]) -> int:
    """The characters of a policy of these statements."""
    return len(json.dumps(document(*statements), separators=(",", ":"), ensure_ascii=True))
