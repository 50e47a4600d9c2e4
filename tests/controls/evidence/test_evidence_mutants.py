"""Every single change that leaves a gap in the record, or lets it be deleted, is found with the property to blame."""

from pathlib import Path
from typing import Any

import pytest

from clover.controls.evidence.aws import QUESTIONS
from clover.controls.evidence.selectors import advanced, selects
from clover.controls.verdict import Outcome
from clover.model.resources import Resources, value
from clover.sources import Unknown
from tests.controls.network.dublin import answers, changed, declared, mutants, named, not_yet_known, refutations

HERE = Path(__file__).parent
MUTANTS = mutants(HERE / "mutants.yaml")
HARMLESS = mutants(HERE / "harmless.yaml")


def test_the_deployed_site_is_proved():
    for question in QUESTIONS.values():
        assert {answer.outcome for answer in answers(question, declared())} == {Outcome.PROVED}


def test_everything_that_can_be_recorded_is_asked_about():
    about = {named(answer.resource) for answer in answers(QUESTIONS["EVD-1"], declared())}
    stores = {f"{name}-bucket" for name in ("logs", "media", "profiles", "research", "usage")}
    assert about == {"", "egress-vpc", "egress-firewall", *stores}


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: str(mutant["name"]))
def test_a_mutant_is_refuted_with_the_property_to_blame(mutant: dict[str, Any]):
    resources = changed(mutant["changes"])
    found = answers(QUESTIONS[mutant["control"]], resources)
    refuted = [answer for answer in refutations(found) if named(answer.resource) == (mutant["about"] or "")]
    assert refuted, found
    for answer in refuted:
        assert answer.counterexample is not None
        assert answer.counterexample["kind"] == "property"
        replay(answer.counterexample, Resources(resources))


SETTINGS = [mutant for mutant in MUTANTS if len(mutant["changes"]) == 1 and "set" in mutant["changes"][0]]


@pytest.mark.parametrize("mutant", SETTINGS, ids=lambda mutant: str(mutant["name"]))
def test_what_a_mutant_changes_is_not_proved_while_it_is_unknown(mutant: dict[str, Any]):
    (change,) = mutant["changes"]
    found = answers(QUESTIONS[mutant["control"]], changed([{**change, "to": Unknown(change["path"])}]))
    assert Outcome.UNKNOWN in {answer.outcome for answer in found}
    assert not refutations(found)


def test_a_first_preview_refutes_nothing():
    for question in QUESTIONS.values():
        found = answers(question, not_yet_known(declared()))
        assert found
        assert not refutations(found)


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: str(change["name"]))
def test_a_harmless_change_finds_nothing_new(change: dict[str, Any]):
    resources = changed(change["changes"])
    for control, question in QUESTIONS.items():
        bad = [answer for answer in answers(question, resources) if answer.outcome is not Outcome.PROVED]
        assert not bad, (control, bad)


@pytest.mark.parametrize("control", QUESTIONS)
def test_a_proof_rests_on_resources_that_are_there(control: str):
    urns = {resource.urn for resource in declared()}
    for answer in answers(QUESTIONS[control], declared()):
        assert answer.rests_on
        assert {ground.urn for ground in answer.rests_on} <= urns


def replay(counterexample: dict[str, Any] | Any, resources: Resources) -> None:
    """The property has the value, and where an event is named, none of the selectors selects it."""
    holder = next(each for each in resources.all if each.urn == counterexample["urn"])
    name, found = counterexample["property"], counterexample["value"]
    if name.startswith("aws:"):
        assert (
            not resources.of(name) or name == "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock" or found is None
        )
    elif name != "clover:store-role" and "event" not in counterexample:
        assert value(holder, name) == found or (value(holder, name) is None and found is False)
    if "event" in counterexample:
        held = value(holder, "advancedEventSelectors") or advanced(value(holder, "eventSelectors") or [])
        assert not any(selects(selector, counterexample["event"]) for selector in held)
