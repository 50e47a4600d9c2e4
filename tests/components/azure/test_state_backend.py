"""What StateBackend declares on Azure, and refuses."""

from typing import Any

import pytest

from clover.zones.vocabulary import StoreRole
from components.azure import SiteArgs, StateBackend, StateBackendArgs
from components.azure import site as names
from components.azure.policies import backend
from components.refusal import Refusal
from tests.components.azure.answers import created, previewed
from tests.components.azure.sample import SITE
from tests.recorder import World, declaring

PLACE: SiteArgs = {
    **SITE,
    "account": "00000000-0000-0000-0000-000000000611",
    "deployer": "00000000-0000-0000-0000-000000000613",
}
BASE: StateBackendArgs = {
    "site": PLACE,
    "issuer": "token.actions.githubusercontent.com",
    "audience": "api://AzureADTokenExchange",
    "deploys": "repo:example/clover:environment:hamar",
    "previews": "repo:example/clover:environment:hamar-read",
    "networks": ["203.0.113.0/24"],
}
ACCOUNT = names.account_id(PLACE, StoreRole.STATE, "pulumi")
STATE = f"{ACCOUNT}/blobServices/default/containers/data"
OWN = f"{ACCOUNT}/blobServices/default/containers/backends"
ASSIGNMENT, ROLE = "azure-native:authorization:RoleAssignment", "azure-native:authorization:RoleDefinition"
TOKEN, IDENTITY = (
    f"azure-native:managedidentity:{each}" for each in ("FederatedIdentityCredential", "UserAssignedIdentity")
)
BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"


@pytest.fixture(scope="module")
def world() -> World:
    with declaring(created, stack_name="backend") as found:
        StateBackend("state", BASE)
    return found


def of(world: World, kind: str, name: str) -> dict[str, Any]:
    return dict(world.one(f"azure-native:{kind}", name).inputs)


def test_account_and_vault_of_the_secrets_answer_the_runners_networks_alone(world: World) -> None:
    rules = of(world, "storage:StorageAccount", "state-store-account")["networkRuleSet"]
    assert (rules["defaultAction"], rules["bypass"]) == ("Deny", "None")
    assert [each["iPAddressOrRange"] for each in rules["ipRules"]] == BASE["networks"]
    assert rules["virtualNetworkRules"] == rules["resourceAccessRules"] == []
    vault = of(world, "keyvault:Vault", "state-secrets-vault")["properties"]
    assert vault["networkAcls"] == {
        "defaultAction": "Deny",
        "bypass": "None",
        "ipRules": [{"value": "203.0.113.0/24"}],
        "virtualNetworkRules": [],
    }
    assert of(world, "keyvault:Vault", "state-key-vault")["properties"]["publicNetworkAccess"] == "Disabled"


def test_the_store_keeps_versions_and_deletions_and_takes_no_account_keys(world: World) -> None:
    kept = of(world, "storage:BlobServiceProperties", "state-store-versions")
    assert kept["isVersioningEnabled"] is True
    assert kept["deleteRetentionPolicy"] == {"enabled": True, "days": 30, "allowPermanentDelete": False}
    account = of(world, "storage:StorageAccount", "state-store-account")
    assert account["allowSharedKeyAccess"] is False
    assert account["tags"]["clover:store-role"] == "state"


def test_no_role_names_more_than_a_runner_is_for(world: World) -> None:
    granted = {each.name: each.inputs["permissions"] for each in world.all(ROLE)}
    decrypts, encrypts = (f"Microsoft.KeyVault/vaults/keys/{verb}/action" for verb in ("decrypt", "encrypt"))
    reads, writes = [f"{BLOBS}/read", decrypts], [f"{BLOBS}/write", f"{BLOBS}/delete", encrypts]
    for kind, wanted in (("previews", reads), ("deploys", [*reads, *writes])):
        (permission,) = granted[f"state-{kind}-role"]
        assert permission == {"actions": [], "notActions": [], "dataActions": wanted, "notDataActions": []}


def test_runners_reach_the_state_and_its_secrets_and_the_deployer_its_own(world: World) -> None:
    vault = names.resource_id(PLACE, "Microsoft.KeyVault/vaults", names.secrets_vault_name(PLACE))
    held = {each.name: each.inputs for each in world.all(ASSIGNMENT)}
    for kind in ("deploys", "previews"):
        role = names.role_definition(PLACE, names.guid(PLACE, "runner", kind))
        for what, scope in (("state", STATE), ("secrets", f"{vault}/keys/secrets")):
            assert held[f"state-{kind}-{what}"]["scope"] == scope
            assert held[f"state-{kind}-{what}"]["principalId"] == f"principal-of-state-{kind}"
            assert held[f"state-{kind}-{what}"]["roleDefinitionId"] == role
    assert (held["state-own-state"]["scope"], held["state-own-state"]["principalId"]) == (OWN, PLACE["deployer"])
    assert len(held) == 8  # and those that manage the two keys, and use the store's


def test_each_identity_has_one_exact_token(world: World) -> None:
    tokens = {each.inputs["resourceName"]: each.inputs for each in world.all(TOKEN)}
    identities = {each.inputs["resourceName"]: each.name for each in world.all(IDENTITY)}
    assert tokens.keys() == identities.keys() - {"clover-hamar-state"}
    for kind in ("deploys", "previews"):
        told = tokens[names.runner_name(PLACE, kind)]
        assert told["issuer"] == f"https://{BASE['issuer']}"
        assert (told["subject"], told["audiences"]) == (BASE[kind], [BASE["audience"]])


def test_the_secrets_key_encrypts_and_decrypts_and_rotates(world: World) -> None:
    found = of(world, "keyvault:Key", "state-secrets-key")["properties"]
    assert (found["keyOps"], found["kty"]) == (["encrypt", "decrypt"], "RSA-HSM")
    assert found["rotationPolicy"]["lifetimeActions"]
    assert of(world, "keyvault:Key", "state-key-key")["properties"]["keyOps"] == ["wrapKey", "unwrapKey"]


def test_pulumi_is_told_the_container_and_one_version_of_the_key() -> None:
    account = names.account_name(PLACE, StoreRole.STATE, "pulumi")
    assert backend.backend_url(PLACE, account, "data") == f"azblob://data?storage_account={account}"
    told = backend.secrets_provider("https://v.vault.azure.net/keys/secrets/1")
    assert told == "azurekeyvault://v.vault.azure.net/keys/secrets/1"


def test_a_preview_knows_every_place(world: World) -> None:
    with declaring(previewed, stack_name="backend", preview=True) as found:
        StateBackend("state", BASE)
    scopes = {each.inputs["scope"] for each in found.all(ASSIGNMENT)}
    assert {STATE, OWN} <= scopes


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"deploys": "repo:example/clover:*"}, "deploys: 'repo:example/clover:\\*' does not stand for one"),
        ({"audience": ""}, "audience: '' does not stand for one exact subject"),
        ({"previews": BASE["deploys"]}, "previews: .* deploys as well"),
        ({"networks": []}, "networks: the runners call from at least one"),
        ({"networks": ["2001:db8::/32"]}, "rules of storage accounts and vaults take IPv4 alone"),
        ({"networks": [f"203.0.{each}.0/24" for each in range(256)] * 4}, "storage-ip-rules: 1024 used"),
    ],
)
def test_what_fits_more_than_one_is_refused(change: dict[str, Any], message: str) -> None:
    changed: Any = {**BASE, **change}
    with pytest.raises(Refusal, match=message), declaring(created):
        StateBackend("state", changed)
