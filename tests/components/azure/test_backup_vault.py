"""Second copies on Azure: where they lie, who writes and who reads, and how a store comes to be copied."""

from typing import Any

import pulumi
import pulumi_azure_native as azure
import pytest

from clover.zones.vocabulary import DataClass, StoreRole, Versioning
from components.azure import BackupVault, RegionLockedStore
from components.azure import site as names
from components.refusal import Refusal
from tests.components.azure.answers import SUBSCRIPTION, TENANT, created, previewed
from tests.components.azure.sample import DEPLOYER, SITE
from tests.recorder import Registration, World, declaring

ACCOUNT = "00000000-0000-0000-0000-000000000511"
COPIES_DEPLOYER = "00000000-0000-0000-0000-000000000513"
KEEPER = names.vault_place({**SITE, "name": "dublin2", "region": "northeurope"}, "keeper", "keepers-deployer")
EVIDENCE, EVIDENCE_KEY = names.evidence_vault_id(KEEPER), names.key_id(KEEPER, StoreRole.EVIDENCE)
PLACE = names.copies_place(SITE, ACCOUNT)
GROUP = f"/subscriptions/{ACCOUNT}/resourceGroups/clover-hamar"
STORES = {"profiles": DataClass.RESTRICTED, "usage": DataClass.CONTROLLED}
POLICY = "azure-native:storage:ObjectReplicationPolicy"


def args(**change: Any) -> Any:
    told: Any = {
        "site": SITE,
        "account": ACCOUNT,
        "deployer": COPIES_DEPLOYER,
        "region": "northeurope",
        "stores": [
            {"name": name, "data_class": held, "declared_at": "Pulumi.hamar.yaml:18"} for name, held in STORES.items()
        ],
        "retention_days": 35,
        "evidence": EVIDENCE,
        "evidence_key": EVIDENCE_KEY,
        "declared_at": "zones/europe.yaml:240",
    }
    return {**told, **change}


@pytest.fixture(scope="module")
def vault() -> World:
    with declaring(created, stack_name="backups") as declared:
        BackupVault("hamar", args())
    return declared


def copies(vault: World) -> list[Registration]:
    return vault.all("azure-native:storage:StorageAccount")


def test_they_lie_in_an_account_of_their_own_in_another_sites_region(vault: World) -> None:
    expected = {names.account_name(PLACE, StoreRole.USER_DATA, name): held.value for name, held in STORES.items()}
    assert {one.inputs["accountName"]: one.inputs["tags"]["clover:data-class"] for one in copies(vault)} == expected
    assert {one.inputs["location"] for one in copies(vault)} == {"northeurope"}
    key_vault = vault.one("azure-native:keyvault:Vault").inputs
    assert (key_vault["location"], key_vault["properties"]["tenantId"]) == ("northeurope", TENANT)
    assert all(one.inputs["sku"] == {"name": "Standard_ZRS"} for one in copies(vault))


def test_nothing_leads_to_one_and_nobody_reads(vault: World) -> None:
    assert {one.inputs["publicNetworkAccess"] for one in copies(vault)} == {"Disabled"}
    assert {one.inputs["networkRuleSet"]["bypass"] for one in copies(vault)} == {"None"}
    assert {one.inputs["allowSharedKeyAccess"] for one in copies(vault)} == {False}
    assert vault.all("azure-native:network:PrivateEndpoint") == []
    roles = vault.all("azure-native:authorization:RoleDefinition")
    granted = [action for role in roles for each in role.inputs["permissions"] for action in each["dataActions"]]
    assert not [action for action in granted if action.startswith("Microsoft.Storage/")]


def test_activities_calls_on_copies_and_uses_of_their_key_are_recorded_in_the_vault(vault: World) -> None:
    settings = vault.all("azure-native:monitor:DiagnosticSetting")
    accounts = {names.account_id(PLACE, StoreRole.USER_DATA, name) for name in STORES}
    assert {one.inputs["resourceUri"] for one in settings} == {
        f"/subscriptions/{ACCOUNT}",
        names.vault_id(PLACE, StoreRole.USER_DATA),
        *(f"{account}/blobServices/default" for account in accounts),
    }
    assert {one.inputs["storageAccountId"] for one in settings} == {EVIDENCE}
    key = vault.one("azure-native:keyvault:Key")
    assert vault.one("azure-native:monitor:DiagnosticSetting", "hamar-key-use").urn in vault.before(key.urn)


