"""Every property of every type in use is classified, and what lies outside a site is named."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from clover.model.azure.locations import Ground, classes_of, classification, nested_classes_of, outside
from clover.sources.live.azure.shapes import VERSION, type_of

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parents[3] / "clover/lab/azure/schema.json").read_text())
SITE = "00000000-0000-0000-0000-000000000111"
TENANT, AUDITOR = "00000000-0000-0000-0000-000000000100", "00000000-0000-0000-0000-000000000400"
GROUND = Ground("norwayeast", frozenset({SITE}), frozenset({TENANT, AUDITOR}))
INSIDE, OUTSIDE = f"/subscriptions/{SITE}/resourceGroups/g", "/subscriptions/99/resourceGroups/g"
ACCOUNT, PROVIDER = "azure-native:storage:StorageAccount", "pulumi:providers:azure-native"
VAULT, NETWORK = "azure-native:keyvault:Vault", "azure-native:network:VirtualNetwork"
ENDPOINT, FLOW_LOG = "azure-native:network:PrivateEndpoint", "azure-native:network:FlowLog"
INTERFACE = "azure-native:network:NetworkInterface"
ELIGIBILITY, NAME_OF_A_REQUEST = (
    "azure-native:authorization:PimRoleEligibilitySchedule",
    "roleEligibilityScheduleRequestName",
)
"""What the lab's provider keeps beside the inputs of the SDK: the name of the request that made an eligibility."""
DIAGNOSTICS = "azure-native:monitor:DiagnosticSetting"
CLASSES = ("location", "reference", "neutral")


def _properties() -> set[tuple[str, str]]:
    found = {(PROVIDER, name) for name in SCHEMA["provider"]["inputs"]}
    for kind, shape in SCHEMA["resources"].items():
        found |= {(kind, name) for name in {*shape["inputs"], *shape["outputs"]}}
    found.add((ELIGIBILITY, NAME_OF_A_REQUEST))
    return found | {(kind, name) for kind in (INTERFACE, ELIGIBILITY) for name in _read_live(kind)}


def _read_live(kind: str) -> set[str]:
    """What a live reading tells of a type that the provider reads otherwise, or not at all."""
    named = set(re.findall(r"{(\w+)}", type_of(kind).path)) - {"subscriptionId"}
    return {*type_of(kind).shape.members, *named, VERSION}


def _nested() -> set[str]:
    shapes = SCHEMA["objects"].values()
    return {name for shape in shapes for part in ("inputs", "outputs") for name in shape.get(part, {})}


def _listed(entry: dict[str, Any]) -> list[str]:
    return [name for listed in CLASSES for name in entry.get(listed, ())]


def test_every_property_of_the_pinned_sdk_is_classified_exactly_once() -> None:
    wrong = {place: classes_of(*place) for place in _properties() if len(classes_of(*place)) != 1}
    assert len(_properties()) > 500
    assert wrong == {}


def test_every_name_inside_a_property_is_classified_exactly_once() -> None:
    assert len(_nested()) > 400
    assert {name: nested_classes_of(name) for name in _nested() if len(nested_classes_of(name)) != 1} == {}


def test_nothing_is_classified_that_the_sdk_does_not_have() -> None:
    types = {(kind, name) for kind, entry in classification()["types"].items() for name in _listed(entry)}
    assert types - _properties() == set()
    assert set(_listed(classification()["nested"])) - _nested() == set()


def test_every_word_of_a_location_is_explained_and_understood() -> None:
    text = (Path(__file__).parents[3] / "clover/model/azure/locations.yaml").read_text()
    entries = [*classification()["types"].values(), classification()["nested"]]
    for word in {word for entry in entries for word in entry.get("location", {}).values()}:
        assert f"{word} " in text.partition("\nfree:")[0] or f"{word}:" in text.partition("\nfree:")[0]
    for kind, entry in classification()["types"].items():
        for name in entry.get("location", {}):
            outside(kind, {name: None}, GROUND)


