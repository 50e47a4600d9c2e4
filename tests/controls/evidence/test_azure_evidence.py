"""EVD on Azure: a site that keeps its records is proved, and rests on what its mutants change."""

import pytest

from clover.controls.evidence.azure import QUESTIONS
from clover.controls.verdict import Answer, Outcome
from clover.model.resources import Resources
from clover.sources import read_world
from tests.controls.hamar import keeping
from tests.data import file_of
from tests.mutants.collection import harmless, mutants
from tests.mutants.site import case_of, last, refutations
from tests.zones.own_evidence import ON_AZURE

MUTANTS = mutants("evidence", ON_AZURE)


def asked(changes: object, control: str) -> list[Answer]:
    """What a control answers after changes."""
    return list(QUESTIONS[control](keeping(changes)))


def test_the_deployed_site_is_proved_but_for_what_is_assumed():
    for control in ("EVD-1", "EVD-2"):
        found = asked((), control)
        assert {answer.outcome for answer in found} == {Outcome.PROVED, Outcome.ASSUMED}
        assert [last(answer.resource) for answer in found if answer.outcome is Outcome.ASSUMED] == ["logs-account"]


def test_nothing_is_assumed_of_a_policy_that_is_locked():
    locked = next(each for each in harmless("evidence", ON_AZURE) if each.id == "az-locked")
    assert {answer.outcome for answer in asked(locked.changes, "EVD-2")} == {Outcome.PROVED}


def test_everything_that_can_be_recorded_is_asked_about():
    about = {last(answer.resource) for answer in asked((), "EVD-1")}
    accounts = {f"{name}-account" for name in ("logs", "arrivals-store", "media", "profiles", "research", "usage")}
    vaults = {"evidence-vault", "intake-vault", "user-data-vault"}
    assert about == {"", "egress-firewall", "egress-network", *vaults, *accounts}


def test_a_first_preview_refutes_nothing():
    world = read_world([file_of(ON_AZURE, "first")])
    about = case_of(world.of(world.subjects[0]), ON_AZURE)
    for question in QUESTIONS.values():
        found = list(question(about))
        assert found
        assert not refutations(found)


def test_a_stack_without_resources_has_no_evidence():
    for control in ("EVD-1", "EVD-2"):
        assert refutations(list(QUESTIONS[control](case_of(Resources([]).all, ON_AZURE))))


@pytest.mark.parametrize("control", QUESTIONS)
def test_a_proof_rests_on_resources_that_are_there(control: str):
    about = keeping()
    urns = {resource.urn for resource in about.resources.all}
    for answer in QUESTIONS[control](about):
        assert answer.rests_on or answer.outcome is Outcome.ASSUMED
        assert {ground.urn for ground in answer.rests_on} <= {*urns, *answer.given}
        assert len(set(answer.rests_on)) == len(answer.rests_on)


def test_what_a_proof_rests_on_is_what_a_mutant_changes():
    changed = {
        (mutant.control, change[word])
        for mutant in MUTANTS
        for change in mutant.changes
        for word in ("set", "remove", "drop")
        if len(mutant.changes) == 1 and word in change
    }
    for control, name in changed:
        grounds = {last(ground.urn) for answer in asked((), control) for ground in answer.rests_on}
        assert name in grounds, (control, name)