def test_without_a_vault_nothing_is_recorded_and_a_vault_comes_with_its_key() -> None:
    told = args()
    del told["evidence"], told["evidence_key"]
    with declaring(created, stack_name="backups") as found:
        BackupVault("hamar", told)
    assert found.all("azure-native:monitor:DiagnosticSetting") == []
    told["evidence"] = EVIDENCE
    with pytest.raises(Refusal, match="evidence: a vault is given without its key"), declaring(created):
        BackupVault("hamar", told)


def test_every_version_is_locked_and_no_account_is_deleted_by_accident(vault: World) -> None:
    policies = [one.inputs["immutableStorageWithVersioning"]["immutabilityPolicy"] for one in copies(vault)]
    assert {each["immutabilityPeriodSinceCreationInDays"] for each in policies} == {35}
    locks = vault.all("azure-native:authorization:ManagementLockByScope")
    assert {one.inputs["level"] for one in locks} == {"CanNotDelete"}
    assert len(locks) == len(STORES)


def test_the_sites_deployer_has_stores_copied_there_and_does_no_more(vault: World) -> None:
    assigned = [
        one.inputs
        for one in vault.all("azure-native:authorization:RoleAssignment")
        if one.inputs["principalId"] == DEPLOYER
    ]
    accounts = {names.account_id(PLACE, StoreRole.USER_DATA, name) for name in STORES}
    assert {one["scope"] for one in assigned} == accounts
    role = vault.one("azure-native:authorization:RoleDefinition", "hamar-replication").inputs
    assert {one["roleDefinitionId"].rpartition("/")[2] for one in assigned} == {role["roleDefinitionId"]}
    (permission,) = role["permissions"]
    assert permission["actions"] == [
        "Microsoft.Storage/storageAccounts/objectReplicationPolicies/read",
        "Microsoft.Storage/storageAccounts/objectReplicationPolicies/write",
    ]
    assert permission["dataActions"] == []


def test_a_copy_is_handed_out_when_the_site_may_have_it_made(vault: World) -> None:
    (out,) = vault.one("clover-azure:index:BackupVault").outputs
    assert out["copies"] == {name: names.account_id(PLACE, StoreRole.USER_DATA, name) for name in STORES}
    assert (out["key"], out["alias"]) == (
        names.key_id(PLACE, StoreRole.USER_DATA),
        names.key_uri(PLACE, StoreRole.USER_DATA),
    )


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"account": SUBSCRIPTION}, f"account: {SUBSCRIPTION} is the site's own"),
        ({"region": SITE["region"]}, "region: norwayeast is the site's own, and copies lie at another site"),
        (
            {"restore": {"endpoints": ["e"], "closes": "2027-01-01"}},
            "restore: reading second copies cannot be declared",
        ),
    ],
)
def test_a_copy_that_is_none_or_cannot_be_declared_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(Refusal, match=rf"^zones/europe\.yaml:240: {told}"), declaring(created):
        BackupVault("hamar", args(**change))


def answered(found: Registration, world: World) -> Any:
    """The answer of an update, with the ids that the account of a copy gives a policy and its rules."""
    given = created(found, world)
    if found.type == POLICY and found.inputs["objectReplicationPolicyId"] == "default":
        rules = [{**rule, "ruleId": "rule-1"} for rule in found.inputs["rules"]]
        return {**given, "policyId": "policy-1", "rules": rules}
    return given


def declare_copied(**change: Any) -> None:
    """A store that has a second copy."""
    provider = azure.Provider("hamar-copies", subscription_id=ACCOUNT, tenant_id=TENANT)
    told: Any = {
        "site": SITE,
        "name": "profiles",
        "data_class": DataClass.RESTRICTED,
        "role": StoreRole.USER_DATA,
        "key": names.key_id(SITE, StoreRole.USER_DATA),
        "endpoints": ["/subscriptions/s/subnet"],
        "recorded_by": "/subscriptions/s/account",
        "second_copy": {"account": ACCOUNT, "retention_days": 35},
        "declared_at": "Pulumi.hamar.yaml:18",
        **change,
    }
    RegionLockedStore("profiles", told, pulumi.ResourceOptions(providers={"copies": provider}))


