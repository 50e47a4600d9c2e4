"""Vaults keep their names and their promises; keys are made once."""

from typing import Any

import pytest

from tests.lab.arm import site
from tests.lab.arm.asking import GROUP, LOCATION, Azure, name, refused


@pytest.fixture
def made(azure: Azure) -> Azure:
    return azure.make_group()


def put(azure: Azure, called: str, body: dict[str, Any]) -> tuple[int, str]:
    return refused(azure.vaults.vaults.begin_create_or_update, GROUP, called, body)


def test_a_deleted_vault_keeps_its_name_until_it_is_recovered(made: Azure) -> None:
    vault = site.vault(made)
    key = site.key(made, vault.name)
    made.vaults.vaults.delete(GROUP, vault.name)
    assert put(made, vault.name, site.vault_body(made)) == (409, "ConflictError")
    assert [one.name for one in made.vaults.vaults.list_deleted()] == [vault.name]
    deleted = made.vaults.vaults.get_deleted(vault.name, LOCATION)
    assert (deleted.properties.vault_id, deleted.properties.purge_protection_enabled) == (vault.id, True)
    recovering = site.vault_body(made)
    recovering["properties"]["createMode"] = "recover"
    made.vaults.vaults.begin_create_or_update(GROUP, vault.name, recovering).result()
    assert (
        made.vaults.keys.get(GROUP, vault.name, "data").properties.key_uri_with_version
        == key.properties.key_uri_with_version
    )
    assert list(made.vaults.vaults.list_deleted()) == []


def test_purge_protection_forbids_purging(made: Azure) -> None:
    vault = site.vault(made)
    made.vaults.vaults.delete(GROUP, vault.name)
    assert refused(made.vaults.vaults.begin_purge_deleted, vault.name, LOCATION) == (405, "MethodNotAllowed")


def test_an_unprotected_vault_can_be_purged(made: Azure) -> None:
    body = site.vault_body(made)
    del body["properties"]["enablePurgeProtection"]
    called = name("vault-")
    made.vaults.vaults.begin_create_or_update(GROUP, called, body).result()
    made.vaults.vaults.delete(GROUP, called)
    made.vaults.vaults.begin_purge_deleted(called, LOCATION).result()
    assert refused(made.vaults.vaults.get_deleted, called, LOCATION)[0] == 404
    site.vault(made, called)


def test_a_vault_of_a_deleted_group_is_soft_deleted_too(made: Azure) -> None:
    vault = site.vault(made)
    made.resources.resource_groups.begin_delete(GROUP).result()
    assert [one.name for one in made.vaults.vaults.list_deleted()] == [vault.name]


def test_a_name_is_taken_in_all_azure(made: Azure, cloud: Any) -> None:
    vault = site.vault(made)
    other = Azure(
        made.url, "11111111-0000-0000-0000-000000000000", "22222222-0000-0000-0000-000000000000", made.principal
    )
    other.make_group()
    assert put(other, vault.name.upper(), site.vault_body(other)) == (409, "VaultAlreadyExists")
    available = other.vaults.vaults.check_name_availability({"name": vault.name, "type": "Microsoft.KeyVault/vaults"})
    assert (available.name_available, available.reason) == (False, "AlreadyExists")


@pytest.mark.parametrize(
    "properties",
    [
        {"enablePurgeProtection": False},
        {"enableSoftDelete": False},
        {"softDeleteRetentionInDays": 6},
        {"softDeleteRetentionInDays": 91},
        {"enableRbacAuthorization": False},
    ],
)
def test_vaults_that_are_not_made(made: Azure, properties: dict[str, Any]) -> None:
    assert put(made, name("vault-"), site.vault_body(made, **properties)) == (400, "BadRequest")


@pytest.mark.parametrize(
    "properties", [{"enablePurgeProtection": False}, {"softDeleteRetentionInDays": 8}, {"enableSoftDelete": False}]
)
def test_switches_that_go_one_way(made: Azure, properties: dict[str, Any]) -> None:
    vault = site.vault(made)
    assert refused(made.vaults.vaults.update, GROUP, vault.name, {"properties": properties}) == (400, "BadRequest")
    assert put(made, vault.name, site.vault_body(made, **properties)) == (400, "BadRequest")


def test_a_put_without_it_keeps_purge_protection(made: Azure) -> None:
    vault = site.vault(made)
    body = site.vault_body(made)
    del body["properties"]["enablePurgeProtection"]
    made.vaults.vaults.begin_create_or_update(GROUP, vault.name, body).result()
    assert made.vaults.vaults.get(GROUP, vault.name).properties.enable_purge_protection is True


def test_a_key_is_made_once(made: Azure) -> None:
    vault = site.vault(made)
    first = site.key(made, vault.name)
    again = site.key(made, vault.name, keySize=4096)
    assert again.properties.key_size == 3072
    assert again.properties.key_uri_with_version == first.properties.key_uri_with_version


@pytest.mark.parametrize(
    ("sku", "properties"),
    [
        ("standard", {"kty": "RSA-HSM"}),
        ("premium", {"kty": "RSA", "keySize": 1024}),
        ("premium", {"kty": "EC", "curveName": "P-257", "keySize": None}),
        ("premium", {"kty": "oct-HSM", "keySize": None}),
    ],
)
def test_keys_that_a_vault_does_not_hold(made: Azure, sku: str, properties: dict[str, Any]) -> None:
    vault = site.vault(made, sku={"family": "A", "name": sku})
    status, code = refused(site.key, made, vault.name, **properties)
    assert (status, code) in ((400, "BadParameter"), (400, "InvalidRequestContent"))


def test_a_key_needs_its_vault(made: Azure) -> None:
    assert refused(site.key, made, "nobody")[0] == 404
