"""The activity log of a subscription: every write, deletion and action, as Azure Monitor lists them.

https://learn.microsoft.com/rest/api/monitor/activity-logs/list
"""

import re
import uuid
from datetime import UTC, datetime
from typing import Any

from clover.lab.arm.call import ArmCall, Reply
from clover.lab.arm.errors import error
from clover.lab.arm.reads import page
from clover.lab.arm.subscriptions import serves
from clover.lab.arm.world import World

Event = dict[str, Any]

_CLAUSE = re.compile(r"(\w+) (eq|ge|le) '([^']*)'")
_SHOWN = {
    "correlationId": "correlationId",
    "resourceGroupName": "resourceGroupName",
    "resourceProvider": "resourceProviderName",
    "resourceUri": "resourceId",
}
"""What the service filters by, and how events call it."""


def note(world: World, call: ArmCall, reply: Reply) -> None:
    """Write down `call`, where it was to change something of a subscription."""
    if call.is_write and call.address.subscription:
        world.activities.append(_event(world.now(), call, reply.status))


@serves("GET", "/subscriptions/*/providers/microsoft.insights/eventtypes/management/values")
def list_activities(world: World, call: ArmCall) -> Reply:
    """The activities that meet the filter, the last one first; ArmError for a filter without a start."""
    clauses: list[tuple[str, str, str]] = _CLAUSE.findall(call.query.get("$filter", ""))
    if not any((name, operator) == ("eventTimestamp", "ge") for name, operator, _ in clauses):
        raise error("activity_filter")
    own = (event for event in reversed(world.activities) if event["subscriptionId"] == call.address.subscription)
    return page(call, [event for event in own if all(_meets(event, *clause) for clause in clauses)])


def _meets(event: Event, name: str, operator: str, value: str) -> bool:
    """Whether an event meets one clause; ArmError for a clause that the service does not know."""
    if name == "eventTimestamp" and operator != "eq":
        at, bound = _instant(event["eventTimestamp"]), _instant(value)
        return at >= bound if operator == "ge" else at <= bound
    if name not in _SHOWN or operator != "eq":
        raise error("activity_filter")
    found: str | dict[str, str] = event[_SHOWN[name]]
    return (found if isinstance(found, str) else found["value"]).lower() == value.lower()


def _instant(text: str) -> datetime:
    """A time as a filter writes it, in UTC where it does not say; ArmError for what is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise error("activity_filter") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _event(at: str, call: ArmCall, status: int) -> Event:
    went_well, event_id = status < 400, str(uuid.uuid4())
    return {
        "id": f"{call.address.id}/events/{event_id}",
        "eventDataId": event_id,
        "correlationId": event_id,
        "eventName": _named("EndRequest"),
        "category": _named("Administrative"),
        "channels": "Operation",
        "level": "Informational" if went_well else "Error",
        "caller": call.caller.principal,
        "authorization": {"action": call.name, "scope": call.address.id},
        "operationName": _named(call.name),
        "status": _named("Succeeded" if went_well else "Failed"),
        "subStatus": _named(str(status)),
        "resourceId": call.address.id,
        "resourceType": _named(call.type),
        "resourceGroupName": call.address.group,
        "resourceProviderName": _named(call.service),
        "eventTimestamp": at,
        "submissionTimestamp": at,
        "subscriptionId": call.address.subscription,
        "tenantId": call.caller.tenant,
    }


def _named(value: str) -> dict[str, str]:
    return {"value": value, "localizedValue": value}
