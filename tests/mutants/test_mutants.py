"""Each single change is found by its control, and its counterexample replays; harmless ones find nothing."""

from collections import Counter
from typing import Any

import pytest

from clover.controls.catalogue import controls
from clover.controls.questions import questions
from clover.controls.verdict import Answer, Claim, Outcome
from tests.mutants.asking import ask
from tests.mutants.collection import Harmless, Mutant, harmless, mutants
from tests.mutants.replay import replay
from tests.mutants.site import case, last, refutations, unknown

MUTANTS = mutants()
HARMLESS = harmless()


def test_each_has_an_id_of_its_own_and_a_control_that_is_known():
    counted = Counter(each.id for each in (*MUTANTS, *HARMLESS))
    assert [name for name, number in counted.items() if number > 1] == []
    assert {each.control for each in MUTANTS} <= controls().keys()


def read(change: Mutant | Harmless) -> Any:
    """Whose case is asked, and whether the organisation's stack is read beside it."""
    return {"hand": change.hand, "organisation": change.organisation}


def about(found: list[Answer], name: str | None) -> list[Answer]:
    """The answers about the resource of a name."""
    return [answer for answer in found if last(answer.resource) == (name or "")]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_a_mutant_is_found_and_its_counterexample_replays(mutant: Mutant):
    changed = case(mutant.changes, mutant.site, foundation=mutant.foundation, **read(mutant))
    found = about(ask(changed, mutant.control, mutant.claim), mutant.about)
    if mutant.unknown:
        assert Outcome.UNKNOWN in {answer.outcome for answer in found}, found
    elif mutant.loses:
        before = about(ask(case(site=mutant.site, **read(mutant)), mutant.control, mutant.claim), mutant.about)
        assert {answer.outcome for answer in found} == {Outcome.PROVED}, found
        assert rests_on(before) - rests_on(found) >= {mutant.loses}
    else:
        refuted = refutations(found)
        assert refuted, found
        for answer in refuted:
            assert (answer.counterexample or {})["kind"] == mutant.example
            replay(mutant.control, answer, changed)


GIVEN_BACK = ("net-1-az-the-firewall-moved", "res-p1-az-a-strangers-endpoint")
"""What the cloud says, and no declaration: every update leaves it open."""
SETTINGS = [
    mutant
    for mutant in MUTANTS
    if mutant.claim is Claim.HOLDS and not (mutant.unknown or mutant.loses) and mutant.id not in GIVEN_BACK
    if len(mutant.changes) == 1 and {"set", "path", "to"} == mutant.changes[0].keys()
]


@pytest.mark.parametrize("mutant", SETTINGS, ids=lambda mutant: mutant.id)
def test_what_a_mutant_changes_is_not_proved_while_it_is_unknown(mutant: Mutant):
    found = ask(case([unknown(mutant.changes[0])], mutant.site, **read(mutant)), mutant.control, Claim.HOLDS)
    assert Outcome.UNKNOWN in {answer.outcome for answer in found}
    assert not refutations(found)


def rests_on(found: list[Answer]) -> set[str]:
    """The statements that the answers rest on."""
    return {ground.statement for answer in found for ground in answer.rests_on}


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.id)
def test_a_harmless_change_finds_nothing_new(change: Harmless):
    changed = case(change.changes, change.site, **read(change))
    for control in change.controls or questions(changed.site.cloud, changed.hand):
        for claim in change.claims:
            answers = ask(changed, control, claim)
            found = about(answers, change.about) if change.about else answers
            bad = [answer for answer in found if answer.outcome in (Outcome.REFUTED, Outcome.UNKNOWN)]
            assert not bad, (control, bad)
