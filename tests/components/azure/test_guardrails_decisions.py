"""What the organisation's policies and denials on Azure stop, whoever asks, as the evaluator decides it."""

import json
from typing import Any

import pytest

from clover.logic.azure import evaluate
from components.azure.data import read
from components.azure.policies import guardrails
from components.azure.site import gate_role, guid, landing_role
from tests.components.azure.answers import REGION, SUBSCRIPTION, TENANT
from tests.components.azure.guarded import CONTROLLER, GROUPS, KEEPER
from tests.components.azure.sample import AUDITORS_TENANT, DEPLOYER, SITE
from tests.recorder import World

STRANGER = "00000000-0000-0000-0000-0000000000ff"
PEOPLE = "00000000-0000-0000-0000-000000000777"
PLACE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/clover-hamar-user-data"
LOGS = "Microsoft.OperationalInsights/workspaces"
COPIES = "00000000-0000-0000-0000-000000000511"
MONITOR = f"/subscriptions/{KEEPER}/resourceGroups/clover-hamar/providers/{LOGS}/clover-hamar-monitor"
STORE: dict[str, Any] = {
    "location": REGION,
    "sku": {"name": "Standard_ZRS"},
    "properties": {
        "allowBlobPublicAccess": False,
        "allowCrossTenantReplication": False,
        "allowSharedKeyAccess": False,
        "encryption": {"keySource": "Microsoft.Keyvault"},
        "isLocalUserEnabled": False,
        "isNfsV3Enabled": False,
        "isSftpEnabled": False,
        "minimumTlsVersion": "TLS1_3",
        "networkAcls": {"bypass": "None", "defaultAction": "Deny"},
        "publicNetworkAccess": "Disabled",
        "supportsHttpsTrafficOnly": True,
    },
}


@pytest.fixture(scope="module")
def policies(organisation: World) -> dict[str, Any]:
    """All that stands above the site, as the evaluator takes it, with an owner of everything."""
    everywhere = guardrails.of_all([SITE], [AUDITORS_TENANT, TENANT])
    values = {**everywhere, **guardrails.of_site(guardrails.Site(SITE, {"support": PEOPLE}, COPIES, MONITOR), [KEEPER])}
    assigned = [
        {
            "name": each.name,
            "scope": f"{GROUPS}/clover-sites{'-hamar' if each.level == 'site' else ''}",
            "parameters": guardrails.parameters(each, values),
            "definition": {"mode": each.mode, "parameters": each.parameters, "policyRule": each.rule},
        }
        for each in guardrails.definitions()
    ]
    (denial,) = organisation.all("azure-native:authorization:DenyAssignment")
    kept = ("principals", "excludePrincipals", "permissions")
    return {
        "role_assignments": [
            {"principalId": who, "scope": "/", "role": {"actions": ["*"], "notActions": [], "dataActions": ["*"]}}
            for who in (DEPLOYER, CONTROLLER, STRANGER)
        ],
        "policy_assignments": assigned,
        "deny_assignments": [{**{name: denial.inputs[name] for name in kept}, "scope": f"{GROUPS}/clover-sites-hamar"}],
        "management_groups": [f"{GROUPS}/{name}" for name in (TENANT, "clover", "clover-sites", "clover-sites-hamar")],
    }


def decide(policies: Any, kind: str, body: Any = None, who: str = DEPLOYER, verb: str = "write") -> str:
    """The decision on a write or a deletion of a resource of a type."""
    name = f"{PLACE}/providers/{kind}/one" if "/resourceGroups" not in kind else PLACE
    whole: dict[str, Any] = {"type": kind, "id": name, "name": "one", **(body or {})}
    request: dict[str, Any] = {
        "principal": who,
        "action": f"{kind}/{verb}",
        "scope": name,
        "resource": whole,
        "contents": [],
    }
    return evaluate(request, policies).decision


def changed(path: str, to: Any) -> dict[str, Any]:
    """The store that passes with another value at a path; None takes it out."""
    body = json.loads(json.dumps(STORE))
    *way, last = path.split(".")
    held = body
    for step in way:
        held = held[step]
    held.pop(last, None)
    if to is not None:
        held[last] = to
    return body


