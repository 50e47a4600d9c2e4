"""The live audit of both sites: as the state says, throttled, refused, cut off, drifted, and kept from user data."""

import json
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from clover.dossier.verdicts import in_full
from tests.e2e import behind_aws, behind_azure
from tests.e2e.audited import AUDIT, DENIED, WITHOUT_THE_LIST, Audited, counted, data_of, refusal, tried
from tests.e2e.behind_aws import Change
from tests.e2e.checkout import Checkout

pytestmark = [pytest.mark.e2e]


@pytest.fixture(
    scope="module",
    params=[pytest.param(site, marks=pytest.mark.xdist_group(f"audit-{site}")) for site in ("dublin", "hamar")],
)
def audited(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    checkout = Checkout(tmp_path_factory.mktemp("audited"), request.param)
    try:
        checkout.clover("lab", "up", request.param)
        yield Audited(checkout)
    finally:
        checkout.clover("lab", "stop")


def test_what_is_observed_is_proved_as_the_state_is(audited: Audited) -> None:
    said = audited.checkout.clover("prove", str(audited.declared), "--format", "json", check=False)
    seen = audited.verdicts("clean")
    assert counted(seen) == counted(json.loads(said.stdout)["verdicts"])
    assert len(seen) > 100
    without = [verdict for verdict in seen if verdict["control"] in WITHOUT_THE_LIST]
    assert {verdict["verdict"] for verdict in without} == {"assumed"}
    assert {verdict["basis"] for verdict in seen} == {"lab"}
    again = audited.checkout.clover("prove", "clean/observed.json", "--format", "json", check=False)
    assert counted(json.loads(again.stdout)["verdicts"]) == counted(seen)


def test_nothing_has_drifted_and_the_lab_is_called_no_witness(audited: Audited) -> None:
    answer = audited.audit("--out", "quiet", "--declared", str(audited.declared))
    assert answer.returncode == 0, answer.stderr
    told = f"0 missing, 0 extra, 0 changed, {len(audited.beyond)} unread" if audited.beyond else "none"
    assert answer.stdout.splitlines()[-1].endswith(f"{audited.site}.json: {told}")
    assert "no independent witness" in answer.stdout
    things = audited.file("quiet", "drift.json")["things"]
    assert {thing["urn"] for thing in things if thing["kind"] == "unread"} == set(audited.beyond)
    assert len(things) == len(audited.beyond) == {"dublin": 0, "hamar": 3}[audited.site]


def test_a_saved_reading_makes_the_same_dossier_twice(audited: Audited) -> None:
    audited.verdicts("clean")
    for folder in ("first", "second"):
        words = ("report", "clean/observed.json", "--out", folder, "--as-of", "2026-11-01")
        audited.checkout.clover(*words)
    first, second = (audited.checkout.root / folder for folder in ("first", "second"))
    files = sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert files == sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    assert all((first / path).read_bytes() == (second / path).read_bytes() for path in files)
    checked = audited.checkout.clover("verify", "first", check=False)
    assert "lab, not evidence" in checked.stdout
    assert {verdict["basis"] for verdict in in_full(audited.file("first", "verdicts.json"))["verdicts"]} == {"lab"}


def test_no_credential_is_in_anything_that_is_written(audited: Audited) -> None:
    answer = audited.audit("--out", "clean", "--declared", str(audited.declared))
    texts = [answer.stdout, answer.stderr, *(path.read_text() for path in (audited.checkout.root / "clean").iterdir())]
    secrets = [audited.shell[name] for name in audited.shell if name.endswith(("_SECRET_ACCESS_KEY", "_SESSION_TOKEN"))]
    if audited.site == "hamar":
        secrets = [audited.azure().token.rpartition(".")[2], "Bearer "]
    assert all(len(secret) > 6 for secret in secrets)
    assert secrets
    assert not [secret for secret in secrets for text in texts if secret in text]


def test_throttled_calls_are_made_again(audited: Audited) -> None:
    audited.cloud.set_faults([{"kind": "throttle", "operation": "*", "share": 0.1}])
    try:
        assert counted(audited.verdicts("throttled")) == counted(audited.verdicts("clean"))
    finally:
        audited.cloud.set_faults([])
    assert 429 in {call["status"] for call in audited.checkout.calls()} or audited.site == "dublin"


def test_a_failed_call_is_unknown_by_name_and_never_a_pass(audited: Audited) -> None:
    operation, code, status = {
        "dublin": ("ec2.DescribeFlowLogs", "UnauthorizedOperation", 403),
        "hamar": ("Microsoft.Network/networkWatchers/flowLogs/read", "AuthorizationFailed", 403),
    }[audited.site]
    fault = {"kind": "fail", "operation": operation, "times": 20, "code": code, "status": status}
    audited.cloud.set_faults([fault])
    try:
        answer = audited.audit("--declared", str(audited.declared))
    finally:
        audited.cloud.set_faults([])
    assert answer.returncode == 2, answer.stderr
    unknown = [line for line in answer.stdout.splitlines() if f"{operation} on " in line and f"({code})" in line]
    assert unknown
    assert [line for line in unknown if ": unknown: " in line]
    assert all(": unknown: " in line or ": not read: " in line for line in unknown)
    assert f" 0 missing, 0 extra, 0 changed, {1 + len(audited.beyond)} unread" in answer.stdout.splitlines()[-1]


def test_an_audit_that_is_cut_off_goes_on(audited: Audited) -> None:
    folder = audited.checkout.root / "cut"
    before = audited.cloud.calls()[-1]["n"]
    audited.cloud.set_faults([{"kind": "hang", "operation": "*", "times": 2000, "seconds": 0.05}])
    try:
        process = subprocess.Popen([*AUDIT, audited.site, "--out", "cut"], cwd=audited.checkout.root, env=audited.shell)
        kept, until = folder / "unfinished.jsonl", time.monotonic() + 60
        while not kept.exists() or len(kept.read_text().splitlines()) < 12:
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.02)
        process.send_signal(signal.SIGKILL)
        process.wait()
    finally:
        audited.cloud.set_faults([])
    assert not (folder / "observed.json").exists()
    assert kept.stat().st_mode & 0o077 == 0
    answers, between = len(kept.read_text().splitlines()) - 1, audited.cloud.calls()[-1]["n"]
    assert counted(audited.verdicts("cut")) == counted(audited.verdicts("clean"))
    calls = [call for call in audited.cloud.calls(between) if call["status"] < 300]
    whole = audited.cloud.calls()[-1]["n"]
    assert not kept.exists()
    assert answers >= 11
    assert whole > between > before
    first = [call["operation"] for call in audited.cloud.calls(before)][:8]
    assert Counter(call["operation"] for call in calls)[first[2]] == 1, "asked again in the whole audit alone"


