"""A key of the site, for one consuming service and one store role."""

from collections.abc import Sequence
from typing import NamedTuple, NotRequired, TypedDict

import pulumi
from pulumi_azure_native import authorization, keyvault, managedidentity

from clover.zones.vocabulary import StoreRole
from components.azure import recording
from components.azure import site as names
from components.azure.policies import roles, storage
from components.azure.site import SiteArgs
from components.azure.versions import without_versions
from components.ordering import once_created
from components.refusal import Refusal
from components.stores import CopyOf
from components.tags import role_tags

SOFT_DELETE_DAYS = 90
"""How long a deleted key or vault can still be brought back; the longest that Key Vault offers."""


UNRECORDED = frozenset({StoreRole.EVIDENCE, StoreRole.STATE})
"""The roles whose keys have no record declared with them: evidence has its own, and a backend has no evidence store."""


class EncryptionKeyArgs(TypedDict):
    """What a key is for."""

    site: SiteArgs
    """The site that the key belongs to."""
    role: StoreRole
    """The role of the stores that the key encrypts."""
    recorded_by: NotRequired[pulumi.Input[str]]
    """Id of the evidence store that every use is recorded in; the key is made after it. The key of the evidence stores
    has none: its vault is recorded by AccessTrail. Nor has that of states, beside which no evidence lies; and that of
    second copies only where the auditor has a vault in their region."""
    copy_of: NotRequired[CopyOf]
    """Whose copies lie under the key, where they do; BackupVault gives it."""
    monitor: NotRequired[str]
    """Id of the workspace in which the auditor's monitor looks at the same calls, where the site has one."""
    declared_at: NotRequired[str]
    """Where the intent is declared, as `file:line`."""


class KeyPlace(NamedTuple):
    """Which key is meant: of which site and role, what it is called, in which vault it lies, and whose it is."""

    site: SiteArgs
    role: StoreRole
    called: str
    vault: str
    whose: str


