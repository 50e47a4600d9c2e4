"""Deny assignments.

Sources: https://learn.microsoft.com/azure/role-based-access-control/deny-assignments (properties, all principals,
exclusions, child scopes; they win over role assignments) and
https://learn.microsoft.com/powershell/module/az.resources/new-azdenyassignment (what a user-assigned one cannot do).
"""

from collections.abc import Mapping
from typing import NamedTuple

from clover.logic.aws.reading import Malformed, quoted, read_bare_or_list, read_list, read_object
from clover.logic.azure.condition import Condition
from clover.logic.azure.condition_reading import read_condition
from clover.logic.azure.permissions import PERMISSION_MEMBERS, Action, Permissions, read_permissions
from clover.logic.azure.request import Request
from clover.logic.azure.roles import PRINCIPAL_TYPES
from clover.logic.azure.scopes import Hierarchy, Scope, read_scope
from clover.logic.azure.values import (
    EVERYBODY,
    read_flag,
    read_object_id,
    read_optional_list,
    read_optional_text,
    read_word,
)

MEMBERS = frozenset(
    {
        *("name", "principals", "excludePrincipals", "scope", "permissions", "condition", "conditionVersion"),
        *("isSystemProtected", "doNotApplyToChildScopes", "description"),
    }
)
PRINCIPAL_MEMBERS = frozenset({"id", "type"})
SYSTEM_DEFINED = "SystemDefined"
ITSELF = "microsoft.authorization/denyassignments"


class Principal(NamedTuple):
    """Somebody named in a deny assignment; `type` is empty where it was not said."""

    identifier: str
    type: str


class DenyAssignment(NamedTuple):
    """One deny assignment; `system` means that Azure made it and nobody can change it."""

    label: str
    principals: frozenset[str]
    excluded: frozenset[str]
    scope: Scope
    permissions: tuple[Permissions, ...]
    condition: Condition | None
    system: bool
    only_here: bool

    def applies(self, request: Request, hierarchy: Hierarchy, *, from_managing_tenant: bool) -> bool:
        """Whether it denies the request.

        One that a user made knows the principals of its own directory only; those that Azure made bind the
        principals of a managing tenant too (/azure/lighthouse/concepts/cross-tenant-management-experience).
        """
        if from_managing_tenant and not self.system:
            return False
        return (
            self._names(request)
            and self._covers(request.action)
            and self._stands_above(request.scope, hierarchy)
            and (self.condition is None or self.condition.holds(request) is not False)
        )

    def _names(self, request: Request) -> bool:
        """Whether the principal is meant and not excluded."""
        named = EVERYBODY in self.principals or request.is_one_of(self.principals)
        return named and not request.is_one_of(self.excluded)

    def _covers(self, action: Action) -> bool:
        """Whether the action is denied; a user's own denial reaches neither reads nor data nor deny assignments."""
        if not self.system and (action.is_data or action.verb == "read" or action.type == ITSELF):
            return False
        return any(permissions.cover(action) for permissions in self.permissions)

    def _stands_above(self, scope: Scope, hierarchy: Hierarchy) -> bool:
        """Whether the scope is this one or, unless kept from it, below."""
        if self.only_here:
            return self.scope.segments == scope.segments
        return hierarchy.holds(self.scope, scope)


def read_deny_assignments(value: object, where: str) -> tuple[DenyAssignment, ...]:
    """Deny assignments; raises Malformed for one that Azure would not have accepted."""
    rows = [] if value is None else read_list(value, where)
    return tuple(_read(row, f"{where}[{index}]", index) for index, row in enumerate(rows))


def _read(value: object, where: str, index: int) -> DenyAssignment:
    """One deny assignment."""
    members = read_object(value, where, MEMBERS)
    if "scope" not in members:
        raise Malformed(f"{where}: scope is missing")
    principals = _read_principals(members, "principals", where)
    excluded = _read_principals(members, "excludePrincipals", where)
    scope = read_scope(members["scope"], f"{where}.scope")
    name = read_optional_text(members, "name", where) or str(index + 1)
    found = DenyAssignment(
        label=f"deny assignment {name} at {scope}",
        principals=frozenset(principal.identifier for principal in principals),
        excluded=frozenset(principal.identifier for principal in excluded),
        scope=scope,
        permissions=_read_permissions(members, where),
        condition=read_condition(members, where),
        system=read_flag(members, "isSystemProtected", where),
        only_here=read_flag(members, "doNotApplyToChildScopes", where),
    )
    if not found.system:
        _refuse_what_a_user_cannot_make(found, principals, where)
    return found


def _refuse_what_a_user_cannot_make(found: DenyAssignment, principals: tuple[Principal, ...], where: str) -> None:
    """Raise Malformed for what the service rejects although its models have a member for it."""
    lists = found.permissions
    wrong = {
        ".permissions: data actions": any(each.data_actions or each.not_data_actions for each in lists),
        ".permissions: read actions": any(name.endswith("/read") for each in lists for name in each.actions),
        ".condition: a condition": found.condition is not None,
        ".doNotApplyToChildScopes: staying out of child scopes": found.only_here,
        ".principals: a group": any(principal.type == "Group" for principal in principals),
        ".principals: several principals": len(principals) > 1,
    }
    for place, is_there in wrong.items():
        if is_there:
            raise Malformed(f"{where}{place} cannot be used in a deny assignment that Azure did not make itself")
    if EVERYBODY in found.principals and not found.excluded:
        raise Malformed(f"{where}.excludePrincipals: a denial of everybody takes one excluded principal at least")


def _read_principals(members: Mapping[str, object], name: str, where: str) -> tuple[Principal, ...]:
    """Principals with their types; all principals together can be denied and cannot be excluded."""
    denied = name == "principals"
    rows = read_optional_list(members, name, where)
    if denied and not rows:
        raise Malformed(f"{where}: principals is missing or empty")
    return tuple(_read_principal(row, f"{where}.{name}[{index}]", denied) for index, row in enumerate(rows))


def _read_principal(value: object, where: str, denied: bool) -> Principal:
    """One principal: the id of zeros goes with the type SystemDefined, and only with it."""
    members = read_object(value, where, PRINCIPAL_MEMBERS)
    identifier = read_object_id(members.get("id"), f"{where}.id", everybody=denied)
    given = members.get("type")
    kind = "" if given is None else read_word(given, f"{where}.type", (*PRINCIPAL_TYPES, SYSTEM_DEFINED))
    if (kind == SYSTEM_DEFINED) != (identifier == EVERYBODY):
        raise Malformed(f"{where}: type {quoted(kind)} does not go with the id {quoted(identifier)}")
    return Principal(identifier, kind)


def _read_permissions(members: Mapping[str, object], where: str) -> tuple[Permissions, ...]:
    """One or several sets of four lists; each names an action or a data action."""
    value = members.get("permissions")
    if value is None:
        raise Malformed(f"{where}: permissions is missing")
    found: list[Permissions] = []
    for index, row in enumerate(read_bare_or_list(value)):
        place = f"{where}.permissions[{index}]"
        permissions = read_permissions(read_object(row, place, PERMISSION_MEMBERS), place)
        if not permissions.actions and not permissions.data_actions:
            raise Malformed(f"{place}: actions or dataActions is needed")
        found.append(permissions)
    return tuple(found)
