from typing import Any

import pytest

from clover.zones.vocabulary import StoreRole
from components.azure import EncryptionKey
from tests.components.azure.answers import REGION, TENANT, created
from tests.components.azure.sample import DEPLOYER, SITE
from tests.recorder import Registration, World, declaring

KEYS = ["evidence", "user-data"]
USE = {"encrypt", "decrypt", "wrap", "unwrap", "sign", "verify"}
MATERIAL = {"import", "backup", "restore", "release", "purge"}
KEY_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"


def vault(world: World, role: str) -> dict[str, Any]:
    return world.one("azure-native:keyvault:Vault", f"{role}-vault").inputs["properties"]


def assignment(world: World, name: str) -> Registration:
    return world.one("azure-native:authorization:RoleAssignment", name)


@pytest.mark.parametrize("role", KEYS)
def test_a_key_is_made_in_the_hsm_for_wrapping_alone_and_rotates(world: World, role: str) -> None:
    key = world.one("azure-native:keyvault:Key", f"{role}-key").inputs["properties"]
    assert key["kty"].endswith("-HSM")
    assert key["keyOps"] == ["wrapKey", "unwrapKey"]
    assert key["attributes"] == {"enabled": True, "exportable": False}
    (action,) = key["rotationPolicy"]["lifetimeActions"]
    assert action == {"action": {"type": "rotate"}, "trigger": {"timeAfterCreate": "P365D"}}
    assert "attributes" not in key["rotationPolicy"]


@pytest.mark.parametrize("role", KEYS)
def test_a_deletion_takes_ninety_days_that_nobody_shortens(world: World, role: str) -> None:
    found = vault(world, role)
    assert (found["enableSoftDelete"], found["enablePurgeProtection"]) == (True, True)
    assert found["softDeleteRetentionInDays"] == 90


@pytest.mark.parametrize("role", KEYS)
def test_the_vault_answers_no_network_but_services_that_wrap_for_their_customers(world: World, role: str) -> None:
    found = vault(world, role)
    assert found["publicNetworkAccess"] == "Disabled"
    assert found["networkAcls"] == {
        "defaultAction": "Deny",
        "bypass": "AzureServices",
        "ipRules": [],
        "virtualNetworkRules": [],
    }
    assert [found[f"enabledFor{what}"] for what in ("Deployment", "DiskEncryption", "TemplateDeployment")] == [
        False
    ] * 3


@pytest.mark.parametrize("role", KEYS)
def test_the_vault_is_premium_in_region_and_tenant_and_knows_roles_only(world: World, role: str) -> None:
    found = world.one("azure-native:keyvault:Vault", f"{role}-vault").inputs
    assert found["location"] == REGION
    assert found["tags"] == {"clover:site": "hamar", "clover:zone": "europe", "clover:store-role": role}
    assert found["properties"]["sku"] == {"family": "A", "name": "premium"}
    assert (found["properties"]["tenantId"], found["properties"]["enableRbacAuthorization"]) == (TENANT, True)
    assert "accessPolicies" not in found["properties"]


@pytest.mark.parametrize("role", KEYS)
def test_the_administrators_role_names_what_it_may_and_nothing_of_that_uses_a_key(world: World, role: str) -> None:
    definition = world.one("azure-native:authorization:RoleDefinition", f"{role}-administration").inputs
    (permission,) = definition["permissions"]
    assert (permission["actions"], permission["notActions"], permission["notDataActions"]) == ([], [], [])
    actions = permission["dataActions"]
    assert [action for action in actions if "*" in action] == []
    verbs = {action.split("/")[3] for action in actions if action.startswith("Microsoft.KeyVault/vaults/keys/")}
    assert verbs == {"read", "create", "update", "rotate", "delete", "recover"}
    assert verbs.isdisjoint(USE | MATERIAL)
    assert definition["roleType"] == "CustomRole"
    assert definition["assignableScopes"] == [f"/subscriptions/{SITE['account']}/resourceGroups/clover-hamar"]


@pytest.mark.parametrize("role", KEYS)
def test_the_deployer_administers_the_vault_and_no_more(world: World, role: str) -> None:
    found = assignment(world, f"{role}-administrator").inputs
    definition = world.one("azure-native:authorization:RoleDefinition", f"{role}-administration").inputs
    assert found["principalId"] == DEPLOYER
    assert found["roleDefinitionId"].endswith(definition["roleDefinitionId"])
    assert "/vaults/" in found["scope"]
    assert "/keys/" not in found["scope"]


@pytest.mark.parametrize("role", KEYS)
def test_the_stores_identity_wraps_and_unwraps_with_this_key_alone(world: World, role: str) -> None:
    found = assignment(world, f"{role}-user").inputs
    assert found["principalId"] == f"principal-of-{role}-identity"
    assert found["roleDefinitionId"].endswith(KEY_USER)
    assert found["scope"].endswith(f"/keys/{role}")


def test_no_two_roles_share_a_vault_a_key_or_an_identity(world: World) -> None:
    for kind, name in (("keyvault:Vault", "vaultName"), ("managedidentity:UserAssignedIdentity", "resourceName")):
        names = [one.inputs[name] for one in world.all(f"azure-native:{kind}")]
        assert len(set(names)) == len(KEYS)


def test_every_vault_is_recorded_that_of_evidence_by_the_trail(world: World) -> None:
    logs = world.one("clover-azure:index:RegionLockedStore", "logs").outputs[0]["store"]
    settings = {one.name: one for one in world.all("azure-native:monitor:DiagnosticSetting")}
    for role, name in (("evidence", "trail-key"), ("user-data", "user-data-use")):
        found = settings[name].inputs
        vaults = world.one("azure-native:keyvault:Vault", f"{role}-vault").inputs["vaultName"]
        assert found["resourceUri"].endswith(f"/vaults/{vaults}")
        assert found["logs"] == [{"categoryGroup": "allLogs", "enabled": True}]
        assert found["storageAccountId"] == logs


def test_what_is_handed_out_is_the_keys_id_and_its_address_without_a_version(world: World) -> None:
    (out,) = world.one("clover-azure:index:EncryptionKey", "user-data").outputs
    name = world.one("azure-native:keyvault:Vault", "user-data-vault").inputs["vaultName"]
    assert out["key"].endswith(f"/vaults/{name}/keys/user-data")
    assert out["alias"] == f"https://{name}.vault.azure.net/keys/user-data"


def test_a_key_that_nothing_would_record_is_refused() -> None:
    place = "Pulumi.hamar.yaml:3"
    message = rf"^{place}: key user-data: needs recorded_by"
    with pytest.raises(ValueError, match=message), declaring(created):
        EncryptionKey("key", {"site": SITE, "role": StoreRole.USER_DATA, "declared_at": place})


def test_a_partition_that_nobody_described_is_refused_by_name() -> None:
    args: Any = {"site": {**SITE, "partition": "azuremoon"}, "role": StoreRole.EVIDENCE}
    with pytest.raises(ValueError, match="'azuremoon' is not one of azurecloud"), declaring(created):
        EncryptionKey("key", args)
