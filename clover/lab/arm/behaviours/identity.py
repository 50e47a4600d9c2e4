"""Managed identities: those that stand alone, and those that other resources carry in their `identity`."""

import uuid
from typing import Any, cast

from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.errors import error
from clover.lab.arm.store import Resource, Store
from clover.lab.arm.values import Body

KIND = "Microsoft.ManagedIdentity/userAssignedIdentities"


class UserAssigned(Behaviour):
    """A user-assigned identity: Azure makes its service principal."""

    def check(self, write: Write, /) -> None:
        """Give a new identity its principal and client ids."""
        made = {"principalId": str(uuid.uuid4()), "clientId": str(uuid.uuid4()), "tenantId": write.call.caller.tenant}
        known = write.old.properties if write.old else made
        write.body["properties"] = {**write.properties, **{name: known[name] for name in made}}


def fill_identity(write: Write) -> None:
    """Fill in the principals of the `identity` in the body; ArmError where an identity it names is not there."""
    carried = write.body.get("identity")
    if not isinstance(carried, dict):
        return
    identity = cast(Body, carried)
    kinds = str(identity.get("type", "None")).replace(" ", "").split(",")
    before: Body = write.old.body.get("identity", {}) if write.old else {}
    if "SystemAssigned" in kinds:
        identity["principalId"] = before.get("principalId") or str(uuid.uuid4())
        identity["tenantId"] = write.call.caller.tenant
    named: Body = identity.get("userAssignedIdentities") or {}
    if ("UserAssigned" in kinds) != bool(named):
        raise error("identity_mismatch")
    if named:
        identity["userAssignedIdentities"] = {name: _principal(write.store, name) for name in named}


def _principal(store: Store, resource_id: str) -> dict[str, Any]:
    found = assigned(store, resource_id)
    return {"principalId": found.properties["principalId"], "clientId": found.properties["clientId"]}


def assigned(store: Store, resource_id: str) -> Resource:
    """The user-assigned identity with this id; ArmError where there is none."""
    found = store.get(resource_id)
    if found is None or found.kind.type != KIND:
        raise error("identity_not_found", id=resource_id)
    return found


rules(KIND, UserAssigned())
