"""Role definitions and assignments, locks, and deny assignments with what they cannot do."""

from collections.abc import Iterable
from typing import Any

from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.catalog import table
from clover.lab.arm.errors import error
from clover.lab.arm.guards import DENY, EVERYONE, LOCK, matches
from clover.lab.arm.roles import DEFINITION, builtin, custom, guid_of, shown_builtin
from clover.lab.arm.store import Resource
from clover.lab.arm.tokens import is_guid
from clover.lab.arm.values import Body, first, found
from clover.lab.arm.world import World

ASSIGNMENT = "Microsoft.Authorization/roleAssignments"
_LISTS = ("actions", "notActions", "dataActions", "notDataActions")


class Definition(Behaviour):
    """A custom role."""

    def check(self, write: Write, /) -> None:
        """Refuse a role without name, permissions or scopes, one whose name is taken, and scopes that do not fit."""
        properties = write.properties
        if builtin(write.name):
            raise error("role_builtin", name=write.name)
        for name in ("roleName", "permissions", "assignableScopes"):
            if not properties.get(name):
                raise error("missing_property", path=f"properties.{name}")
        scopes = [str(one).rstrip("/").lower() for one in properties["assignableScopes"]]
        if any(not one for one in scopes) or not any(_covers(one, write.parent) for one in scopes):
            raise error("role_scope", scope=write.parent or "/", scopes=", ".join(scopes))
        for other in write.store.of_type(DEFINITION):
            same = str(other.properties["roleName"]).lower() == str(properties["roleName"]).lower()
            if same and other.key != write.id.lower() and other.inside["tenant"] == write.call.caller.tenant:
                raise error("role_name_taken", name=properties["roleName"])
        properties["type"] = "CustomRole"
        properties["permissions"] = [
            {name: list(one.get(name) or ()) for name in _LISTS} for one in properties["permissions"]
        ]
        write.inside["tenant"] = write.call.caller.tenant
        _stamp(write)

    def check_deletion(self, world: World, resource: Resource, /) -> None:
        """Refuse to delete a role that is assigned."""
        assigned = [str(one.properties["roleDefinitionId"]) for one in world.store.of_type(ASSIGNMENT)]
        if any(guid_of(one) == resource.name.lower() for one in assigned):
            raise error("role_assigned")

    def brought(self, _: World, scope: str, /) -> Iterable[Body]:
        """The built-in roles."""
        return [shown_builtin(guid, role, scope) for guid, role in table("roles")["roles"].items()]


def _covers(above: str, scope: str) -> bool:
    return f"{scope.lower()}/".startswith(f"{above}/") or not scope


def _stamp(write: Write) -> None:
    """Who made and changed it, and when."""
    now, who = write.world.now(), write.call.caller.principal
    before: Body = write.old.properties if write.old else {}
    made = {"createdOn": before.get("createdOn", now), "createdBy": before.get("createdBy", who)}
    write.properties.update(made | {"updatedOn": now, "updatedBy": who})


class Assignment(Behaviour):
    """A role given to a principal at a scope."""

    def check(self, write: Write, /) -> None:
        """Refuse unknown roles, malformed principals, and the same assignment twice."""
        properties = write.properties
        role_id, principal = str(properties["roleDefinitionId"]), str(properties["principalId"])
        if not is_guid(principal):
            raise error("principal_form", principal=principal)
        guid = guid_of(role_id)
        role = custom(write.store, guid)
        if builtin(guid) is None and role is None:
            raise error("role_unknown", name=guid)
        if role and not any(
            _covers(str(one).rstrip("/").lower(), write.parent) for one in role.properties["assignableScopes"]
        ):
            raise error("role_not_assignable", name=guid, scope=write.parent)
        if properties.get("condition") and properties.get("conditionVersion") != "2.0":
            raise error("condition_version")
        for other in write.store.below(write.parent):
            if other.kind is write.kind and other.key != write.id.lower() and _same(other, guid, principal):
                raise error("assignment_exists", name=other.name.replace("-", ""))
        properties.setdefault("principalType", "ServicePrincipal")
        properties["scope"] = write.parent or "/"
        _stamp(write)


