"""Hamar in the lab, with the real engine: up, quiet, placed in its site, drift found and repaired, protected."""

import re
from typing import Any

import pytest

from clover.model.azure.locations import Ground, classification, outside
from tests.e2e.checkout import Checkout
from tests.e2e.plans import QUIET, assert_silent_on_the_machine, declared, name_of, operations, providers, unprotected

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("hamar")]

SUBSCRIPTION, TENANT, AUDITOR = (f"00000000-0000-0000-0000-000000000{number}" for number in (111, 100, 400))
COPIES, VAULT = "00000000-0000-0000-0000-000000000511", "00000000-0000-0000-0000-000000000310"
GROUND = Ground("norwayeast", frozenset({SUBSCRIPTION, COPIES, VAULT}), frozenset({TENANT, AUDITOR}))


@pytest.fixture(scope="module")
def plan(hamar: Checkout) -> dict[str, Any]:
    """What another `up` would do."""
    return hamar.preview()


def _resources(checkout: Checkout) -> list[dict[str, Any]]:
    resources = checkout.state()["resources"]
    assert len(resources) > 80
    return resources


def test_the_preview_said_what_up_did(hamar: Checkout) -> None:
    assert hamar.promised == hamar.done
    assert {operation for _, operation in hamar.done} == {"create"}


def test_a_second_up_changes_nothing(hamar: Checkout) -> None:
    answer = hamar.clover("lab", "up", "hamar")
    counts = next(line for line in answer.stdout.splitlines() if line.startswith("hamar: up done"))
    assert re.fullmatch(r"hamar: up done: \d+ same", counts), answer.stdout


def test_refresh_right_after_up_changes_nothing(hamar: Checkout) -> None:
    hamar.pulumi("refresh", "-s", "hamar", "--yes", "--expect-no-changes")


def test_every_resource_of_a_plan_has_a_source_place_and_every_component_its_arguments(plan: dict[str, Any]) -> None:
    assert operations(plan) == {"same"}
    states = [step["newState"] for step in plan["steps"]]
    for state in states:
        if state["type"] != "pulumi:pulumi:Stack":
            assert re.match(r"project:///(infra|components)/\S+\.py#\d+", state["sourcePosition"]), state["urn"]
    components = [state for state in states if state["type"].startswith("clover-azure:")]
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
        assert state["inputs"]["site"]["name"] == "hamar", state["urn"]
    stores = [state for state in components if state["type"].endswith(":RegionLockedStore")]
    lines = {state["inputs"]["declared_at"] for state in stores}
    assert len(lines) == len(stores) == 5
    assert all(re.fullmatch(r"Pulumi\.hamar\.yaml:\d+", line) for line in lines)


def test_neither_plan_nor_state_names_the_machine(hamar: Checkout, plan: dict[str, Any]) -> None:
    for document in (plan, hamar.state()):
        assert_silent_on_the_machine(hamar, document)


def test_every_location_bearing_property_lies_in_the_site(hamar: Checkout) -> None:
    resources = [each for each in _resources(hamar) if each["type"].startswith(("azure-native:", "pulumi:providers:"))]
    assert {resource["type"] for resource in resources} <= classification()["types"].keys()
    findings = {
        (resource["urn"], finding.property): finding
        for resource in resources
        for part in ("inputs", "outputs")
        for finding in outside(resource["type"], declared(resource.get(part, {})), GROUND)
    }
    assert findings == {}


def test_no_default_provider_and_everything_protected_but_gates(hamar: Checkout) -> None:
    resources = _resources(hamar)
    assert providers(resources) == ["hamar", "hamar-copies"]
    gate = {"gate-support", "gate-support-reading", "gate-support-eligible"}  # goes with its approval
    assert unprotected(resources) == {"clover-hamar", *gate}  # the stack itself


def test_outputs_are_what_operator_and_auditor_need(hamar: Checkout) -> None:
    outputs = hamar.outputs()
    assert set(outputs["stores"]) == {"profiles", "usage", "research", "media", "arrivals"}
    assert re.fullmatch(r"[0-9a-f]{64}", outputs["egress"]["rule_set_digest"])
    assert set(outputs["auditor"]) == {"person_access", "machine_access"}
    assert outputs["site"]["cloud"] == "azure"
    assert outputs["vault"]["account"] == VAULT


def test_raw_destroy_is_refused_with_state_and_cloud_unchanged(hamar: Checkout) -> None:
    azure, before = hamar.azure(), hamar.state()["resources"]
    there = {resource.id for resource in azure.resources.resources.list()}
    answer = hamar.pulumi("destroy", "-s", "hamar", "--yes", check=False)
    assert answer.returncode != 0
    assert "protect" in answer.stdout + answer.stderr
    assert hamar.state()["resources"] == before
    assert {resource.id for resource in azure.resources.resources.list()} == there


def test_an_out_of_band_change_is_found_and_repaired(hamar: Checkout) -> None:
    azure, name = hamar.azure(), hamar.outputs()["stores"]["profiles"]["physical_name"]
    accounts, rules = azure.storage.storage_accounts, azure.network.security_rules
    accounts.update("clover-hamar", name, {"properties": {"allowSharedKeyAccess": True}})
    rules.begin_delete("clover-hamar", "clover-hamar-workload", "nothing-else-out").result()
    found = {name_of(step["urn"]): step["op"] for step in hamar.preview("--refresh")["steps"]}
    changed = {name for name, operation in found.items() if operation not in QUIET}
    assert changed == {"profiles-account", "egress-workload-security"}
    hamar.pulumi("up", "-s", "hamar", "--refresh", "--yes", "--skip-preview")
    assert accounts.get_properties("clover-hamar", name).allow_shared_key_access is False
    assert rules.get("clover-hamar", "clover-hamar-workload", "nothing-else-out").access == "Deny"
    hamar.pulumi("refresh", "-s", "hamar", "--yes", "--expect-no-changes")
