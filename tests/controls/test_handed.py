"""A lone site with a vault is proved given what the auditor signed of its stack; nothing else stands in for that."""

import json
import re
import shutil
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from clover.controls.case import Case
from clover.controls.proof import Proof
from clover.controls.run import Surroundings, cases_within, prove, prove_cases
from clover.controls.verdict import Basis, Outcome, Verdict
from clover.errors import BadInput
from clover.fleet.prove import prove_fleet
from clover.report.grounds import grounds
from clover.report.text import headline
from clover.sources import read_world
from clover.zones.attestation import OVERLAY_SETTING, Attestations, overlay_file, write_overlay
from tests.controls.handing import PUBLIC, UNTIL, attestations, of_export, signed, stack_of
from tests.controls.test_vault import OF_THE_VAULT, SITES, keeper
from tests.data import file_of, preview_of, state
from tests.mutants.site import DAY, ROOT, zone
from tests.zones.own_evidence import STACK


def proved(files: Sequence[Path], site: str, said: Attestations, day: date = DAY) -> tuple[Proof, tuple[Case, ...]]:
    """What is proved of stacks in a zone whose auditor signed something."""
    within = msgspec.structs.replace(zone(site), attestations=said)
    world = read_world(list(files))
    asked = cases_within(world, lambda _: Surroundings(within, said), day)
    return prove_cases(world, asked), asked


@cache
def of(site: str, *beside: str, signature: bool = True) -> tuple[Proof, tuple[Case, ...]]:
    """A site with other stacks, with or without the auditor's signature of its own."""
    files = [file_of(stack) for stack in (site, *beside)]
    return proved(files, site, attestations(site, signed(stack_of(site)) if signature else None))


def verdicts(site: str, *beside: str, signature: bool = True) -> dict[str, Verdict]:
    return {each.id: each for each in of(site, *beside, signature=signature)[0].sites[0].verdicts}


def name(site: str) -> str:
    return f"A-STACK-{keeper(site)}"


def bare(verdict: Verdict, site: str) -> Verdict:
    """A verdict without the signature that it names, and without the place of what was not read."""
    given = tuple(each for each in verdict.given if each != name(site))
    return msgspec.structs.replace(verdict, given=given, where=None)


@pytest.mark.parametrize("site", SITES)
def test_with_the_signature_a_lone_site_is_proved_as_beside_the_stack_itself(site: str):
    (proof,) = of(site)[0].sites
    assert {each.verdict for each in proof.verdicts} == {Outcome.PROVED, Outcome.ASSUMED, Outcome.DISCLOSED}
    beside = verdicts(site, keeper(site), signature=False)
    assert {each: bare(found, site) for each, found in verdicts(site).items()} == {
        each: bare(found, site) for each, found in beside.items()
    }
    assert of(site)[0].exit_code(strict=True) == 0


@pytest.mark.parametrize("site", SITES)
def test_whatever_is_not_said_without_the_signature_names_it(site: str):
    alone = verdicts(site, signature=False)
    leaning = {each.id for each in verdicts(site).values() if name(site) in each.given}
    assert leaning == {each.id for each in verdicts(site).values() if each != alone.get(each.id)}
    assert {each.control for each in alone.values() if each.verdict is Outcome.UNKNOWN} == OF_THE_VAULT
    opened = {each.id for each in alone.values() if each.verdict is Outcome.UNKNOWN}
    assert opened & set(verdicts(site)) <= leaning
    assert {each.partition(".")[0] for each in leaning} >= OF_THE_VAULT


@pytest.mark.parametrize("site", SITES)
def test_nothing_that_leans_on_the_signature_is_proved_outright_and_the_hand_stays_missing(site: str):
    (proof,), (lone,) = of(site)[0].sites, of(site, signature=False)[0].sites
    assert proof.missing == lone.missing
    assert "auditor" in proof.missing
    assert proof.attested[name(site)] == DAY
    outright = {each.id for each in proof.verdicts if each.verdict is Outcome.PROVED and not each.given}
    assert outright <= {each.id for each in lone.verdicts if each.verdict is Outcome.PROVED}
    assert re.search(f"given [0-9]+ facts attested 2026-10-01 to {DAY}", headline(proof))


