"""What the parts of the emulator share: the store, operations under way, tenants, deleted vaults."""

import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clover.lab.arm.errors import error
from clover.lab.arm.store import Resource, Store, now_text
from clover.lab.arm.tokens import Caller, is_guid

_NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(slots=True)
class Operation:
    """A long-running operation on `resource`; `finish` is called when its time has come."""

    id: str
    resource: Resource
    until: float
    started: str
    deletes: bool
    finish: Callable[[], None] | None

    @property
    def is_done(self) -> bool:
        """Whether it has ended; all operations of the lab succeed."""
        return self.finish is None


class World:
    """The state of the emulator, used by one request at a time."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin empty; `clock` tells when operations end (seconds)."""
        self.store = Store()
        self.deleted: dict[str, Resource] = {}
        """Soft-deleted vaults by their name in lower case."""
        self.activities: list[dict[str, Any]] = []
        """The activity log, earliest first."""
        self.operations: dict[str, Operation] = {}
        self._pending: list[Operation] = []
        self._clock = clock
        self._tenants: dict[str, str] = {}
        self._owners: dict[str, str] = {}

    def tenant_of(self, subscription: str, caller: Caller, *, works_in_it: bool = True) -> str:
        """The tenant of `subscription`: that of its first caller. ArmError for a caller of another tenant.

        Whoever works in it first owns it; whoever only places it in a management group does not.
        """
        if not is_guid(subscription):
            raise error("invalid_subscription", subscription=subscription)
        if subscription == _NOBODY:
            raise error("subscription_not_found", subscription=subscription)
        tenant = self._tenants.setdefault(subscription.lower(), caller.tenant)
        if tenant != caller.tenant:
            raise error("wrong_tenant", caller=caller.tenant, tenant=tenant)
        if works_in_it:
            self._owners.setdefault(subscription.lower(), caller.principal)
        return tenant

    def is_owner(self, subscription: str, principal: str) -> bool:
        """Whether `principal` called about `subscription` before everybody else, and so owns it."""
        return self._owners.get(subscription.lower()) == principal

    def known_tenant(self, subscription: str) -> str:
        """The tenant of a subscription that somebody has used; empty for another."""
        return self._tenants.get(subscription.lower(), "")

    def subscriptions(self, tenant: str) -> list[str]:
        """The subscriptions known in `tenant`."""
        return [subscription for subscription, owner in self._tenants.items() if owner == tenant]

    def now(self) -> str:
        """The present time, as ARM writes it."""
        return now_text()

    def start(
        self, resource: Resource, state: str, seconds: float, finish: Callable[[], None] | None = None
    ) -> Operation:
        """Begin an operation on `resource`, which is in `state` meanwhile."""
        resource.busy = state
        operation = Operation(
            str(uuid.uuid4()),
            resource,
            self._clock() + seconds,
            resource.changed,
            state == "Deleting",
            finish or (lambda: None),
        )
        resource.operation = operation.id
        self.operations[operation.id] = operation
        self._pending.append(operation)
        return operation

    def settle(self) -> None:
        """End the operations whose time has come, in the order in which they began."""
        now = self._clock()
        due = [one for one in self._pending if one.until <= now]
        self._pending = [one for one in self._pending if one.until > now]
        for operation in due:
            finish, operation.finish = operation.finish, None
            if operation.resource.operation == operation.id:
                operation.resource.busy = ""
            if finish:
                finish()
