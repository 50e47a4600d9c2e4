"""Object replication between accounts: a policy is made at its destination, and then taken over by its source.

https://learn.microsoft.com/azure/storage/blobs/object-replication-overview; `ObjectReplicationPolicyRule.rule_id` and
the parameter `object_replication_policy_id` of azure-mgmt-storage say who gives the ids.
"""

import uuid
from collections.abc import Iterator
from typing import Any

from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.behaviours.storage import ACCOUNT
from clover.lab.arm.catalog import kinds
from clover.lab.arm.errors import error
from clover.lab.arm.store import Resource
from clover.lab.arm.values import Body, first

POLICY = f"{ACCOUNT}/objectReplicationPolicies"
_NEW = "default"
_KINDS = frozenset({"StorageV2", "BlockBlobStorage"})
_CROSS_TENANT = "properties.allowCrossTenantReplication"


class Replication(Behaviour):
    """A policy of replication, at either end of it."""

    def check(self, write: Write, /) -> None:
        """Refuse ends that cannot replicate, and a source's policy that is not its destination's."""
        source, destination = (_account(write, end) for end in ("sourceAccount", "destinationAccount"))
        if source is destination or write.parent.lower() not in (source.key, destination.key):
            raise error("replication_ends", account=write.parent)
        _refuse_other_tenant(write, source, destination)
        _refuse_unready(write, source, destination)
        if write.parent.lower() == destination.key:
            _made(write, source)
        else:
            _taken_over(write, source, destination)
        write.properties["policyId"] = write.name


def _account(write: Write, end: str) -> Resource:
    """The account at one end: by its id, or by its name alone where tenants may differ."""
    given = str(write.properties[end])
    holder = write.store.get(write.parent)
    if not given.startswith("/") and not (holder and first(holder.body, _CROSS_TENANT)):
        raise error("linked_id", id=given)
    found = write.store.get(given) if given.startswith("/") else write.store.named(kinds()[ACCOUNT.lower()], given)
    if found is None or found.kind.type != ACCOUNT:
        raise error("invalid_reference", target=given, id=write.id)
    return found


def _refuse_other_tenant(write: Write, *ends: Resource) -> None:
    """https://learn.microsoft.com/azure/storage/blobs/object-replication-prevent-cross-tenant-policies."""
    tenants = {write.world.known_tenant(end.id.split("/")[2]) for end in ends}
    if len(tenants) > 1 and not all(first(end.body, _CROSS_TENANT) for end in ends):
        raise error("replication_cross_tenant")


def _refuse_unready(write: Write, source: Resource, destination: Resource) -> None:
    """Refuse ends without versions, a source without its feed of changes, and containers that are not there."""
    for end in (source, destination):
        service = write.store.get(f"{end.id}/blobServices/default")
        if end.body.get("kind") not in _KINDS or end.properties.get("isHnsEnabled"):
            raise error("replication_kind", name=end.name)
        worm = first(end.body, "properties.immutableStorageWithVersioning.enabled")
        if service is None or not (worm or service.properties.get("isVersioningEnabled")):
            raise error("replication_versioning", name=end.name)
        if end is source and not first(service.body, "properties.changeFeed.enabled"):
            raise error("replication_change_feed", name=end.name)
    for end, named in ((source, "sourceContainer"), (destination, "destinationContainer")):
        for rule in _rules(write.body):
            if write.store.get(f"{end.id}/blobServices/default/containers/{rule[named]}") is None:
                raise error("replication_container", container=rule[named], name=end.name)


def _made(write: Write, source: Resource) -> None:
    """Give the policy of a new pair an id, and new rules theirs; a pair has one policy, whose ids stay."""
    if write.name.lower() == _NEW:
        write.old = next(_of_pair(write, source), None)
        write.name = write.old.name if write.old else str(uuid.uuid4())
        write.id = f"{write.parent}/{write.kind.path[-1]}/{write.name}"
    elif write.old is None:
        raise error("replication_policy", name=write.name)
    known = {_containers(rule): rule["ruleId"] for rule in _rules(write.old.body if write.old else {})}
    for rule in _rules(write.body):
        if rule.get("ruleId") not in known.values():
            rule["ruleId"] = known.get(_containers(rule)) or str(uuid.uuid4())


def _of_pair(write: Write, source: Resource) -> Iterator[Resource]:
    """The policies at the destination that have this source."""
    for one in write.store.below(write.parent):
        if one.kind is write.kind and _ends(one.body)[0] in (source.key, source.name):
            yield one


def _taken_over(write: Write, source: Resource, destination: Resource) -> None:
    """Refuse what is not, rule by rule and id by id, the policy that the destination has for this source."""
    policy = write.store.get(f"{destination.id}/{write.kind.path[-1]}/{write.name}")
    if policy is None or _ends(policy.body)[0] not in (source.key, source.name):
        raise error("replication_policy", name=write.name)
    if _rules(policy.body) != _rules(write.body):
        raise error("replication_rules", name=write.name)
    enabled = write.old.properties.get("enabledTime") if write.old else None
    write.properties["enabledTime"] = enabled or write.world.now()


def _rules(body: Body) -> list[dict[str, Any]]:
    return first(body, "properties.rules", [])


def _containers(rule: Body) -> tuple[Any, Any]:
    return rule["sourceContainer"], rule["destinationContainer"]


def _ends(body: Body) -> tuple[str, str]:
    held: Body = body["properties"]
    return str(held["sourceAccount"]).lower(), str(held["destinationAccount"]).lower()


rules(POLICY, Replication())
