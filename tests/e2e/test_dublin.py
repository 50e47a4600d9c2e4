"""Dublin in the lab, with the real engine: up, quiet, drift found and repaired, protected, taken down, up again."""

import json
import re
from typing import Any

import pytest

from clover.model.aws.locations import Ground, outside
from tests.e2e.checkout import Checkout
from tests.e2e.plans import QUIET, assert_silent_on_the_machine, declared, name_of, operations, providers, unprotected

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("dublin")]

GROUND = Ground("eu-west-1", frozenset({"111122223333", "333344445555", "444455556666"}))
"""Where what lies on AWS may lie: in the site, at its second copies, and with the auditor."""


def _resources(checkout: Checkout) -> list[dict[str, Any]]:
    resources = checkout.state()["resources"]
    assert len(resources) > 60
    return resources


def test_the_preview_said_what_up_did(dublin: Checkout) -> None:
    assert dublin.promised == dublin.done
    assert {operation for _, operation in dublin.done} == {"create"}


def test_a_second_up_changes_nothing(dublin: Checkout) -> None:
    answer = dublin.clover("lab", "up", "dublin")
    counts = next(line for line in answer.stdout.splitlines() if line.startswith("dublin: up done"))
    assert re.fullmatch(r"dublin: up done: \d+ same", counts), answer.stdout


def test_refresh_right_after_up_changes_nothing(dublin: Checkout) -> None:
    dublin.pulumi("refresh", "-s", "dublin", "--yes", "--expect-no-changes")


def test_every_resource_of_a_plan_has_a_source_place_and_every_component_its_arguments(dublin: Checkout) -> None:
    plan = dublin.preview()
    assert operations(plan) == {"same"}
    states = [step["newState"] for step in plan["steps"]]
    for state in states:
        if state["type"] != "pulumi:pulumi:Stack":
            assert re.match(r"project:///(infra|components)/\S+\.py#\d+", state["sourcePosition"]), state["urn"]
    components = [state for state in states if state["type"].startswith("clover-aws:")]
    assert {state["type"].split(":")[-1] for state in components} == {
        "AccessGate",
        "AccessTrail",
        "AuditorAccess",
        "EgressGateway",
        "EncryptionKey",
        "MigrationIntake",
        "RegionLockedStore",
    }
    for state in components:
        assert state["inputs"]["site"]["name"] == "dublin", state["urn"]
    stores = [state for state in components if state["type"].endswith(":RegionLockedStore")]
    lines = {state["inputs"]["declared_at"] for state in stores}
    assert len(lines) == len(stores) == 5
    assert all(re.fullmatch(r"Pulumi\.dublin\.yaml:\d+", line) for line in lines)


def test_neither_plan_nor_state_names_the_machine(dublin: Checkout) -> None:
    for document in (dublin.preview(), dublin.state()):
        assert_silent_on_the_machine(dublin, document)


def test_every_location_bearing_property_lies_in_the_site(dublin: Checkout) -> None:
    findings = {
        (resource["urn"], finding.property): finding
        for resource in _resources(dublin)
        if resource["type"].startswith(("aws:", "pulumi:providers:aws"))
        for part in ("inputs", "outputs")
        for finding in outside(resource["type"], declared(resource.get(part, {})), GROUND)
    }
    assert findings == {}


def test_no_default_provider_and_everything_protected_but_gates(dublin: Checkout) -> None:
    resources = _resources(dublin)
    assert providers(resources) == ["dublin"]
    gate = {"gate-support", "gate-support-role", "gate-support-reads"}  # goes with its approval
    assert unprotected(resources) == {"clover-dublin", *gate}  # the stack itself


def test_outputs_are_what_operator_and_auditor_need(dublin: Checkout) -> None:
    outputs = dublin.outputs()
    assert set(outputs["stores"]) == {"profiles", "usage", "research", "media", "arrivals"}
    assert re.fullmatch(r"[0-9a-f]{64}", outputs["egress"]["rule_set_digest"])
    assert outputs["auditor"]
    assert outputs["vault"]["account"] == "444455556666"


def test_raw_destroy_is_refused_with_state_and_cloud_unchanged(dublin: Checkout) -> None:
    before = dublin.state()["resources"]
    buckets = {bucket["Name"] for bucket in dublin.client("s3").list_buckets()["Buckets"]}
    answer = dublin.pulumi("destroy", "-s", "dublin", "--yes", check=False)
    assert answer.returncode != 0
    assert "protect" in answer.stdout + answer.stderr
    assert dublin.state()["resources"] == before
    assert {bucket["Name"] for bucket in dublin.client("s3").list_buckets()["Buckets"]} == buckets


def test_an_out_of_band_change_is_found_and_repaired(dublin: Checkout) -> None:
    s3, bucket = dublin.client("s3"), dublin.outputs()["stores"]["profiles"]["physical_name"]
    declared = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])
    s3.delete_bucket_policy(Bucket=bucket)
    s3.put_public_access_block(
        Bucket=bucket, PublicAccessBlockConfiguration={"BlockPublicAcls": False, "IgnorePublicAcls": True}
    )
    found = {name_of(step["urn"]): step["op"] for step in dublin.preview("--refresh")["steps"]}
    changed = {name for name, operation in found.items() if operation not in QUIET}
    assert len(changed) == 2, changed
    dublin.clover("lab", "refresh", "dublin")
    dublin.clover("lab", "up", "dublin")
    assert json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"]) == declared
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    dublin.pulumi("preview", "-s", "dublin", "--refresh", "--expect-no-changes")


def test_destroy_discards_the_lab_and_up_brings_it_back(dublin: Checkout) -> None:
    before = dublin.outputs()
    dublin.clover("lab", "destroy", "dublin")
    assert not (dublin.root / ".lab" / "state").exists()
    assert not (dublin.root / ".lab" / "cloud.json").exists()
    dublin.clover("lab", "up", "dublin")
    after = dublin.outputs()
    assert after["stores"].keys() == before["stores"].keys()
    assert after["egress"]["rule_set_digest"] == before["egress"]["rule_set_digest"]
