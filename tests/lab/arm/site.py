"""What tests make again and again: a network, a vault with a key, an account under that key."""

import uuid
from typing import Any

from tests.lab.arm.asking import GROUP, LOCATION, Azure, name

CRYPTO_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
NETWORK: dict[str, Any] = {"location": LOCATION, "properties": {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}}


def network(azure: Azure, called: str = "net", space: str = "10.0.0.0/16", **subnets: str) -> Any:
    """A virtual network with the subnets named."""
    inside = [{"name": one, "properties": {"addressPrefix": prefix}} for one, prefix in subnets.items()]
    body = {
        "location": LOCATION,
        "properties": {"addressSpace": {"addressPrefixes": [space]}, "subnets": inside},
    }
    return azure.network.virtual_networks.begin_create_or_update(GROUP, called, body).result()


def vault_body(azure: Azure, **properties: Any) -> dict[str, Any]:
    """A premium vault under RBAC that cannot be purged."""
    always = {
        "tenantId": azure.tenant,
        "sku": {"family": "A", "name": "premium"},
        "enableRbacAuthorization": True,
        "enablePurgeProtection": True,
        "softDeleteRetentionInDays": 7,
        "networkAcls": {"bypass": "AzureServices", "defaultAction": "Deny"},
    }
    return {"location": LOCATION, "properties": {**always, **properties}}


def vault(azure: Azure, called: str = "", **properties: Any) -> Any:
    """A vault."""
    body = vault_body(azure, **properties)
    return azure.vaults.vaults.begin_create_or_update(GROUP, called or name("vault-"), body).result()


def key(azure: Azure, vault_name: str, called: str = "data", **properties: Any) -> Any:
    """A key."""
    body = {"properties": {"kty": "RSA-HSM", "keySize": 3072, **properties}}
    return azure.vaults.keys.create_if_not_exist(GROUP, vault_name, called, body)


def identity(azure: Azure, called: str = "storage") -> Any:
    """A user-assigned identity."""
    return azure.identities.user_assigned_identities.create_or_update(GROUP, called, {"location": LOCATION})


def assign(azure: Azure, scope: str, role: str, principal: str) -> Any:
    """A role for a principal at a scope."""
    role_id = f"{azure.scope}/providers/Microsoft.Authorization/roleDefinitions/{role}"
    body = {"properties": {"roleDefinitionId": role_id, "principalId": principal, "principalType": "ServicePrincipal"}}
    status, shown, _ = azure.ask(
        "PUT", f"{scope}/providers/Microsoft.Authorization/roleAssignments/{uuid.uuid4()}", body, version="2022-04-01"
    )
    assert status == 201, shown
    return shown


def account_body(**more: Any) -> dict[str, Any]:
    """An account as Azure makes it when nothing is said."""
    return {"location": LOCATION, "sku": {"name": "Standard_ZRS"}, "kind": "StorageV2", **more}


def account(azure: Azure, called: str = "", **more: Any) -> Any:
    """A storage account."""
    body = account_body(**more)
    return azure.storage.storage_accounts.begin_create(GROUP, called or name("acct"), body).result()


def encrypted(azure: Azure, vault_name: str, identity_id: str, key_name: str = "data") -> dict[str, Any]:
    """The parts of an account's body that put it under a key."""
    return {
        "identity": {"type": "UserAssigned", "userAssignedIdentities": {identity_id: {}}},
        "properties": {
            "encryption": {
                "keySource": "Microsoft.Keyvault",
                "identity": {"userAssignedIdentity": identity_id},
                "keyvaultproperties": {"keyname": key_name, "keyvaulturi": f"https://{vault_name}.vault.azure.net"},
                "services": {
                    part: {"keyType": "Account", "enabled": True} for part in ("blob", "queue", "table", "file")
                },
            }
        },
    }


def address(azure: Azure, called: str = "out") -> Any:
    """A public address for a firewall."""
    body = {"location": LOCATION, "sku": {"name": "Standard"}, "properties": {"publicIPAllocationMethod": "Static"}}
    return azure.network.public_ip_addresses.begin_create_or_update(GROUP, called, body).result()


def endpoint_body(subnet_id: str, target_id: str, group: str = "blob", **more: Any) -> dict[str, Any]:
    """A private endpoint."""
    link = {"name": "link", "properties": {"privateLinkServiceId": target_id, "groupIds": [group]}}
    properties = {"subnet": {"id": subnet_id}, "privateLinkServiceConnections": [link], **more}
    return {"location": LOCATION, "properties": properties}


def endpoint(azure: Azure, subnet_id: str, target_id: str, called: str = "pe", group: str = "blob") -> Any:
    """A private endpoint, made."""
    body = endpoint_body(subnet_id, target_id, group)
    return azure.network.private_endpoints.begin_create_or_update(GROUP, called, body).result()
