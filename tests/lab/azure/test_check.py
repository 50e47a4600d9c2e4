"""What Check refuses, where it says so, and what it fills in."""

import re
from typing import Any

import pytest

from clover.lab.azure.model import resource_types
from clover.lab.provider.wire import UNKNOWN, Props
from tests.lab.azure.world import World, vault_properties
from tests.lab.provider.engine import Engine, Failed, Resource

STORE, VAULT, KEY = "storage:StorageAccount", "keyvault:Vault", "keyvault:Key"
GROUP, SUBNET, CONTAINER = "resources:ResourceGroup", "network:Subnet", "storage:BlobContainer"
ASSIGNMENT, LOCK = "authorization:RoleAssignment", "authorization:ManagementLockByScope"
RULES = "network:FirewallPolicyRuleCollectionGroup"
GOOD: Props = {"resourceGroupName": "g", "kind": "StorageV2", "sku": {"name": "Standard_ZRS"}}
SCOPE = "/subscriptions/22222222-2222-4222-8222-222222222222"
ROLE = {"scope": SCOPE, "roleDefinitionId": "r", "principalId": "p"}
REFUSED: list[tuple[str, Props, str]] = [
    (STORE, {**GOOD, "enableHtpsTrafficOnly": True}, "no property enableHtpsTrafficOnly; did you mean enableHttpsTr"),
    (STORE, {**GOOD, "networkAcls": {}}, "networkAcls: there is no property networkAcls"),
    (STORE, {"kind": "StorageV2", "sku": {"name": "Standard_ZRS"}}, "resourceGroupName is required and missing"),
    (STORE, {**GOOD, "sku": {}}, "sku.name: name is required and missing"),
    (STORE, {**GOOD, "sku": {"name": "Standard_ZSR"}}, "did you mean Standard_ZRS?"),
    (STORE, {**GOOD, "minimumTlsVersion": "TLS1.2"}, "minimumTlsVersion: must be one of TLS1_0, TLS1_1, TLS1_2"),
    (STORE, {**GOOD, "allowSharedKeyAccess": "no"}, "allowSharedKeyAccess: must be true or false, is text"),
    (STORE, {**GOOD, "allowSharedKeyAccess": "false"}, "allowSharedKeyAccess: must be true or false, is text"),
    (STORE, {**GOOD, "tags": ["a"]}, "tags: must be a map, is a list"),
    (STORE, {**GOOD, "networkRuleSet": {"bypass": "Nobody"}}, "networkRuleSet.bypass: must be one of None, Logging"),
    (STORE, {**GOOD, "networkRuleSet": {"iprules": []}}, "networkRuleSet.iprules: there is no property iprules; did"),
    (STORE, {**GOOD, "accountName": "Clover-Store"}, "accountName: must be 3 to 24 lowercase letters and digits"),
    (STORE, {**GOOD, "accountName": "ab"}, "accountName: must be 3 to 24"),
    (STORE, {**GOOD, "accountName": "a" * 25}, "accountName: must be 3 to 24"),
    (STORE, {**GOOD, "accountName": "abc\n"}, "accountName: must be 3 to 24"),
    (STORE, {**GOOD, "azureApiVersion": "2019-06-01"}, "azureApiVersion: the lab serves 2024-01-01 alone"),
    (VAULT, {"resourceGroupName": "g", "vaultName": "a--b", "properties": vault_properties()}, "vaultName: must be 3"),
    (VAULT, {"resourceGroupName": "g", "vaultName": "1ab", "properties": vault_properties()}, "vaultName: must be"),
    (
        VAULT,
        {"resourceGroupName": "g", "properties": {"sku": {"family": "A", "name": "premium"}}},
        "properties.tenantId",
    ),
    (KEY, {"resourceGroupName": "g", "vaultName": "v", "properties": {"kty": "RSA_HSM"}}, "did you mean RSA-HSM?"),
    (KEY, {"resourceGroupName": "g", "vaultName": "v", "properties": {"keySize": 2048.5}}, "must be a whole number"),
    (KEY, {"resourceGroupName": "g", "vaultName": "v", "properties": {"keySize": "2048"}}, "must be a whole number"),
    (GROUP, {"resourceGroupName": "ends."}, "not ending with a period"),
    (CONTAINER, {"resourceGroupName": "g", "accountName": "a", "containerName": "Data"}, "containerName: must be 3 to"),
    (SUBNET, {"resourceGroupName": "g", "virtualNetworkName": "n", "subnetName": "-"}, "subnetName: must be 1 to 80"),
    (ASSIGNMENT, {**ROLE, "roleAssignmentName": "reader"}, "roleAssignmentName: must be a GUID"),
    (ASSIGNMENT, {**ROLE, "scope": "everything"}, "scope: must be an ARM id such as /subscriptions/"),
    (LOCK, {"scope": SCOPE, "level": "DoNotDelete"}, "level: must be one of NotSpecified, CanNotDelete, ReadOnly"),
    (
        RULES,
        {"resourceGroupName": "g", "firewallPolicyName": "p", "ruleCollections": [{"rule_collection_type": "x"}]},
        "ruleCollections[0].rule_collection_type: there is no property rule_collection_type; did you mean ruleColl",
    ),
]


