"""What a lab's auditor signed is lent to a plan of a zone in trial, and to nothing else that is no lab's."""

import copy
import json
import shutil
from pathlib import Path

import pytest

from clover.controls.run import prove
from clover.controls.verdict import Basis, Outcome
from clover.fleet.prove import prove_fleet
from clover.report.text import headline
from clover.sources import World, read_world
from clover.zones.attestation import OVERLAY_SETTING, overlay_file, write_overlay
from tests.controls.handing import PUBLIC, attestations, signed, stack_of
from tests.controls.test_handed import name
from tests.controls.test_vault import OF_THE_VAULT, SITES
from tests.data import preview_of, state
from tests.mutants.site import DAY, ROOT, zone


def planned(site: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> World:
    """A site's plan in a project whose lab's auditor signed its stack."""
    monkeypatch.setenv(OVERLAY_SETTING, str(folder))
    write_overlay(overlay_file(zone(site).name), attestations(site, signed(stack_of(site))))
    plan = folder / "plan.json"
    plan.write_text(json.dumps(preview_of(state(site))), encoding="utf-8")
    return read_world([plan])


@pytest.mark.parametrize("site", SITES)
def test_a_plan_s_proof_that_leans_on_what_the_lab_s_auditor_signed_is_a_lab_s(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    world = planned(site, tmp_path, monkeypatch)
    file = str(ROOT / "zones" / f"{zone(site).name}.yaml")
    proof = prove(world, file, DAY)
    assert proof.exit_code() == 0
    (lone,) = proof.sites
    leaning = {each.id for each in lone.verdicts if name(site) in each.given}
    assert leaning
    assert {each.id for each in lone.verdicts if each.basis is Basis.LAB} == leaning
    assert {each.basis for each in lone.verdicts} == {Basis.LAB, Basis.DECLARED}
    assert "; lab, not evidence; missing hands: auditor" in headline(lone)
    assert prove_fleet([tmp_path / "plan.json"], file, DAY).sites == (lone,)


@pytest.mark.parametrize("site", SITES)
def test_a_plan_leans_on_no_lab_where_the_zone_s_auditor_has_a_key(
    site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    world = planned(site, tmp_path, monkeypatch)
    shutil.copytree(ROOT / "zones", tmp_path / "zones")
    file = tmp_path / "zones" / f"{zone(site).name}.yaml"
    text = file.read_text(encoding="utf-8").replace("  vaults: #", f"  gateway_key: {PUBLIC}\n  vaults: #")
    file.write_text(text, encoding="utf-8")
    lone = prove(world, str(file), DAY).sites[0]
    assert not [each for each in lone.verdicts if name(site) in each.given]
    assert {each.control for each in lone.verdicts if each.verdict is Outcome.UNKNOWN} == OF_THE_VAULT


@pytest.mark.parametrize("site", SITES)
def test_an_export_of_no_lab_leans_on_no_lab(site: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    planned(site, tmp_path, monkeypatch)
    real = copy.deepcopy(state(site))
    real["deployment"]["secrets_providers"]["type"] = "cloud"
    export = tmp_path / "export.json"
    export.write_text(json.dumps(real), encoding="utf-8")
    lone = prove(read_world([export]), str(ROOT / "zones" / f"{zone(site).name}.yaml"), DAY).sites[0]
    assert not [each for each in lone.verdicts if name(site) in each.given]
    assert lone.basis is Basis.DECLARED
