"""The auditor's own account on Azure: who works in it, from where, what is recorded, and what is published."""

import json
from typing import Any

import pytest

from clover.zones.vocabulary import StoreRole
from components.azure import AssessmentWorkspace, SiteArgs
from components.azure import site as names
from tests.components.azure.answers import REGION, created
from tests.components.azure.sample import AUDITORS_TENANT, NETWORKS, PERSON
from tests.recorder import World, declaring

MACHINE, DEPLOYER = "00000000-0000-0000-0000-000000000412", "00000000-0000-0000-0000-000000000311"
PLACE: SiteArgs = {
    "name": "assessment",
    "account": "00000000-0000-0000-0000-000000000410",
    "tenant": AUDITORS_TENANT,
    "region": REGION,
    "partition": "azurecloud",
    "deployer": DEPLOYER,
    "zone": "europe",
}
STORE = names.account_id(PLACE, StoreRole.AUDITOR_OWNED, "workspace")
RECORDS = names.account_id(PLACE, StoreRole.EVIDENCE, "workspace")
DUBLIN = {
    "site": "dublin",
    "api_hosts": ["api.example.com"],
    "allowed_domains": ["push.example.com"],
    "rule_set_digest": "1" * 64,
}


@pytest.fixture(scope="module")
def workspace() -> World:
    args: Any = {
        "site": PLACE,
        "person": PERSON,
        "machine": MACHINE,
        "networks": NETWORKS,
        "retention_days": 400,
        "published": [DUBLIN],
    }
    with declaring(created, stack_name="auditor") as declared:
        AssessmentWorkspace("assessment-azure", args)
    return declared


def account(workspace: World, name: str) -> dict[str, Any]:
    return dict(workspace.one("azure-native:storage:StorageAccount", f"assessment-azure-{name}-account").inputs)


def test_it_is_reached_from_the_auditors_networks_and_by_no_service(workspace: World) -> None:
    rules = account(workspace, "store")["networkRuleSet"]
    assert (rules["defaultAction"], rules["bypass"]) == ("Deny", "None")
    assert [rule["iPAddressOrRange"] for rule in rules["ipRules"]] == NETWORKS
    assert rules["resourceAccessRules"] == rules["virtualNetworkRules"] == []
    assert not workspace.all("azure-native:network:PrivateEndpoint")
    assert account(workspace, "store")["allowSharedKeyAccess"] is False


def test_its_versions_are_locked_and_its_key_is_its_own(workspace: World) -> None:
    for name in ("store", "records"):
        policy = account(workspace, name)["immutableStorageWithVersioning"]["immutabilityPolicy"]
        assert policy["immutabilityPeriodSinceCreationInDays"] == 400
    named = {
        account(workspace, name)["encryption"]["keyVaultProperties"]["keyVaultUri"] for name in ("store", "records")
    }
    assert len(named) == 2


def test_the_auditors_two_work_in_it_and_read_its_records_and_nobody_else_holds_data(workspace: World) -> None:
    (permission,) = workspace.one("azure-native:authorization:RoleDefinition", "assessment-azure-assessing").inputs[
        "permissions"
    ]
    assert permission["actions"] == []
    assert {action.rpartition("/")[2] for action in permission["dataActions"]} == {"read", "write", "action"}
    assert not [action for action in permission["dataActions"] if "delete" in action.lower()]
    assigned = {one.name: one.inputs for one in workspace.all("azure-native:authorization:RoleAssignment")}
    for who, kind, principal in (("person", "User", PERSON), ("machine", "ServicePrincipal", MACHINE)):
        works, reads = assigned[f"assessment-azure-{who}-works"], assigned[f"assessment-azure-{who}-reads"]
        assert (works["principalId"], works["principalType"], works["scope"]) == (principal, kind, STORE)
        assert (reads["principalId"], reads["scope"]) == (principal, RECORDS)
        assert "insights-" in reads["condition"]
    others = {one["principalId"] for name, one in assigned.items() if not name.endswith(("-works", "-reads"))}
    assert not others & {PERSON, MACHINE}


def test_every_service_that_a_network_reaches_is_recorded_beside_it(workspace: World) -> None:
    recorded = {
        one.inputs["resourceUri"]: one.inputs["storageAccountId"]
        for one in workspace.all("azure-native:monitor:DiagnosticSetting")
    }
    wanted = {f"{STORE}/{service}Services/default" for service in ("blob", "file", "queue", "table")}
    assert wanted <= recorded.keys()
    assert set(recorded.values()) == {RECORDS}
    assert f"/subscriptions/{PLACE['account']}" in recorded


def test_nothing_of_a_site_is_part_of_it(workspace: World) -> None:
    assert not [urn for urn, text in workspace.strings() if "000000000100" in text or "000000000111" in text]


def test_what_it_hands_out(workspace: World) -> None:
    (out,) = workspace.one("clover-azure:index:AssessmentWorkspace").outputs
    assert set(out) == {"store", "physical_name", "key", "records", "hosts", "hosts_digest"}
    assert (out["store"], out["records"]) == (STORE, RECORDS)
    assert json.loads(out["hosts"])["sites"] == [DUBLIN]
