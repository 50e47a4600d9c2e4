"""Storage accounts: names, quota, keys, customer's keys, immutability."""

import uuid
from typing import Any

import pytest

from clover.lab.arm.catalog import table
from tests.lab.arm import site
from tests.lab.arm.asking import GROUP, LOCATION, Azure, name, refused

WORM = "immutableStorageWithVersioning"


@pytest.fixture
def made(azure: Azure) -> Azure:
    return azure.make_group()


def create(azure: Azure, called: str, **more: Any) -> tuple[int, str]:
    return refused(azure.storage.storage_accounts.begin_create, GROUP, called, site.account_body(**more))


def test_names_are_taken_in_all_azure(made: Azure) -> None:
    account = site.account(made)
    other = Azure(made.url, str(uuid.uuid4()), str(uuid.uuid4()), made.principal).make_group()
    assert create(other, account.name) == (409, "StorageAccountAlreadyTaken")
    made.resources.resource_groups.create_or_update("second", {"location": LOCATION})
    elsewhere = refused(made.storage.storage_accounts.begin_create, "second", account.name, site.account_body())
    assert elsewhere == (409, "StorageAccountInAnotherResourceGroup")
    check = made.storage.storage_accounts.check_name_availability
    assert check({"name": account.name, "type": "Microsoft.Storage/storageAccounts"}).reason == "AlreadyExists"
    assert check({"name": "UPPER", "type": "Microsoft.Storage/storageAccounts"}).reason == "AccountNameInvalid"
    assert check({"name": name("free"), "type": "Microsoft.Storage/storageAccounts"}).name_available


def test_the_quota_of_a_region_and_subscription(made: Azure) -> None:
    most = table("limits")["storage_accounts_per_region"]["value"]
    body = site.account_body()
    for _ in range(most):
        assert made.ask("PUT", made.id("Microsoft.Storage/storageAccounts", name("q")), body)[0] == 202
    status, shown, _ = made.ask("PUT", made.id("Microsoft.Storage/storageAccounts", name("q")), body)
    assert (status, shown["error"]["code"]) == (409, "MaxStorageAccountsCountPerSubscriptionExceeded")
    assert "250" in shown["error"]["message"]
    site.account(made, location="northeurope")


def test_keys_are_listed_and_made_anew(made: Azure) -> None:
    account = site.account(made)
    accounts = made.storage.storage_accounts
    before = {one.key_name: one.value for one in accounts.list_keys(GROUP, account.name).keys_property}
    after = accounts.regenerate_key(GROUP, account.name, {"keyName": "key1"}).keys_property
    assert {one.key_name: one.value == before[one.key_name] for one in after} == {"key1": False, "key2": True}


def test_a_patch_merges_and_replaces_tags(made: Azure) -> None:
    account = site.account(
        made, tags={"a": "b"}, properties={"allowSharedKeyAccess": False, "minimumTlsVersion": "TLS1_2"}
    )
    changed = made.storage.storage_accounts.update(
        GROUP, account.name, {"tags": {"c": "d"}, "properties": {"publicNetworkAccess": "Disabled"}}
    )
    assert (changed.tags, changed.public_network_access) == ({"c": "d"}, "Disabled")
    assert (changed.allow_shared_key_access, changed.minimum_tls_version) == (False, "TLS1_2")


@pytest.fixture
def keyed(made: Azure) -> tuple[Azure, dict[str, Any]]:
    """A caller, and an account's body under a key that may be used."""
    vault, identity = site.vault(made), site.identity(made)
    site.key(made, vault.name)
    site.assign(made, vault.id, site.CRYPTO_USER, identity.principal_id)
    return made, site.encrypted(made, vault.name, identity.id)


def test_a_key_needs_an_identity(keyed: tuple[Azure, dict[str, Any]]) -> None:
    made, body = keyed
    del body["identity"]
    assert create(made, name("cmk"), **body) == (400, "InvalidValuesForRequestParameters")
    body["identity"] = {"type": "SystemAssigned"}
    assert create(made, name("cmk"), **body) == (400, "InvalidValuesForRequestParameters")
    del body["properties"]["encryption"]["identity"]
    assert create(made, name("cmk"), **body) == (400, "InvalidValuesForRequestParameters")


