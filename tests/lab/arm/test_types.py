"""Every type is made with an official client, read back with it, found in its list, and deleted."""

import uuid

import pytest

from tests.lab.arm import site
from tests.lab.arm.asking import GROUP, LOCATION, Azure, name


@pytest.fixture
def made(azure: Azure) -> Azure:
    return azure.make_group()


def test_a_resource_group(azure: Azure) -> None:
    groups = azure.resources.resource_groups
    made = groups.create_or_update("One", {"location": "Norway East", "tags": {"a": "b"}})
    assert (made.name, made.location, made.tags) == ("One", LOCATION, {"a": "b"})
    assert groups.get("one").id == f"{azure.scope}/resourceGroups/One"
    assert [one.name for one in groups.list()] == ["One"]
    assert groups.update("one", {"tags": {"c": "d"}}).tags == {"c": "d"}
    groups.begin_delete("ONE").result()
    assert not groups.check_existence("One")


def test_a_user_assigned_identity(made: Azure) -> None:
    identity = site.identity(made)
    read = made.identities.user_assigned_identities.get(GROUP, "storage")
    assert uuid.UUID(read.principal_id)
    assert (read.principal_id, read.client_id, read.tenant_id) == (
        identity.principal_id,
        identity.client_id,
        made.tenant,
    )
    assert [one.name for one in made.identities.user_assigned_identities.list_by_subscription()] == ["storage"]
    made.identities.user_assigned_identities.delete(GROUP, "storage")
    assert list(made.identities.user_assigned_identities.list_by_resource_group(GROUP)) == []


def test_a_vault_and_its_key(made: Azure) -> None:
    vault = site.vault(made)
    assert vault.properties.vault_uri == f"https://{vault.name}.vault.azure.net/"
    assert vault.properties.provisioning_state == "Succeeded"
    assert vault.properties.network_acls.bypass == "AzureServices"
    key = site.key(made, vault.name)
    assert key.properties.key_uri == f"https://{vault.name}.vault.azure.net/keys/data"
    assert key.properties.key_uri_with_version.startswith(f"{key.properties.key_uri}/")
    read = made.vaults.keys.get(GROUP, vault.name, "data")
    assert (read.properties.kty, read.properties.key_size) == ("RSA-HSM", 3072)
    versions = list(made.vaults.keys.list_versions(GROUP, vault.name, "data"))
    assert [one.properties.key_uri_with_version for one in versions] == [key.properties.key_uri_with_version]
    only = versions[0].name
    assert made.vaults.keys.get_version(GROUP, vault.name, "data", only).properties.kty == "RSA-HSM"
    assert [one.name for one in made.vaults.keys.list(GROUP, vault.name)] == ["data"]
    assert [one.name for one in made.vaults.vaults.list_by_resource_group(GROUP)] == [vault.name]


def test_a_storage_account_its_blob_service_and_a_container(made: Azure) -> None:
    account = site.account(made)
    assert account.properties.primary_endpoints.blob == f"https://{account.name}.blob.core.windows.net/"
    assert (account.sku.tier, account.properties.provisioning_state) == ("Standard", "Succeeded")
    service = made.storage.blob_services.get_service_properties(GROUP, account.name)
    assert not service.is_versioning_enabled
    changed = {"properties": {"isVersioningEnabled": True, "deleteRetentionPolicy": {"enabled": True, "days": 30}}}
    made.storage.blob_services.set_service_properties(GROUP, account.name, changed)
    service = made.storage.blob_services.get_service_properties(GROUP, account.name)
    assert (service.is_versioning_enabled, service.delete_retention_policy.days) == (True, 30)
    made.storage.blob_containers.create(GROUP, account.name, "evidence", {})
    container = made.storage.blob_containers.get(GROUP, account.name, "evidence")
    assert (container.public_access, container.has_immutability_policy) == ("None", False)
    assert [one.name for one in made.storage.blob_containers.list(GROUP, account.name)] == ["evidence"]
    made.storage.blob_containers.delete(GROUP, account.name, "evidence")
    made.storage.storage_accounts.delete(GROUP, account.name)
    assert list(made.storage.storage_accounts.list()) == []


