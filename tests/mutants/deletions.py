"""What becomes of the proofs without one statement of one policy; `python -m tests.mutants.deletions` counts."""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from clover.controls import tamper
from clover.controls.case import Case
from clover.controls.questions import questions
from clover.controls.verdict import Answer, Outcome
from clover.logic.aws_sets import Undecided
from clover.logic.aws_sets.comparison import compare
from tests.mutants.changes import Change
from tests.mutants.site import case, declared

HELD = ("policy", "assumeRolePolicy")
Proofs = Mapping[tuple[str, str, str | None], tuple[frozenset[Outcome], frozenset[str]]]


class Deletion(NamedTuple):
    """A statement of a policy of the state."""

    resource: str
    held: str
    sid: str

    @property
    def change(self) -> Change:
        """The change that takes the statement out."""
        return {"policy": self.resource, "in": self.held, "without": self.sid}


class Effect(NamedTuple):
    """What a deletion did: verdicts that flipped, proofs that lost a ground, or the statement that covers it."""

    flipped: tuple[str, ...]
    shrunk: tuple[str, ...]
    covered_by: str | None

    @property
    def kind(self) -> str:
        """The strongest of the three; `unseen` where there is none."""
        if self.flipped:
            return "flipped"
        return "shrunk" if self.shrunk else "covered" if self.covered_by else "unseen"


def deletions() -> list[Deletion]:
    """Every statement of every policy of Dublin."""
    return [
        Deletion(resource.name, held, str(statement["Sid"]))
        for resource in declared()
        for held in HELD
        if resource.custom and isinstance(resource.inputs.get(held), str)
        for statement in json.loads(resource.inputs[held])["Statement"]
    ]


def proofs(about: Case) -> Proofs:
    """The outcomes and grounds of every claim, by control, claim and resource."""
    tampering = tamper.tampering(about)
    found: dict[tuple[str, str, str | None], tuple[frozenset[Outcome], frozenset[str]]] = {}
    for control, question in questions(about.site.cloud).items():
        holding = list(question(about))
        for claim, answers in (("holds", holding), ("tamper", list(tampering.answers(control, holding)))):
            for answer in answers:
                key = (control, claim, answer.resource)
                outcomes, grounds = found.get(key, (frozenset(), frozenset()))
                found[key] = (outcomes | {answer.outcome}, grounds | _grounds(answer))
    return found


def _grounds(answer: Answer) -> frozenset[str]:
    return frozenset(f"{ground.urn.rpartition('::')[2]}: {ground.statement}" for ground in answer.rests_on)


def effect(deletion: Deletion, before: Proofs) -> Effect:
    """What taking the statement out does to the proofs."""
    after = proofs(case([deletion.change]))
    named = f"{deletion.resource}: {deletion.sid}"
    nothing: tuple[frozenset[Outcome], frozenset[str]] = (frozenset(), frozenset())
    pairs = [(key, held, after.get(key, nothing)) for key, held in before.items()]
    flipped = tuple(f"{key[0]}.{key[1]}" for key, held, found in pairs if held[0] != found[0])
    shrunk = tuple(f"{key[0]}.{key[1]}" for key, held, found in pairs if named in held[1] - found[1])
    return Effect(flipped, shrunk, None if flipped or shrunk else _cover(deletion))


def _cover(deletion: Deletion) -> str | None:
    """Another statement of the same policy that says at least as much."""
    text = next(each.inputs[deletion.held] for each in declared() if each.name == deletion.resource and each.custom)
    statements: list[dict[str, Any]] = json.loads(text)["Statement"]
    gone = next(each for each in statements if each["Sid"] == deletion.sid)
    for other in statements:
        if other is not gone and other["Effect"] == gone["Effect"] and _within(gone, other):
            return str(other["Sid"])
    return None


def _within(narrow: Mapping[str, Any], wide: Mapping[str, Any]) -> bool:
    """Whether one statement is about nothing that the other is not about."""
    one, other = ({"Version": "2012-10-17", "Statement": [{**each, "Effect": "Allow"}]} for each in (narrow, wide))
    try:
        return compare(other, one).added is None
    except Undecided:
        return False


def _report() -> Iterator[str]:
    before, counted = proofs(case()), Counter[str]()
    for deletion in deletions():
        found = effect(deletion, before)
        counted[found.kind] += 1
        about = ", ".join(sorted({*found.flipped, *found.shrunk})) or found.covered_by or "-"
        yield f"{found.kind}: {deletion.resource} {deletion.sid}: {about}"
    yield f"{sum(counted.values())} statements: {dict(counted)}"


if __name__ == "__main__":
    for line in _report():
        sys.stdout.write(f"{line}\n")
