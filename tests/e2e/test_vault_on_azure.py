"""The vault on Azure, as the official clients find it."""

import re
from typing import Any

import pytest

from tests.e2e.checkout import Checkout
from tests.lab.arm.asking import Azure

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("dublin2")]
IN_THE_VAULT = "00000000-0000-0000-0000-000000000310"
MACHINE, DEPLOYER = "00000000-0000-0000-0000-000000000402", "00000000-0000-0000-0000-000000000122"
RECORDS = {"monitor:DiagnosticSetting": "storageAccountId", "network:FlowLog": "storageId"}


@pytest.fixture(scope="module")
def azure(dublin2: Checkout) -> Azure:
    return dublin2.beside(dublin2.others[0]).azure()


@pytest.fixture(scope="module")
def vault(dublin2: Checkout) -> str:
    """The id of the account that keeps the site's records."""
    return dublin2.beside(dublin2.others[0]).outputs()["vaults"]["dublin2"]["vault"]


def test_the_account_is_the_auditor_s_and_locked(azure: Azure, vault: str) -> None:
    assert vault.startswith(f"/subscriptions/{IN_THE_VAULT}/")
    account = _account(azure, vault)
    kept = account["immutableStorageWithVersioning"]
    assert kept["enabled"] is True
    assert kept["immutabilityPolicy"]["state"] == "Locked"
    assert kept["immutabilityPolicy"]["immutabilityPeriodSinceCreationInDays"] == 400
    scope = vault.strip("/")
    assert azure.locks.management_locks.get_by_scope(scope, "clover").level == "CanNotDelete"


def test_the_account_lets_in_trusted_services_and_the_auditor_s_networks(azure: Azure, vault: str) -> None:
    account = _account(azure, vault)
    rules = account["networkAcls"]
    assert (rules["defaultAction"], rules["bypass"]) == ("Deny", "AzureServices")
    assert [rule["value"] for rule in rules["ipRules"]] == ["192.0.2.0/24", "198.51.100.0/25"]
    assert account["allowSharedKeyAccess"] is False
    assert account["allowBlobPublicAccess"] is False


def test_the_key_is_the_auditor_s_and_lies_in_hardware(azure: Azure, vault: str) -> None:
    under = _account(azure, vault)["encryption"]
    assert under["keySource"] == "Microsoft.Keyvault"
    name = re.match(r"https://([\w-]+)\.", under["keyvaultproperties"]["keyvaulturi"])
    assert name
    properties = azure.vaults.vaults.get("clover-dublin2", name[1]).properties
    assert properties.enable_purge_protection is True
    assert properties.public_network_access == "Disabled"
    key = azure.vaults.keys.get("clover-dublin2", name[1], under["keyvaultproperties"]["keyname"])
    assert key.kty == "RSA-HSM"
    assert key.attributes.exportable is False


def test_roles_at_the_vault_are_the_machine_s_and_that_of_naming_it(azure: Azure, vault: str) -> None:
    found = {
        each.principal_id: each.role_definition_id.rpartition("/")[2]
        for each in azure.roles.role_assignments.list_for_scope(vault.strip("/"))
        if each.principal_id in (MACHINE, DEPLOYER)
    }
    assert set(found) == {MACHINE, DEPLOYER}
    assert found[MACHINE] == "2a2b9908-6ea1-4ae2-8e65-a410df84e7d1"  # Storage Blob Data Reader
    scope = vault.rpartition("/providers/")[0].strip("/")
    definitions = {each.name: each for each in azure.roles.role_definitions.list(scope)}
    allowed = [action for each in definitions[found[DEPLOYER]].permissions for action in each.actions]
    assert not [action for action in allowed if action.endswith(("/write", "/delete", "*"))]
    assert not [action for each in definitions[found[DEPLOYER]].permissions for action in each.data_actions or ()]


def test_every_record_of_the_site_ends_there(dublin2: Checkout, vault: str) -> None:
    kinds = {f"azure-native:{kind}": path for kind, path in RECORDS.items()}
    records = [each for each in dublin2.state()["resources"] if each["type"] in kinds]
    assert len(records) >= 9
    assert {each["outputs"][kinds[each["type"]]] for each in records} == {vault}
    azure = dublin2.azure()
    for each in records:
        if each["type"].endswith("DiagnosticSetting"):
            scope = each["outputs"]["id"].partition("/providers/Microsoft.Insights/diagnosticSettings/")
            status, answer, _ = azure.ask("GET", "".join(scope), version="2021-05-01-preview")
            assert (status, answer["properties"]["storageAccountId"]) == (200, vault)


def test_the_site_s_deployer_changes_nothing_of_the_vault(dublin2: Checkout, vault: str) -> None:
    site = dublin2.azure()
    for method, place, body in (
        ("PATCH", vault, {"properties": {"allowSharedKeyAccess": True}}),
        ("DELETE", vault, None),
        ("DELETE", f"{vault}/providers/Microsoft.Authorization/locks/clover", None),
        ("PUT", f"{vault}/blobServices/default", {"properties": {"isVersioningEnabled": False}}),
    ):
        version = "2020-05-01" if "locks" in place else "2024-01-01"
        status, answer, _ = site.ask(method, place, body, version=version)
        assert (status, answer["error"]["code"]) == (403, "AuthorizationFailed"), (method, place)


def test_the_auditor_s_own_deployer_does_not_open_the_lock(azure: Azure, vault: str) -> None:
    held = _account(azure, vault)["immutableStorageWithVersioning"]
    policy = {**held["immutabilityPolicy"], "immutabilityPeriodSinceCreationInDays": 1}
    body = {"properties": {"immutableStorageWithVersioning": {**held, "immutabilityPolicy": policy}}}
    status, _, _ = azure.ask("PATCH", vault, body, version="2024-01-01")
    assert status in (400, 403, 409)
    assert _account(azure, vault)["immutableStorageWithVersioning"] == held


def _account(azure: Azure, vault: str) -> dict[str, Any]:
    group, name = vault.split("/")[4], vault.rpartition("/")[2]
    return azure.storage.storage_accounts.get_properties(group, name).as_dict()["properties"]