def test_the_auditors_credentials_fail_on_every_read_of_user_data(audited: Audited) -> None:
    found = tried(audited)
    assert len(found) >= 20
    assert {what: code for what, code in found.items() if code not in DENIED} == {}


def test_what_the_auditor_may_not_read_is_unknown_by_name(audited: Audited) -> None:
    if audited.site == "dublin":
        iam = audited.checkout.client("iam")
        role = audited.outputs["auditor"]["machine_access"].rpartition("/")[2]
        denial = {"Effect": "Deny", "Action": ["kms:ListGrants", "ec2:DescribeFlowLogs"], "Resource": "*"}
        document = json.dumps({"Version": "2012-10-17", "Statement": [denial]})
        iam.put_role_policy(RoleName=role, PolicyName="blinded", PolicyDocument=document)
        try:
            answer = audited.audit()
        finally:
            iam.delete_role_policy(RoleName=role, PolicyName="blinded")
        named = ("kms.ListGrants on ", "ec2.DescribeFlowLogs on all (UnauthorizedOperation)")
    else:
        held = audited.checkout.azure().roles.role_assignments
        scope = f"/subscriptions/{audited.shell['ARM_SUBSCRIPTION_ID']}"
        own = [each for each in held.list_for_subscription() if each.principal_id == audited.shell["ARM_CLIENT_ID"]]
        (reader,) = [each for each in own if each.scope == scope]
        held.delete_by_id(reader.id)
        try:
            answer = audited.audit()
        finally:
            body: Any = {"roleDefinitionId": reader.role_definition_id, "principalId": reader.principal_id}
            held.create_by_id(reader.id, {"properties": body})
        named = ("Microsoft.Storage/storageAccounts/read on ", "(AuthorizationFailed)")
    assert answer.returncode in (1, 2), answer.stderr
    assert all(name in answer.stdout for name in named)
    assert "Traceback" not in answer.stderr
    if audited.site == "hamar":
        assert " 0 proved" in answer.stdout


