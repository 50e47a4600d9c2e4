"""The evidence's controls on a site that keeps its records: proved as it is, never refuted by what is not known."""

import pytest

from clover.controls.case import Question
from clover.controls.evidence.aws import QUESTIONS
from clover.controls.verdict import Answer, Outcome
from clover.sources import Resource
from tests.mutants import site
from tests.mutants.site import last, not_yet_known, refutations
from tests.zones.own_evidence import STACK


def declared() -> list[Resource]:
    return site.declared(STACK)


def answers(question: Question, resources: list[Resource]) -> list[Answer]:
    return site.answers(question, resources, STACK)


def test_the_deployed_site_is_proved():
    for question in QUESTIONS.values():
        assert {answer.outcome for answer in answers(question, declared())} == {Outcome.PROVED}


def test_everything_that_can_be_recorded_is_asked_about():
    about = {last(answer.resource) for answer in answers(QUESTIONS["EVD-1"], declared())}
    stores = {f"{name}-bucket" for name in ("logs", "arrivals-store", "media", "profiles", "research", "usage")}
    assert about == {"", "egress-vpc", "egress-firewall", "evidence-key", "intake-key", "user-data-key", *stores}


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