STORAGE = "Microsoft.Storage/storageAccounts"


def test_a_store_of_the_site_passes(policies: Any) -> None:
    assert decide(policies, STORAGE, STORE) == "allow"


@pytest.mark.parametrize(
    ("path", "to"),
    [
        ("location", "westeurope"),
        ("location", "global"),
        ("sku.name", "Standard_GRS"),
        ("sku.name", "Standard_RAGZRS"),
        ("properties.allowCrossTenantReplication", True),
        ("properties.allowSharedKeyAccess", True),
        ("properties.allowSharedKeyAccess", None),
        ("properties.publicNetworkAccess", "Enabled"),
        ("properties.publicNetworkAccess", None),
        ("properties.networkAcls.bypass", "AzureServices"),
        ("properties.networkAcls.ipRules", [{"value": "203.0.113.1"}]),
        ("properties.encryption.keySource", "Microsoft.Storage"),
        ("properties.minimumTlsVersion", "TLS1_0"),
        ("properties.isSftpEnabled", True),
    ],
)
def test_a_store_that_copies_or_opens_is_stopped_whoever_writes_it(policies: Any, path: str, to: Any) -> None:
    for who in (DEPLOYER, CONTROLLER):
        assert decide(policies, STORAGE, changed(path, to), who) == "explicit_deny"


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("Microsoft.Resources/subscriptions/resourceGroups", {"location": "westeurope"}),
        ("Microsoft.Compute/virtualMachines", {"location": REGION}),
        ("Microsoft.Compute/snapshots", {"location": REGION}),
        (
            "Microsoft.Network/virtualNetworks",
            {"location": REGION, "properties": {"virtualNetworkPeerings": [{"name": "p"}]}},
        ),
        ("Microsoft.Network/routeTables/routes", {"properties": {"nextHopType": "Internet"}}),
        ("Microsoft.Insights/diagnosticSettings", {"properties": {"workspaceId": "/subscriptions/w"}}),
        ("Microsoft.ManagedServices/registrationDefinitions", {"properties": {"managedByTenantId": STRANGER}}),
        (
            "Microsoft.Authorization/roleAssignments",
            {"properties": {"roleDefinitionId": "8e3af657-a8ff-443c-a75c-2fe8c4bcb635", "principalType": "User"}},
        ),
    ],
)
def test_what_leaves_or_runs_programs_is_not_declared(policies: Any, kind: str, body: Any) -> None:
    assert decide(policies, kind, body) == "explicit_deny"


@pytest.mark.parametrize(
    ("account", "expected"), [(COPIES, "allow"), (SUBSCRIPTION, "explicit_deny"), (KEEPER, "explicit_deny")]
)
def test_objects_are_replicated_into_the_account_of_second_copies_alone(
    policies: Any, account: str, expected: str
) -> None:
    there = f"/subscriptions/{account}/resourceGroups/copies/providers/{STORAGE}/copy"
    body = {"properties": {"destinationAccount": there}}
    assert decide(policies, f"{STORAGE}/objectReplicationPolicies", body) == expected


@pytest.mark.parametrize(
    ("role", "expected"),
    [
        (landing_role(SITE), "allow"),
        (guid(SITE, "key-administration", "intake"), "allow"),
        (guid(SITE, "landing", "arrivals"), "explicit_deny"),
    ],
)
def test_the_roles_of_the_sites_keys_and_landings_are_assigned(policies: Any, role: str, expected: str) -> None:
    body = {"properties": {"roleDefinitionId": f"{PLACE}/roles/{role}", "principalType": "ServicePrincipal"}}
    assert decide(policies, "Microsoft.Authorization/roleAssignments", body) == expected


ELIGIBLE, ACTIVE = (f"Microsoft.Authorization/role{word}ScheduleRequests" for word in ("Eligibility", "Assignment"))
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
OPENED: dict[str, Any] = {
    "principalId": PEOPLE,
    "requestType": "AdminAssign",
    "roleDefinitionId": gate_role(SITE, "support"),
}


