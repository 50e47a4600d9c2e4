"""Management locks.

Source: https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources: control plane only;
CanNotDelete stops deletions, ReadOnly writes and POST requests (such as listKeys) too; children and extensions inherit;
a lock on a resource stops the deletion of its resource group. Locks are managed where they stand, so they stop neither
their own making nor their removal.
"""

from typing import NamedTuple

from clover.logic.aws.reading import Malformed, read_list, read_object
from clover.logic.azure.request import Request
from clover.logic.azure.scopes import Hierarchy, Scope, read_scope
from clover.logic.azure.values import read_optional_text, read_word

MEMBERS = frozenset({"name", "scope", "level", "notes"})
STOPPED = {"CanNotDelete": ("delete",), "ReadOnly": ("delete", "write", "action")}
ITSELF = "microsoft.authorization/locks"
RESOURCE_GROUP_DELETION = "microsoft.resources/subscriptions/resourcegroups/delete"
TOLD_APART = (
    *(f"*/{verb}" for verb in STOPPED["ReadOnly"]),
    *(f"{ITSELF}/{verb}" for verb in STOPPED["ReadOnly"]),
    RESOURCE_GROUP_DELETION,
)
"""Patterns of actions: two that fit the same of these are stopped by the same locks."""


class Lock(NamedTuple):
    """One lock: CanNotDelete or ReadOnly at a scope."""

    label: str
    scope: Scope
    level: str

    def stops(self, request: Request, hierarchy: Hierarchy) -> bool:
        """Whether the lock stops the request."""
        action = request.action
        if action.is_data or action.type == ITSELF or action.verb not in STOPPED[self.level]:
            return False
        if hierarchy.holds(self.scope, request.scope):
            return True
        return action.name == RESOURCE_GROUP_DELETION and request.scope.starts(self.scope)


def read_locks(value: object, where: str) -> tuple[Lock, ...]:
    """Locks; null or nothing = none."""
    rows = [] if value is None else read_list(value, where)
    return tuple(_read(row, f"{where}[{index}]", index) for index, row in enumerate(rows))


def _read(value: object, where: str, index: int) -> Lock:
    """One lock at a subscription or below."""
    members = read_object(value, where, MEMBERS)
    for member in ("scope", "level"):
        if member not in members:
            raise Malformed(f"{where}: {member} is missing")
    level = read_word(members["level"], f"{where}.level", STOPPED)
    scope = read_scope(members["scope"], f"{where}.scope")
    if not scope.in_subscription:
        raise Malformed(f"{where}.scope: a lock stands at a subscription, a resource group or a resource")
    name = read_optional_text(members, "name", where) or str(index + 1)
    return Lock(f"lock {name} ({level}) at {scope}", scope, level)
