"""The vault on Azure: where it lies, who reads it, what the site's deployer may, and what is recorded."""

from typing import Any

import pytest

from clover.zones.vocabulary import StoreRole
from components.azure import EvidenceVault
from components.azure import site as names
from components.refusal import Refusal
from tests.components.azure.answers import REGION, SUBSCRIPTION, TENANT, created, previewed
from tests.components.azure.sample import AUDITORS_TENANT, DEPLOYER, MACHINE, NETWORKS, PERSON, SITE
from tests.recorder import World, declaring

KEEPER = "00000000-0000-0000-0000-000000000310"
KEEPERS_DEPLOYER = "00000000-0000-0000-0000-000000000311"
COPIES = "00000000-0000-0000-0000-000000000512"
COPIES_DEPLOYER = "00000000-0000-0000-0000-000000000513"
PLACE = names.vault_place(SITE, KEEPER, KEEPERS_DEPLOYER)
VAULT = names.evidence_vault_id(PLACE)
GROUP = f"/subscriptions/{KEEPER}/resourceGroups/clover-hamar"
SETTING = "azure-native:monitor:DiagnosticSetting"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"


def args(**change: Any) -> Any:
    told: Any = {
        "site": SITE,
        "account": KEEPER,
        "deployer": KEEPERS_DEPLOYER,
        "person": f"{AUDITORS_TENANT}/{PERSON}",
        "machine": MACHINE,
        "networks": NETWORKS,
        "retention_days": 400,
        "copies": [{"site": "dublin2", "account": COPIES, "deployer": COPIES_DEPLOYER}],
        "declared_at": "zones/europe.yaml:195",
    }
    return {**told, **change}


@pytest.fixture(scope="module")
def vault() -> World:
    with declaring(created, stack_name="auditor") as declared:
        EvidenceVault("hamar", args())
    return declared


def assigned(vault: World) -> dict[str, dict[str, Any]]:
    """What is assigned to whom, by the name of the assignment."""
    return {one.name: one.inputs for one in vault.all(ASSIGNMENT)}


def test_it_lies_in_the_keepers_subscription_and_the_sites_region_and_tenant(vault: World) -> None:
    account, keys = (
        vault.one("azure-native:storage:StorageAccount").inputs,
        vault.one("azure-native:keyvault:Vault").inputs,
    )
    assert (account["location"], keys["location"]) == (REGION, REGION)
    assert keys["properties"]["tenantId"] == TENANT
    assert account["accountName"] == VAULT.rpartition("/")[2]
    assert VAULT.startswith(f"{GROUP}-evidence/providers/Microsoft.Storage/")
    assert account["tags"]["clover:store-role"] == "evidence"
    assert all(SUBSCRIPTION not in text for urn, text in vault.strings() if not urn.endswith("EvidenceVault::hamar"))


def test_records_of_both_lock_and_key_are_those_of_every_evidence_store(vault: World) -> None:
    account = vault.one("azure-native:storage:StorageAccount").inputs
    assert account["immutableStorageWithVersioning"]["immutabilityPolicy"] == {
        "state": "Unlocked",
        "immutabilityPeriodSinceCreationInDays": 400,
        "allowProtectedAppendWrites": True,
    }
    assert account["networkRuleSet"]["bypass"] == "AzureServices"
    assert [rule["iPAddressOrRange"] for rule in account["networkRuleSet"]["ipRules"]] == NETWORKS
    assert account["allowSharedKeyAccess"] is False
    assert vault.one("azure-native:keyvault:Key").inputs["properties"]["kty"] == "RSA-HSM"


def test_the_auditors_machine_reads_logs_and_nobody_else_reads(vault: World) -> None:
    reader = assigned(vault)["hamar-reader"]
    assert (reader["principalId"], reader["scope"]) == (MACHINE, f"{GROUP}-evidence")
    assert reader["condition"].count("insights-") == 1
    data = [
        one
        for one in assigned(vault).values()
        if names.built_in_guid("storage-blob-data-reader") in one["roleDefinitionId"]
    ]
    assert data == [reader]


@pytest.mark.parametrize(
    ("name", "deployer"),
    [("hamar-log-source", DEPLOYER), ("hamar-log-source-copies-dublin2", COPIES_DEPLOYER)],
)
def test_the_deployers_of_site_and_copies_may_name_it_as_the_place_of_their_logs_and_no_more(
    vault: World, name: str, deployer: str
) -> None:
    source = assigned(vault)[name]
    assert (source["principalId"], source["scope"]) == (deployer, VAULT)
    assert [one["principalId"] for one in assigned(vault).values()].count(deployer) == 1
    role = vault.one("azure-native:authorization:RoleDefinition", "hamar-log-target").inputs
    assert source["roleDefinitionId"].endswith(role["roleDefinitionId"])
    (permission,) = role["permissions"]
    assert permission["dataActions"] == []
    assert {action.rpartition("/")[0] for action in permission["actions"]} <= {
        "Microsoft.Storage/storageAccounts",
        "Microsoft.Storage/storageAccounts/listKeys",
        "Microsoft.Storage/storageAccounts/listAccountSas",
        "Microsoft.Storage/storageAccounts/listServiceSas",
    }


def test_what_happens_in_its_subscription_and_to_its_key_is_recorded_in_it(vault: World) -> None:
    recorded = {one.inputs["resourceUri"]: one.inputs["storageAccountId"] for one in vault.all(SETTING)}
    key_vault = names.vault_id(PLACE, StoreRole.EVIDENCE)
    assert recorded == {f"/subscriptions/{KEEPER}": VAULT, key_vault: VAULT}


def test_it_is_handed_out_when_the_site_may_name_it(vault: World) -> None:
    (out,) = vault.one("clover-azure:index:EvidenceVault").outputs
    assert set(out) == {"vault", "physical_name", "key", "alias"}
    assert (out["vault"], out["physical_name"]) == (VAULT, VAULT.rpartition("/")[2])
    assert out["key"] == names.key_id(PLACE, StoreRole.EVIDENCE)


def test_names_are_known_in_a_first_preview() -> None:
    with declaring(previewed, stack_name="auditor", preview=True) as declared:
        EvidenceVault("hamar", args())
    (out,) = declared.one("clover-azure:index:EvidenceVault").outputs
    assert out["vault"] == VAULT


def test_a_vault_in_the_sites_own_subscription_is_refused() -> None:
    told = f"zones/europe.yaml:195: account: {SUBSCRIPTION} is the site's own"
    with pytest.raises(Refusal, match=told), declaring(created):
        EvidenceVault("hamar", args(account=SUBSCRIPTION))
