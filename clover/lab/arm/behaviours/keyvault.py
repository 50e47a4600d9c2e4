"""Key Vault: names that are taken for good, soft deletion, purge protection, keys with versions."""

import time
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.behaviours.connections import shown_connections
from clover.lab.arm.call import ArmCall, Reply
from clover.lab.arm.catalog import kinds, table
from clover.lab.arm.errors import error
from clover.lab.arm.reads import page
from clover.lab.arm.store import Resource
from clover.lab.arm.subscriptions import serves
from clover.lab.arm.values import Body, copied, first
from clover.lab.arm.world import World

VAULT = "Microsoft.KeyVault/vaults"
KEY = "Microsoft.KeyVault/vaults/keys"
VERSION = "Microsoft.KeyVault/vaults/keys/versions"
_DAYS = "softDeleteRetentionInDays"


class Vault(Behaviour):
    """A vault: its name stays taken after deletion, until it is purged."""

    def check(self, write: Write, /) -> None:
        """Refuse names that are taken and switches that go one way only; recover where asked to."""
        recovers = write.properties.pop("createMode", "default") == "recover"
        if write.old is None:
            _refuse_taken(write, recovers)
        given = first(write.given, "properties", {})
        if given.get("enablePurgeProtection") is False:
            raise error("purge_protection_off")
        if given.get("enableSoftDelete") is False:
            raise error("soft_delete_off")
        if not 7 <= write.properties[_DAYS] <= 90:
            raise error("retention_days", days=write.properties[_DAYS])
        if recovers and write.old is None:
            write.body = copied(write.world.deleted[write.name.lower()].body)
        if write.old:
            _refuse_reversal(write, given)
        elif "accessPolicies" not in write.properties:
            _default_policies(write)

    def done(self, write: Write, resource: Resource, /) -> None:
        """Bring back the keys of a recovered vault."""
        if write.old is None:
            gone = write.world.deleted.pop(resource.name.lower(), None)
            for key in gone.inside.get("kept", ()) if gone else ():
                write.store.add(key)

    def show(self, world: World, resource: Resource, body: Body, /) -> None:
        """The vault's address and the private endpoints that ask for it."""
        body["properties"]["vaultUri"] = vault_uri(resource.name)
        shown = shown_connections(world, resource)
        if shown:
            body["properties"]["privateEndpointConnections"] = shown

    def deleted(self, world: World, resource: Resource, gone: Sequence[Resource], /) -> None:
        """Keep the vault and its keys, out of sight, until it is purged or recovered."""
        inside = f"{resource.key}/"
        resource.inside["kept"] = [
            one for one in gone if one.kind.type in (KEY, VERSION) and one.key.startswith(inside)
        ]
        resource.inside["deleted"] = datetime.now(UTC)
        world.deleted[resource.name.lower()] = resource


def vault_uri(name: str) -> str:
    """The address of a vault's data plane, by its name as it was created."""
    return f"https://{name.lower()}.vault.azure.net/"


def _refuse_taken(write: Write, recovers: bool) -> None:
    if write.store.named(write.kind, write.name):
        raise error("vault_exists", name=write.name)
    gone = write.world.deleted.get(write.name.lower())
    if recovers and (gone is None or gone.key != write.id.lower()):
        raise error("nothing_to_recover", name=write.name)
    if gone and not recovers:
        raise error("vault_deleted")


def _refuse_reversal(write: Write, given: Body) -> None:
    """Refuse another retention, and keep purge protection where a PUT does not name it."""
    before = write.old.properties if write.old else {}
    if _DAYS in given and given[_DAYS] != before[_DAYS]:
        raise error("retention_change")
    write.properties[_DAYS] = before[_DAYS]
    for name in ("enablePurgeProtection", "accessPolicies"):
        if name in before:
            write.properties.setdefault(name, before[name])


def _default_policies(write: Write) -> None:
    """A vault under RBAC needs no access policies; another does (VaultProperties.accessPolicies in the models)."""
    if not write.properties["enableRbacAuthorization"]:
        raise error("access_policies_required")
    write.properties["accessPolicies"] = []