class EncryptionKey(pulumi.ComponentResource):
    """An HSM key in a vault of its own, that the stores of one role alone use and the deployer alone administers.

    The material is made in the HSM, wraps and unwraps and does nothing else, rotates yearly, and a deletion takes 90
    days that nobody can shorten. The deployer's role names what manages keys and nothing that uses, exports or imports
    one; the stores' identity may wrap and unwrap. The vault answers no network; Azure Storage reaches it as a trusted
    service, which is why those pass. So do a person's calls not reach it either: whoever is to rotate or delete by hand
    needs a private endpoint first.

    Azure's roles add up: an Owner of the subscription can grant itself more. That is stopped above the subscription or
    nowhere, and Key Vault keeps a copy in the paired region, which no setting turns off.
    """

    key: pulumi.Output[str]
    """The key's id, delivered when role, identity and record exist."""
    alias: pulumi.Output[str]
    """The key's address without a version, so that whoever uses it follows its rotation."""

    def __init__(self, name: str, args: EncryptionKeyArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare vault, key, roles and identity; Refusal when nothing would record the key's use."""
        super().__init__("clover-azure:index:EncryptionKey", name, dict(args), without_versions(opts))
        site, role = args["site"], StoreRole(args["role"])
        recorder = args.get("recorded_by")
        if recorder is None and role not in UNRECORDED and "copy_of" not in args:
            raise Refusal(f"key {role.value}: needs recorded_by, or nothing records its use", args.get("declared_at"))
        whose = f"{site['name']}'s copies" if "copy_of" in args else site["name"]
        place = KeyPlace(site, role, role.value, names.vault_name(site, role), whose)
        vault = declared_vault(name, place, storage.services_alone(), self)
        recorded = self._recorded(
            name, names.vault_id(site, role), vault, recording.Records(recorder, args.get("monitor"))
        )
        administered = declared_administrator(name, place, vault, self)
        key = declared_key(name, place, ("wrapKey", "unwrapKey"), [vault, administered, *recorded], self)
        guards = [key, administered, self._used(name, site, role, key), *recorded]
        self.key = once_created(names.key_id(site, role), guards)
        self.alias = once_created(names.key_uri(site, role), guards)
        self.register_outputs({"key": self.key, "alias": self.alias})

    def _recorded(
        self, name: str, target: str, vault: pulumi.Resource, records: recording.Records
    ) -> list[pulumi.Resource]:
        """Every call on the vault, where there is a store to record it in."""
        if records.store is None:
            return []
        return [recording.record(self, f"{name}-use", recording.everything(target), records, [vault])]

    def _used(self, name: str, site: SiteArgs, role: StoreRole, key: pulumi.Resource) -> authorization.RoleAssignment:
        """The identity of the role's stores wraps and unwraps with this key and no other."""
        identity = managedidentity.UserAssignedIdentity(
            f"{name}-identity",
            resource_name_=names.identity_name(site, role),
            resource_group_name=names.group(site),
            location=site["region"],
            tags=role_tags(site, role),
            opts=pulumi.ResourceOptions(parent=self),
        )
        return authorization.RoleAssignment(
            f"{name}-user",
            role_assignment_name=names.guid(site, "key-user", role.value),
            scope=once_created(names.key_id(site, role), [key]),
            role_definition_id=names.built_in_role(site, "key-vault-crypto-service-encryption-user"),
            principal_id=identity.principal_id,
            principal_type="ServicePrincipal",
            opts=pulumi.ResourceOptions(parent=self),
        )


def declared_vault(
    name: str, place: KeyPlace, network: storage.VaultNetwork, parent: pulumi.Resource
) -> keyvault.Vault:
    """A vault in which roles alone decide, and no deletion ends early; `network` says who comes to it."""
    return keyvault.Vault(
        f"{name}-vault",
        vault_name=place.vault,
        resource_group_name=names.group(place.site),
        location=place.site["region"],
        properties={
            "tenant_id": place.site["tenant"],
            "sku": {"family": "A", "name": keyvault.SkuName.PREMIUM},
            "enable_rbac_authorization": True,
            "enable_soft_delete": True,
            "soft_delete_retention_in_days": SOFT_DELETE_DAYS,
            "enable_purge_protection": True,
            "enabled_for_deployment": False,
            "enabled_for_disk_encryption": False,
            "enabled_for_template_deployment": False,
            "public_network_access": network.access,
            "network_acls": network.rules,
        },
        tags=role_tags(place.site, place.role),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def declared_key(
    name: str, place: KeyPlace, operations: Sequence[str], after: list[pulumi.Resource], parent: pulumi.Resource
) -> keyvault.Key:
    """The key; it never expires, because data under an older version has to stay readable.

    Storage takes 2048, 3072 or 4096 bits
    (https://learn.microsoft.com/azure/storage/common/customer-managed-keys-overview).
    """
    return keyvault.Key(
        f"{name}-key",
        key_name=place.called,
        vault_name=place.vault,
        resource_group_name=names.group(place.site),
        properties={
            "kty": "RSA-HSM",
            "key_size": 3072,
            "key_ops": list(operations),
            "attributes": {"enabled": True, "exportable": False},
            "rotation_policy": {
                "lifetime_actions": [
                    {
                        "action": {"type": keyvault.KeyRotationPolicyActionType.ROTATE},
                        "trigger": {"time_after_create": "P365D"},
                    }
                ]
            },
        },
        tags=role_tags(place.site, place.role),
        opts=pulumi.ResourceOptions(parent=parent, depends_on=after),
    )


def declared_administrator(
    name: str, place: KeyPlace, vault: pulumi.Resource, parent: pulumi.Resource
) -> authorization.RoleAssignment:
    """The deployer manages the vault's keys, under a role of the site's own."""
    site, child = place.site, pulumi.ResourceOptions(parent=parent)
    guid = names.guid(site, "key-administration", place.called)
    definition = authorization.RoleDefinition(
        f"{name}-administration",
        role_definition_id=guid,
        role_name=f"Clover {place.whose}: manages the {place.called} key without using it",
        description="Every action is named; none encrypts, decrypts, wraps, unwraps, signs, imports or exports.",
        role_type="CustomRole",
        scope=names.group_id(site),
        assignable_scopes=[names.group_id(site)],
        permissions=[roles.key_administration()],
        opts=child,
    )
    return authorization.RoleAssignment(
        f"{name}-administrator",
        role_assignment_name=names.guid(site, "key-administrator", place.called),
        scope=once_created(names.resource_id(site, "Microsoft.KeyVault/vaults", place.vault), [vault]),
        role_definition_id=once_created(names.role_definition(site, guid), [definition]),
        principal_id=site["deployer"],
        principal_type="ServicePrincipal",
        opts=child,
    )
