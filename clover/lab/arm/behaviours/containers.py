"""Blob services, containers and their immutability policies."""

from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.call import ArmCall, Reply
from clover.lab.arm.errors import error
from clover.lab.arm.rendering import rendered
from clover.lab.arm.store import Resource
from clover.lab.arm.values import Body, copied, first
from clover.lab.arm.world import World

SERVICE = "Microsoft.Storage/storageAccounts/blobServices"
CONTAINER = f"{SERVICE}/containers"
POLICY = f"{CONTAINER}/immutabilityPolicies"
REPLICATION = "Microsoft.Storage/storageAccounts/objectReplicationPolicies"
_DAYS = "immutabilityPeriodSinceCreationInDays"
_APPENDS = ("allowProtectedAppendWrites", "allowProtectedAppendWritesAll")


class Service(Behaviour):
    """The blob service of an account: always there, only set."""

    def check(self, write: Write, /) -> None:
        """Refuse restore points without what they rest on (`RestorePolicyProperties` and its documentation)."""
        restore: Body = write.properties.get("restorePolicy", {})
        deletion: Body = write.properties.get("deleteRetentionPolicy", {})
        if restore.get("enabled"):
            ready = write.properties.get("isVersioningEnabled") and first(write.body, "properties.changeFeed.enabled")
            if not ready or not deletion.get("enabled") or restore.get("days", 0) >= deletion.get("days", 0):
                raise error("restore_policy")
        for policy in (deletion, write.properties.get("containerDeleteRetentionPolicy", {})):
            if policy.get("enabled") and not 1 <= policy.get("days", 0) <= 365:
                raise error("delete_retention", days=policy.get("days"))
        account = write.store.get(write.parent)
        worm = first(account.body, "properties.immutableStorageWithVersioning.enabled") if account else False
        if worm and write.properties.get("isVersioningEnabled") is False:
            raise error("versioning_needed")
        if write.properties.get("isVersioningEnabled") is False and _is_replicated(write):
            raise error("versioning_replicated")

    def show(self, world: World, resource: Resource, body: Body, /) -> None:
        """Add the account's SKU; versioning that the account's immutability turned on."""
        account = world.store.get(resource.parent)
        if account:
            name = str(first(account.body, "sku.name"))
            body["sku"] = {"name": name, "tier": name.partition("_")[0]}
            if first(account.body, "properties.immutableStorageWithVersioning.enabled"):
                body["properties"].setdefault("isVersioningEnabled", True)


def _is_replicated(write: Write) -> bool:
    return any(one.kind.type == REPLICATION for one in write.store.below(write.parent))


class Container(Behaviour):
    """A container."""

    def check(self, write: Write, /) -> None:
        """Refuse public access where the account does not allow it, and version-level immutability without versions."""
        service = write.store.get(write.parent)
        account = write.store.get(service.parent) if service else None
        if account is None or service is None:
            return
        opened = write.properties.get("publicAccess", "None") != "None"
        if opened and not account.properties.get("allowBlobPublicAccess"):
            raise error("public_access")
        wormed = first(account.body, "properties.immutableStorageWithVersioning.enabled", False)
        asked = first(write.body, "properties.immutableStorageWithVersioning.enabled", False)
        if asked and not (wormed or service.properties.get("isVersioningEnabled")):
            raise error("versioning_needed")
        before = (
            first(write.old.body, "properties.immutableStorageWithVersioning.enabled", False) if write.old else False
        )
        if before and not asked:
            raise error("immutability_fixed")

    def show(self, world: World, resource: Resource, body: Body, /) -> None:
        """Add what the service knows of the container."""
        policy = next((one for one in world.store.below(resource.id) if one.kind.type == POLICY), None)
        body["properties"] |= {
            "hasImmutabilityPolicy": policy is not None,
            "hasLegalHold": False,
            "leaseState": "Available",
            "leaseStatus": "Unlocked",
            "lastModifiedTime": resource.changed,
            "defaultEncryptionScope": body["properties"].get("defaultEncryptionScope", "$account-encryption-key"),
            "denyEncryptionScopeOverride": body["properties"].get("denyEncryptionScopeOverride", False),
        }
        if policy:
            kept = {name: policy.properties[name] for name in (_DAYS, "state") if name in policy.properties}
            body["properties"]["immutabilityPolicy"] = {"properties": kept, "etag": f'"{policy.etag}"'}

    def check_deletion(self, world: World, resource: Resource, /) -> None:
        """Refuse to delete a container under a locked policy."""
        if any(_is_locked(one) for one in world.store.below(resource.id) if one.kind.type == POLICY):
            raise error("container_immutable")


def _is_locked(policy: Resource) -> bool:
    return policy.properties.get("state") == "Locked"


class Policy(Behaviour):
    """A container's time-based retention: made Unlocked, locked by an action, only ever extended then.

    https://learn.microsoft.com/azure/storage/blobs/immutable-container-level-worm-policies
    """

    def __init__(self) -> None:
        """Serve the two actions."""
        self.actions = {"lock": lock, "extend": extend}

    def check(self, write: Write, /) -> None:
        """Refuse to write over a locked policy; a policy is made Unlocked."""
        if write.old and _is_locked(write.old):
            raise error("policy_locked")
        _refuse_period(write.properties)
        for name in _APPENDS:
            write.properties.setdefault(name, False)
        if all(write.properties[name] for name in _APPENDS):
            raise error("append_writes")
        write.properties["state"] = "Unlocked"

    def check_deletion(self, _: World, resource: Resource, /) -> None:
        """Refuse to delete a locked policy."""
        if _is_locked(resource):
            raise error("policy_locked")


def _refuse_period(properties: Body) -> None:
    if not 1 <= properties.get(_DAYS, 0) <= 146_000:
        raise error("immutability_period", days=properties.get(_DAYS))


def _refuse_unmatched(resource: Resource, call: ArmCall) -> None:
    """The actions want the policy's ETag (`if_match` is required in azure-mgmt-storage)."""
    if resource.etag not in call.headers.get("If-Match", ""):
        raise error("precondition", condition=call.headers.get("If-Match"), id=resource.id)


def lock(world: World, resource: Resource, call: ArmCall) -> Reply:
    """Lock the policy for good."""
    _refuse_unmatched(resource, call)
    world.store.rewrite(resource, {**resource.body, "properties": {**resource.properties, "state": "Locked"}})
    return Reply(200, rendered(world, resource))


def extend(world: World, resource: Resource, call: ArmCall) -> Reply:
    """Lengthen the retention of a locked policy."""
    _refuse_unmatched(resource, call)
    days = first(call.given, f"properties.{_DAYS}")
    if not _is_locked(resource) or not isinstance(days, int) or days < resource.properties[_DAYS]:
        raise error("policy_not_extended")
    changed: Body = copied(resource.body)
    changed["properties"][_DAYS] = days
    _refuse_period(changed["properties"])
    world.store.rewrite(resource, changed)
    return Reply(200, rendered(world, resource))


rules(SERVICE, Service())
rules(CONTAINER, Container())
rules(POLICY, Policy())