def test_a_key_needs_a_role_for_the_identity(made: Azure) -> None:
    vault, identity = site.vault(made), site.identity(made)
    site.key(made, vault.name)
    body = site.encrypted(made, vault.name, identity.id)
    assert create(made, name("cmk"), **body)[0] == 403
    site.assign(made, vault.id, site.READER, identity.principal_id)
    assert create(made, name("cmk"), **body)[0] == 403
    site.assign(made, made.group, site.CRYPTO_USER, identity.principal_id)
    site.account(made, **body)


@pytest.mark.parametrize(
    ("vault", "key", "answer"),
    [
        ({"enablePurgeProtection": None}, {}, (400, "KeyVaultPolicyError")),
        ({"networkAcls": {"bypass": "None", "defaultAction": "Deny"}}, {}, (403, "KeyVaultForbiddenByFirewall")),
        ({}, {"kty": "EC-HSM", "keySize": None}, (400, "KeyVaultInvalidKeyType")),
        ({}, None, (400, "KeyVaultKeyNotFound")),
    ],
)
def test_keys_that_an_account_cannot_use(
    made: Azure, vault: dict[str, Any], key: dict[str, Any] | None, answer: tuple[int, str]
) -> None:
    kept, identity = site.vault(made, **vault), site.identity(made)
    if key is not None:
        site.key(made, kept.name, **key)
    site.assign(made, kept.id, site.CRYPTO_USER, identity.principal_id)
    assert create(made, name("cmk"), **site.encrypted(made, kept.name, identity.id)) == answer


def test_an_unknown_vault_or_version(keyed: tuple[Azure, dict[str, Any]]) -> None:
    made, body = keyed
    named = body["properties"]["encryption"]["keyvaultproperties"]
    named["keyversion"] = "0" * 32
    assert create(made, name("cmk"), **body) == (400, "KeyVaultKeyNotFound")
    named["keyvaulturi"] = "https://nobody-at-all.vault.azure.net"
    assert create(made, name("cmk"), **body) == (400, "KeyVaultEndpointNotFound")


def test_the_key_type_of_a_service_is_settled_at_creation(made: Azure) -> None:
    account = site.account(made)
    services = {"queue": {"keyType": "Account", "enabled": True}}
    body = site.account_body(properties={"encryption": {"keySource": "Microsoft.Storage", "services": services}})
    assert made.ask("PUT", account.id, body)[1]["error"]["code"] == "InvalidRequestPropertyValue"
    fresh = site.account(made, **{"properties": body["properties"]})
    assert fresh.encryption.services.queue.key_type == "Account"


def worm(days: int, state: str) -> dict[str, Any]:
    policy = {"immutabilityPeriodSinceCreationInDays": days, "state": state, "allowProtectedAppendWrites": True}
    return {WORM: {"enabled": True, "immutabilityPolicy": policy}}


def test_an_accounts_policy_is_locked_in_a_second_step_and_for_good(made: Azure) -> None:
    assert create(made, name("worm"), properties=worm(30, "Locked")) == (400, "InvalidRequestPropertyValue")
    account = site.account(made, properties=worm(30, "Unlocked"))
    update = made.storage.storage_accounts.update
    update(GROUP, account.name, {"properties": worm(30, "Locked")})
    for loosened in (worm(29, "Locked"), worm(30, "Unlocked"), worm(30, "Disabled")):
        assert refused(update, GROUP, account.name, {"properties": loosened}) == (
            409,
            "OperationNotAllowedOnLockedPolicy",
        )
    longer = update(GROUP, account.name, {"properties": worm(31, "Locked")})
    assert longer.immutable_storage_with_versioning.immutability_policy.immutability_period_since_creation_in_days == 31
    assert refused(made.storage.storage_accounts.delete, GROUP, account.name) == (409, "AccountProtectedFromDeletion")
    assert refused(made.resources.resource_groups.begin_delete, GROUP) == (409, "ResourceGroupDeletionBlocked")


def test_immutability_is_settled_at_creation(made: Azure) -> None:
    account = site.account(made)
    late = {"properties": worm(30, "Unlocked")}
    assert refused(made.storage.storage_accounts.update, GROUP, account.name, late) == (409, "PropertyCannotBeChanged")