@pytest.fixture(scope="module")
def changed(audited: Audited) -> tuple[list[Change], Any, list[dict[str, Any]]]:
    """Everything done at once behind Pulumi's back, last of all: what was done, the drift, and the verdicts."""
    made = (behind_aws if audited.site == "dublin" else behind_azure).changes(audited.checkout)
    verdicts = audited.verdicts("changed", "--declared", str(audited.declared))
    return made, audited.file("changed", "drift.json"), verdicts


def test_every_change_behind_pulumis_back_is_found_by_resource_and_meaning(
    changed: tuple[list[Change], Any, list[dict[str, Any]]],
) -> None:
    made, drift, verdicts = changed
    assert len(made) >= 20
    lost = [change.what for change in made if not any(_tells(thing, change) for thing in drift["things"])]
    assert lost == []
    refuted = {verdict["control"] for verdict in verdicts if verdict["verdict"] == "refuted"}
    assert len(refuted) >= 8
    assert {verdict["basis"] for verdict in verdicts} == {"lab"}


def _tells(thing: dict[str, Any], change: Change) -> bool:
    return _is_of(thing, change) and change.control in {means["control"] for means in thing["means"]}


def _is_of(thing: dict[str, Any], change: Change) -> bool:
    """Whether a thing of the drift is what was changed: of its kind and type, and called as it is."""
    named = change.about in f"{thing['id']} {thing['urn']}"
    return thing["kind"] == change.kind and change.type in thing["type"] and named


BROUGHT_ALONG = {
    "dublin": [
        ("extra", "aws:cloudwatch/eventRule:EventRule"),
        ("extra", "aws:ec2/defaultRouteTable:DefaultRouteTable"),
        ("extra", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup"),
        ("extra", "aws:ec2/vpc:Vpc"),
    ],
    "hamar": [
        ("changed", "azure-native:storage:StorageAccount"),
        ("extra", "azure-native:Microsoft.Network:natGateways"),
        ("extra", "azure-native:network:VirtualNetwork"),
        ("extra", "azure-native:storage:BlobServiceProperties"),
    ],
}
"""What the changes need and are not about: a target's rule, networks to peer with, an account that may be public."""


def test_nothing_else_is_called_drift(
    audited: Audited, changed: tuple[list[Change], Any, list[dict[str, Any]]]
) -> None:
    """But for what the changes themselves brought along, and what lies where the auditor of the site reads nothing."""
    made, drift, _ = changed
    beside = [thing for thing in drift["things"] if not any(_is_of(thing, change) for change in made)]
    unread = [thing["urn"] for thing in beside if thing["kind"] == "unread"]
    assert sorted(unread) == sorted(audited.beyond)
    found = [(thing["kind"], thing["type"]) for thing in beside if thing["kind"] != "unread"]
    assert sorted(found) == BROUGHT_ALONG[audited.site]


def test_an_opened_store_is_still_closed_to_the_auditor(
    audited: Audited, changed: tuple[list[Change], Any, list[dict[str, Any]]]
) -> None:
    """With the network open, it is the roles that keep the auditor from the data; on AWS, what denies it by itself."""
    made, _, _ = changed
    assert made
    if audited.site == "hamar":
        host = f"{audited.outputs['stores']['usage']['physical_name']}.blob.localhost"
        assert data_of(audited.azure(), host, "GET", "/data/x") == "AuthorizationPermissionMismatch"
    else:
        bucket = audited.outputs["stores"]["profiles"]["physical_name"]
        assert refusal(audited.client("s3").get_object, Bucket=bucket, Key="x") == "AccessDenied"
