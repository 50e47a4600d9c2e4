from typing import Any

import pytest

from clover.zones.vocabulary import Immutability
from components.azure import RegionLockedStore
from tests.components.azure.answers import REGION, created
from tests.components.azure.sample import SITE
from tests.recorder import Registration, World, declaring

STORES = {"logs": "evidence", "profiles": "user-data", "drafts": "user-data"}
DATA = ["profiles", "drafts"]


def account(world: World, store: str) -> Registration:
    return world.one("azure-native:storage:StorageAccount", f"{store}-account")


def below(world: World, store: str, kind: str) -> list[Registration]:
    component = world.one("clover-azure:index:RegionLockedStore", store)
    return [one for one in world.below(component.urn) if one.type == f"azure-native:{kind}"]


@pytest.mark.parametrize(("store", "role"), STORES.items())
def test_the_account_lies_in_the_region_in_its_group_and_says_class_and_role(
    world: World, store: str, role: str
) -> None:
    inputs = account(world, store).inputs
    assert (inputs["kind"], inputs["sku"]) == ("StorageV2", {"name": "Standard_ZRS"})
    assert inputs["location"] == REGION
    assert inputs["resourceGroupName"] == ("clover-hamar-evidence" if role == "evidence" else "clover-hamar")
    assert inputs["tags"] == {
        "clover:site": "hamar",
        "clover:zone": "europe",
        "clover:data-class": "restricted",
        "clover:store-role": role,
    }


@pytest.mark.parametrize("store", STORES)
def test_every_door_that_no_network_rule_closes_is_shut(world: World, store: str) -> None:
    inputs = account(world, store).inputs
    shut = (
        "allowSharedKeyAccess",
        "allowBlobPublicAccess",
        "allowCrossTenantReplication",
        "isLocalUserEnabled",
        "isSftpEnabled",
        "isHnsEnabled",
        "enableNfsV3",
    )
    assert {door: inputs[door] for door in shut} == dict.fromkeys(shut, False)
    assert (inputs["enableHttpsTrafficOnly"], inputs["defaultToOAuthAuthentication"]) == (True, True)
    assert (inputs["minimumTlsVersion"], inputs["dnsEndpointType"]) == ("TLS1_2", "Standard")
    assert {"customDomain", "routingPreference", "allowedCopyScope"}.isdisjoint(inputs)


@pytest.mark.parametrize("store", DATA)
def test_user_data_answers_no_network_no_trusted_service_and_no_single_resource(world: World, store: str) -> None:
    inputs = account(world, store).inputs
    assert inputs["publicNetworkAccess"] == "Disabled"
    assert inputs["networkRuleSet"] == {
        "defaultAction": "Deny",
        "bypass": "None",
        "ipRules": [],
        "virtualNetworkRules": [],
        "resourceAccessRules": [],
    }


def test_evidence_is_read_from_the_auditors_networks_and_written_by_trusted_services(world: World) -> None:
    inputs = account(world, "logs").inputs
    assert inputs["publicNetworkAccess"] == "Enabled"
    rules = inputs["networkRuleSet"]
    assert (rules["defaultAction"], rules["bypass"]) == ("Deny", "AzureServices")
    assert rules["ipRules"] == [{"action": "Allow", "iPAddressOrRange": "198.51.100.0/24"}]
    assert (rules["virtualNetworkRules"], rules["resourceAccessRules"]) == ([], [])


@pytest.mark.parametrize(("store", "role"), STORES.items())
def test_all_services_lie_under_the_roles_key_from_the_beginning(world: World, store: str, role: str) -> None:
    inputs = account(world, store).inputs
    encryption = inputs["encryption"]
    vault = world.one("azure-native:keyvault:Vault", f"{role}-vault").inputs["vaultName"]
    assert (encryption["keySource"], encryption["requireInfrastructureEncryption"]) == ("Microsoft.Keyvault", True)
    uri = f"https://{vault}.vault.azure.net/"
    assert encryption["keyVaultProperties"] == {"keyVaultUri": uri, "keyName": role}
    services = {"enabled": True, "keyType": "Account"}
    assert encryption["services"] == dict.fromkeys(("blob", "file", "table", "queue"), services)
    identity = encryption["encryptionIdentity"]["encryptionUserAssignedIdentity"]
    assert inputs["identity"] == {"type": "UserAssigned", "userAssignedIdentities": [identity]}
    assert identity.endswith(f"/userAssignedIdentities/clover-hamar-{role}")


@pytest.mark.parametrize("store", STORES)
def test_older_versions_and_deleted_blobs_are_kept(world: World, store: str) -> None:
    (found,) = below(world, store, "storage:BlobServiceProperties")
    assert found.inputs["isVersioningEnabled"] is True
    assert found.inputs["changeFeed"] == {"enabled": True}
    assert found.inputs["deleteRetentionPolicy"] == {"enabled": True, "days": 30, "allowPermanentDelete": False}
    assert found.inputs["containerDeleteRetentionPolicy"] == {"enabled": True, "days": 30}
    assert found.inputs["cors"] == {"corsRules": []}


@pytest.mark.parametrize("store", DATA)
def test_no_upload_chooses_another_key_and_nothing_is_public(world: World, store: str) -> None:
    (found,) = below(world, store, "storage:BlobContainer")
    assert found.inputs["publicAccess"] == "None"
    assert found.inputs["defaultEncryptionScope"] == "$account-encryption-key"
    assert found.inputs["denyEncryptionScopeOverride"] is True


