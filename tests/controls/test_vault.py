"""Sites whose records lie with the auditor: what is said with the auditor's stack, without it, and before either is."""

import json
import re
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from clover.controls.assessment.published import GATEWAYS
from clover.controls.case import Case
from clover.controls.decide import decide
from clover.controls.hands import parts
from clover.controls.proof import Proof, SiteProof
from clover.controls.questions import questions
from clover.controls.run import cases, prove
from clover.controls.verdict import Claim, Outcome
from clover.errors import BadInput
from clover.fleet.prove import prove_fleet
from clover.model.resources import Resources
from clover.report.text import headline
from clover.sources import read_world
from clover.sources.world import observed_world
from clover.zones.vocabulary import StackKind
from tests.data import file_of, first_preview, preview_of, state
from tests.mutants.asking import ask
from tests.mutants.replay import replay
from tests.mutants.site import AUDITORS, DAY, ROOT, auditors_stack, case, declared, last, zone

SITES = ("dublin", "hamar", "dublin2", "texas")
OF_THE_VAULT = {"EVD-1", "EVD-2", "EVD-3", "INC-1", "INC-2", "INC-3", "OPS-1", "RES-2"}
"""The controls that lean on where a site's records end."""


def read(*files: Path, site: str) -> Proof:
    return prove(read_world(list(files)), str(ROOT / "zones" / f"{zone(site).name}.yaml"), DAY)


def keeper(site: str) -> str:
    stack = auditors_stack(site)
    assert stack
    return stack


@cache
def together(site: str) -> dict[str, SiteProof]:
    proof = read(file_of(keeper(site)), file_of(site), site=site)
    return {each.stack: each for each in proof.sites}


@pytest.mark.parametrize("site", SITES)
def test_a_site_and_its_vault_are_proved_together(site: str):
    for proof in together(site).values():
        outcomes = {verdict.verdict for verdict in proof.verdicts}
        assert outcomes == {Outcome.PROVED, Outcome.ASSUMED, Outcome.DISCLOSED} or proof.stack == "texas-auditor"
        assert outcomes <= {Outcome.PROVED, Outcome.ASSUMED, Outcome.DISCLOSED}
        assert "auditor" not in proof.missing


@pytest.mark.parametrize("site", SITES)
def test_the_order_of_the_files_makes_no_difference(site: str):
    other = read(file_of(site), file_of(keeper(site)), site=site)
    assert {each.stack: each.verdicts for each in other.sites} == {
        stack: proof.verdicts for stack, proof in together(site).items()
    }


@pytest.mark.parametrize("site", SITES)
def test_a_fleet_of_processes_says_the_same(site: str):
    files = [file_of(site), file_of(keeper(site))]
    found = prove_fleet(files, str(ROOT / "zones" / f"{zone(site).name}.yaml"), DAY)
    assert {each.stack: each for each in found.sites} == together(site)


@pytest.mark.parametrize("site", SITES)
def test_the_auditor_s_stack_leans_on_no_other_hand(site: str):
    (proof,) = read(file_of(keeper(site)), site=site).sites
    assert proof.missing == ()


@pytest.mark.parametrize("site", SITES)
def test_without_the_auditor_s_file_nothing_of_the_vault_is_proved_and_the_hand_is_named(site: str):
    (proof,) = read(file_of(site), site=site).sites
    assert "auditor" in proof.missing
    assert re.search("missing hands: .*auditor", headline(proof))
    found = {(each.control, each.verdict) for each in proof.verdicts if each.claim is Claim.HOLDS}
    assert {control for control, outcome in found if outcome is Outcome.UNKNOWN} == OF_THE_VAULT
    assert not [each for each in proof.verdicts if each.verdict is Outcome.REFUTED]
    with_it = {each.id: each.verdict for each in together(site)[site].verdicts}
    kept = [each for each in proof.verdicts if each.verdict is Outcome.PROVED]
    assert {each.control for each in kept if each.claim is Claim.HOLDS} & {"EVD-1", "EVD-2", "EVD-3"} == set()
    assert all(with_it[each.id] is Outcome.PROVED for each in kept)


@pytest.mark.parametrize("site", SITES)
def test_what_is_about_the_vault_alone_leans_on_the_auditor_s_givens(site: str):
    for verdict in together(site)[site].verdicts:
        if (
            verdict.control in {"EVD-2", "EVD-3"}
            and verdict.claim is Claim.TAMPER
            and verdict.verdict is Outcome.PROVED
        ):
            assert {given for given in verdict.given if given.startswith("F-V")}, verdict.id
            assert set(verdict.given) <= set(together(site)[site].attested)


@pytest.mark.parametrize("site", SITES)
def test_on_a_day_when_the_auditor_s_givens_have_expired_the_vault_can_be_tampered_with(site: str):
    about = case(site=site)
    late = date(2029, 1, 1)
    aged = replace(about, day=late, others=tuple(replace(part, day=late) for part in about.others))
    assert Outcome.REFUTED in {answer.outcome for answer in ask(aged, "EVD-2", Claim.TAMPER)}


