"""GET of a resource or of a list, page by page."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from clover.lab.arm.behaviour import behaviour_of
from clover.lab.arm.call import ArmCall, Reply
from clover.lab.arm.catalog import Kind, table
from clover.lab.arm.errors import ArmError, error
from clover.lab.arm.guards import scopes_above
from clover.lab.arm.paths import parsed
from clover.lab.arm.rendering import rendered
from clover.lab.arm.store import Resource
from clover.lab.arm.values import Body, first
from clover.lab.arm.world import World


def get(world: World, call: ArmCall) -> Reply:
    """The resource addressed."""
    resource = world.store.get(call.address.id)
    if resource is None:
        return Reply(200, _brought_along(world, call))
    found = {"ETag": f'"{resource.etag}"'} if resource.kind.etag else {}
    return Reply(200, rendered(world, resource), found)


def _brought_along(world: World, call: ArmCall) -> Body:
    kind = call.kind
    for one in behaviour_of(kind).brought(world, call.address.scope) if kind and not kind.parent else ():
        if str(one["name"]).lower() == call.address.name.lower():
            return one
    raise missing(call)


def missing(call: ArmCall) -> ArmError:
    """How a resource that is not there is reported."""
    if not call.address.parts:
        return error("group_not_found", name=call.address.group)
    last = call.address.parts[-1]
    row = table("missing").get(call.type)
    if row:
        return ArmError(row["status"], row["code"], row["message"].format(id=call.address.id, name=call.address.name))
    pairs = "/".join(f"{kind}/{name}" for kind, name in zip(last.types, last.names, strict=False))
    return error("resource_not_found", resource=f"{last.namespace}/{pairs}", group=call.address.group)


def listed(world: World, call: ArmCall, kind: Kind) -> Reply:
    """The resources of `kind` at the scope, or below the parent, that the address names."""
    above = call.address.parent
    if kind.parent and world.store.get(above) is None:
        raise error("parent_not_found", method=call.method, type=kind.type, parent=parsed(above).name)
    found = [rendered(world, one) for one in _candidates(world, call, kind, above) if one.kind is kind]
    if not kind.parent:
        found += behaviour_of(kind).brought(world, above)
    wanted = call.query.get("$filter", "") if kind.scope == "extension" else ""
    return page(call, [one for one in found if _meets(one, wanted)])


def _meets(item: Body, wanted: str) -> bool:
    """Whether a resource meets a filter: `property eq 'value'`, `assignedTo('id')`; other clauses say where to look."""
    wanted = re.sub(r"assignedTo\('?([^')]*)'?\)", r"principalId eq '\1'", wanted)
    for name, value in re.findall(r"(\w+) eq '([^']*)'", wanted):
        if str(_named(item, name)).lower() != value.lower():
            return False
    return True


def _named(item: Body, name: str) -> Any:
    """What a filter means by `name`: a property first, because `type` is the kind of a role, CustomRole or BuiltInRole.

    https://learn.microsoft.com/azure/role-based-access-control/role-definitions-list.
    """
    found = first(item, f"properties.{name}")
    return item.get(name) if found is None else found


def _candidates(world: World, call: ArmCall, kind: Kind, above: str) -> Iterator[Resource]:
    if kind.parent:
        yield from world.store.below(above)
    elif kind.scope == "extension":
        only_here = "atscope()" in call.query.get("$filter", "").lower()
        yield from world.store.below(above)
        if kind.lists_below and not only_here:
            yield from (one for child in world.store.below(above) for one in _with_all_below(world, child))
        for scope in list(scopes_above(world, parsed(above)))[1:] if kind.lists_below else ():
            yield from world.store.below(scope)
    else:
        yield from world.store.all_below(above)


def _with_all_below(world: World, resource: Resource) -> Iterator[Resource]:
    yield from world.store.all_below(resource.id)


def page(call: ArmCall, items: Sequence[Mapping[str, Any]]) -> Reply:
    """One page of `items`, with the link to the next where there are more."""
    try:
        start = int(call.query.get("$skiptoken", "0"))
        top = int(call.query.get("$top") or call.query.get("$maxpagesize") or 0)
    except ValueError:
        raise error("invalid_path", path=call.address.id) from None
    size = min(top, table("limits")["page_size"]) if top > 0 else table("limits")["page_size"]
    body: dict[str, Any] = {"value": list(items[start : start + size])}
    if start + size < len(items) and "$top" not in call.query:
        query = urlencode({**call.query, "$skiptoken": str(start + size)}, safe="$")
        body["nextLink"] = f"{call.base}{call.extra['path']}?{query}"
    return Reply(200, body)


def resources(world: World, call: ArmCall) -> Reply:
    """All top-level resources of a subscription or resource group, without their properties."""
    wanted = call.query.get("$filter", "")
    found = [
        one for one in world.store.all_below(call.address.root) if not one.kind.parent and one.kind.scope == "group"
    ]
    kept = [one for one in found if _is_wanted(one, wanted)]
    return page(call, [_summary(world, one) for one in kept])


def _is_wanted(resource: Resource, wanted: str) -> bool:
    """Whether `resource` meets a filter of the form `resourceType eq 'X'`, `name eq 'X'`, `tagName eq 'X' …`."""
    for clause in wanted.split(" and ") if wanted else ():
        name, _, value = (part.strip() for part in clause.partition(" eq "))
        text = value.strip("'").lower()
        tags = resource.body.get("tags", {})
        known = {"resourceType": resource.kind.type, "name": resource.name, "location": resource.location}
        if name == "tagName":
            matched = text in {tag.lower() for tag in tags}
        elif name == "tagValue":
            matched = text in {str(tag).lower() for tag in tags.values()}
        else:
            matched = known.get(name, "").lower() == text
        if not matched:
            return False
    return True


def _summary(world: World, resource: Resource) -> dict[str, Any]:
    whole = rendered(world, resource)
    names = ("id", "name", "type", "kind", "sku", "location", "tags", "identity", "managedBy", "zones")
    return {name: whole[name] for name in names if name in whole} | {
        "createdTime": resource.created,
        "changedTime": resource.changed,
        "provisioningState": resource.busy or "Succeeded",
    }
