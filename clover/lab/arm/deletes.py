"""DELETE, and what goes with it."""

from clover.lab.arm.behaviour import behaviour_of
from clover.lab.arm.call import ArmCall, Reply
from clover.lab.arm.catalog import Kind
from clover.lab.arm.disallow import refuse_deleted
from clover.lab.arm.errors import ArmError, error
from clover.lab.arm.operations import headers, refuse_busy
from clover.lab.arm.rendering import rendered
from clover.lab.arm.store import Resource
from clover.lab.arm.world import World
from clover.lab.arm.writes import refuse_condition, refuse_held


def delete(world: World, call: ArmCall, kind: Kind) -> Reply:
    """Delete the resource addressed; 204 where there is none."""
    old = world.store.get(call.address.id)
    if old is None:
        return Reply(kind.missing)
    refuse_condition(call, old)
    if old.busy == "Deleting":
        return Reply(202, None, headers(call, world.operations[old.operation], True))
    refuse_busy(world, call, kind, old)
    refuse_deleted(world, call, old)
    if call.address.parts:
        refuse_held(world, old)
    else:
        _refuse_group(world, old)
    return _carried_out(world, call, kind, old)


def _carried_out(world: World, call: ArmCall, kind: Kind, old: Resource) -> Reply:
    def finish() -> None:
        remove(world, old)

    if kind.takes_time_to_delete and kind.operation:
        operation = world.start(old, "Deleting", kind.operation.seconds, finish)
        return Reply(202, None, headers(call, operation, kind.operation.style == "azure-async"))
    shown = rendered(world, old) if kind.shows_deleted else None
    finish()
    return Reply(kind.deleted or 200, shown)


def remove(world: World, resource: Resource) -> None:
    """Take `resource` away with all that it contains, and do what its kind and its children's kinds want done."""
    if world.store.get(resource.id) is not resource:
        return
    gone = [resource, *world.store.all_below(resource.id)]
    world.store.remove(resource)
    for one in gone:
        behaviour_of(one.kind).deleted(world, one, gone)


def _refuse_group(world: World, group: Resource) -> None:
    """Refuse to delete a group while something in it is held from outside, or must not go."""
    for resource in list(world.store.all_below(group.id)):
        outside = [by for by in world.store.holders(resource.id) if not by.key.startswith(f"{group.key}/")]
        why = f"It is in use by {outside[0].id}." if outside else ""
        if not why:
            try:
                behaviour_of(resource.kind).check_deletion(world, resource)
            except ArmError as refusal:
                why = refusal.message
        if why:
            raise error("group_blocked", name=group.name, resources=resource.id, why=why)