@pytest.mark.parametrize("site", SITES)
def test_without_a_foundation_everything_of_the_vault_can_be_tampered_with(site: str):
    for hand in ("site", "auditor"):
        about = case(site=site, hand=hand, foundation=False)
        for control in ("EVD-1", "EVD-2", "EVD-3"):
            answers = ask(about, control, Claim.TAMPER)
            assert {answer.outcome for answer in answers} <= {Outcome.REFUTED}, control
            for answer in answers:
                replay(control, answer, about)


@pytest.mark.parametrize("site", SITES)
def test_every_record_rests_on_a_store_of_the_auditor_s(site: str):
    for verdict in together(site)[site].verdicts:
        if verdict.control == "EVD-1" and verdict.claim is Claim.HOLDS:
            resting = {ground.urn.split("::")[0].rpartition(":")[2] for ground in verdict.rests_on}
            assert keeper(site) in resting, verdict.id


@pytest.mark.parametrize("site", SITES)
def test_everything_that_can_be_recorded_is_asked_about(site: str):
    kinds = ("s3/bucket:Bucket", "kms/key:Key", "ec2/vpc:Vpc", "networkfirewall/firewall:Firewall",
             "storage:StorageAccount", "keyvault:Vault", "network:AzureFirewall", "network:VirtualNetwork")  # fmt: skip
    held = {each.name for each in declared(site) if each.type.partition(":")[2] in kinds}
    assert len(held) > 3
    assert {last(answer.resource) for answer in ask(case(site=site), "EVD-1", Claim.HOLDS)} == {"", *held}


@pytest.mark.parametrize("stack", [*SITES, *AUDITORS.values()])
def test_a_first_preview_refutes_nothing(stack: str):
    site = stack if stack in SITES else {"auditor": "dublin2", "texas-auditor": "texas"}[stack]
    proof = read(file_of(stack, "first"), *([file_of(keeper(site))] if stack == site else []), site=site)
    assert not [each for each in proof.verdicts if each.verdict is Outcome.REFUTED]
    names = {last(step["urn"]) for step in first_preview(stack)["steps"]}
    for each in proof.verdicts:
        if each.verdict is Outcome.UNKNOWN:
            assert last(each.resource) in names or any(name in each.reason for name in names), each


@pytest.mark.parametrize("site", SITES)
def test_previews_of_both_prove_the_same_as_their_states(site: str, tmp_path: Path):
    files = [tmp_path / f"{stack}.json" for stack in (site, keeper(site))]
    for file in files:
        file.write_text(json.dumps(preview_of(state(file.stem))), encoding="utf-8")
    for proof in read(*files, site=site).sites:
        said = {each.id: (each.verdict, each.rests_on, each.given) for each in proof.verdicts}
        assert said == {
            each.id: (each.verdict, each.rests_on, each.given) for each in together(site)[proof.stack].verdicts
        }


def test_the_auditor_s_stack_of_another_zone_is_no_vault():
    """Texas beside the European auditor: a stack of another zone says nothing about it."""
    found = cases(read_world([file_of("texas"), file_of("auditor")]), None, DAY)
    assert {each.stack: len(each.others) for each in found} == {"texas": 0, "auditor": 0}


def test_all_stacks_of_both_zones_are_judged_in_one_call():
    files = [file_of(stack) for stack in ("texas", "auditor", "dublin2", "texas-auditor")]
    proof = prove(read_world(files), None, DAY)
    assert {each.stack for each in proof.sites} == {each.stem.partition(".")[0] for each in files}
    assert not [each.stack for each in proof.sites if "auditor" in each.missing]
    assert proof.exit_code() == 0


def spoiled(stack: str, change: Any) -> list[Any]:
    """The resources of an auditor's stack after a change of its export."""
    export = state(stack)
    change(export["deployment"]["resources"])
    world = observed_world(export, "state.json")
    return list(world.of(world.subjects[0]))


def parts_of(stack: str, resources: list[Any], site: str) -> dict[str, Any]:
    return {part.name: part for part in parts(StackKind.AUDITOR, stack, resources, zone(site))}


def test_what_no_provider_of_a_cloud_deploys_is_asked_about_too():
    def add(resources: list[Any]) -> None:
        resources.append({**resources[-1], "urn": f"{resources[-1]['urn']}-more", "provider": "", "id": "more"})

    part = next(iter(parts_of("texas-auditor", spoiled("texas-auditor", add), "texas").values()))
    assert last(part.resources.all[-1].urn).endswith("-more")


