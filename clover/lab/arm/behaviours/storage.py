"""Storage accounts: names, quota, keys, encryption, endpoints, account-wide immutability."""

import base64
import re
import secrets
from typing import Any

from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.behaviours.connections import shown_connections
from clover.lab.arm.behaviours.encryption import refuse_encryption
from clover.lab.arm.behaviours.identity import fill_identity
from clover.lab.arm.call import ArmCall, Reply
from clover.lab.arm.catalog import kinds, table
from clover.lab.arm.errors import error
from clover.lab.arm.store import Resource
from clover.lab.arm.subscriptions import serves
from clover.lab.arm.values import Body, copied, first, merged
from clover.lab.arm.world import World

ACCOUNT = "Microsoft.Storage/storageAccounts"
CONNECTION = f"{ACCOUNT}/privateEndpointConnections"
POLICY = f"{ACCOUNT}/blobServices/containers/immutabilityPolicies"
_IMMUTABILITY = "properties.immutableStorageWithVersioning"


class Account(Behaviour):
    """A storage account."""

    def __init__(self) -> None:
        """Serve the account's keys."""
        self.actions = {"listkeys": list_keys, "regeneratekey": regenerate_key}

    def check(self, write: Write, /) -> None:
        """Refuse what the service refuses; fill in what it fixes at creation."""
        if write.old is None:
            _refuse_taken(write)
            _refuse_quota(write)
        fill_identity(write)
        _settle_encryption(write)
        refuse_encryption(write)
        _refuse_immutability(write)
        _fill(write)

    def show(self, world: World, resource: Resource, body: Body, /) -> None:
        """Add the addresses of the services and the private endpoint connections."""
        body["properties"] |= {
            "primaryEndpoints": _endpoints(resource),
            "primaryLocation": resource.location,
            "statusOfPrimary": "available",
            "privateEndpointConnections": shown_connections(world, resource),
        }
        body["sku"]["tier"] = body["sku"]["name"].partition("_")[0]

    def check_deletion(self, world: World, resource: Resource, /) -> None:
        """Refuse to delete an account that holds a locked policy (`V4` of the field notes: WORM documentation)."""
        locked = first(resource.body, f"{_IMMUTABILITY}.immutabilityPolicy.state") == "Locked"
        policies = [one for one in world.store.all_below(resource.id) if one.kind.type == POLICY]
        if locked or any(one.properties.get("state") == "Locked" for one in policies):
            raise error("account_immutable", name=resource.name)


def _refuse_taken(write: Write) -> None:
    taken = write.store.named(write.kind, write.name)
    if taken:
        mine = taken.id.split("/")[2].lower() == write.call.address.subscription.lower()
        raise error("account_elsewhere" if mine else "account_taken", name=write.name)


def _refuse_quota(write: Write) -> None:
    location, most = write.body["location"], table("limits")["storage_accounts_per_region"]["value"]
    inside = f"/subscriptions/{write.call.address.subscription}/".lower()
    there = [one for one in write.store.of_type(ACCOUNT) if one.location == location and one.key.startswith(inside)]
    if len(there) >= most:
        raise error("account_quota", count=len(there), location=location, most=most)


def _settle_encryption(write: Write) -> None:
    """Azure's own key where none is named; the key type of each service is settled at creation."""
    services = {
        name: {"enabled": True, "keyType": "Account" if name in ("blob", "file") else "Service"}
        for name in ("blob", "file", "queue", "table")
    }
    default = {"keySource": "Microsoft.Storage", "services": services}
    before: Body = copied(write.old.properties["encryption"]) if write.old else default
    given = first(write.given, "properties.encryption", {})
    for name, service in given.get("services", {}).items():
        was = before["services"][name]["keyType"]
        if write.old and service.get("keyType", was) != was:
            raise error("key_type_fixed", service=name)
    if write.old and given.get("requireInfrastructureEncryption", None) not in (
        None,
        before.get("requireInfrastructureEncryption"),
    ):
        raise error("infrastructure_fixed")
    if given.get("keySource") == "Microsoft.Storage":
        before.pop("keyvaultproperties", None)
        before.pop("identity", None)
    write.properties["encryption"] = merged(before, given)


