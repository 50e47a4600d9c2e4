"""The built-in roles are as Azure answers them, and the evaluator reads every one."""

import re

import pytest

from clover.logic.azure import evaluate
from clover.model.azure.roles import built_in_role, built_in_roles

ME = "10000000-0000-0000-0000-000000000001"
SUBSCRIPTION = "/subscriptions/40000000-0000-0000-0000-000000000001"
NEEDED = {
    *("Owner", "Contributor", "Reader", "User Access Administrator", "Role Based Access Control Administrator"),
    *("Storage Blob Data Owner", "Storage Blob Data Contributor", "Storage Blob Data Reader"),
    *("Storage Account Contributor", "Storage Account Key Operator Service Role", "Key Vault Administrator"),
    *("Key Vault Crypto Officer", "Key Vault Crypto Service Encryption User", "Key Vault Reader"),
    *("Key Vault Contributor", "Network Contributor", "Monitoring Contributor", "Log Analytics Reader"),
    *("Managed Identity Operator", "Managed Services Registration assignment Delete Role", "Security Reader"),
}


def test_the_roles_in_use_or_dangerous_are_there() -> None:
    assert set(built_in_roles()) >= NEEDED


def test_every_role_has_a_guid_of_its_own() -> None:
    found = [role["id"] for role in built_in_roles().values()]
    assert len(set(found)) == len(found)
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", each) for each in found)


@pytest.mark.parametrize("name", sorted(built_in_roles()))
def test_the_evaluator_reads_the_role(name: str) -> None:
    row = {"principalId": ME, "scope": SUBSCRIPTION, "role": built_in_role(name)}
    asked = {"principal": ME, "action": "Nothing.Known/things/frobnicate/action", "scope": SUBSCRIPTION}
    wide = {"Owner", "Contributor"}
    assert (evaluate(asked, {"role_assignments": [row]}).decision == "allow") == (name in wide)


def test_a_role_is_found_by_name_guid_and_definition_id() -> None:
    owner = built_in_role("Owner")
    assert built_in_role("8E3AF657-A8FF-443C-A75C-2FE8C4BCB635") is owner
    definition = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{owner['id']}"
    assert built_in_role(definition) is owner


def test_a_role_that_is_not_listed_is_unknown() -> None:
    with pytest.raises(KeyError, match="Cook"):
        built_in_role("Cook")


def test_no_role_administers_keys_without_their_use() -> None:
    """Key Vault Administrator and Crypto Officer hold keys/*, so administration without use takes a custom role."""
    for name in ("Key Vault Administrator", "Key Vault Crypto Officer"):
        row = {"principalId": ME, "scope": SUBSCRIPTION, "role": built_in_role(name)}
        for action in ("create", "decrypt"):
            asked = {
                "principal": ME,
                "action": f"Microsoft.KeyVault/vaults/keys/{action}/action",
                "is_data_action": True,
                "scope": SUBSCRIPTION,
            }
            assert evaluate(asked, {"role_assignments": [row]}).decision == "allow"
