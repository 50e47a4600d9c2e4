"""Things that are asked for: a request makes a schedule, another takes it away, and neither request is the thing.

As pulumi-azure-native does it (provider/pkg/resources/customresources/custom_pim_eligibility.go): the schedule is found
by scope, principal and role. The lab's answer adds what the schedule tells in other words than the request did.
"""

import uuid

from clover.lab.azure.arm import Call
from clover.lab.azure.ids import inputs_of, same_id
from clover.lab.azure.model import ResourceType
from clover.lab.provider.wire import Props

DIRECT = "Direct"
_OWN = ("status", "condition", "conditionVersion", "principalType", "createdOn")
"""What the schedule says in the request's own words."""


def assigned(call: Call, kind: ResourceType, request_id: str, body: Props) -> None:
    """Ask for the schedule."""
    body.setdefault("properties", {})["requestType"] = "AdminAssign"
    call.put(request_id, kind.version, body)


def found(call: Call, kind: ResourceType, request_id: str) -> Props | None:
    """Return the request with what its schedule says now; None where there is no such schedule any more."""
    request = call.get(request_id, kind.version)
    schedule = _schedule(call, kind, request_id, request) if request else None
    if request is None or schedule is None:
        return None
    said: Props = schedule["properties"]
    told = {name: said[name] for name in _OWN if name in said}
    told |= {"targetRoleEligibilityScheduleId": schedule["id"], "scheduleInfo": _times(said)}
    kept = {name: entry for name, entry in request["properties"].items() if name not in _OWN}
    return {**request, "properties": {**kept, **told}}


def removed(call: Call, kind: ResourceType, request_id: str) -> None:
    """Ask for the schedule to be taken away; that it is gone already is as good."""
    request = call.get(request_id, kind.version)
    if request is None or _schedule(call, kind, request_id, request) is None:
        return
    about = ("principalId", "roleDefinitionId")
    properties = {name: request["properties"][name] for name in about}
    properties |= {"requestType": "AdminRemove", "justification": "Removed by Pulumi"}
    scope = request_id.rpartition("/")[0]
    call.put(f"{scope}/{uuid.uuid4()}", kind.version, {"properties": properties})


def _schedule(call: Call, kind: ResourceType, request_id: str, request: Props) -> Props | None:
    """The direct schedule of the request's principal and role at its scope."""
    asked: Props = request["properties"]
    scope = inputs_of(kind, request_id)["scope"]
    wanted = f"principalId eq '{asked['principalId']}'"
    for each in call.listed(f"{scope}/providers/{kind.schedules}", kind.version, wanted):
        said: Props = each["properties"]
        same_role = same_id(said["roleDefinitionId"], asked["roleDefinitionId"])
        if same_role and said["memberType"] == DIRECT and same_id(said["scope"], scope):
            return each
    return None


def _times(said: Props) -> Props:
    """When the schedule begins and ends, as a request says it."""
    end = {"type": "AfterDateTime", "endDateTime": said["endDateTime"]} if said.get("endDateTime") else {}
    return {"startDateTime": said["startDateTime"], "expiration": end or {"type": "NoExpiration"}}
