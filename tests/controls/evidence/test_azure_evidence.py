"""EVD on Azure: the deployed Hamar is proved, every mutant is found and replays, harmless changes find nothing."""

from pathlib import Path

import pytest

from clover.controls.evidence.azure import QUESTIONS
from clover.controls.verdict import Answer, Outcome
from clover.model.resources import Resources
from clover.sources import read_world
from tests.controls.azure_mutants import hamar, page, single_settings
from tests.controls.network.replay_azure import replay_property
from tests.data import HAMAR_FIRST_PREVIEW
from tests.mutants.collection import Harmless, Mutant
from tests.mutants.site import case_of, last, refutations, unknown

PAGE = page(Path(__file__).with_name("azure_mutants.yaml"))


def asked(changes: object, control: str) -> list[Answer]:
    """What a control answers after changes."""
    return list(QUESTIONS[control](hamar(changes)))


def test_the_deployed_site_is_proved_but_for_what_is_assumed():
    for control in QUESTIONS:
        found = asked((), control)
        assert {answer.outcome for answer in found} == {Outcome.PROVED, Outcome.ASSUMED}
        assert [last(answer.resource) for answer in found if answer.outcome is Outcome.ASSUMED] == ["logs-account"]


def test_nothing_is_assumed_of_a_policy_that_is_locked():
    locked = next(each for each in PAGE.harmless if each.id == "az-locked")
    assert {answer.outcome for answer in asked(locked.changes, "EVD-2")} == {Outcome.PROVED}


def test_everything_that_can_be_recorded_is_asked_about():
    about = {last(answer.resource) for answer in asked((), "EVD-1")}
    accounts = {f"{name}-account" for name in ("logs", "media", "profiles", "research", "usage")}
    assert about == {"", "egress-firewall", "egress-network", "evidence-vault", "user-data-vault", *accounts}


@pytest.mark.parametrize("mutant", PAGE.mutants, ids=lambda mutant: mutant.id)
def test_a_mutant_is_found_and_its_counterexample_replays(mutant: Mutant):
    changed = hamar(mutant.changes)
    found = [each for each in QUESTIONS[mutant.control](changed) if last(each.resource) == (mutant.about or "")]
    if mutant.unknown:
        assert Outcome.UNKNOWN in {answer.outcome for answer in found}, found
        assert not refutations(found)
        return
    assert refutations(found), found
    for answer in refutations(found):
        example = answer.counterexample or {}
        assert example["kind"] == mutant.example
        if ":" in example["property"]:
            assert example["value"] is None
        else:
            replay_property(example, changed)


@pytest.mark.parametrize("mutant", single_settings(PAGE.mutants), ids=lambda mutant: mutant.id)
def test_what_a_mutant_changes_is_not_proved_while_it_is_unknown(mutant: Mutant):
    found = asked([unknown(mutant.changes[0])], mutant.control)
    assert Outcome.UNKNOWN in {answer.outcome for answer in found}, found
    assert not refutations(found)


@pytest.mark.parametrize("change", PAGE.harmless, ids=lambda change: change.id)
def test_a_harmless_change_finds_nothing_new(change: Harmless):
    for control in change.controls or QUESTIONS:
        found = asked(change.changes, control)
        bad = [answer for answer in found if answer.outcome in (Outcome.REFUTED, Outcome.UNKNOWN)]
        assert not bad, (control, bad)


def test_a_first_preview_refutes_nothing():
    world = read_world([HAMAR_FIRST_PREVIEW])
    about = case_of(world.of(world.subjects[0]), "hamar")
    for question in QUESTIONS.values():
        found = list(question(about))
        assert found
        assert not refutations(found)


def test_a_stack_without_resources_has_no_evidence():
    for question in QUESTIONS.values():
        assert refutations(list(question(case_of(Resources([]).all, "hamar"))))


@pytest.mark.parametrize("control", QUESTIONS)
def test_a_proof_rests_on_resources_that_are_there(control: str):
    about = hamar()
    urns = {resource.urn for resource in about.resources.all}
    for answer in QUESTIONS[control](about):
        assert answer.rests_on or answer.outcome is Outcome.ASSUMED
        assert {ground.urn for ground in answer.rests_on} <= urns
        assert len(set(answer.rests_on)) == len(answer.rests_on)


def test_what_a_proof_rests_on_is_what_a_mutant_changes():
    changed = {
        (mutant.control, change[word])
        for mutant in PAGE.mutants
        for change in mutant.changes
        for word in ("set", "remove", "drop")
        if len(mutant.changes) == 1 and word in change
    }
    for control, name in changed:
        grounds = {last(ground.urn) for answer in asked((), control) for ground in answer.rests_on}
        assert name in grounds, (control, name)
