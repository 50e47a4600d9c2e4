"""AUD on Azure: the deployed Hamar is proved, every mutant is found, harmless changes find nothing."""

from pathlib import Path

import pytest

from clover.controls.verdict import Outcome
from tests.controls.azure_mutants import (
    asked,
    check_harmless,
    check_mutant,
    check_unknown,
    hamar,
    page,
    single_settings,
)
from tests.mutants.collection import Harmless, Mutant

PAGE = page(Path(__file__).with_name("azure_mutants.yaml"))
CONTROLS = ("AUD-1", "AUD-2", "AUD-3")


@pytest.mark.parametrize("mutant", PAGE.mutants, ids=lambda mutant: mutant.id)
def test_a_mutant_is_found_and_its_counterexample_replays(mutant: Mutant):
    check_mutant(mutant)


@pytest.mark.parametrize("mutant", single_settings(PAGE.mutants), ids=lambda mutant: mutant.id)
def test_what_a_mutant_changes_is_not_proved_while_it_is_unknown(mutant: Mutant):
    check_unknown(mutant)


@pytest.mark.parametrize("change", PAGE.harmless, ids=lambda change: change.id)
def test_a_harmless_change_finds_nothing_new(change: Harmless):
    check_harmless(change)


@pytest.mark.parametrize("control", CONTROLS)
def test_the_deployed_site_is_proved(control: str):
    found = asked(hamar(), control)
    assert found
    assert {answer.outcome for answer in found} == {Outcome.PROVED}


@pytest.mark.parametrize("control", CONTROLS)
def test_a_proof_rests_on_resources_and_givens_that_are_there(control: str):
    about = hamar()
    known = {resource.urn for resource in about.resources.all} | set(about.givens)
    for answer in asked(about, control):
        assert answer.rests_on
        assert {ground.urn for ground in answer.rests_on} <= known
        assert set(answer.given) <= set(about.givens)