def test_a_custom_role_and_its_assignment(made: Azure) -> None:
    role = str(uuid.uuid4())
    body = {
        "properties": {
            "roleName": f"Key keeper {role}",
            "permissions": [{"actions": [], "dataActions": ["Microsoft.KeyVault/vaults/keys/create/action"]}],
            "assignableScopes": [made.scope],
        }
    }
    status, shown, _ = made.ask(
        "PUT",
        f"{made.scope}/providers/Microsoft.Authorization/roleDefinitions/{role}",
        body,
        version="2022-05-01-preview",
    )
    assert (status, shown["properties"]["type"]) == (201, "CustomRole")
    read = made.roles.role_definitions.get(made.scope, role)
    assert read.permissions[0].data_actions == ["Microsoft.KeyVault/vaults/keys/create/action"]
    assigned = site.assign(made, made.group, role, made.principal)
    found = made.roles.role_assignments.get(made.group, assigned["name"])
    assert (found.principal_id, found.scope) == (made.principal, made.group)
    assert [one.name for one in made.roles.role_assignments.list_for_scope(made.group, filter="atScope()")] == [
        found.name
    ]
    assert (
        made.roles.role_definitions.get_by_id(
            f"/providers/Microsoft.Authorization/roleDefinitions/{site.READER}"
        ).role_name
        == "Reader"
    )
    names = {one.role_name for one in made.roles.role_definitions.list(made.scope)}
    assert {"Reader", "Owner", f"Key keeper {role}"} <= names


def test_diagnostic_settings_of_a_vault_and_of_the_subscription(made: Azure) -> None:
    account, vault = site.account(made), site.vault(made)
    version = "2021-05-01-preview"
    for scope, category in ((vault.id, "AuditEvent"), (made.scope, "Administrative")):
        path = f"{scope}/providers/Microsoft.Insights/diagnosticSettings/trail"
        body = {"properties": {"storageAccountId": account.id, "logs": [{"category": category, "enabled": True}]}}
        assert made.ask("PUT", path, body, version=version)[0] == 200
        read = made.ask("GET", path, version=version)[1]
        assert (read["properties"]["logs"][0]["category"], read["id"]) == (category, path)
        assert len(made.ask("GET", path.rpartition("/")[0], version=version)[1]["value"]) == 1
    generic = made.resources.resources.get_by_id(
        f"{vault.id}/providers/Microsoft.Insights/diagnosticSettings/trail", api_version=version
    )
    assert generic.properties["storageAccountId"] == account.id
    status, shown, _ = made.ask(
        "GET", f"{vault.id}/providers/Microsoft.Insights/diagnosticSettingsCategories", version=version
    )
    assert (status, {one["name"] for one in shown["value"]}) == (
        200,
        {"AuditEvent", "AzurePolicyEvaluationDetails", "AllMetrics"},
    )


def test_a_delegation_to_the_auditors_tenant(made: Azure) -> None:
    offers, taken = made.lighthouse.registration_definitions, made.lighthouse.registration_assignments
    auditor = str(uuid.uuid4())
    body = {
        "properties": {
            "registrationDefinitionName": "auditor",
            "managedByTenantId": auditor,
            "authorizations": [{"principalId": str(uuid.uuid4()), "roleDefinitionId": site.READER}],
        }
    }
    offer = offers.begin_create_or_update(str(uuid.uuid4()), made.scope.removeprefix("/"), body).result()
    read = offers.get(made.scope.removeprefix("/"), offer.name)
    assert (read.properties.managed_by_tenant_id, read.properties.managee_tenant_id) == (auditor, made.tenant)
    assigned = taken.begin_create_or_update(
        made.group.removeprefix("/"), str(uuid.uuid4()), {"properties": {"registrationDefinitionId": offer.id}}
    ).result()
    assert taken.get(made.group.removeprefix("/"), assigned.name).properties.registration_definition_id == offer.id
    taken.begin_delete(made.group.removeprefix("/"), assigned.name).result()
    offers.delete(offer.name, made.scope.removeprefix("/"))
    assert list(offers.list(made.scope.removeprefix("/"))) == []


def test_an_account_under_a_key(made: Azure) -> None:
    vault, identity = site.vault(made), site.identity(made)
    key = site.key(made, vault.name)
    site.assign(made, vault.id, site.CRYPTO_USER, identity.principal_id)
    account = site.account(made, name("cmk"), **site.encrypted(made, vault.name, identity.id))
    named = account.properties.encryption.key_vault_properties
    assert named.current_versioned_key_identifier == key.properties.key_uri_with_version
    assert account.properties.encryption.services.table.key_type == "Account"
    assert account.identity.user_assigned_identities[identity.id].principal_id == identity.principal_id
