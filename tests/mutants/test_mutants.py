"""Each single change is found by its control, and its counterexample replays; harmless ones find nothing."""

from collections import Counter

import pytest

from clover.controls.catalogue import controls
from clover.controls.questions import questions
from clover.controls.verdict import Answer, Claim, Outcome
from tests.mutants.asking import ask
from tests.mutants.collection import Harmless, Mutant, harmless, mutants
from tests.mutants.replay import replay
from tests.mutants.site import case, last, refutations

MUTANTS = mutants()
HARMLESS = harmless()


def test_each_has_an_id_of_its_own_and_a_control_that_is_known():
    counted = Counter(each.id for each in (*MUTANTS, *HARMLESS))
    assert [name for name, number in counted.items() if number > 1] == []
    assert {each.control for each in MUTANTS} <= controls().keys()


def about(found: list[Answer], name: str | None) -> list[Answer]:
    """The answers about the resource of a name."""
    return [answer for answer in found if last(answer.resource) == (name or "")]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_a_mutant_is_found_and_its_counterexample_replays(mutant: Mutant):
    changed = case(mutant.changes, mutant.site, foundation=mutant.foundation)
    found = about(ask(changed, mutant.control, mutant.claim), mutant.about)
    if mutant.unknown:
        assert Outcome.UNKNOWN in {answer.outcome for answer in found}, found
    elif mutant.loses:
        before = about(ask(case(site=mutant.site), mutant.control, mutant.claim), mutant.about)
        assert {answer.outcome for answer in found} == {Outcome.PROVED}, found
        assert rests_on(before) - rests_on(found) >= {mutant.loses}
    else:
        refuted = refutations(found)
        assert refuted, found
        for answer in refuted:
            assert (answer.counterexample or {})["kind"] == mutant.example
            replay(mutant.control, answer, changed)


def rests_on(found: list[Answer]) -> set[str]:
    """The statements that the answers rest on."""
    return {ground.statement for answer in found for ground in answer.rests_on}


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: change.id)
def test_a_harmless_change_finds_nothing_new(change: Harmless):
    changed = case(change.changes, change.site)
    for control in change.controls or questions(changed.site.cloud):
        for claim in [Claim.HOLDS]:
            found = ask(changed, control, claim)
            bad = [answer for answer in found if answer.outcome in (Outcome.REFUTED, Outcome.UNKNOWN)]
            assert not bad, (control, bad)


def test_without_the_foundation_what_holds_still_holds_and_everything_can_be_tampered_with():
    with_it, without = case(), case(foundation=False)
    for control, question in questions(with_it.site.cloud).items():
        holding = [answer.outcome for answer in question(with_it)]
        assert [answer.outcome for answer in question(without)] == holding, control
        tampered = ask(without, control, Claim.TAMPER)
        assert {answer.outcome for answer in tampered} <= {Outcome.REFUTED}, control
        for answer in tampered:
            replay(control, answer, without)
