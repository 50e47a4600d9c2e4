"""What the call log keeps of an ARM call: everything but secrets."""

import re
from collections.abc import Mapping
from typing import Any, cast

from clover.lab.arm.call import ArmCall, Reply, as_object
from clover.lab.arm.catalog import table

_LONGEST = 65_536
"""Characters of one logged string."""


def record(call: ArmCall, reply: Reply) -> dict[str, Any]:
    """The log's entry for `call`, which `reply` answers."""
    region = as_object(reply.body).get("location") or call.given.get("location") or ""
    return {
        "account": call.address.subscription,
        "principal": call.caller.principal,
        "region": str(region).replace(" ", "").lower(),
        "service": call.service,
        "operation": call.name,
        "parameters": loggable(call.given),
        "status": reply.status,
        "resource": call.address.id,
    }


def loggable(value: Any) -> Any:
    """`value` without what a property's name says is a secret; a switch is never one (`allowSharedKeyAccess`)."""
    if isinstance(value, Mapping):
        pairs = cast(Mapping[str, Any], value).items()
        return {name: "(sensitive)" if _is_secret(name, part) else loggable(part) for name, part in pairs}
    if isinstance(value, list):
        return [loggable(part) for part in cast(list[Any], value)]
    return value[:_LONGEST] if isinstance(value, str) else value


def _is_secret(name: str, part: Any) -> bool:
    return not isinstance(part, bool) and re.fullmatch(table("secrets")["names"], name, re.IGNORECASE) is not None
