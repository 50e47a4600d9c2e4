"""Role definitions and role assignments.

Source: https://learn.microsoft.com/azure/role-based-access-control/overview (additive; a condition filters the access
of its own assignment) and https://learn.microsoft.com/azure/role-based-access-control/role-definitions.
"""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from clover.logic.aws.reading import Malformed, quoted, read_list, read_object, read_text
from clover.logic.azure.condition import Condition
from clover.logic.azure.condition_reading import read_condition
from clover.logic.azure.permissions import PERMISSION_MEMBERS, Permissions, read_permissions
from clover.logic.azure.request import Request
from clover.logic.azure.scopes import Hierarchy, Scope, read_scope
from clover.logic.azure.values import read_object_id, read_optional_list, read_optional_text, read_word

ASSIGNMENT_MEMBERS = frozenset(
    {"name", "principalId", "principalType", "scope", "role", "condition", "conditionVersion", "description"}
)
ROLE_MEMBERS = PERMISSION_MEMBERS | {
    *("id", "roleName", "roleType", "description", "assignableScopes", "condition", "conditionVersion"),
}
BUILT_IN = "BuiltInRole"
ROLE_TYPES = (BUILT_IN, "CustomRole")
PRINCIPAL_TYPES = ("User", "Group", "ServicePrincipal", "ForeignGroup", "Device")


class Role(NamedTuple):
    """A role definition; `condition` is its own, as a few built-in roles have one."""

    name: str
    identifier: str
    built_in: bool
    permissions: Permissions
    assignable: tuple[Scope, ...]
    condition: Condition | None


class RoleAssignment(NamedTuple):
    """A role for a principal at a scope; `label` is what reasons say, `where` its place in the input."""

    label: str
    where: str
    principal: str
    scope: Scope
    role: Role
    condition: Condition | None

    def concerns(self, request: Request, hierarchy: Hierarchy) -> bool:
        """Whether it is the principal's or a group's, at the request's scope or above, and covers the action at all.

        Raises Malformed where the assignment lies outside the scopes that its role may be assigned at.
        """
        if not request.is_one_of(frozenset({self.principal})) or not hierarchy.holds(self.scope, request.scope):
            return False
        if not any(hierarchy.holds(assignable, self.scope) for assignable in self.role.assignable):
            raise Malformed(f"{self.where}.scope: the role is not assignable at {quoted(self.scope.text)}")
        return self.role.permissions.names(request.action)

    def hindrance(self, request: Request) -> str | None:
        """Why an assignment that concerns the request grants nothing; None where it grants."""
        if self.role.permissions.excludes(request.action):
            return f"{self.label}: {'NotDataActions' if request.action.is_data else 'NotActions'} take it out"
        for condition in (self.role.condition, self.condition):
            held = True if condition is None else condition.holds(request)
            if not held:
                return f"{self.label}: its condition {'is open' if held is None else 'does not hold'}"
        return None


def weigh(assignments: Iterable[RoleAssignment], request: Request, hierarchy: Hierarchy) -> tuple[list[str], list[str]]:
    """What grants the request, and what comes close and does not."""
    granting: list[str] = []
    hindered: list[str] = []
    for assignment in assignments:
        if assignment.concerns(request, hierarchy):
            hindrance = assignment.hindrance(request)
            (granting if hindrance is None else hindered).append(hindrance or assignment.label)
    return granting, hindered


def read_role_assignments(value: object, where: str) -> tuple[RoleAssignment, ...]:
    """Role assignments; null or nothing = none."""
    rows = [] if value is None else read_list(value, where)
    return tuple(
        read_role_assignment(read_object(row, f"{where}[{index}]", ASSIGNMENT_MEMBERS), f"{where}[{index}]", index)
        for index, row in enumerate(rows)
    )


def read_role_assignment(
    members: Mapping[str, object], where: str, index: int, kind: str = "role assignment"
) -> RoleAssignment:
    """One assignment, of the kind that its label says."""
    for member in ("principalId", "scope", "role"):
        if member not in members:
            raise Malformed(f"{where}: {member} is missing")
    if members.get("principalType") is not None:
        read_word(members["principalType"], f"{where}.principalType", PRINCIPAL_TYPES)
    role = _read_role(members["role"], f"{where}.role")
    scope = read_scope(members["scope"], f"{where}.scope")
    name = read_optional_text(members, "name", where) or str(index + 1)
    return RoleAssignment(
        label=f"{kind} {name}: {role.name} at {scope}",
        where=where,
        principal=read_object_id(members["principalId"], f"{where}.principalId"),
        scope=scope,
        role=role,
        condition=read_condition(members, where),
    )


def _read_role(value: object, where: str) -> Role:
    """A role definition; one without assignable scopes is assignable everywhere, as built-in roles are."""
    members = read_object(value, where, ROLE_MEMBERS)
    kind = members.get("roleType")
    assignable = read_optional_list(members, "assignableScopes", where) or ["/"]
    return Role(
        name=read_optional_text(members, "roleName", where) or "role without a name",
        identifier=read_text(members.get("id") or "", f"{where}.id").rsplit("/", 1)[-1].lower(),
        built_in=kind is not None and read_word(kind, f"{where}.roleType", ROLE_TYPES) == BUILT_IN,
        permissions=read_permissions(members, where),
        assignable=tuple(
            read_scope(scope, f"{where}.assignableScopes[{index}]") for index, scope in enumerate(assignable)
        ),
        condition=read_condition(members, where),
    )
