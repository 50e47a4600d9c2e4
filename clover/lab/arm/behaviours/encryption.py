"""A store under a customer's key: what the service checks before it takes the key.

https://learn.microsoft.com/azure/storage/common/customer-managed-keys-overview: a vault with soft deletion and purge
protection, an RSA key of 2048, 3072 or 4096 bits, and an identity that may wrap and unwrap with it.
"""

from collections.abc import Iterator
from typing import NamedTuple

from clover.lab.arm.behaviour import Write
from clover.lab.arm.behaviours.identity import assigned
from clover.lab.arm.catalog import kinds, table
from clover.lab.arm.errors import error
from clover.lab.arm.guards import matches, scopes_above
from clover.lab.arm.paths import parsed
from clover.lab.arm.roles import data_actions
from clover.lab.arm.store import Resource
from clover.lab.arm.values import Body, first, found

_ASSIGNMENT = "Microsoft.Authorization/roleAssignments"


def refuse_encryption(write: Write) -> None:
    """Refuse a customer's key that the account could not use (ArmError); note the key's version."""
    encryption: Body = write.properties["encryption"]
    if encryption["keySource"] != "Microsoft.Keyvault":
        return
    named: Body = encryption.get("keyvaultproperties") or {}
    if not named.get("keyname") or not named.get("keyvaulturi"):
        raise error("cmk_prerequisites")
    principal = _principal(write, encryption)
    key = usable_key(write, Named(named["keyvaulturi"], named["keyname"], named.get("keyversion") or ""), principal)
    version = named.get("keyversion") or key.inside["version"]
    named["currentVersionedKeyIdentifier"] = f"{key.properties['keyUri']}/{version}"
    named["lastKeyRotationTimestamp"] = key.created


class Named(NamedTuple):
    """How a service is told of a customer's key: vault, name, and a version or none."""

    vault: str
    key: str
    version: str


def usable_key(write: Write, named: Named, principal: str) -> Resource:
    """The key that is named, which the principal may wrap with; ArmError where it could not."""
    vault = _vault(write, named.vault)
    key = write.store.get(f"{vault.id}/keys/{named.key}")
    versioned = f"{key.id}/versions/{named.version}" if key and named.version else ""
    if key is None or (versioned and write.store.get(versioned) is None):
        raise error("cmk_key_not_found", key=named.key, vault=vault.name)
    if not str(key.properties["kty"]).startswith("RSA"):
        raise error("cmk_key_type", kty=key.properties["kty"])
    if not _may_wrap(write, vault, key, principal):
        raise error("cmk_forbidden", principal=principal, key=key.properties["keyUri"])
    return key


def _principal(write: Write, encryption: Body) -> str:
    """The identity that the account uses the key with; a new account has none of its own yet."""
    named = first(encryption, "identity.userAssignedIdentity")
    carried: Body = write.body.get("identity") or {}
    if named:
        attached = {one.lower() for one in carried.get("userAssignedIdentities", {})}
        if named.lower() not in attached:
            raise error("cmk_identity_not_attached", id=named)
        return assigned(write.store, named).properties["principalId"]
    if write.old is None or "principalId" not in carried:
        raise error("cmk_no_identity")
    return carried["principalId"]


def _vault(write: Write, uri: str) -> Resource:
    name = uri.removeprefix("https://").partition(".")[0]
    vault = write.store.named(kinds()["microsoft.keyvault/vaults"], name)
    if vault is None:
        raise error("cmk_vault_not_found", uri=uri)
    if not vault.properties.get("enablePurgeProtection"):
        raise error("cmk_not_recoverable")
    closed = first(vault.body, "properties.publicNetworkAccess", "Enabled").lower() == "disabled"
    denying = first(vault.body, "properties.networkAcls.defaultAction", "Allow") == "Deny"
    if (closed or denying) and first(vault.body, "properties.networkAcls.bypass", "AzureServices") != "AzureServices":
        raise error("cmk_vault_closed", name=vault.name)
    return vault


def _may_wrap(write: Write, vault: Resource, key: Resource, principal: str) -> bool:
    if not vault.properties.get("enableRbacAuthorization"):
        return any(_policy_allows(policy, principal) for policy in vault.properties["accessPolicies"])
    granted = list(_granted(write, key, principal))
    return all(any(matches(pattern, action) for pattern in granted) for action in table("keys")["wrapping"])


def _policy_allows(policy: Body, principal: str) -> bool:
    allowed = {str(one).lower() for one in found(policy, "permissions.keys[]")}
    is_enough = "all" in allowed or set(table("keys")["policy"]) <= allowed
    return str(policy.get("objectId", "")).lower() == principal.lower() and is_enough


def _granted(write: Write, key: Resource, principal: str) -> Iterator[str]:
    """The data actions that role assignments at the key and above give to the principal."""
    for scope in scopes_above(write.world, parsed(key.id)):
        for one in write.store.below(scope):
            if one.kind.type == _ASSIGNMENT and str(one.properties["principalId"]).lower() == principal.lower():
                yield from data_actions(write.store, one.properties["roleDefinitionId"])
