"""RES on Azure: the deployed Hamar is proved."""

from collections.abc import Callable

import pytest

from clover.controls.case import Case
from clover.controls.residency.azure_copies import movers
from clover.controls.verdict import Outcome
from clover.model.azure import locations
from tests.controls.hamar import asked, hamar, keeping
from tests.mutants.site import last

COPIED = ("profiles", "research", "usage")
RESIDENCY = ("RES-1", "RES-2", "RES-3", "RES-P1", "RES-5")


@pytest.mark.parametrize("control", RESIDENCY)
def test_the_deployed_site_is_proved(control: str):
    found = asked(hamar(), control)
    assert found
    assert {answer.outcome for answer in found} == {Outcome.PROVED}


def test_every_store_is_asked_about():
    names = ("arrivals-store", "logs", "media", "profiles", "research", "usage")
    readers = {last(answer.resource) for answer in asked(keeping(), "RES-3")}
    assert readers == {f"{name}-account" for name in names}
    from_the_site = {last(answer.resource) for answer in asked(keeping(), "RES-P1")}
    assert from_the_site == readers - {"logs-account"}


@pytest.mark.parametrize("control", RESIDENCY)
def test_only_proofs_about_roles_need_a_given(control: str):
    given = {name for answer in asked(hamar(), control) for name in answer.given}
    assert given == ({"F-Z2"} if control == "RES-3" else set())


@pytest.mark.parametrize("control", RESIDENCY)
def test_a_proof_rests_on_resources_and_givens_that_are_there(control: str):
    about = hamar()
    stacks = (about, *about.others)
    known = {resource.urn for each in stacks for resource in each.resources.all} | set(about.givens)
    for answer in asked(about, control):
        assert {ground.urn for ground in answer.rests_on} <= known
        assert answer.rests_on or control == "RES-5"


def test_no_type_stands_in_two_tables_but_those_that_deliver_or_are_asked_about():
    table = movers()
    listed = [kind for part in table.values() for kind in part]
    assert len(listed) == len(set(listed))
    both = set(listed) & set(locations.classification()["types"])
    assert both == {kind for kind in table["copies"] if kind in both}
    assert all({"to", "asked", "closed"} & table["copies"][kind].keys() for kind in both)


def declared(*changes: dict[str, str]) -> Case:
    """Hamar as its stack declares it, after changes."""
    return hamar(changes)


def observed(*changes: dict[str, str]) -> Case:
    """Hamar as an audit sees it, which does not look into the account of the copies, after changes."""
    return hamar([*({"remove": f"{store}-copies"} for store in COPIED), *changes])


def of_the_deployer(about: Case) -> list[Outcome]:
    """Whether the deployer may run the site, and whether it may have its stores copied."""
    return [answer.outcome for answer in asked(about, "OPS-1") if answer.resource is None]


def test_what_becomes_of_copies_is_assumed_where_their_account_was_not_read():
    found = asked(observed(), "RES-2")
    assumed = {last(answer.resource) for answer in found if answer.outcome is Outcome.ASSUMED}
    assert assumed == {f"{store}-copied" for store in COPIED}
    assert {answer.outcome for answer in found} == {Outcome.PROVED, Outcome.ASSUMED}


@pytest.mark.parametrize("about", [declared, observed])
def test_the_deployer_has_stores_copied_by_the_role_that_the_copies_stack_gives(about: Callable[..., Case]):
    """Asked of whichever half of a policy was read."""
    assert of_the_deployer(about()) == [Outcome.PROVED, Outcome.PROVED]
    without = about({"remove": "hamar-usage-source", "at": "backups"})
    assert of_the_deployer(without) == [Outcome.PROVED, Outcome.REFUTED]
