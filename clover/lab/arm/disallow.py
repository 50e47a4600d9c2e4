"""What Azure Policy stops: decided by Clover's own evaluator, and labelled so in the refusal."""

from collections.abc import Iterable, Mapping
from typing import Any

from clover.lab.arm import hierarchy
from clover.lab.arm.call import ArmCall
from clover.lab.arm.errors import error
from clover.lab.arm.guards import scopes_above
from clover.lab.arm.paths import address_of
from clover.lab.arm.store import Resource
from clover.lab.arm.values import Body
from clover.lab.arm.world import World
from clover.logic.azure.policy_assignments import PolicyAssignment, read_policy_assignments
from clover.logic.azure.request import read_request
from clover.logic.azure.scopes import read_hierarchy

DEFINITION = "Microsoft.Authorization/policyDefinitions"
ASSIGNMENT = "Microsoft.Authorization/policyAssignments"
_GROUP = "Microsoft.Resources/subscriptions/resourceGroups"

_READ: dict[tuple[str, str, str], tuple[PolicyAssignment, ...]] = {}
"""Assignments that were read, by their id, their ETag and their definition's: reading one takes its time."""


def definition_of(world: World, definition_id: str) -> Resource | None:
    """The definition that an assignment names."""
    found = world.store.get(definition_id)
    return found if found and found.kind.type == DEFINITION else None


def row_of(name: str, scope: str, properties: Body, definition: Resource) -> dict[str, Any]:
    """An assignment as the evaluator takes it."""
    held = definition.properties
    return {
        "name": name,
        "scope": scope or "/",
        "notScopes": list(properties.get("notScopes") or ()),
        "enforcementMode": properties["enforcementMode"],
        "parameters": properties.get("parameters") or {},
        "definition": {part: held[part] for part in ("mode", "parameters", "policyRule") if held.get(part)},
    }


def refuse_written(world: World, call: ArmCall, resource_id: str, body: Body) -> None:
    """Refuse a write whose resource a policy above it denies."""
    _refuse(world, call, call.type, resource_id, _whole(call.type, resource_id, body), ())


def refuse_deleted(world: World, call: ArmCall, resource: Resource) -> None:
    """Refuse a deletion that a policy above it denies, of a resource or of something in a resource group."""
    inside = [_whole(_type_of(each), each.id, each.body) for each in world.store.all_below(resource.id)]
    whole = _whole(call.type, resource.id, resource.body)
    _refuse(world, call, call.type, resource.id, whole, inside if call.type == _GROUP else ())


def _type_of(resource: Resource) -> str:
    return resource.kind.type


def _whole(kind: str, resource_id: str, body: Body) -> dict[str, Any]:
    name = resource_id.rpartition("/")[2]
    return {**body, "id": resource_id, "type": kind, "name": name}


def _refuse(  # noqa: PLR0913, PLR0917 (who asks, what about, and what lies in it)
    world: World, call: ArmCall, kind: str, resource_id: str, body: Mapping[str, Any], inside: Iterable[Any]
) -> None:
    if not call.address.subscription:
        return
    assignments = _above(world, resource_id)
    if not assignments:
        return
    verb = "delete" if call.method == "DELETE" else "write"
    told = {"principal": call.caller.principal, "action": f"{kind}/{verb}", "scope": resource_id}
    request = read_request({**told, "resource": body, "contents": list(inside)})
    groups = list(hierarchy.above_subscription(world, call.address.subscription))[::-1]
    above = read_hierarchy(groups, "management groups")
    reasons = [reason for each in assignments for reason in each.stops(request, above)]
    if reasons:
        raise error("disallowed", name=body["name"], reasons="; ".join(reasons))


def _above(world: World, resource_id: str) -> list[PolicyAssignment]:
    """The assignments at the resource and above it that can stop a request."""
    scopes = {scope.lower() for scope in scopes_above(world, address_of(resource_id))}
    held = [one for one in world.store.of_type(ASSIGNMENT) if one.parent.lower() in scopes]
    return [each for one in held for each in _read(world, one)]


def _read(world: World, assignment: Resource) -> tuple[PolicyAssignment, ...]:
    definition = definition_of(world, str(assignment.properties["policyDefinitionId"]))
    if definition is None:
        return ()
    key = (assignment.key, assignment.etag, definition.etag)
    if key not in _READ:
        row = row_of(assignment.name, assignment.parent, assignment.properties, definition)
        _READ[key] = read_policy_assignments([row], "policies")
    return _READ[key]