@pytest.mark.parametrize(
    ("kind", "change", "expected"),
    [
        (ELIGIBLE, {}, "allow"),
        (ELIGIBLE, {"requestType": "AdminExtend"}, "allow"),
        (ELIGIBLE, {"principalId": STRANGER}, "explicit_deny"),
        (ELIGIBLE, {"roleDefinitionId": OWNER}, "explicit_deny"),
        (ELIGIBLE, {"roleDefinitionId": OWNER, "requestType": "AdminUpdate"}, "explicit_deny"),
        (ELIGIBLE, {"principalId": STRANGER, "requestType": "AdminRemove"}, "allow"),
        (ACTIVE, {"requestType": "SelfActivate"}, "allow"),
        (ACTIVE, {"requestType": "SelfDeactivate"}, "allow"),
        (ACTIVE, {"requestType": "SelfActivate", "roleDefinitionId": OWNER}, "explicit_deny"),
        (ACTIVE, {}, "explicit_deny"),
    ],
)
def test_a_gate_alone_is_activated_and_by_those_approved(policies: Any, kind: str, change: Any, expected: str) -> None:
    told = {**OPENED, **change}
    role = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{told['roleDefinitionId']}"
    assert decide(policies, kind, {"properties": {**told, "roleDefinitionId": role}}) == expected


def test_without_an_approval_no_role_may_be_activated() -> None:
    values = guardrails.of_site(guardrails.Site(SITE, {}, None, None), [KEEPER])
    assert (values["gates"], values["workforces"]) == ([], [])


def test_records_end_with_the_site_or_with_the_auditor(policies: Any) -> None:
    kind = "Microsoft.Insights/diagnosticSettings"
    ends = {
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/clover-hamar-evidence/providers/{STORAGE}/s": "allow",
        f"/subscriptions/{KEEPER}/resourceGroups/any/providers/{STORAGE}/s": "allow",
        f"{PLACE}/providers/{STORAGE}/s": "explicit_deny",
        f"/subscriptions/{STRANGER}/resourceGroups/any/providers/{STORAGE}/s": "explicit_deny",
    }
    assert {end: decide(policies, kind, {"properties": {"storageAccountId": end}}) for end in ends} == ends


def test_records_are_looked_at_by_the_auditors_monitor_and_by_nobody_else(policies: Any) -> None:
    kept = f"/subscriptions/{KEEPER}/resourceGroups/any/providers/{STORAGE}/s"
    ends = {
        MONITOR: "allow",
        MONITOR.upper(): "allow",
        f"/subscriptions/{KEEPER}/resourceGroups/any/providers/{LOGS}/other": "explicit_deny",
        f"/subscriptions/{SUBSCRIPTION}/resourceGroups/any/providers/{LOGS}/own": "explicit_deny",
    }
    kind = "Microsoft.Insights/diagnosticSettings"
    found = {
        end: decide(policies, kind, {"properties": {"storageAccountId": kept, "workspaceId": end}}) for end in ends
    }
    assert found == ends
    assert decide(policies, kind, {"properties": {"workspaceId": MONITOR}}) == "explicit_deny"


def test_a_site_makes_no_workspace_of_its_own(policies: Any) -> None:
    assert decide(policies, LOGS, {"location": REGION, "properties": {}}) == "explicit_deny"


def test_a_site_that_nobody_watches_sends_to_no_workspace() -> None:
    values = guardrails.of_site(guardrails.Site(SITE, {}, None, None), [KEEPER])
    assert values["record_workspaces"] == []


@pytest.mark.parametrize("kind", ["Microsoft.Insights/diagnosticSettings", "Microsoft.KeyVault/vaults"])
def test_what_records_and_what_is_kept_is_not_deleted(policies: Any, kind: str) -> None:
    body: dict[str, Any] = {"location": REGION, "properties": {}}
    assert decide(policies, kind, body, verb="delete") == "explicit_deny"


@pytest.mark.parametrize("action", [each for each in read("guardrails")["denied"] if "*" not in each])
def test_nobody_else_changes_controls(policies: Any, action: str) -> None:
    everything: dict[str, Any] = {**policies, "policy_assignments": []}
    for who, decision in ((STRANGER, "explicit_deny"), (DEPLOYER, "allow"), (CONTROLLER, "allow")):
        request = {"principal": who, "action": action, "scope": f"/subscriptions/{SUBSCRIPTION}"}
        assert evaluate(request, everything).decision == decision