def _same(other: Resource, guid: str, principal: str) -> bool:
    same_role = guid_of(str(other.properties["roleDefinitionId"])) == guid
    return same_role and str(other.properties["principalId"]).lower() == principal.lower()


class Lock(Behaviour):
    """A lock."""

    def check(self, write: Write, /) -> None:
        """Refuse a lock without effect."""
        if write.properties["level"] == "NotSpecified":
            raise error("lock_level")


class Deny(Behaviour):
    """A deny assignment as users may make them.

    https://learn.microsoft.com/powershell/module/az.resources/new-azdenyassignment: writes, deletions and actions only;
    Everyone with at least one excluded principal, or one user or service principal; no groups; child scopes always.
    """

    def check(self, write: Write, /) -> None:
        """Refuse what the service does not take, by the name of what is wrong."""
        properties = write.properties
        if properties.get("isSystemProtected"):
            raise error("deny_unsupported", what="isSystemProtected")
        if properties.get("doNotApplyToChildScopes"):
            raise error("deny_unsupported", what="doNotApplyToChildScopes")
        for name in ("condition", "conditionVersion"):
            if properties.get(name) or any(found(properties, f"permissions[].{name}")):
                raise error("deny_unsupported", what=name)
        scope = properties.get("scope")
        if scope and str(scope).rstrip("/").lower() != write.parent.lower():
            raise error("deny_scope", scope=scope, at=write.parent)
        _refuse_actions(properties)
        _refuse_principals(properties)
        for other in write.store.below(write.parent):
            same = other.properties.get("denyAssignmentName") == properties["denyAssignmentName"]
            if other.kind is write.kind and other.key != write.id.lower() and same:
                raise error("deny_name", name=properties["denyAssignmentName"], scope=write.parent)
        properties.setdefault("denyAssignmentEffect", "enforced")
        properties |= {"scope": write.parent or "/", "isSystemProtected": False, "doNotApplyToChildScopes": False}
        _stamp(write)


def _refuse_actions(properties: Body) -> None:
    for name in ("dataActions", "notDataActions"):
        if any(found(properties, f"permissions[].{name}[]")):
            raise error("deny_unsupported", what=name)
    actions = [str(one) for one in found(properties, "permissions[].actions[]")]
    if not actions:
        raise error("missing_property", path="properties.permissions[].actions")
    kept = [str(one) for one in found(properties, "permissions[].notActions[]")]
    for action in actions:
        own = [f"{DENY}/{verb}" for verb in ("write", "delete") if matches(action, f"{DENY}/{verb}")]
        removable = all(any(matches(one, verb) for one in kept) for verb in own)
        if action.lower().rpartition("/")[2] not in ("write", "delete", "action"):
            raise error("deny_read", action=action)
        if own and not removable:
            raise error("deny_self", action=action)


def _refuse_principals(properties: Body) -> None:
    principals: list[dict[str, Any]] = properties["principals"]
    if len(principals) != 1:
        raise error("deny_principals")
    excluded: list[dict[str, Any]] = properties.setdefault("excludePrincipals", [])
    for one in (*principals, *excluded):
        if not is_guid(str(one.get("id"))):
            raise error("principal_form", principal=one.get("id"))
        if str(one.get("type", "")).lower() == "group":
            raise error("deny_group", principal=one["id"])
    everyone = first(principals[0], "id") == EVERYONE
    if everyone and not excluded:
        raise error("deny_everyone")
    if not everyone and principals[0].get("type") not in ("User", "ServicePrincipal"):
        raise error("deny_principals")


rules(DEFINITION, Definition())
rules(ASSIGNMENT, Assignment())
rules(LOCK, Lock())
rules(DENY, Deny())