def test_a_vault_that_the_zone_asks_for_and_nobody_deploys_is_a_part_without_resources():
    vault, workspace = parts_of("texas-auditor", [], "texas").values()
    assert (vault.name, vault.site.name, list(vault.resources.all)) == ("texas-auditor.texas", "texas", [])
    assert (workspace.name, workspace.site.name) == ("texas-auditor.assessment-aws", "assessment")
    part = vault
    about = Case(part.name, case().basis, part.resources, zone("texas"), part.site, DAY, standing=part.standing)
    world = observed_world(state("texas-auditor"), "state.json")
    outcomes = {each.verdict for each in decide(about, world).verdicts if each.control.startswith("EVD")}
    assert Outcome.PROVED not in outcomes
    assert Outcome.REFUTED in outcomes


def test_a_workspace_that_the_zone_names_and_nobody_deploys_is_refuted():
    part = parts_of("texas-auditor", [], "texas")["texas-auditor.assessment-aws"]
    about = Case(part.name, case().basis, part.resources, zone("texas"), part.site, DAY, standing=part.standing)
    assert (about.is_workspace, about.site.account, about.site.region) == (True, "999999999999", "us-east-2")
    assert {answer.outcome for answer in ask(about, "ASM-1", Claim.HOLDS)} == {Outcome.REFUTED}


def with_a_provider(setting: str, held: str) -> Case:
    """The auditor's part for Texas, its provider set otherwise."""

    def move(resources: list[Any]) -> None:
        provider = next(each for each in resources if each["urn"].endswith("pulumi:providers:aws::texas"))
        for part in (provider["inputs"], provider["outputs"]):
            part[setting] = held

    part = parts_of("texas-auditor", spoiled("texas-auditor", move), "texas")["texas-auditor.texas"]
    return Case(part.name, case().basis, part.resources, zone("texas"), part.site, DAY, standing=part.standing)


def test_an_account_that_is_none_of_the_auditor_s_is_found():
    """A provider that is set to the site's own account is judged as the auditor's, and its account refuted."""
    about = with_a_provider("allowedAccountIds", '["123456789012"]')
    assert about.site.account == "999999999999"
    assert Outcome.REFUTED in {answer.outcome for answer in ask(about, "RES-1", Claim.HOLDS)}


def test_a_region_that_is_not_the_site_s_is_found():
    about = with_a_provider("region", "ca-central-1")
    assert Outcome.REFUTED in {answer.outcome for answer in ask(about, "RES-1", Claim.HOLDS)}


def test_a_hand_that_nobody_knows_is_bad_input(tmp_path: Path):
    export = state("auditor")
    export["deployment"]["resources"][0]["outputs"]["hand"]["kind"] = "postman"
    file = tmp_path / "auditor.json"
    file.write_text(json.dumps(export), encoding="utf-8")
    with pytest.raises(BadInput, match="postman"):
        read(file, site="dublin2")


def test_a_stack_of_the_auditor_s_is_asked_what_stores_and_keys_are_asked():
    for site in SITES:
        about = case(site=site, hand="auditor")
        asked = set(questions(about.site.cloud, about.hand))
        assert asked >= {"RES-1", "RES-2", "RES-3", "RES-5", "KEY-1", "KEY-2", "KEY-3", "KEY-5", "KEY-6", *OF_THE_VAULT}
        assert not {control for control in asked if control.startswith(("NET", "MIG", "AUD-1"))}


@pytest.mark.parametrize(
    ("site", "asked"),
    [
        ("dublin", {"dublin", "auditor.dublin", "auditor.hamar", "auditor.dublin2"}),
        ("hamar", {"hamar", "auditor.dublin", "auditor.hamar", "auditor.dublin2"}),
        ("dublin2", {"dublin2", "auditor.dublin", "auditor.hamar", "auditor.dublin2"}),
        ("texas", {"texas", "texas-auditor.texas"}),
    ],
)
def test_what_watches_a_site_is_asked_of_no_workspace_and_of_vaults_where_something_can_watch(
    site: str, asked: set[str]
):
    ids = {each.id for proof in together(site).values() for each in proof.verdicts if each.control.startswith("INC")}
    assert {name.partition("@")[2].partition("~")[0].partition("/")[0] for name in ids} == asked


OTHER_RULES: dict[str, Any] = {"site": "texas", "api_hosts": [], "allowed_domains": [], "rule_set_digest": "0" * 64}


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ([], Outcome.ASSUMED),
        ([{"set": "AssessmentWorkspace::assessment-aws", "path": "published", "to": [OTHER_RULES]}], Outcome.REFUTED),
    ],
    ids=["same rules", "other rules"],
)
def test_of_a_gateway_that_is_read_live_only_the_digest_is_compared(changes: list[Any], outcome: Outcome):
    declared = case(changes, "texas")
    live = Resources(each for each in declared.resources.all if each.type not in GATEWAYS)
    assert {answer.outcome for answer in ask(replace(declared, resources=live), "ASM-2", Claim.HOLDS)} == {outcome}
