"""PUT and PATCH: checking a body, laying it over what there is, and carrying it out."""

import re

from clover.lab.arm.behaviour import Write, behaviour_of
from clover.lab.arm.bodies import checked
from clover.lab.arm.call import ArmCall, Reply
from clover.lab.arm.catalog import Kind, kinds, table
from clover.lab.arm.disallow import refuse_written
from clover.lab.arm.errors import error, refused
from clover.lab.arm.operations import accepted, refuse_busy
from clover.lab.arm.references import refuse_references
from clover.lab.arm.rendering import rendered
from clover.lab.arm.store import Resource
from clover.lab.arm.values import Body, copied, first, merged, properties, without_nulls
from clover.lab.arm.world import World

NOTHING = "own.Nothing"
"""The model of a PUT that needs no body."""
_NOWHERE = {"global": ("global",), "anywhere": ("global",)}
"""The word for no region, where a kind takes it."""


def put(world: World, call: ArmCall, kind: Kind) -> Reply:
    """Create or replace the resource addressed."""
    old = world.store.get(call.address.id)
    refuse_condition(call, old)
    refuse_busy(world, call, kind, old)
    write = _write(world, call, kind, old)
    _checked(write)
    resource = _committed(write)
    return _answer(world, call, resource, old is not None)


def patch(world: World, call: ArmCall, kind: Kind, old: Resource) -> Reply:
    """Change the properties named in the body, and no others."""
    refuse_condition(call, old)
    refuse_busy(world, call, kind, old)
    given = checked(kind.patch, without_nulls(call.body), kind.read or kind.put)
    body = merged(copied(old.body), copied(given))
    if "tags" in given:
        body["tags"] = given["tags"]
    write = Write(world, call, kind, old.id, old.name, old.parent, given, body, old, dict(old.inside))
    _checked(write)
    resource = _committed(write)
    return Reply(200, rendered(world, resource))


def refuse_condition(call: ArmCall, old: Resource | None) -> None:
    """Refuse a request whose If-Match or If-None-Match the resource does not meet."""
    wanted, unwanted = call.headers.get("If-Match"), call.headers.get("If-None-Match")
    is_other = wanted and (old is None or (wanted != "*" and old.etag not in wanted))
    if is_other or (unwanted == "*" and old is not None and call.is_write):
        raise error("precondition", condition=wanted or unwanted, id=call.address.id)


def _write(world: World, call: ArmCall, kind: Kind, old: Resource | None) -> Write:
    _refuse_other_name(call)
    empty: dict[str, object] = {}
    sent = empty if kind.put == NOTHING and call.body is None else call.body
    given = checked(kind.put, without_nulls(sent), kind.read)
    below = copied(old.body) if old and kind.merge_put else copied(kind.defaults)
    parent = world.store.get(call.address.parent)
    holder = parent.id if parent else call.address.parent
    name = old.name if old else call.address.name
    resource_id = old.id if old else f"{holder}{_tail(call, kind, name)}"
    return Write(
        world,
        call,
        kind,
        resource_id,
        name,
        holder,
        given,
        merged(below, copied(given)),
        old,
        dict(old.inside if old else {}),
    )


def _tail(call: ArmCall, kind: Kind, name: str) -> str:
    """What the resource adds to its parent's id."""
    if not call.address.parts:
        return f"/resourceGroups/{name}"
    return f"/{kind.path[-1]}/{name}" if kind.parent else f"/providers/{kind.type}/{name}"


def _refuse_other_name(call: ArmCall) -> None:
    given, wanted = call.given.get("name"), call.address.name
    if isinstance(given, str) and given.lower() != wanted.lower() and "/" not in given:
        raise error("name_mismatch", what="name", given=given, wanted=wanted)


def _checked(write: Write) -> None:
    """Pass `write` through all checks, the table's first, the service's own last."""
    kind = write.kind
    if write.old is None:
        _refuse_name(kind, write.name)
    _place(write)
    for path in kind.required:
        if first(write.body, path) is None:
            raise error("missing_property", path=path)
    _refuse_change(write)
    refuse_references(write)
    _embed(write)
    behaviour_of(kind).check(write)
    refuse_written(write.world, write.call, write.id, write.body)
    for child in write.children:
        refuse_references(child)
        behaviour_of(child.kind).check(child)


def _refuse_name(kind: Kind, name: str) -> None:
    if not re.fullmatch(kind.name.pattern, name):
        raise error("invalid_name", says=kind.name.says.format(name=name, type=kind.path[-1]))


