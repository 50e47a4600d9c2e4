"""Sites as deployed, each read alone: what is proved with the foundation, without it, and of a preview."""

import json
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from clover.controls.decide import decide
from clover.controls.proof import Proof
from clover.controls.questions import questions
from clover.controls.run import prove
from clover.controls.verdict import Claim, Outcome, Verdict
from clover.sources import read_world
from clover.sources.world import observed_world
from tests.data import file_of, preview_of, state
from tests.mutants.asking import ask
from tests.mutants.replay import replay
from tests.mutants.site import DAY, case, last, zone, zone_file, zone_with

SITES = ("dublin", "own-evidence", "hamar", "own-evidence-azure")
KEEPING = ("own-evidence", "own-evidence-azure")
"""The sites that keep their records themselves, so that nothing is open where no other stack is read."""
ON_AZURE = ("hamar", "own-evidence-azure")
OF_WHAT_IS_NOT_THERE = ("RES-5", "OPR-1", "MIG-2", "ASM-1", "BAK-1", "BAK-2", "ACC-3")
"""Controls that may rest on nothing: on no strange type, no role beside the trusted base, no ending, no backup."""
GUARDRAILS, BREAK_GLASS = "GRD", "ACC-3"
GIVEN_POLICIES = ("service-control-policy", "resource-control-policy")


@cache
def as_deployed(site: str) -> Proof:
    return prove(observed_world(state(site), "state.json"), zone_file(site), DAY)


def planned(site: str, data: Any, folder: Path) -> Proof:
    file = folder / "plan.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return prove(read_world([file]), zone_file(site), DAY)


def said(proof: Proof) -> dict[str, tuple[Any, ...]]:
    """What is said of each claim, but for what it was read from."""
    return {each.id: (each.verdict, each.reason, each.rests_on, each.given, each.fix) for each in proof.verdicts}


@pytest.mark.parametrize("site", KEEPING)
def test_with_the_foundation_nothing_is_refuted_or_unknown_and_what_is_not_proved_says_why(site: str):
    verdicts = as_deployed(site).verdicts
    assert {each.verdict for each in verdicts} == {Outcome.PROVED, Outcome.ASSUMED, Outcome.DISCLOSED}
    for each in verdicts:
        assert each.reason
        assert each.rests_on or each.verdict is not Outcome.PROVED or each.control in OF_WHAT_IS_NOT_THERE, each.id
    assert as_deployed(site).exit_code(strict=True) == 0


@pytest.mark.parametrize("site", SITES)
def test_every_control_of_the_cloud_is_decided(site: str):
    decided = {each.control for each in as_deployed(site).verdicts}
    assert decided == set(questions(case(site=site).site.cloud))


@pytest.mark.parametrize("site", SITES)
def test_without_the_foundation_what_holds_still_holds_and_everything_can_be_tampered_with(site: str):
    """On Azure a plan does not show who holds roles above the site: what leans on that list is not known then.

    Nor does any plan show whom the break-glass trusts.

    The guardrails' claims are about the foundation itself, and none of them is proved without it.
    """
    with_it, without = case(site=site), case(site=site, foundation=False)
    for control, question in questions(with_it.site.cloud).items():
        if control.startswith(GUARDRAILS):
            assert {answer.outcome for answer in question(without)} & {Outcome.REFUTED, Outcome.UNKNOWN}, control
            continue
        leans = site in ON_AZURE or control == BREAK_GLASS
        lost = [Outcome.UNKNOWN if leans and each.given else each.outcome for each in question(with_it)]
        assert [each.outcome for each in question(without)] == lost or _of_roles_above(site, control), control
        tampered = ask(without, control, Claim.TAMPER)
        assert {answer.outcome for answer in tampered} <= {Outcome.REFUTED}, control
        for answer in tampered:
            replay(control, answer, without)


def _of_roles_above(site: str, control: str) -> bool:
    """Whether a control falls into fewer answers where nobody lists the roles above."""
    return site in ON_AZURE and control == "AUD-3"


def statements() -> list[tuple[str, str]]:
    """Every Deny statement of the organisation's policies on Dublin's path."""
    given = [each for each in zone().file.foundation if each.kind.value in GIVEN_POLICIES and "dublin" in each.scope]
    return [
        (each.id, str(statement["Sid"]))
        for each in given
        for statement in zone().documents[each.id]["Statement"]
        if statement["Effect"] == "Deny"
    ]