def _refuse_immutability(write: Write) -> None:
    """Hold the account's policy to its states: created Disabled or Unlocked, locked later, never loosened.

    `AccountImmutabilityPolicyProperties.state` in azure-mgmt-storage says so.
    """
    after: Body = first(write.body, _IMMUTABILITY, {})
    before: Body = first(write.old.body, _IMMUTABILITY, {}) if write.old else {}
    if write.old and bool(after.get("enabled")) != bool(before.get("enabled")):
        raise error("immutability_fixed")
    now: Body = after.get("immutabilityPolicy", {})
    was: Body = before.get("immutabilityPolicy", {})
    if now.get("state") == "Locked" and was.get("state") not in ("Unlocked", "Locked"):
        raise error("immutability_created_locked")
    days = "immutabilityPeriodSinceCreationInDays"
    if was.get("state") == "Locked":
        loosened = now.get("state") != "Locked" or now.get(days, 0) < was.get(days, 0)
        if loosened or now.get("allowProtectedAppendWrites") != was.get("allowProtectedAppendWrites"):
            raise error("immutability_locked")
    if now and not 1 <= now.get(days, 0) <= 146_000:
        raise error("immutability_period", days=now.get(days))


def _fill(write: Write) -> None:
    kept = write.old.properties if write.old else {}
    fixed = {
        "creationTime": kept.get("creationTime") or write.world.now(),
        "keyCreationTime": kept.get("keyCreationTime") or {"key1": write.world.now(), "key2": write.world.now()},
    }
    if write.body.get("kind") == "StorageV2":
        write.properties.setdefault("accessTier", "Hot")
    write.properties.setdefault("minimumTlsVersion", "TLS1_0")
    write.properties.update(fixed)
    if write.old and write.body.get("kind") != write.old.body.get("kind"):
        allowed = (write.old.body["kind"], write.body["kind"]) in {
            ("Storage", "StorageV2"),
            ("BlobStorage", "StorageV2"),
        }
        if not allowed:
            raise error("account_kind", old=write.old.body["kind"], new=write.body["kind"])
    write.inside.setdefault("keys", {name: _secret() for name in ("key1", "key2")})


def _secret() -> str:
    return base64.b64encode(secrets.token_bytes(64)).decode()


def _endpoints(resource: Resource) -> dict[str, str]:
    names = {"StorageV2": ("dfs", "web", "blob", "queue", "table", "file"), "BlockBlobStorage": ("dfs", "web", "blob")}
    served = names.get(str(resource.body.get("kind")), ("blob", "queue", "table", "file"))
    zone = {"web": "z1.web"}
    return {name: f"https://{resource.name}.{zone.get(name, name)}.core.windows.net/" for name in served}


def list_keys(_: World, resource: Resource, __: ArmCall) -> Reply:
    """The account's keys."""
    made: Body = resource.properties["keyCreationTime"]
    keys: Body = resource.inside["keys"]
    shown = [
        {"keyName": name, "value": value, "permissions": "FULL", "creationTime": made[name]}
        for name, value in keys.items()
    ]
    return Reply(200, {"keys": shown})


def regenerate_key(world: World, resource: Resource, call: ArmCall) -> Reply:
    """A fresh key in the place of the one named."""
    name = call.given.get("keyName")
    if name not in resource.inside["keys"]:
        raise error("missing_property", path="keyName")
    resource.inside["keys"][name] = _secret()
    return list_keys(world, resource, call)


@serves("POST", "/subscriptions/*/providers/Microsoft.Storage/checkNameAvailability")
def check_name(world: World, call: ArmCall) -> Reply:
    """Whether an account may have this name."""
    name = str(call.given.get("name", ""))
    kind = kinds()[ACCOUNT.lower()]
    if not re.fullmatch(kind.name.pattern, name):
        said = {"reason": "AccountNameInvalid", "message": kind.name.says.format(name=name)}
    elif world.store.named(kind, name):
        said = {"reason": "AlreadyExists", "message": error("account_taken", name=name).message}
    else:
        said: dict[str, Any] = {}
    return Reply(200, {"nameAvailable": not said, **said})


class Connection(Behaviour):
    """A private endpoint's request to reach the account: it can be approved and rejected, not made here."""

    def check(self, write: Write, /) -> None:
        """Take a new state of a connection that is there."""
        if write.old is None:
            raise error("resource_not_found", resource=write.id, group=write.call.address.group)
        state = first(write.given, "properties.privateLinkServiceConnectionState", {})
        before = write.old.properties
        known = before["privateLinkServiceConnectionState"]
        write.body["properties"] = {**copied(before), "privateLinkServiceConnectionState": {**known, **state}}


rules(ACCOUNT, Account())
rules(CONNECTION, Connection())
