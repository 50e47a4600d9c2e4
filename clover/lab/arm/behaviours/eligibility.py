"""Privileged Identity Management: requests for eligibility, and the schedules that they make and take away.

https://learn.microsoft.com/rest/api/authorization/privileged-role-eligibility-rest-sample. Activation, approval and the
policies that rule them are no part of the lab; its one policy is the service's default, that eligibility ends.
"""

import uuid
from datetime import datetime, timedelta

from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.catalog import kinds
from clover.lab.arm.errors import error
from clover.lab.arm.roles import builtin, custom, guid_of
from clover.lab.arm.store import Resource
from clover.lab.arm.tokens import is_guid
from clover.lab.arm.values import Body, first
from clover.lab.arm.world import World

REQUEST = "Microsoft.Authorization/roleEligibilityScheduleRequests"
SCHEDULE = "Microsoft.Authorization/roleEligibilitySchedules"
LONGEST = timedelta(days=365)
"""How long eligibility may last by default
(https://learn.microsoft.com/entra/id-governance/privileged-identity-management/pim-resource-roles-configure-role-settings)."""
_KEPT = ("scope", "roleDefinitionId", "principalId", "principalType", "condition", "conditionVersion")


class Request(Behaviour):
    """A request; what it asks for is done when it is answered."""

    def check(self, write: Write, /) -> None:
        """Refuse what the service would not grant; a request that is sent again changes nothing."""
        if write.old:
            write.kept = True
            return
        properties = write.properties
        for name in ("principalId", "roleDefinitionId", "requestType"):
            if not properties.get(name):
                raise error("missing_property", path=f"properties.{name}")
        _refuse_principal_or_role(write, properties)
        asked, there = properties["requestType"], _schedule(write.world, write.parent, properties)
        if asked == "AdminAssign" and there:
            raise error("eligibility_exists")
        if asked == "AdminRemove" and there is None:
            raise error("eligibility_missing")
        if asked not in {"AdminAssign", "AdminRemove"}:
            raise error("eligibility_request", request=asked)
        if asked == "AdminAssign":
            write.inside["ends"] = _end(write.world, properties)
        _answered(write, properties, there)

    def done(self, write: Write, resource: Resource, /) -> None:
        """Make the schedule, or take it away."""
        properties = resource.properties
        if write.old:
            return
        there = _schedule(write.world, write.parent, properties)
        if properties["requestType"] == "AdminRemove" and there:
            write.store.remove(there)
        elif properties["requestType"] == "AdminAssign":
            _made(write, resource)


def _refuse_principal_or_role(write: Write, properties: Body) -> None:
    principal, guid = str(properties["principalId"]), guid_of(str(properties["roleDefinitionId"]))
    if not is_guid(principal):
        raise error("principal_form", principal=principal)
    role = custom(write.store, guid)
    if builtin(guid) is None and role is None:
        raise error("role_unknown", name=guid)
    scopes = [str(one).rstrip("/").lower() for one in role.properties["assignableScopes"]] if role else []
    if role and not any(f"{write.parent.lower()}/".startswith(f"{scope}/") for scope in scopes):
        raise error("role_not_assignable", name=guid, scope=write.parent)
    if properties.get("condition") and properties.get("conditionVersion") != "2.0":
        raise error("condition_version")


def _end(world: World, properties: Body) -> str:
    """When the eligibility ends; refused where it does not, ends before it begins, or lasts longer than a year."""
    begins = str(first(properties, "scheduleInfo.startDateTime") or world.now())
    ends = first(properties, "scheduleInfo.expiration.endDateTime")
    if not ends or not begins < str(ends) or _moment(str(ends)) - _moment(begins) > LONGEST:
        raise error("eligibility_expiration")
    return str(ends)


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise error("eligibility_expiration") from None


def _answered(write: Write, properties: Body, there: Resource | None) -> None:
    """What the service adds to a request that it grants at once."""
    target = there.id if there else f"{write.parent}/providers/{SCHEDULE}/{uuid.uuid4()}"
    properties |= {
        "scope": write.parent or "/",
        "principalType": "Group",
        "status": "Provisioned" if properties["requestType"] == "AdminAssign" else "Revoked",
        "targetRoleEligibilityScheduleId": target,
        "createdOn": write.world.now(),
        "requestorId": write.call.caller.principal,
    }


def _made(write: Write, request: Resource) -> None:
    properties = request.properties
    schedule_id = str(properties["targetRoleEligibilityScheduleId"])
    told: Body = {name: properties[name] for name in _KEPT if name in properties}
    told |= {
        "roleEligibilityScheduleRequestId": request.id,
        "memberType": "Direct",
        "status": "Provisioned",
        "startDateTime": first(properties, "scheduleInfo.startDateTime") or properties["createdOn"],
        "endDateTime": write.inside["ends"],
        "createdOn": properties["createdOn"],
        "updatedOn": properties["createdOn"],
    }
    name = schedule_id.rpartition("/")[2]
    write.store.add(Resource(kinds()[SCHEDULE.lower()], schedule_id, name, {"properties": told}, write.parent))


def _schedule(world: World, scope: str, properties: Body) -> Resource | None:
    """The schedule of the request's principal and role at the scope."""
    role, principal = guid_of(str(properties["roleDefinitionId"])), str(properties["principalId"]).lower()
    for one in world.store.below(scope):
        same = one.kind.type == SCHEDULE and guid_of(str(one.properties["roleDefinitionId"])) == role
        if same and str(one.properties["principalId"]).lower() == principal:
            return one
    return None


rules(REQUEST, Request())