class Key(Behaviour):
    """A key: created once, then only read here.

    A PUT on a key that exists answers with it and changes nothing (`Keys.create_if_not_exist` in azure-mgmt-keyvault).
    """

    def check(self, write: Write, /) -> None:
        """Make the first version, or keep what there is."""
        if write.old:
            write.body, write.kept = copied(write.old.body), True
            return
        vault = write.store.get(write.parent)
        if vault is None:
            raise error("vault_not_found", name=write.parent.rpartition("/")[2])
        _refuse_strength(write, str(first(vault.body, "properties.sku.name", "")).lower())
        uri = f"{vault_uri(vault.name)}keys/{write.name}"
        version = uuid.uuid4().hex
        now = int(time.time())
        attributes = {"enabled": True, **write.properties.get("attributes", {}), "created": now, "updated": now}
        attributes |= {"recoveryLevel": _recovery(vault), "exportable": False}
        made = {"attributes": attributes, "keyUri": uri, "keyUriWithVersion": f"{uri}/{version}"}
        write.body = {**write.body, "location": vault.location, "properties": {**write.properties, **made}}
        write.inside["version"] = version

    def done(self, write: Write, resource: Resource, /) -> None:
        """Make the version a resource of its own."""
        if write.old is None:
            kind, version = kinds()[VERSION.lower()], str(resource.inside["version"])
            body = copied(resource.body)
            write.store.add(Resource(kind, f"{resource.id}/versions/{version}", version, body, resource.id))


def _recovery(vault: Resource) -> str:
    return "Recoverable" if vault.properties.get("enablePurgeProtection") else "Recoverable+Purgeable"


def _refuse_strength(write: Write, sku: str) -> None:
    """Refuse key types, sizes and curves that the vault cannot hold; fill in what Azure chooses."""
    row: dict[str, Any] = table("keys")
    kty = str(write.properties.get("kty"))
    if kty not in row["types"]:
        raise error("key_type", kty=kty)
    if kty.endswith("-HSM") and sku != "premium":
        raise error("key_needs_premium", kty=kty)
    which = "keySize" if kty.startswith("RSA") else "curveName"
    chosen = write.properties.setdefault(which, row["default"][which])
    if chosen not in row[which]:
        raise error("key_strength", which=which, chosen=chosen)
    operations = row["operations"]["RSA" if kty.startswith("RSA") else "EC"]
    write.properties.setdefault("keyOps", operations)


def _deleted_vault(vault: Resource) -> dict[str, Any]:
    since: datetime = vault.inside["deleted"]
    subscription = vault.id.split("/")[2]
    purged = since + timedelta(days=vault.properties[_DAYS])
    above = f"/subscriptions/{subscription}/providers/Microsoft.KeyVault/locations/{vault.location}"
    return {
        "id": f"{above}/deletedVaults/{vault.name}",
        "name": vault.name,
        "type": "Microsoft.KeyVault/deletedVaults",
        "properties": {
            "vaultId": vault.id,
            "location": vault.location,
            "tags": vault.body.get("tags", {}),
            "deletionDate": since.isoformat(),
            "scheduledPurgeDate": purged.isoformat(),
            "purgeProtectionEnabled": bool(vault.properties.get("enablePurgeProtection")),
        },
    }


@serves("GET", "/subscriptions/*/providers/Microsoft.KeyVault/deletedVaults")
def list_deleted(world: World, call: ArmCall) -> Reply:
    """The soft-deleted vaults of a subscription."""
    mine = [one for one in world.deleted.values() if one.key.startswith(f"{call.address.root.lower()}/")]
    return page(call, [_deleted_vault(one) for one in mine])


def _addressed(world: World, call: ArmCall) -> Resource:
    location, name = call.address.parts[-1].names
    vault = world.deleted.get(name.lower())
    if vault is None or vault.location != location.lower() or not vault.key.startswith(call.address.root.lower()):
        raise error("deleted_vault_not_found", name=name)
    return vault


@serves("GET", "/subscriptions/*/providers/Microsoft.KeyVault/locations/*/deletedVaults/*")
def get_deleted(world: World, call: ArmCall) -> Reply:
    """One soft-deleted vault."""
    return Reply(200, _deleted_vault(_addressed(world, call)))


@serves("POST", "/subscriptions/*/providers/Microsoft.KeyVault/locations/*/deletedVaults/*/purge")
def purge(world: World, call: ArmCall) -> Reply:
    """Forget a soft-deleted vault for good, which purge protection forbids."""
    vault = _addressed(world, call)
    if vault.properties.get("enablePurgeProtection"):
        raise error("purge_not_allowed")
    del world.deleted[vault.name.lower()]
    return Reply(200)


@serves("POST", "/subscriptions/*/providers/Microsoft.KeyVault/checkNameAvailability")
def check_name(world: World, call: ArmCall) -> Reply:
    """Whether a vault may have this name."""
    name = str(call.given.get("name", ""))
    taken = world.store.named(kinds()[VAULT.lower()], name) or world.deleted.get(name.lower())
    reason = {"reason": "AlreadyExists", "message": error("vault_exists", name=name).message} if taken else {}
    return Reply(200, {"nameAvailable": not taken, **reason})


rules(VAULT, Vault())
rules(KEY, Key())