@pytest.mark.parametrize(("token", "inputs", "said"), REFUSED)
def test_what_does_not_fit_is_refused_in_its_place(engine: Engine, token: str, inputs: Props, said: str) -> None:
    with pytest.raises(Failed, match=re.escape(said)):
        engine.check(Resource(f"azure-native:{token}", "case"), inputs)


@pytest.mark.parametrize(
    ("token", "near"),
    [
        ("azure-native:storage:StorageAcount", "did you mean azure-native:storage:StorageAccount?"),
        ("azure-native:sql:Server", "the lab's Azure provider does not serve azure-native:sql:Server"),
        (
            "azure-native:storage/v20230101:StorageAccount",
            "does not serve azure-native:storage/v20230101:StorageAccount",
        ),
    ],
)
def test_a_type_that_is_not_served_is_named(engine: Engine, token: str, near: str) -> None:
    with pytest.raises(Failed, match=re.escape(near)):
        engine.check(Resource(token, "case"), {})


@pytest.mark.parametrize(
    "inputs",
    [
        {**GOOD, "networkRuleSet": {"bypass": "Logging, Metrics"}},
        {**GOOD, "tags": {"a": UNKNOWN}, "sku": UNKNOWN, "accountName": UNKNOWN},
    ],
)
def test_combined_and_unknown_values_pass(engine: Engine, inputs: Props) -> None:
    checked, _ = engine.check(Resource(f"azure-native:{STORE}", "case"), {"accountName": "abc", **inputs})
    assert checked["sku"] == inputs["sku"]


def checked(engine: Engine, token: str, inputs: Props, old: Props | None = None, **naming: Any) -> Props:
    return engine.check(Resource(f"azure-native:{token}", "case", inputs=old or {}), inputs, **naming)[0]


def test_names_are_made_up_and_kept(engine: Engine) -> None:
    first = checked(engine, STORE, GOOD)
    assert re.fullmatch(r"case[0-9a-f]{8}", first["accountName"])
    assert first["__createBeforeDelete"] is True
    assert checked(engine, STORE, GOOD) == first
    assert checked(engine, STORE, GOOD, old={**first, "accountName": "older"})["accountName"] == "older"
    child = checked(engine, KEY, {"resourceGroupName": "g", "vaultName": "v", "properties": {}})
    assert child["keyName"] == "case"
    assert "__createBeforeDelete" not in child
    role = checked(engine, ASSIGNMENT, ROLE)
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", role["roleAssignmentName"])


def test_the_engines_naming_rules_are_followed(engine: Engine) -> None:
    from pulumi.runtime.proto import provider_pb2

    modes = provider_pb2.CheckRequest.AutonamingOptions.Mode
    proposed = checked(engine, STORE, GOOD, proposed_name="proposed", mode=modes.Value("PROPOSE"))
    enforced = checked(engine, STORE, GOOD, proposed_name="enforced", mode=modes.Value("ENFORCE"))
    assert (proposed["accountName"], enforced["accountName"]) == ("proposed", "enforced")
    with pytest.raises(Failed, match="automatic naming is disabled, and accountName is not given"):
        checked(engine, STORE, GOOD, mode=modes.Value("DISABLE"))


def test_version_and_location_are_added(engine: Engine) -> None:
    found = checked(engine, STORE, GOOD)
    assert (found["azureApiVersion"], found["location"]) == ("2024-01-01", "norwayeast")
    assert checked(engine, STORE, {**GOOD, "location": "northeurope"})["location"] == "northeurope"
    assert checked(engine, STORE, GOOD, old={"location": "uksouth"})["location"] == "uksouth"
    assert "location" not in checked(engine, ASSIGNMENT, ROLE)


def test_without_a_configured_location_the_groups_is_taken(unconfigured: Engine, world: World) -> None:
    unconfigured.configure()
    group = world.group["name"]
    assert checked(unconfigured, STORE, {**GOOD, "resourceGroupName": group})["location"] == "norwayeast"
    assert "location" not in checked(unconfigured, STORE, {**GOOD, "resourceGroupName": "nosuchgroup"})
    assert checked(unconfigured, STORE, {**GOOD, "resourceGroupName": UNKNOWN})["location"] is UNKNOWN
    assert "location" not in checked(unconfigured, GROUP, {})


def test_every_type_refuses_what_it_does_not_know(engine: Engine) -> None:
    for token in resource_types():
        with pytest.raises(Failed, match="there is no property surprise"):
            engine.check(Resource(token, "case"), {"surprise": 1})
