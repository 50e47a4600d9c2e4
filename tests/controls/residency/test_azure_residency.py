"""RES on Azure: the deployed Hamar is proved, every mutant is found, harmless changes find nothing."""

from pathlib import Path

import pytest
import yaml

from clover.controls.residency.azure_copies import movers
from clover.controls.verdict import Outcome
from clover.model.azure import locations
from tests.controls.azure_mutants import (
    asked,
    check_harmless,
    check_mutant,
    check_unknown,
    controls,
    hamar,
    page,
    single_settings,
)
from tests.mutants.collection import Harmless, Mutant
from tests.mutants.site import last

HERE = Path(__file__).parent
PAGE = page(HERE / "azure_mutants.yaml")
RESIDENCY = ("RES-1", "RES-2", "RES-3", "RES-P1", "RES-5")


@pytest.mark.parametrize("mutant", PAGE.mutants, ids=lambda mutant: mutant.id)
def test_a_mutant_is_found_and_its_counterexample_replays(mutant: Mutant):
    check_mutant(mutant)


@pytest.mark.parametrize("mutant", single_settings(PAGE.mutants), ids=lambda mutant: mutant.id)
def test_what_a_mutant_changes_is_not_proved_while_it_is_unknown(mutant: Mutant):
    check_unknown(mutant)


@pytest.mark.parametrize("change", PAGE.harmless, ids=lambda change: change.id)
def test_a_harmless_change_finds_nothing_new(change: Harmless):
    check_harmless(change)


@pytest.mark.parametrize("control", RESIDENCY)
def test_the_deployed_site_is_proved(control: str):
    found = asked(hamar(), control)
    assert found
    assert {answer.outcome for answer in found} == {Outcome.PROVED}


def test_every_store_is_asked_about():
    names = ("logs", "media", "profiles", "research", "usage")
    readers = {last(answer.resource) for answer in asked(hamar(), "RES-3")}
    assert readers == {f"{name}-account" for name in names}
    from_the_site = {last(answer.resource) for answer in asked(hamar(), "RES-P1")}
    assert from_the_site == readers - {"logs-account"}


@pytest.mark.parametrize("control", RESIDENCY)
def test_only_proofs_about_roles_need_a_given(control: str):
    given = {name for answer in asked(hamar(), control) for name in answer.given}
    assert given == ({"F-Z2"} if control == "RES-3" else set())


@pytest.mark.parametrize("control", RESIDENCY)
def test_a_proof_rests_on_resources_and_givens_that_are_there(control: str):
    about = hamar()
    known = {resource.urn for resource in about.resources.all} | set(about.givens)
    for answer in asked(about, control):
        assert {ground.urn for ground in answer.rests_on} <= known
        assert answer.rests_on or control == "RES-5"


def test_no_type_stands_in_two_tables_but_those_that_deliver():
    table = movers()
    listed = [*table["copies"], *table["relays"], *table["neutral"]]
    assert len(listed) == len(set(listed))
    both = set(listed) & set(locations.classification()["types"])
    assert both == {kind for kind in table["copies"] if kind in both}
    assert all(table["copies"][kind].get("to") for kind in both)


def test_what_is_in_force_is_the_three_families():
    assert set(RESIDENCY) <= set(controls(hamar()))
    assert yaml.safe_load((HERE / "azure_mutants.yaml").read_text())["site"] == hamar().site.name
