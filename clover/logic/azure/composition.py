"""How assignments, denials, locks and policies combine into one decision.

Source: https://learn.microsoft.com/azure/role-based-access-control/overview (how Azure RBAC determines access: a deny
assignment blocks, else a role has to cover the action and its condition to hold),
https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources (a lock overrides any permission) and
https://learn.microsoft.com/azure/governance/policy/overview (a policy restricts what a permitted principal does).
"""

from typing import NamedTuple

from clover.logic.aws.reading import read_object
from clover.logic.azure.decision import Decision
from clover.logic.azure.delegations import Delegations, read_delegations
from clover.logic.azure.denials import DenyAssignment, read_deny_assignments
from clover.logic.azure.locks import Lock, read_locks
from clover.logic.azure.policy_assignments import PolicyAssignment, read_policy_assignments
from clover.logic.azure.request import Request, read_request
from clover.logic.azure.roles import RoleAssignment, read_role_assignments, weigh
from clover.logic.azure.scopes import Hierarchy, read_hierarchy


class Policies(NamedTuple):
    """Everything that the request meets; `management_groups` is the chain above its subscription."""

    role_assignments: tuple[RoleAssignment, ...]
    deny_assignments: tuple[DenyAssignment, ...]
    locks: tuple[Lock, ...]
    policy_assignments: tuple[PolicyAssignment, ...]
    lighthouse: Delegations
    management_groups: Hierarchy


def evaluate(request: object, policies: object) -> Decision:
    """Decide one request to Azure Resource Manager, or one data action, both arguments as decoded JSON.

    The network that a data action comes from is decided apart from this, by `evaluate_network`: both have to allow.
    Raises Malformed, a ValueError, for a request or an assignment that Azure could not have accepted, and for a
    construct of conditions or policy rules that is not implemented.
    """
    return decide(read_request(request), read_policies(policies))


def decide(request: Request, policies: Policies) -> Decision:
    """Every denial, lock and policy that stops the request wins; then somebody has to grant it."""
    hierarchy = policies.management_groups
    granting, hindered = weigh(policies.role_assignments, request, hierarchy)
    delegated, close = policies.lighthouse.weigh(request, hierarchy)
    stops = _stops(request, policies, locks_bind=not delegated)
    if stops:
        return Decision("explicit_deny", tuple(stops))
    if granting or delegated:
        return Decision("allow", tuple(granting + delegated))
    kind = "data action" if request.action.is_data else "action"
    nothing = f"no assignment grants the {kind} {request.action.name} at {request.scope}"
    return Decision("implicit_deny", (nothing, *hindered, *close))


def read_policies(value: object) -> Policies:
    """The assignments by kind; raises Malformed for an unknown kind."""
    members = read_object(value, "policies", frozenset(Policies._fields))
    return Policies(
        read_role_assignments(members.get("role_assignments"), "policies.role_assignments"),
        read_deny_assignments(members.get("deny_assignments"), "policies.deny_assignments"),
        read_locks(members.get("locks"), "policies.locks"),
        read_policy_assignments(members.get("policy_assignments"), "policies.policy_assignments"),
        read_delegations(members.get("lighthouse"), "policies.lighthouse"),
        read_hierarchy(members.get("management_groups"), "policies.management_groups"),
    )


def _stops(request: Request, policies: Policies, *, locks_bind: bool) -> list[str]:
    """What stops the request; locks do not stop principals of a managing tenant.

    Source: https://learn.microsoft.com/azure/lighthouse/concepts/cross-tenant-management-experience.
    """
    hierarchy = policies.management_groups
    outside = policies.lighthouse.from_managing_tenant(request)
    denials = policies.deny_assignments
    found = [each.label for each in denials if each.applies(request, hierarchy, from_managing_tenant=outside)]
    if locks_bind:
        found += [lock.label for lock in policies.locks if lock.stops(request, hierarchy)]
    for assignment in policies.policy_assignments:
        found += assignment.stops(request, hierarchy)
    return found
