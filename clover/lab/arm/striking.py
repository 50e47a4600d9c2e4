"""ARM calls as the daemon's faults see them."""

from collections.abc import Mapping
from typing import Any

from clover.lab.arm.call import ArmCall
from clover.lab.arm.errors import error
from clover.lab.cloud.answers import Refusal


class Struck:
    """An ARM call that a fault may strike: its operation is the RBAC action."""

    def __init__(self, call: ArmCall) -> None:
        """See `call` as faults do."""
        self._call = call
        self.name = call.name
        self.service = call.service
        self.is_read = not call.is_write

    def throttled(self) -> Refusal:
        """ARM's refusal of one call too many."""
        return _refusal("too_many_requests")

    def mentioned(self) -> set[str]:
        """The ids that the call is about."""
        return {self._call.address.id.lower()}

    def fresh(self, answered: Mapping[str, Any]) -> tuple[frozenset[str], Refusal] | None:
        """The id of what the call made, and how a read that does not find it yet is refused."""
        del answered
        return frozenset({self._call.address.id.lower()}), _refusal("delayed")


def _refusal(row: str) -> Refusal:
    made = error(row)
    return Refusal(made.code, made.message, made.status)