@pytest.mark.parametrize(
    ("kind", "properties", "at"),
    [
        (ACCOUNT, {"location": "westeurope"}, "location"),
        (ACCOUNT, {"sku": {"name": "Standard_GRS"}}, "sku"),
        (ACCOUNT, {"sku": {"name": "Standard_RAGZRS"}}, "sku"),
        (ACCOUNT, {"sku": {"name": "StandardV2_GZRS"}}, "sku"),
        (ACCOUNT, {"secondaryLocation": "norwaywest"}, "secondaryLocation"),
        (ACCOUNT, {"allowCrossTenantReplication": True}, "allowCrossTenantReplication"),
        (ACCOUNT, {"extendedLocation": {"name": "oslo", "type": "EdgeZone"}}, "extendedLocation"),
        (ACCOUNT, {"somethingNew": 1}, "somethingNew"),
        (ACCOUNT, {"encryption": {"somethingNew": 1}}, "encryption.somethingNew"),
        (
            ACCOUNT,
            {"encryption": {"encryptionIdentity": {"encryptionFederatedIdentityClientId": "x"}}},
            "encryption.encryptionIdentity.encryptionFederatedIdentityClientId",
        ),
        (
            ACCOUNT,
            {"networkRuleSet": {"resourceAccessRules": [{"tenantId": "99", "resourceId": f"{INSIDE}/x"}]}},
            "networkRuleSet.resourceAccessRules[0].tenantId",
        ),
        (
            ACCOUNT,
            {"networkRuleSet": {"virtualNetworkRules": [{"virtualNetworkResourceId": f"{OUTSIDE}/x"}]}},
            "networkRuleSet.virtualNetworkRules[0].virtualNetworkResourceId",
        ),
        (
            ACCOUNT,
            {"identity": {"userAssignedIdentities": {f"{OUTSIDE}/i": {}}}},
            f"identity.userAssignedIdentities.{OUTSIDE}/i",
        ),
        (PROVIDER, {"location": "swedencentral"}, "location"),
        (PROVIDER, {"environment": "usgovernment"}, "environment"),
        (PROVIDER, {"metadataHost": "metadata.example"}, "metadataHost"),
        (PROVIDER, {"subscriptionId": "99"}, "subscriptionId"),
        (PROVIDER, {"tenantId": "99"}, "tenantId"),
        (PROVIDER, {"auxiliaryTenantIds": [TENANT, "99"]}, "auxiliaryTenantIds"),
        (VAULT, {"properties": {"tenantId": "99"}}, "properties.tenantId"),
        (NETWORK, {"virtualNetworkPeerings": [{"remoteVirtualNetwork": {"id": INSIDE}}]}, "virtualNetworkPeerings"),
        (
            NETWORK,
            {"subnets": [{"serviceEndpoints": [{"service": "Microsoft.Storage", "locations": ["norwaywest"]}]}]},
            "subnets[0].serviceEndpoints[0].locations",
        ),
        (
            ENDPOINT,
            {"privateLinkServiceConnections": [{"privateLinkServiceId": f"{OUTSIDE}/x"}]},
            "privateLinkServiceConnections[0].privateLinkServiceId",
        ),
        (ENDPOINT, {"manualPrivateLinkServiceConnections": [{"name": "x"}]}, "manualPrivateLinkServiceConnections"),
        (FLOW_LOG, {"storageId": f"{OUTSIDE}/providers/Microsoft.Storage/storageAccounts/a"}, "storageId"),
        (FLOW_LOG, {"targetResourceId": f"{OUTSIDE}/x"}, "targetResourceId"),
        (
            FLOW_LOG,
            {
                "flowAnalyticsConfiguration": {
                    "networkWatcherFlowAnalyticsConfiguration": {"workspaceRegion": "westeurope"}
                }
            },
            "flowAnalyticsConfiguration.networkWatcherFlowAnalyticsConfiguration.workspaceRegion",
        ),
        (DIAGNOSTICS, {"workspaceId": f"{OUTSIDE}/x"}, "workspaceId"),
        (DIAGNOSTICS, {"marketplacePartnerId": f"{INSIDE}/x"}, "marketplacePartnerId"),
        ("azure-native:network:PublicIPAddress", {"sku": {"name": "Standard", "tier": "Global"}}, "sku"),
        ("azure-native:network:PublicIPAddress", {"zones": ["1", "4"]}, "zones"),
        ("azure-native:network:AzureFirewall", {"virtualHub": {"id": INSIDE}}, "virtualHub"),
        ("azure-native:network:Subnet", {"sharingScope": "Tenant"}, "sharingScope"),
        ("azure-native:privatedns:PrivateZone", {"location": "norwayeast"}, "location"),
        (
            "azure-native:managedservices:RegistrationDefinition",
            {"properties": {"managedByTenantId": "99"}},
            "properties.managedByTenantId",
        ),
        (
            "azure-native:network:FirewallPolicy",
            {"insights": {"logAnalyticsResources": {"workspaces": [{"region": "westeurope"}]}}},
            "insights.logAnalyticsResources.workspaces[0].region",
        ),
        ("azure-native:authorization:RoleAssignment", {"scope": OUTSIDE}, "scope"),
        ("azure-native:storage:ObjectReplicationPolicy", {"destinationAccount": OUTSIDE}, "destinationAccount"),
        ("azure-native:storage:LocalUser", {}, "azure-native:storage:LocalUser"),
    ],
)
def test_what_lies_outside_is_named(kind: str, properties: dict[str, Any], at: str) -> None:
    assert [finding.property for finding in outside(kind, properties, GROUND)] == [at]


@pytest.mark.parametrize(
    ("kind", "properties"),
    [
        (ACCOUNT, {"location": "Norway East", "primaryLocation": "norwayeast", "secondaryLocation": ""}),
        (ACCOUNT, {"sku": {"name": "Standard_ZRS"}, "tags": {"clover:role": "user-data", "a.b": "x"}}),
        (ACCOUNT, {"identity": {"type": "UserAssigned", "userAssignedIdentities": {f"{INSIDE}/i": {"clientId": "x"}}}}),
        (PROVIDER, {"subscriptionId": SITE, "tenantId": TENANT, "location": "norwayeast", "environment": "public"}),
        (VAULT, {"location": "norwayeast", "properties": {"tenantId": TENANT, "sku": {"name": "premium"}}}),
        ("azure-native:privatedns:PrivateZone", {"location": "global"}),
        ("azure-native:network:PublicIPAddress", {"sku": {"name": "Standard"}, "zones": ["1", "2", "3"]}),
        ("azure-native:authorization:RoleAssignment", {"scope": INSIDE.upper(), "principalId": "x"}),
        ("azure-native:managedservices:RegistrationDefinition", {"properties": {"managedByTenantId": AUDITOR}}),
    ],
)
def test_what_lies_inside_is_quiet(kind: str, properties: dict[str, Any]) -> None:
    assert outside(kind, properties, GROUND) == []