def test_a_containers_policy_is_made_unlocked_locked_and_extended(made: Azure) -> None:
    account = site.account(made)
    containers = made.storage.blob_containers
    containers.create(GROUP, account.name, "evidence", {})

    def written(days: int) -> Any:
        body = {"properties": {"immutabilityPeriodSinceCreationInDays": days, "state": "Locked"}}
        return containers.create_or_update_immutability_policy(GROUP, account.name, "evidence", body)

    assert written(3).state == "Unlocked"
    policy = written(2)
    locked = containers.lock_immutability_policy(
        GROUP, account.name, "evidence", etag=policy.etag, match_condition=_match()
    )
    assert (locked.state, locked.immutability_period_since_creation_in_days) == ("Locked", 2)
    assert refused(written, 3)[0] == 412
    path = f"{account.id}/blobServices/default/containers/evidence/immutabilityPolicies/default"
    etag = made.ask("GET", path)[1]["etag"]
    shorter = {"properties": {"immutabilityPeriodSinceCreationInDays": 1}}
    longer = {"properties": {"immutabilityPeriodSinceCreationInDays": 5}}
    assert made.ask("POST", f"{path}/extend", shorter, {"If-Match": etag})[0] == 412
    assert made.ask("POST", f"{path}/extend", longer, {"If-Match": '"other"'})[0] == 412
    assert made.ask("POST", f"{path}/extend", longer, {"If-Match": etag})[0] == 200
    assert made.ask("DELETE", path)[0] == 412
    assert refused(containers.delete, GROUP, account.name, "evidence") == (409, "ContainerImmutable")
    assert refused(made.storage.storage_accounts.delete, GROUP, account.name) == (409, "AccountProtectedFromDeletion")
    assert containers.get(GROUP, account.name, "evidence").has_immutability_policy


def _match() -> Any:
    from azure.core import MatchConditions

    return MatchConditions.IfNotModified


def test_an_unlocked_policy_protects_nothing(made: Azure) -> None:
    account = site.account(made, properties=worm(30, "Unlocked"))
    made.storage.blob_containers.create(GROUP, account.name, "evidence", {})
    body = {"properties": {"immutabilityPeriodSinceCreationInDays": 3}}
    made.storage.blob_containers.create_or_update_immutability_policy(GROUP, account.name, "evidence", body)
    made.storage.storage_accounts.delete(GROUP, account.name)


def test_public_containers_need_an_account_that_allows_them(made: Azure) -> None:
    account = site.account(made)
    opened = {"properties": {"publicAccess": "Blob"}}
    assert refused(made.storage.blob_containers.create, GROUP, account.name, "open", opened) == (
        409,
        "PublicAccessNotPermitted",
    )


def test_versioned_containers_need_versioning(made: Azure) -> None:
    account = site.account(made)
    body = {"properties": {WORM: {"enabled": True}}}
    assert refused(made.storage.blob_containers.create, GROUP, account.name, "worm", body) == (
        409,
        "VersioningNotEnabled",
    )


def test_connections_are_approved_and_rejected_not_made(made: Azure) -> None:
    subnet = site.network(made, endpoints="10.0.3.0/24").subnets[0]
    account = site.account(made)
    body = site.endpoint_body(subnet.id, account.id)
    links = body["properties"].pop("privateLinkServiceConnections")
    body["properties"]["manualPrivateLinkServiceConnections"] = links
    made.network.private_endpoints.begin_create_or_update(GROUP, "pe", body).result()
    connections = made.storage.private_endpoint_connections
    waiting = next(iter(connections.list(GROUP, account.name)))
    assert waiting.private_link_service_connection_state.status == "Pending"
    approved = {"properties": {"privateLinkServiceConnectionState": {"status": "Approved"}}}
    connections.put(GROUP, account.name, waiting.name, approved)
    link = made.network.private_endpoints.get(GROUP, "pe").manual_private_link_service_connections[0]
    assert link.private_link_service_connection_state.status == "Approved"
    assert refused(connections.put, GROUP, account.name, "made-up", approved)[0] == 404
    connections.delete(GROUP, account.name, waiting.name)
    link = made.network.private_endpoints.get(GROUP, "pe").manual_private_link_service_connections[0]
    assert link.private_link_service_connection_state.status == "Disconnected"