def _place(write: Write) -> None:
    """Settle the location: in Azure's spelling, one that there is, never another than before."""
    kind, body = write.kind, write.body
    if kind.location == "none":
        return
    given = str(body.get("location", "")).replace(" ", "").lower()
    known = (*_NOWHERE.get(kind.location, ()), *(table("regions")["regions"] if kind.location != "global" else ()))
    if not given and kind.location != "global":
        raise error("location_required")
    if given not in known:
        raise error("location_not_available", location=given, type=kind.type, locations=",".join(known))
    if write.old and write.old.location != given:
        words = {"old": write.old.location, "new": given, "name": write.name, "group": write.call.address.group}
        raise error("group_location_change" if not write.call.address.parts else "location_change", **words)
    body["location"] = given


def _refuse_change(write: Write) -> None:
    if write.old is None:
        return
    for path in write.kind.fixed:
        before, after = first(write.old.body, path), first(write.body, path)
        if path != "location" and _folded(before) != _folded(after) and before is not None:
            raise refused(write.kind.fixed_refusal, path=path, id=write.id, name=write.name)


def _folded(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _embed(write: Write) -> None:
    """Turn the children that the body embeds into writes of their own; those it leaves out will be dropped."""
    for name, child_type in write.kind.embeds.items():
        embedded = write.properties.pop(name, None)
        if name not in properties(write.given) or embedded is None:
            continue
        kind = kinds()[child_type.lower()]
        for item in embedded:
            write.children.append(_child(write, kind, item))
        named = {child.name.lower() for child in write.children if child.kind is kind}
        olds = [one for one in write.store.below(write.id) if one.kind is kind]
        write.dropped += [one for one in olds if one.name.lower() not in named]
        for one in write.dropped:
            refuse_held(write.world, one)


def _child(write: Write, kind: Kind, item: Body) -> Write:
    name = item.get("name")
    if not isinstance(name, str):
        raise error("missing_property", path=f"{kind.path[-1]}[].name")
    _refuse_name(kind, name)
    given = {part: value for part, value in item.items() if part not in ("id", "name", "type", "etag")}
    old = write.store.get(f"{write.id}/{kind.path[-1]}/{name}")
    body = merged(copied(kind.defaults), copied(given))
    child_id = old.id if old else f"{write.id}/{kind.path[-1]}/{name}"
    inside = dict(old.inside if old else {})
    return Write(write.world, write.call, kind, child_id, name, write.id, given, body, old, inside)


def refuse_held(world: World, resource: Resource) -> None:
    """Refuse to delete what others hold on to, and what the service's own rules keep."""
    inside = f"{resource.key}/"
    targets = [resource, *(one for one in world.store.all_below(resource.id))]
    holders = [by for one in targets for by in world.store.holders(one.id) if not by.key.startswith(inside)]
    if holders and resource.kind.held:
        by = ", ".join(dict.fromkeys(one.id for one in holders))
        raise refused(resource.kind.held, id=resource.id, name=resource.name, by=by)
    behaviour_of(resource.kind).check_deletion(world, resource)


def _committed(write: Write) -> Resource:
    """Carry out `write` and the writes of its embedded children."""
    resource = write.old or Resource(write.kind, write.id, write.name, write.body, write.parent)
    resource.inside = write.inside
    if write.old is None:
        resource.created_by = write.call.caller.principal
        write.store.add(resource)
        _make_implicit(write, resource)
    elif not write.kept:
        write.store.rewrite(resource, write.body)
    for child in write.dropped:
        write.store.remove(child)
    for child in write.children:
        _committed(child)
    behaviour_of(write.kind).done(write, resource)
    return resource


def _make_implicit(write: Write, resource: Resource) -> None:
    """Make the children that Azure makes with their parent."""
    for kind in kinds().values():
        if kind.parent == resource.kind.type:
            for name in kind.implicit:
                body = copied(kind.defaults)
                write.store.add(Resource(kind, f"{resource.id}/{kind.path[-1]}/{name}", name, body, resource.id))


def _answer(world: World, call: ArmCall, resource: Resource, existed: bool) -> Reply:
    kind = resource.kind
    status = kind.updated if existed else kind.created
    reply = accepted(world, call, resource, "Updating" if existed else "Creating")
    if reply is None:
        return Reply(status, rendered(world, resource))
    operation = kind.operation
    shown = None if operation and operation.style == "location" else rendered(world, resource)
    return Reply(operation.put if operation and operation.put and not existed else status, shown, reply)
