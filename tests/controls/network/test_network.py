"""The network's controls on the deployed Dublin: proved as it is, never refuted by what is not known."""

import pytest

from clover.controls.network.aws import QUESTIONS
from tests.mutants.site import answers, declared, not_yet_known, refutations


def test_the_deployed_site_is_proved_but_for_what_is_assumed():
    outcomes = {
        control: sorted({answer.outcome.value for answer in answers(question, declared())})
        for control, question in QUESTIONS.items()
    }
    assert outcomes == {
        "NET-1": ["proved"],
        "NET-2": ["proved"],
        "NET-3": ["assumed", "proved"],
        "NET-4": ["proved"],
        "NET-5": ["proved"],
        "NET-6": ["proved"],
        "NET-7": ["assumed"],
    }


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
        assert len(set(answer.rests_on)) == len(answer.rests_on)
