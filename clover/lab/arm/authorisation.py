"""Whether a principal may: asked of the plain evaluator, with the roles that the emulator keeps.

Whoever called about a subscription first is its owner, as whoever creates one in Azure is; everybody else is asked
about. What management groups would grant or stop is not known here; denials and locks are guards of their own.
"""

from collections.abc import Iterator
from typing import Any

from clover.lab.arm.call import ArmCall
from clover.lab.arm.errors import error
from clover.lab.arm.roles import builtin, custom, guid_of, permissions
from clover.lab.arm.store import Resource, Store
from clover.lab.arm.world import World
from clover.logic.azure import evaluate

ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
_LISTS = ("actions", "notActions", "dataActions", "notDataActions")


def refuse_unauthorised(world: World, call: ArmCall) -> None:
    """Refuse `call` where its principal holds no role for it (AuthorizationFailed)."""
    subscription, principal = call.address.subscription, call.caller.principal
    if not subscription or world.is_owner(subscription, principal):
        return
    scope = (call.address.parent if call.address.is_collection else call.address.id) or f"/subscriptions/{subscription}"
    if not is_permitted(world.store, principal, call.name, scope):
        raise error("unauthorised", principal=principal, action=call.name, scope=scope)


def is_permitted(store: Store, principal: str, action: str, scope: str, **further: Any) -> bool:
    """Whether a role that `principal` holds permits `action` at `scope`; `further` members are the evaluator's."""
    request = {"principal": principal, "action": action, "scope": scope, **further}
    rows = [row for one in store.of_type(ASSIGNMENT) for row in _rows(store, one)]
    return evaluate(request, {"role_assignments": rows}).decision == "allow"


def _rows(store: Store, assignment: Resource) -> Iterator[dict[str, Any]]:
    """An assignment as the evaluator takes it: once for each set of permissions, since these add up."""
    held = assignment.properties
    reference = str(held["roleDefinitionId"])
    guid = guid_of(reference)
    known, made = builtin(guid), custom(store, guid)
    name = known["name"] if known else str(made.properties["roleName"]) if made else guid
    for permission in permissions(store, reference):
        role = {
            "id": guid,
            "roleName": name,
            "roleType": "BuiltInRole" if known else "CustomRole",
            "assignableScopes": ["/"] if known else list(made.properties["assignableScopes"]) if made else [],
            **{lists: list(permission.get(lists) or ()) for lists in _LISTS},
        }
        row = {"name": assignment.name, "principalId": held["principalId"], "scope": held["scope"], "role": role}
        conditions = {part: held[part] for part in ("condition", "conditionVersion") if held.get(part)}
        yield row | conditions