@cache
def resting(site: str) -> dict[str, Verdict]:
    world = observed_world(state(site), "state.json")
    return {each.id: each for each in decide(case(site=site), world).verdicts}


FLIPPING = {
    "F-A2.2": {
        "StayInTheOrganisation",
        "NoOtherWayToSignIn",
        "RootDoesNothing",
        "TrustedRolesStayAsTheyAre",
        "NoDataIntoOtherAccounts",
    },
    "F-A2.4": {
        "NoMultiRegionKeys",
        "NoReplicationButByDeployer",
        "NoSecretReplicas",
        "NoLockBypass",
        "OnlyTheSitesRegion",
        "NoGlobalFronts",
        "NoCopiesOut",
        "NoSharesOut",
        "NoDeliveriesOut",
        "NoOtherWayOut",
    },
    "F-A2.5": {"NoRelays", "NoRestores"},
    "F-A2.7": {"ControlsOnlyByDeployer", "RolesOfTheSiteOnlyByDeployer"},
    "F-A3.2": {"OnlyAccountsOfTheZone", "OnlyEncryptedTransport"},
    "F-A3.6": {"DataOnlyFromTheSitesNetwork", "CopiersOnlyCopy", "KeysOnlyThroughServices"},
}
"""The lines that nothing else stands in for: without one something falls."""


@pytest.mark.parametrize(("given", "sid"), statements())
def test_what_rests_on_a_line_of_a_policy_flips_without_it_or_rests_on_less(given: str, sid: str):
    def rests(verdict: Verdict) -> bool:
        return any(ground.urn == given and ground.statement == sid for ground in verdict.rests_on)

    about = case([{"policy": given, "without": sid}])
    after = {each.id: each for each in decide(about, observed_world(state("dublin"), "state.json")).verdicts}
    leaning = [each.id for each in resting("dublin").values() if rests(each)]
    assert not [name for name in leaning if rests(after[name])]
    fallen = {name for name in leaning if after[name].verdict is Outcome.REFUTED}
    assert bool(fallen) is (sid in FLIPPING.get(given, ()))
    assert all(after[name].verdict in (Outcome.PROVED, Outcome.REFUTED) for name in leaning)


ROLES_ABOVE = "F-Z2"


def test_one_assignment_more_above_hamar_flips_what_rested_on_their_list():
    listed = zone().documents[ROLES_ABOVE]
    somebody = {**listed["role_assignments"][0], "principalId": "90000000-0000-0000-0000-000000000001"}
    longer = {**listed, "role_assignments": [*listed["role_assignments"], somebody]}
    under = zone_with({**zone().documents, ROLES_ABOVE: longer})
    world = observed_world(state("hamar"), "state.json")
    after = decide(replace(case(site="hamar"), zone=under), world).verdicts
    fallen = {(each.control, each.resource) for each in after if each.verdict is Outcome.REFUTED}
    leaning = [each for each in as_deployed("hamar").verdicts if each.claim is Claim.TAMPER and each.given]
    assert {(each.control, each.resource) for each in leaning} <= fallen


@pytest.mark.parametrize("site", SITES)
def test_a_first_preview_refutes_nothing_and_names_every_unknown(site: str):
    first = file_of(site, "first")
    names = {last(each["newState"]["urn"]) for each in json.loads(first.read_text())["steps"] if "newState" in each}
    proof = prove(read_world([first]), zone_file(site), DAY)
    assert not [each for each in proof.verdicts if each.verdict is Outcome.REFUTED]
    for each in proof.verdicts:
        if each.verdict is Outcome.UNKNOWN:
            assert last(each.resource) in names or any(name in each.reason for name in names), each


@pytest.mark.parametrize("site", SITES)
def test_a_preview_of_the_deployed_site_proves_the_same_as_its_state(site: str, tmp_path: Path):
    assert said(planned(site, preview_of(state(site)), tmp_path)) == said(as_deployed(site))


@pytest.mark.parametrize("site", KEEPING)
def test_what_has_to_be_allowed_is(site: str):
    found = [each for each in as_deployed(site).verdicts if each.control == "OPS-1"]
    assert {each.verdict for each in found} == {Outcome.PROVED}
    assert len(found) > 5
