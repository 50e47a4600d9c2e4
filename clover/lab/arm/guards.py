"""What stands before every change: locks and deny assignments at the target and above it."""

import re
from collections.abc import Iterator
from itertools import islice

from clover.lab.arm import hierarchy
from clover.lab.arm.call import ArmCall
from clover.lab.arm.errors import error
from clover.lab.arm.paths import Address, Part
from clover.lab.arm.store import Resource
from clover.lab.arm.values import first, found
from clover.lab.arm.world import World

LOCK = "Microsoft.Authorization/locks"
DENY = "Microsoft.Authorization/denyAssignments"
_GROUPS = hierarchy.GROUP.lower()
EVERYONE = "00000000-0000-0000-0000-000000000000"
"""The id with which a deny assignment names all principals."""


def scopes_above(world: World, address: Address) -> Iterator[str]:
    """The scope itself and all above it, the nearest first.

    Resource, its parents, group, subscription, management groups, tenant.
    """
    for number in range(len(address.parts), 0, -1):
        part = address.parts[number - 1]
        before = address.root + "".join(one.text() for one in address.parts[: number - 1])
        for depth in range(len(part.names), 0, -1):
            cut = type(part)(part.namespace, part.types[:depth], part.names[:depth])
            yield before + cut.text()
    if address.group:
        yield address.root
    if address.subscription:
        yield f"/subscriptions/{address.subscription}"
        yield from hierarchy.above_subscription(world, address.subscription)
    elif address.parts and f"{address.parts[0].namespace}/{address.parts[0].types[0]}".lower() == _GROUPS:
        first = Address(
            "", "", (Part(address.parts[0].namespace, address.parts[0].types[:1], address.parts[0].names[:1]),)
        )
        yield from islice(hierarchy.above(world, first.id), 1, None)
    yield ""


def _at(world: World, address: Address, kind: str) -> Iterator[Resource]:
    for scope in scopes_above(world, address):
        yield from (one for one in world.store.below(scope) if one.kind.type == kind)


def refuse_locked(world: World, call: ArmCall, deletes: bool) -> None:
    """Refuse a write, an action or a deletion under a lock (ScopeLocked); locks themselves can always be removed."""
    if call.kind and call.kind.type == LOCK:
        return
    inherited = list(_at(world, call.address, LOCK))
    below = [one for one in world.store.all_below(call.address.id) if one.kind.type == LOCK] if deletes else []
    stopping = [one for one in (*inherited, *below) if deletes or one.properties["level"] == "ReadOnly"]
    if stopping:
        scopes = ",".join(sorted({one.parent for one in stopping}))
        raise error("scope_locked", scope=call.address.id, verb="delete" if deletes else "write", locks=scopes)


def refuse_denied(world: World, call: ArmCall, action: str) -> None:
    """Refuse `action` where a deny assignment at the target's scope or above denies it to the caller."""
    for deny in _at(world, call.address, DENY):
        if first(deny.body, "properties.denyAssignmentEffect", "enforced") != "enforced":
            continue
        if _names(deny, "principals", call) and not _names(deny, "excludePrincipals", call) and _covers(deny, action):
            words = {"principal": call.caller.principal, "action": action, "scope": call.address.id}
            raise error("denied", **words, name=deny.properties["denyAssignmentName"], id=deny.id, at=deny.parent)


def _names(deny: Resource, which: str, call: ArmCall) -> bool:
    ids = {str(one).lower() for one in found(deny.body, f"properties.{which}[].id")}
    return call.caller.principal in ids or (which == "principals" and EVERYONE in ids)


def _covers(deny: Resource, action: str) -> bool:
    return any(
        any(matches(pattern, action) for pattern in permission.get("actions", ()))
        and not any(matches(pattern, action) for pattern in permission.get("notActions", ()))
        for permission in deny.properties["permissions"]
    )


def matches(pattern: str, action: str) -> bool:
    """Whether the RBAC `pattern`, in which `*` stands for anything, covers `action`."""
    expression = ".*".join(re.escape(part) for part in pattern.split("*"))
    return re.fullmatch(expression, action, re.IGNORECASE) is not None
