"""The evidence's controls on the deployed Dublin: proved as it is, never refuted by what is not known."""

import pytest

from clover.controls.evidence.aws import QUESTIONS
from clover.controls.verdict import Outcome
from tests.mutants.collection import Mutant, mutants
from tests.mutants.site import answers, changed, declared, last, not_yet_known, refutations, unknown

SETTINGS = [
    mutant
    for mutant in mutants("evidence")
    if mutant.control in QUESTIONS and len(mutant.changes) == 1 and {"set", "path", "to"} == mutant.changes[0].keys()
]


def test_the_deployed_site_is_proved():
    for question in QUESTIONS.values():
        assert {answer.outcome for answer in answers(question, declared())} == {Outcome.PROVED}


def test_everything_that_can_be_recorded_is_asked_about():
    about = {last(answer.resource) for answer in answers(QUESTIONS["EVD-1"], declared())}
    stores = {f"{name}-bucket" for name in ("logs", "media", "profiles", "research", "usage")}
    assert about == {"", "egress-vpc", "egress-firewall", *stores}


@pytest.mark.parametrize("mutant", SETTINGS, ids=lambda mutant: mutant.id)
def test_what_a_mutant_changes_is_not_proved_while_it_is_unknown(mutant: Mutant):
    found = answers(QUESTIONS[mutant.control], changed([unknown(mutant.changes[0])]))
    assert Outcome.UNKNOWN in {answer.outcome for answer in found}
    assert not refutations(found)


def test_a_first_preview_refutes_nothing():
    for question in QUESTIONS.values():
        found = answers(question, not_yet_known(declared()))
        assert found
        assert not refutations(found)


@pytest.mark.parametrize("control", QUESTIONS)
def test_a_proof_rests_on_resources_that_are_there(control: str):
    urns = {resource.urn for resource in declared()}
    for answer in answers(QUESTIONS[control], declared()):
        assert answer.rests_on
        assert {ground.urn for ground in answer.rests_on} <= urns