@pytest.mark.parametrize("site", SITES)
def test_a_zone_s_own_folder_and_a_fleet_of_processes_say_the_same(site: str, tmp_path: Path):
    shutil.copytree(ROOT / "zones", tmp_path / "zones")
    said, file = attestations(site, signed(stack_of(site))), tmp_path / "zones" / f"{zone(site).name}.yaml"
    for document, envelope in (("rules.json", said.envelopes[site]), ("auditor.json", said.stack or b"")):
        (file.parent / file.stem / document).write_bytes(envelope)
    names = f"gateway_key: {PUBLIC}\n  gateways: [{{site: {site}, document: rules.json}}]\n  signed_stack: auditor.json"
    text = file.read_text(encoding="utf-8").replace("  vaults: #", f"  {names}\n  vaults: #")
    file.write_text(text, encoding="utf-8")
    (lone,) = prove(read_world([file_of(site)]), str(file), DAY).sites
    assert {each.id: bare(each, site) for each in lone.verdicts} == {
        each.id: bare(each, site) for each in verdicts(site).values()
    }
    assert lone.attested == of(site)[0].sites[0].attested
    assert prove_fleet([file_of(site)], str(file), DAY).sites == (lone,)


@pytest.mark.parametrize("site", SITES)
def test_what_the_lab_s_auditor_signed_counts_for_what_the_lab_deployed(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(OVERLAY_SETTING, str(tmp_path))
    write_overlay(overlay_file(zone(site).name), attestations(site, signed(stack_of(site))))
    file = str(ROOT / "zones" / f"{zone(site).name}.yaml")
    assert prove(read_world([file_of(site)]), file, DAY).sites == of(site)[0].sites


@pytest.mark.parametrize("site", SITES)
def test_where_the_stack_itself_is_read_nobody_asks_for_the_signature(site: str):
    files = [file_of(site), file_of(keeper(site))]
    proof, asked = proved(files, site, attestations(site, b"no envelope"))
    assert asked[0].handed is None
    assert not [each for each in proof.verdicts if name(site) in each.given]
    assert {each.id: each for each in proof.sites[0].verdicts} == verdicts(site, keeper(site), signature=False)


def test_a_site_that_keeps_its_records_asks_for_no_signature():
    _, (asked,) = proved([file_of(STACK)], STACK, attestations(STACK, b"no envelope"))
    assert asked.handed is None


def unlocked(site: str) -> Any:
    """The export of an auditor's stack whose vaults lock nothing."""
    export = state(keeper(site))
    for resource in export["deployment"]["resources"]:
        for part in (resource.get("inputs", {}), resource.get("outputs", {})):
            if "immutableStorageWithVersioning" in part:
                part["immutableStorageWithVersioning"]["immutabilityPolicy"]["state"] = "Unlocked"
            if resource["type"].startswith("aws:s3/bucketObjectLockConfiguration") and "rule" in part:
                part["rule"]["defaultRetention"]["mode"] = "GOVERNANCE"
    return export


@pytest.mark.parametrize("site", SITES)
def test_what_the_signed_stack_leaves_open_is_open_at_the_site(site: str):
    proof, _ = proved([file_of(site)], site, attestations(site, signed(of_export(unlocked(site)))))
    found = [each for each in proof.verdicts if each.control == "EVD-2" and each.verdict is not Outcome.PROVED]
    assert found
    assert all(name(site) in each.given for each in found)


def test_what_the_signed_stack_refutes_stays_refuted_and_says_on_what_it_leans():
    proof, _ = proved([file_of("texas")], "texas", attestations("texas", signed(of_export(unlocked("texas")))))
    found = [each for each in proof.verdicts if each.verdict is Outcome.REFUTED]
    assert proof.exit_code() == 1
    assert {each.control for each in found} >= {"EVD-2"}
    for each in found:
        assert each.counterexample
        assert each.reason.endswith(", given A-STACK-texas-auditor")


@pytest.mark.parametrize("site", SITES)
def test_an_explanation_says_what_was_signed_by_whom_and_for_how_long(site: str):
    asked = of(site)[1][0]
    verdict = next(each for each in verdicts(site).values() if each.control == "EVD-2" and name(site) in each.given)
    told = list(grounds(verdict, asked))
    stated = "What the auditor's own stack declares, as the auditor signed it."
    assert any(
        line.startswith(f"given: {name(site)}: {stated} (") and f"on {DAY}, valid until {UNTIL})" in line
        for line in told
    )


def refusal(site: str, stack: bytes) -> str:
    with pytest.raises(BadInput) as refused:
        proved([file_of(site)], site, attestations(site, stack))
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_nobody_else_signs_for_the_auditor():
    forged = signed(stack_of("dublin2"), Ed25519PrivateKey.generate())
    assert refusal("dublin2", forged).endswith("and is none: its signature is not of the auditor's key")


@pytest.mark.parametrize("share", [0.01, 0.3, 0.6, 0.99])
def test_a_changed_byte_is_not_what_was_signed(share: float):
    envelope = json.loads(signed(stack_of("texas")))
    place = int(len(envelope["payload"]) * share)
    other = "B" if envelope["payload"][place] == "A" else "A"
    envelope["payload"] = envelope["payload"][:place] + other + envelope["payload"][place + 1 :]
    told = refusal("texas", json.dumps(envelope).encode())
    assert told.endswith("and is none: its signature is not of the auditor's key")


def test_a_signature_of_a_gateway_is_none_of_a_stack():
    said = attestations("texas", None).envelopes["texas"]
    assert refusal("texas", said).endswith("and is none: it is an envelope of another kind")


def test_the_auditor_s_stack_of_another_zone_is_not_taken():
    assert refusal("texas", signed(stack_of("dublin2"))).endswith("is the auditor's stack of zone europe, not of us")
    told = refusal("texas", signed(stack_of("dublin2", zone="us")))
    assert told.endswith("holds stack auditor, which is of another zone than it says")


def test_a_site_s_stack_is_not_taken_for_the_auditor_s():
    resources = tuple(state("texas")["deployment"]["resources"])
    told = refusal("texas", signed(stack_of("texas", resources=resources)))
    assert told.endswith("holds stack texas, which is no auditor's")


def test_half_a_stack_is_not_taken():
    resources = tuple(each for each in stack_of("texas").resources if "providers" not in each["type"])
    assert "which is not there" in refusal("texas", signed(stack_of("texas", resources=resources)))


def of_a_plan(folder: Path, site: str, stack: bytes, day: date = DAY) -> Proof:
    """What is proved of a plan of a site, which says of no lab that it is one."""
    file = folder / f"{site}.json"
    file.write_text(json.dumps(preview_of(state(site))), encoding="utf-8")
    proof, (asked,) = proved([file], site, attestations(site, stack), day)
    assert asked.basis is Basis.DECLARED
    return proof


def test_what_a_lab_s_auditor_signed_is_not_taken_for_what_is_no_lab(tmp_path: Path):
    with pytest.raises(BadInput, match=r"is the auditor's stack of a lab, which is evidence of nothing$"):
        of_a_plan(tmp_path, "texas", signed(stack_of("texas")))


@pytest.mark.parametrize(
    ("day", "counts"),
    [(DAY - timedelta(days=1), False), (DAY, True), (UNTIL, True), (UNTIL + timedelta(days=1), False)],
)
def test_a_signature_counts_from_its_day_to_its_last(day: date, counts: bool, tmp_path: Path):
    proof = of_a_plan(tmp_path, "texas", signed(stack_of("texas", lab=False)), day)
    told = "not valid on the day: A-STACK-texas-auditor"
    open_yet = {each.control for each in proof.verdicts if each.verdict is Outcome.UNKNOWN}
    assert open_yet & OF_THE_VAULT == (set[str]() if counts else OF_THE_VAULT)
    assert [each.id for each in proof.verdicts if "A-STACK-texas-auditor" in each.given] == [] or counts
    assert headline(proof.sites[0]).endswith(told) != counts
    assert proof.sites[0].weak == (() if counts else ("A-STACK-texas-auditor",))


def test_the_lab_s_auditor_signs_on_whichever_day_it_deploys_and_not_for_ever():
    said = attestations("texas", signed(stack_of("texas")))
    early, _ = proved([file_of("texas")], "texas", said, DAY - timedelta(days=1))
    late, _ = proved([file_of("texas")], "texas", said, UNTIL + timedelta(days=1))
    assert [proof.sites[0].weak for proof in (early, late)] == [(), ("A-STACK-texas-auditor",)]


def test_without_a_key_of_the_zone_s_nothing_is_signed():
    with pytest.raises(BadInput, match="and is none: it is no signed stack of the auditor's"):
        proved([file_of("texas")], "texas", Attestations(None, {}, signed(stack_of("texas"))))
