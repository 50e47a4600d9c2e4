"""Management groups above each other and above subscriptions.

A tenant has a root group that is called by the tenant's id; a group that names no parent stands below it, and so does a
subscription that nobody placed (https://learn.microsoft.com/azure/governance/management-groups/overview).
"""

from collections.abc import Iterator

from clover.lab.arm.catalog import kinds
from clover.lab.arm.store import Resource
from clover.lab.arm.values import first
from clover.lab.arm.world import World

GROUP = "Microsoft.Management/managementGroups"
PLACE = f"{GROUP}/subscriptions"
DEEPEST = 6
"""Levels below the root group."""


def id_of(name: str) -> str:
    """The id of the group of a name."""
    return f"/providers/{GROUP}/{name}"


def name_in(group_id: str) -> str:
    """The name in a group's id."""
    return group_id.rstrip("/").rpartition("/")[2]


def with_root(world: World, tenant: str) -> Resource:
    """The root group of a tenant, which is there as soon as the tenant is."""
    found = world.store.get(id_of(tenant))
    if found is None:
        body = {"properties": {"displayName": "Tenant Root Group", "tenantId": tenant}}
        found = world.store.add(Resource(kinds()[GROUP.lower()], id_of(tenant), tenant, body, ""))
        found.inside["tenant"] = tenant
    return found


def parent_of(group: Resource) -> str:
    """The id of the group above; empty above a root group."""
    tenant = str(group.inside["tenant"])
    if group.name.lower() == tenant:
        return ""
    return str(first(group.body, "properties.details.parent.id") or id_of(tenant))


def above(world: World, group_id: str) -> Iterator[str]:
    """The ids of the group and of those above it, the nearest first."""
    seen: set[str] = set()
    while group_id and group_id.lower() not in seen:
        seen.add(group_id.lower())
        yield group_id
        group = world.store.get(group_id)
        group_id = parent_of(group) if group else ""


def place_of(world: World, subscription: str) -> Resource | None:
    """Where somebody has put a subscription."""
    placed = world.store.of_type(PLACE)
    return next((one for one in placed if one.name.lower() == subscription.lower()), None)


def above_subscription(world: World, subscription: str) -> Iterator[str]:
    """The ids of the groups above a subscription, the nearest first."""
    placed = place_of(world, subscription)
    tenant = world.known_tenant(subscription)
    if placed:
        yield from above(world, placed.parent)
    elif tenant:
        yield id_of(tenant)
