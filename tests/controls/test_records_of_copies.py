"""What is done to second copies is on record: with the auditor's stack, without it, and where there is no vault."""

from collections.abc import Sequence
from functools import cache

import pytest

from clover.controls.proof import SiteProof
from clover.controls.run import Surroundings, cases_within, prove, prove_cases
from clover.controls.verdict import Outcome, Verdict
from clover.sources import read_world
from tests.controls.handing import attestations, signed, stack_of
from tests.data import file_of
from tests.mutants.site import BACKUPS, DAY, zone
from tests.zones import own_evidence

PARTS = {
    "dublin": {None, "dublin-key-key", *(f"dublin-{store}-bucket" for store in ("profiles", "usage", "research"))},
    "hamar": {None, "hamar-key-vault", *(f"hamar-{store}-account" for store in ("profiles", "usage", "research"))},
    "dublin2": {
        None,
        "dublin2-key-vault",
        *(f"dublin2-{store}-account" for store in ("profiles", "usage", "research")),
    },
}
"""What the record of each site's copies is asked for: the account, their key, and each copy."""


@cache
def proved(*beside: str, zone_file: str | None = None) -> SiteProof:
    proof = prove(read_world([file_of(stack) for stack in (BACKUPS, *beside)]), zone_file, DAY)
    return next(each for each in proof.sites if each.stack == BACKUPS)


def records(verdicts: Sequence[Verdict], site: str, claim: str = "holds") -> dict[str | None, Verdict]:
    """What is said of the record of a site's copies, by the names of the resources."""
    asked = [each for each in verdicts if each.id.startswith(f"EVD-1.{claim}@{BACKUPS}.{site}")]
    mine = [each for each in asked if each.id.partition("@")[2].partition("/")[0] == f"{BACKUPS}.{site}"]
    return {each.resource and each.resource.rpartition("::")[2]: each for each in mine}


@pytest.mark.parametrize("site", PARTS)
def test_beside_the_auditor_s_stack_every_record_is_proved_to_end_in_the_vault(site: str):
    found = proved("auditor")
    assert found.missing == ()
    for claim in ("holds", "tamper"):
        said = records(found.verdicts, site, claim)
        assert set(said) == PARTS[site]
        assert {each.verdict for each in said.values()} == {Outcome.PROVED}
    vault = "dublin2" if site == "hamar" else "hamar" if site == "dublin2" else "dublin"
    rests = {
        ground.urn.rpartition("::")[2] for each in records(found.verdicts, site).values() for ground in each.rests_on
    }
    assert rests & {f"{vault}-store-bucket", f"{vault}-store-account"}


@pytest.mark.parametrize("site", PARTS)
def test_without_the_auditor_s_stack_nobody_knows(site: str):
    found = proved()
    assert found.missing == ("auditor",)
    said = records(found.verdicts, site)
    assert set(said) == PARTS[site]
    assert {each.verdict for each in said.values()} == {Outcome.UNKNOWN}
    assert not any(each.verdict is Outcome.REFUTED for each in found.verdicts)


def test_what_the_auditor_signed_of_its_stack_stands_in_as_a_given():
    said = attestations("dublin", signed(stack_of("dublin")))
    world = read_world([file_of(BACKUPS)])
    asked = cases_within(world, lambda _: Surroundings(zone(), said), DAY)
    (found,) = prove_cases(world, asked).sites
    assert found.missing == ("auditor",)
    assert {each.verdict for each in found.verdicts} == {Outcome.PROVED, Outcome.DISCLOSED}
    for site in PARTS:
        assert all("A-STACK-auditor" in each.given for each in records(found.verdicts, site).values())


@pytest.mark.parametrize("site", ["dublin", "dublin2"])
def test_where_the_site_that_copies_lie_at_has_no_vault_their_record_is_refuted(site: str):
    found = proved("auditor", zone_file=str(own_evidence.file()))
    said = records(found.verdicts, site)
    assert set(said) == PARTS[site]
    assert {each.verdict for each in records(found.verdicts, "hamar").values()} == {Outcome.PROVED}
    for each in said.values():
        assert each.verdict is Outcome.REFUTED
        assert each.counterexample
