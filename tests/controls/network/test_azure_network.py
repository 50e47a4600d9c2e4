"""NET on Azure: the deployed Hamar is proved, and rests on what its mutants change."""

import pytest

from clover.controls.network.azure import QUESTIONS
from clover.controls.verdict import Answer, Outcome
from clover.model.resources import Resources
from clover.sources import read_world
from tests.controls.hamar import hamar
from tests.data import HAMAR_FIRST_PREVIEW
from tests.mutants.collection import mutants
from tests.mutants.site import case_of, last, refutations

MUTANTS = mutants("network", "hamar")


def asked(changes: object, control: str) -> list[Answer]:
    """What a control answers after changes."""
    return list(QUESTIONS[control](hamar(changes)))


def test_the_deployed_site_is_proved_but_for_what_is_assumed():
    outcomes = {control: sorted({answer.outcome.value for answer in asked((), control)}) for control in QUESTIONS}
    proved = ["proved"]
    assert outcomes == {
        "NET-1": proved,
        "NET-2": proved,
        "NET-3": ["assumed", "proved"],
        "NET-4": proved,
        "NET-5": proved,
        "NET-6": proved,
        "NET-7": ["assumed"],
    }


def test_everything_is_asked_about():
    about = {control: {last(answer.resource) for answer in asked((), control)} for control in QUESTIONS}
    assert about["NET-1"] == {"egress-workload", "egress-endpoints"}
    assert about["NET-2"] == about["NET-3"] == {"egress-firewall"}
    assert about["NET-5"] == {"egress-network"}
    endpoints = {f"{name}-endpoint" for name in ("arrivals-store", "profiles", "research", "usage", "media")}
    assert about["NET-4"] == endpoints | {"egress-workload", "egress-endpoints", "egress-azurefirewallsubnet"}


def test_a_first_preview_refutes_nothing_and_names_what_is_not_known():
    world = read_world([HAMAR_FIRST_PREVIEW])
    about = case_of(world.of(world.subjects[0]), "hamar")
    found = {control: list(question(about)) for control, question in QUESTIONS.items()}
    assert all(found.values())
    assert not [answer for answers in found.values() for answer in refutations(answers)]
    doubts = {control for control, answers in found.items() for answer in answers if answer.outcome is Outcome.UNKNOWN}
    assert doubts == {"NET-1", "NET-5"}
    assert all("egress-firewall" in each.reason or "firewall" in each.reason for each in found["NET-5"])


def test_a_stack_without_a_network_throws_nothing():
    for question in QUESTIONS.values():
        assert not refutations(list(question(case_of(Resources([]).all, "hamar"))))


@pytest.mark.parametrize("control", QUESTIONS)
def test_a_proof_rests_on_resources_that_are_there(control: str):
    about = hamar()
    urns = {resource.urn for resource in about.resources.all}
    for answer in QUESTIONS[control](about):
        assert answer.rests_on
        assert {ground.urn for ground in answer.rests_on} <= urns
        assert len(set(answer.rests_on)) == len(answer.rests_on)


def test_what_a_proof_rests_on_is_what_a_mutant_changes():
    removed = {
        (mutant.control, change[word])
        for mutant in MUTANTS
        for change in mutant.changes
        for word in ("set", "remove", "drop")
        if len(mutant.changes) == 1 and word in change and change[word] not in ("egress-endpoints",)
    }
    for control, name in removed:
        grounds = {last(ground.urn) for answer in asked((), control) for ground in answer.rests_on}
        assert name in grounds, (control, name)