@pytest.mark.parametrize("store", DATA)
def test_user_data_is_reached_through_one_endpoint_in_the_sites_network(world: World, store: str) -> None:
    (endpoint,) = below(world, store, "network:PrivateEndpoint")
    (connection,) = endpoint.inputs["privateLinkServiceConnections"]
    (egress,) = world.one("clover-azure:index:EgressGateway").outputs
    assert connection["groupIds"] == ["blob"]
    assert connection["privateLinkServiceId"].endswith(account(world, store).inputs["accountName"])
    assert endpoint.inputs["subnet"]["id"] == egress["store_endpoints"][0]
    (named,) = below(world, store, "network:PrivateDnsZoneGroup")
    assert named.inputs["privateEndpointName"] == endpoint.inputs["privateEndpointName"]
    assert [one["privateDnsZoneId"] for one in named.inputs["privateDnsZoneConfigs"]] == [
        egress["endpoint_ids"]["blob"]
    ]


def test_evidence_has_neither_endpoint_nor_container_of_its_own(world: World) -> None:
    kinds = {one.type for one in world.below(world.one("clover-azure:index:RegionLockedStore", "logs").urn)}
    assert kinds == {
        "azure-native:storage:StorageAccount",
        "azure-native:storage:BlobServiceProperties",
        "azure-native:authorization:ManagementLockByScope",
    }


@pytest.mark.parametrize("store", DATA)
def test_every_call_on_user_data_is_recorded_in_the_evidence_store(world: World, store: str) -> None:
    (setting,) = below(world, store, "monitor:DiagnosticSetting")
    name = account(world, store).inputs["accountName"]
    assert setting.inputs["resourceUri"].endswith(f"/storageAccounts/{name}/blobServices/default")
    logs = world.one("clover-azure:index:RegionLockedStore", "logs").outputs[0]["store"]
    assert setting.inputs["storageAccountId"] == logs
    assert {one["category"] for one in setting.inputs["logs"] if one["enabled"]} == {
        "StorageRead",
        "StorageWrite",
        "StorageDelete",
    }


@pytest.mark.parametrize("store", STORES)
def test_the_account_is_locked_against_deletion(world: World, store: str) -> None:
    (lock,) = below(world, store, "authorization:ManagementLockByScope")
    assert lock.inputs["level"] == "CanNotDelete"
    assert lock.inputs["scope"].endswith(account(world, store).inputs["accountName"])


def test_a_lock_on_versions_is_created_open_and_lets_logs_be_appended(world: World) -> None:
    for store, days in (("logs", 400), ("drafts", 30)):
        assert account(world, store).inputs["immutableStorageWithVersioning"] == {
            "enabled": True,
            "immutabilityPolicy": {
                "state": "Unlocked",
                "immutabilityPeriodSinceCreationInDays": days,
                "allowProtectedAppendWrites": True,
            },
        }
    assert "immutableStorageWithVersioning" not in account(world, "profiles").inputs


def test_once_somebody_has_closed_a_compliance_lock_no_deployment_opens_it(world: World) -> None:
    state = "immutableStorageWithVersioning.immutabilityPolicy.state"
    assert list(account(world, "logs").request.ignoreChanges) == [state]
    assert list(account(world, "drafts").request.ignoreChanges) == []
    assert world.one("clover-azure:index:RegionLockedStore", "drafts").inputs["immutability"] == Immutability.GOVERNANCE


def test_the_component_hands_out_id_and_name_of_the_account(world: World) -> None:
    (out,) = world.one("clover-azure:index:RegionLockedStore", "profiles").outputs
    name = account(world, "profiles").inputs["accountName"]
    assert out["physical_name"] == name
    assert out["store"].endswith(f"/resourceGroups/clover-hamar/providers/Microsoft.Storage/storageAccounts/{name}")


def networks(*ranges: str) -> Any:
    return {
        "site": SITE,
        "name": "logs",
        "data_class": "restricted",
        "role": "evidence",
        "key": "/subscriptions/s/resourceGroups/g/providers/Microsoft.KeyVault/vaults/v/keys/evidence",
        "auditor_networks": list(ranges),
        "retention_days": 400,
    }


def test_the_smallest_networks_are_written_address_by_address() -> None:
    with declaring(created) as world:
        RegionLockedStore("logs", networks("192.0.2.7/32", "198.51.100.8/31", "203.0.113.0/30"))
    rules = account(world, "logs").inputs["networkRuleSet"]["ipRules"]
    written = [one["iPAddressOrRange"] for one in rules]
    assert written == ["192.0.2.7", "198.51.100.8", "198.51.100.9", "203.0.113.0/30"]


@pytest.mark.parametrize(
    ("ranges", "message"),
    [
        (["2001:db8::/48"], "2001:db8::/48: rules of storage accounts and vaults take IPv4 alone"),
        ([], "store logs: auditor_networks is empty, so nobody could reach it"),
        ([f"198.51.100.{address}/32" for address in range(0, 256)] * 2, "storage-ip-rules: 512 used, allowed are 360"),
    ],
)
def test_networks_that_the_account_would_not_take_are_refused(ranges: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message), declaring(created):
        RegionLockedStore("logs", networks(*ranges))
