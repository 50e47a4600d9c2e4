"""What was read live, as the prover reads it: the basis, and what a refused call leaves undecided."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from clover.cli import main
from clover.controls.proof import Proof
from clover.controls.run import prove
from clover.controls.verdict import Basis, Outcome
from clover.errors import BadInput
from clover.sources.world import observed_world
from tests.data import state
from tests.zones.own_evidence import STACK, file

TENANT = "00000000-0000-0000-0000-000000000100"
DAY = date(2026, 11, 1)
GAP = {"call": "ec2.DescribeFlowLogs", "about": "all", "code": "UnauthorizedOperation"}


def _observed(lab: bool = False, gaps: list[dict[str, str]] | None = None) -> dict[str, Any]:
    export = state(STACK)
    return {**export, "observed": {"caller": "somebody", "lab": lab, "gaps": gaps or []}}


def _proof(export: dict[str, Any]) -> Proof:
    return prove(observed_world(export, "live:dublin"), str(file()), DAY)


@pytest.fixture(scope="module")
def whole() -> Proof:
    return _proof(_observed())


@pytest.fixture(scope="module")
def with_gap() -> Proof:
    return _proof(_observed(gaps=[GAP]))


def test_what_was_read_live_is_observed_and_from_a_lab_it_is_lab(whole: Proof) -> None:
    assert {verdict.basis for verdict in whole.verdicts} == {Basis.OBSERVED}
    assert observed_world(_observed(lab=True), "x").subjects[0].lab


def test_without_a_gap_nothing_is_withheld(whole: Proof) -> None:
    assert whole.exit_code() == 0


def test_a_gap_leaves_nothing_proved_that_leans_on_the_service(with_gap: Proof) -> None:
    assert with_gap.exit_code() == 2
    about = [verdict for verdict in with_gap.verdicts if verdict.control.startswith(("NET-", "EVD-", "RES-1", "RES-5"))]
    assert about
    assert not [verdict.id for verdict in about if verdict.verdict is Outcome.PROVED]
    unknown = [verdict for verdict in about if verdict.verdict is Outcome.UNKNOWN]
    assert all("ec2.DescribeFlowLogs on all (UnauthorizedOperation)" in verdict.reason for verdict in unknown)
    assert not any(verdict.rests_on or verdict.given for verdict in unknown)


def test_a_gap_says_nothing_of_what_other_services_show(whole: Proof, with_gap: Proof) -> None:
    keys = [verdict for verdict in with_gap.verdicts if verdict.control.startswith("KEY-")]
    assert keys == [verdict for verdict in whole.verdicts if verdict.control.startswith("KEY-")]


def _without_flow_logs(gaps: list[dict[str, str]] | None = None) -> Proof:
    export = _observed(gaps=gaps)
    rows = export["deployment"]["resources"]
    gone = {row["urn"] for row in rows if row["type"].endswith(":FlowLog")}
    assert gone
    kept: list[Any] = [{**row, "dependencies": []} for row in rows if row["urn"] not in gone]
    export["deployment"]["resources"] = kept
    return _proof(export)


@pytest.mark.parametrize(("hides", "outcome"), [("things", Outcome.UNKNOWN), ("values", Outcome.REFUTED)])
def test_what_was_not_seen_refutes_nothing_and_what_was_seen_does(hides: str, outcome: Outcome) -> None:
    refuted = {verdict.id for verdict in _without_flow_logs().verdicts if verdict.verdict is Outcome.REFUTED}
    assert refuted
    found = [each for each in _without_flow_logs([{**GAP, "hides": hides}]).verdicts if each.id in refuted]
    assert {verdict.verdict for verdict in found} == {outcome}
    assert all("ec2.DescribeFlowLogs" in verdict.reason for verdict in found)


@pytest.mark.parametrize("service", ["iam", "s3", "kms", "something-new"])
def test_a_gap_in_a_service_that_all_controls_lean_on_leaves_no_proof(service: str) -> None:
    found = _proof(_observed(gaps=[{"call": f"{service}.Something", "about": "all", "code": "AccessDenied"}]))
    assert not [verdict.id for verdict in found.verdicts if verdict.verdict is Outcome.PROVED]


@pytest.mark.parametrize(
    "told", [{}, {"lab": "no", "gaps": []}, {"lab": False}, {"lab": False, "gaps": [{"call": "x"}]}]
)
def test_an_export_that_does_not_say_how_it_was_read_is_refused(told: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="observed"):
        observed_world({**state(), "observed": told}, "x")


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"ARM_METADATA_HOSTNAME": "127.0.0.1:1"}, "no Azure credentials are set"),
        ({"ARM_METADATA_HOSTNAME": "management.example.com"}, "another cloud than Azure's public one"),
        (
            {"ARM_METADATA_HOSTNAME": "127.0.0.1:1", "ARM_TENANT_ID": TENANT, "ARM_CLIENT_ID": TENANT},
            "Azure gives no token",
        ),
    ],
)
def test_an_azure_audit_without_credentials_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], settings: dict[str, str], told: str
) -> None:
    for name in ("ARM_METADATA_HOSTNAME", "ARM_TENANT_ID", "ARM_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    for name, content in settings.items():
        monkeypatch.setenv(name, content)
    assert main(["audit", "hamar"]) == 64
    assert told in capsys.readouterr().err


def test_an_unknown_site_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["audit", "dubln"]) == 64
    assert "did you mean 'dublin'" in capsys.readouterr().err


def test_an_audit_without_credentials_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    assert main(["audit", "dublin"]) == 64
    assert "give those of the auditor" in capsys.readouterr().err


def test_an_observed_export_survives_being_written(tmp_path: Path, whole: Proof) -> None:
    again = json.loads(json.dumps(_observed()))
    assert _proof(again).subjects[0].digest == whole.subjects[0].digest
