"""Azure Lighthouse: roles that principals of a managing tenant hold at a delegated subscription or resource group.

Sources: https://learn.microsoft.com/azure/lighthouse/concepts/tenants-users-roles (built-in roles only, no Owner, no
role with data actions; User Access Administrator only to assign the listed roles to managed identities) and
https://learn.microsoft.com/azure/lighthouse/concepts/cross-tenant-management-experience (requests to Azure Resource
Manager only). An eligible authorization counts once it is activated: leave it out until then.
"""

from typing import NamedTuple

from clover.logic.aws.reading import Malformed, read_list, read_object
from clover.logic.azure.request import Request
from clover.logic.azure.roles import ASSIGNMENT_MEMBERS, RoleAssignment, read_role_assignment, weigh
from clover.logic.azure.scopes import Hierarchy
from clover.logic.azure.values import read_object_id, read_optional_list

MEMBERS = (ASSIGNMENT_MEMBERS - {"condition", "conditionVersion"}) | {"delegatedRoleDefinitionIds"}
OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
USER_ACCESS_ADMINISTRATOR = "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9"
ASSIGNING = "microsoft.authorization/roleassignments/write"
ASSIGNED_ROLE = ("request", "microsoft.authorization/roleassignments:roledefinitionid")
ASSIGNED_TYPE = ("request", "microsoft.authorization/roleassignments:principaltype")


class Delegation(NamedTuple):
    """One authorization; `assignable_roles` are those that a User Access Administrator may give managed identities."""

    assignment: RoleAssignment
    assignable_roles: frozenset[str]

    def reaches(self, request: Request) -> bool:
        """Whether a delegated role can count for the request at all."""
        if self.assignment.role.identifier != USER_ACCESS_ADMINISTRATOR:
            return True
        return request.action.name == ASSIGNING and self._assigns_as_listed(request)

    def _assigns_as_listed(self, request: Request) -> bool:
        """Whether the request assigns one of the listed roles to a service principal, as managed identities are."""
        roles, types = (request.attributes.get(name, ()) for name in (ASSIGNED_ROLE, ASSIGNED_TYPE))
        listed = len(roles) == 1 and roles[0].rsplit("/", 1)[-1].lower() in self.assignable_roles
        return listed and len(types) == 1 and types[0].lower() == "serviceprincipal"


class Delegations(NamedTuple):
    """Every authorization of a managing tenant."""

    all: tuple[Delegation, ...]

    def from_managing_tenant(self, request: Request) -> bool:
        """Whether the request's principal is one that a managing tenant brings."""
        return request.is_one_of(frozenset(each.assignment.principal for each in self.all))

    def weigh(self, request: Request, hierarchy: Hierarchy) -> tuple[list[str], list[str]]:
        """What grants the request, and what comes close and does not."""
        return weigh((each.assignment for each in self.all if each.reaches(request)), request, hierarchy)


def read_delegations(value: object, where: str) -> Delegations:
    """Authorizations; raises Malformed for one that Azure would not have accepted."""
    rows = enumerate([] if value is None else read_list(value, where))
    return Delegations(tuple(_read_delegation(row, f"{where}[{index}]", index) for index, row in rows))


def _read_delegation(value: object, where: str, index: int) -> Delegation:
    """One authorization."""
    members = read_object(value, where, MEMBERS)
    assignment = read_role_assignment(members, where, index, "delegation")
    role = assignment.role
    if not role.built_in:
        raise Malformed(f"{where}.role.roleType: only built-in roles can be delegated")
    if role.identifier == OWNER or role.name.lower() == "owner":
        raise Malformed(f"{where}.role: Owner cannot be delegated")
    if role.permissions.data_actions:
        raise Malformed(f"{where}.role.dataActions: a role with data actions cannot be delegated")
    if not assignment.scope.is_resource_group_or_above:
        raise Malformed(f"{where}.scope: only a subscription or a resource group can be delegated")
    listed = read_optional_list(members, "delegatedRoleDefinitionIds", where)
    roles = (read_object_id(role, f"{where}.delegatedRoleDefinitionIds[{at}]") for at, role in enumerate(listed))
    return Delegation(assignment, frozenset(roles))
