"""One request after the other: who asks, whether it may be, and which part of the emulator answers."""

import threading
from collections.abc import Callable

from clover.lab.arm import subscriptions
from clover.lab.arm.authorisation import refuse_unauthorised
from clover.lab.arm.behaviour import behaviour_of
from clover.lab.arm.behaviours import in_force
from clover.lab.arm.call import ArmCall, Reply
from clover.lab.arm.catalog import Kind, namespaces, table
from clover.lab.arm.deletes import delete
from clover.lab.arm.errors import error
from clover.lab.arm.guards import refuse_denied, refuse_locked
from clover.lab.arm.hierarchy import with_root
from clover.lab.arm.reads import get, listed, missing
from clover.lab.arm.schema import schema
from clover.lab.arm.world import World
from clover.lab.arm.writes import patch, put


class Engine:
    """The emulator without HTTP; `turn` makes calls take effect one after the other."""

    def __init__(self, world: World | None = None) -> None:
        """Serve `world`, or an empty one."""
        in_force()
        self.world = world or World()
        self.turn = threading.Lock()

    def answer(self, call: ArmCall) -> Reply:
        """The true answer to `call` (the caller holds `turn`); ArmError for a refusal."""
        self.world.settle()
        if call.address.subscription:
            self.world.tenant_of(call.address.subscription, call.caller)
        with_root(self.world, call.caller.tenant)
        if not call.api_version:
            raise error("missing_api_version")
        special = subscriptions.endpoint(call)
        if special:
            return self._guarded(call, lambda: special(self.world, call))
        kind = _known(call)
        refuse_version(call, kind)
        return self._guarded(call, lambda: self._served(call, kind))

    def _guarded(self, call: ArmCall, answer: Callable[[], Reply]) -> Reply:
        if call.is_write and (call.address.parts or call.address.group):
            refuse_denied(self.world, call, call.name)
        refuse_unauthorised(self.world, call)
        return answer()

    def _served(self, call: ArmCall, kind: Kind) -> Reply:
        if call.address.parts:
            self._refuse_nowhere(call)
        if kind.scope == "group" and not call.address.group and not call.address.is_collection:
            raise error("invalid_path", path=call.extra["path"])
        if call.method in ("GET", "HEAD"):
            return listed(self.world, call, kind) if call.address.is_collection else get(self.world, call)
        if call.address.is_collection or (call.method not in kind.verbs and call.method != "POST"):
            raise error("not_allowed", method=call.method)
        refuse_locked(self.world, call, call.method == "DELETE")
        return self._changed(call, kind)

    def _changed(self, call: ArmCall, kind: Kind) -> Reply:
        if call.method == "DELETE":
            return delete(self.world, call, kind)
        if call.method == "PUT":
            self._refuse_orphan(call, kind)
            return put(self.world, call, kind)
        old = self.world.store.get(call.address.id)
        if old is None:
            raise missing(call)
        if call.method == "PATCH":
            return patch(self.world, call, kind, old)
        action = behaviour_of(kind).actions.get(call.action.lower())
        if action is None:
            raise error("not_allowed", method=f"POST {call.action}")
        return action(self.world, old, call)

    def _refuse_nowhere(self, call: ArmCall) -> None:
        """Refuse a call below a resource group that is not there."""
        group = self.world.store.get(call.address.root) if call.address.group else None
        if call.address.group and group is None:
            raise error("group_not_found", name=call.address.group)
        if group and group.busy == "Deleting" and call.method == "PUT":
            row = table("conflicts")["Microsoft.Resources"]
            raise type(error("failed"))(row["status"], row["code"], row["message"].format(name=group.name))

    def _refuse_orphan(self, call: ArmCall, kind: Kind) -> None:
        """Refuse to create a resource whose parent, or whose scope, is not there."""
        above = call.address.parent
        is_known = kind.parent or (kind.scope == "extension" and len(call.address.parts) > 1)
        if is_known and self.world.store.get(above) is None:
            name = above.rpartition("/")[2]
            raise error("parent_not_found", method=call.method, type=kind.type, parent=name)


def _known(call: ArmCall) -> Kind:
    """The kind that `call` is about; ArmError where nobody serves it."""
    if call.address.rest or not (call.address.parts or call.address.group):
        raise error("invalid_path", path=call.extra.get("path", ""))
    kind = call.kind
    if kind is not None:
        return kind
    part = call.address.parts[-1]
    namespace = namespaces().get(part.namespace.lower())
    if namespace is None:
        raise error("invalid_namespace", namespace=part.namespace)
    versions = ",".join(
        sorted({one for name, all_ in schema()["versions"].items() if name.startswith(namespace) for one in all_})
    )
    words = {"namespace": namespace, "version": call.api_version, "versions": versions}
    raise error("invalid_type", type="/".join(part.types), **words)


def refuse_version(call: ArmCall, kind: Kind) -> None:
    """Refuse an API version that the type does not have."""
    versions = [*schema()["versions"][kind.type], *schema()["versions"].get(kind.api, ())]
    if call.api_version in versions:
        return
    named = ", ".join(sorted(set(versions)))
    if not call.address.parts:
        raise error("invalid_api_version", version=call.api_version, versions=named)
    location = str(call.given.get("location", "global"))
    locations = ", ".join(table("regions")["regions"])
    words = {"type": "/".join(kind.path), "version": call.api_version, "versions": named}
    raise error("no_registered_provider", location=location, locations=locations, **words)