@pytest.fixture(scope="module")
def copied() -> World:
    with declaring(answered, stack_name="hamar") as declared:
        declare_copied()
    return declared


def test_both_ends_name_the_same_two_accounts_and_everything_in_the_container(copied: World) -> None:
    there, here = copied.one(POLICY, "profiles-copies"), copied.one(POLICY, "profiles-copied")
    for one in (there, here):
        assert one.inputs["sourceAccount"] == names.account_id(SITE, StoreRole.USER_DATA, "profiles")
        assert one.inputs["destinationAccount"] == names.account_id(PLACE, StoreRole.USER_DATA, "profiles")
        (rule,) = one.inputs["rules"]
        assert (rule["sourceContainer"], rule["destinationContainer"]) == ("data", "data")
        assert rule["filters"] == {"minCreationTime": "1601-01-01T00:00:00Z"}
    assert there.inputs["accountName"] == names.account_name(PLACE, StoreRole.USER_DATA, "profiles")
    assert here.inputs["accountName"] == names.account_name(SITE, StoreRole.USER_DATA, "profiles")


def test_the_source_takes_the_ids_that_the_destination_gives(copied: World) -> None:
    there, here = copied.one(POLICY, "profiles-copies"), copied.one(POLICY, "profiles-copied")
    assert there.inputs["objectReplicationPolicyId"] == "default"
    assert "ruleId" not in there.inputs["rules"][0]
    assert here.inputs["objectReplicationPolicyId"] == "policy-1"
    assert here.inputs["rules"][0]["ruleId"] == "rule-1"


def test_the_copys_end_is_reached_by_a_provider_of_its_own(copied: World) -> None:
    there, here = copied.one(POLICY, "profiles-copies"), copied.one(POLICY, "profiles-copied")
    (provider,) = copied.all("pulumi:providers:azure-native")
    assert provider.urn in there.provider
    assert provider.urn not in here.provider


def test_a_store_is_copied_before_it_is_locked_and_handed_out(copied: World) -> None:
    lock = copied.one("azure-native:authorization:ManagementLockByScope")
    assert copied.one(POLICY, "profiles-copied").urn in copied.before(lock.urn)
    versions = copied.one("azure-native:storage:BlobServiceProperties")
    assert versions.urn in copied.before(copied.one(POLICY, "profiles-copies").urn)


def test_ends_and_containers_are_known_in_a_first_preview() -> None:
    with declaring(previewed, stack_name="hamar", preview=True) as declared:
        declare_copied()
    here = declared.one(POLICY, "profiles-copied").inputs
    assert here["destinationAccount"].startswith(f"{GROUP}/providers/Microsoft.Storage/storageAccounts/")
    assert here["rules"][0]["sourceContainer"] == "data"


@pytest.mark.parametrize(
    "change",
    [
        {"versioning": Versioning.SUSPENDED},
        {"role": StoreRole.INTAKE, "landing": {"writer": DEPLOYER, "closes": "2027-01-01"}},
    ],
)
def test_what_cannot_be_copied_is_refused(change: dict[str, Any]) -> None:
    told = r"^Pulumi\.hamar\.yaml:18: store profiles: a second copy needs user data, versioning, and a provider"
    with pytest.raises(Refusal, match=told), declaring(answered):
        declare_copied(**change)


def test_a_copy_that_no_provider_reaches_is_refused() -> None:
    with pytest.raises(Refusal, match="a provider called copies"), declaring(answered):
        told: Any = {"second_copy": {"account": ACCOUNT, "retention_days": 35}, "name": "odd", "site": SITE}
        told |= {"data_class": DataClass.RESTRICTED, "role": StoreRole.USER_DATA, "key": "/k/keys/user-data"}
        told |= {"endpoints": ["/s"], "recorded_by": "/a"}
        RegionLockedStore("odd", told)
