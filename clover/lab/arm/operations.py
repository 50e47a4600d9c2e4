"""Long-running operations: how they are announced and followed, and who has to wait for them."""

from collections.abc import Mapping
from datetime import UTC, datetime

from clover.lab.arm.call import ArmCall, Reply
from clover.lab.arm.catalog import Kind, table
from clover.lab.arm.errors import ArmError, error
from clover.lab.arm.rendering import rendered
from clover.lab.arm.store import Resource
from clover.lab.arm.world import Operation, World


def headers(call: ArmCall, operation: Operation, asynchronous: bool) -> dict[str, str]:
    """The headers with which an accepted request says where to look."""
    namespace = operation.resource.kind.namespace
    location = operation.resource.location or "global"
    scope = f"/subscriptions/{call.address.subscription}" if call.address.subscription else ""
    above = f"{call.base}{scope}/providers/{namespace}/locations/{location}"
    version = f"?api-version={call.api_version}"
    found = {
        "Location": f"{above}/operationResults/{operation.id}{version}",
        "Retry-After-Ms": str(table("limits")["poll_milliseconds"]),
    }
    if asynchronous:
        found["Azure-AsyncOperation"] = f"{above}/operations/{operation.id}{version}"
    return found


def accepted(world: World, call: ArmCall, resource: Resource, state: str) -> Mapping[str, str] | None:
    """Begin the operation that a write of this kind is, if it is one; the headers of its answer."""
    timed = resource.kind.operation
    if timed is None or timed.style == "delete" or (timed.style == "location" and state != "Creating"):
        return None
    operation = world.start(resource, state, timed.seconds)
    if timed.style == "body":
        return {}
    found = headers(call, operation, timed.style == "azure-async")
    if timed.style == "azure-async":
        del found["Location"]
    return found


def refuse_busy(world: World, call: ArmCall, kind: Kind, old: Resource | None) -> None:
    """Refuse a write while another one on the resource, or on its family, is under way."""
    busy = old if old and old.busy else None
    parent = world.store.get(call.address.parent)
    if parent and kind.parent and parent.busy == "Deleting":
        busy = parent
    if busy is None and kind.serial:
        root = world.store.ancestor(parent) if parent and kind.parent else old
        family = [root, *world.store.all_below(root.id)] if root else []
        busy = next((one for one in family if one.busy and one.kind.serial), None)
    if busy is None:
        return
    row = table("conflicts").get(kind.namespace)
    if row:
        raise ArmError(row["status"], row["code"], row["message"].format(name=busy.name), {"Retry-After": "1"})
    operation = world.operations[busy.operation]
    uri = headers(call, operation, True)["Azure-AsyncOperation"]
    raise error("in_progress", uri=uri)


def status(world: World, call: ArmCall, operation_id: str, shows_result: bool) -> Reply:
    """How an operation stands: the answer of both kinds of link."""
    operation = world.operations.get(operation_id)
    if operation is None:
        raise error("invalid_path", path=call.address.id)
    wait = {"Retry-After-Ms": str(table("limits")["poll_milliseconds"])}
    if shows_result:
        if not operation.is_done:
            return Reply(202, None, {**wait, **headers(call, operation, False)})
        return Reply(204) if operation.deletes else Reply(200, rendered(world, operation.resource))
    if not operation.is_done:
        return Reply(200, {"status": "InProgress", "name": operation.id}, wait)
    ended = datetime.now(UTC).isoformat(timespec="milliseconds")
    return Reply(200, {"status": "Succeeded", "name": operation.id, "startTime": operation.started, "endTime": ended})
