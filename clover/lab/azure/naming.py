"""Names of resources: the rules of each type, and names for those that the program leaves nameless."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any
from uuid import UUID

from clover.lab.azure.model import AutoName, ResourceType, read_data
from clover.lab.provider.naming import Naming
from clover.lab.provider.wire import UNKNOWN, Props

#: How many hexadecimal digits the provider appends (pulumi-azure-native, getDefaultName).
DIGITS = 8


def name_for(kind: ResourceType, naming: Naming) -> str | None:
    """Return a made-up name, None where the engine's configuration forbids it."""
    if naming.mode == "disable":
        return None
    if naming.mode == "enforce":
        return naming.proposed
    if kind.autoname is AutoName.GUID:
        return str(UUID(naming.hexadecimal(32)))
    if naming.proposed:
        return naming.proposed
    is_child = kind.autoname is AutoName.COPY
    return naming.logical_name if is_child else naming.logical_name + naming.hexadecimal(DIGITS)


def is_made_up(kind: ResourceType, naming: Naming) -> bool:
    """Whether a name that follows is one that a second thing would not get."""
    if kind.schedules:  # two at once for one scope, principal and role: Azure takes the second for the first
        return False
    return kind.autoname is not AutoName.COPY or bool(naming.proposed)


def problems(kind: ResourceType, inputs: Props) -> Iterator[tuple[str, str]]:
    """Yield path and reason of a name that Azure would refuse."""
    rule = _rules().get(kind.token)
    name = inputs.get(rule["property"]) if rule else None
    if rule and isinstance(name, str) and not re.fullmatch(rule["pattern"], name, re.ASCII):
        yield rule["property"], f"must be {rule['says']} ({rule['source']})"
    for scope in ("scope", "resourceUri"):
        if inputs.get(scope) not in (None, UNKNOWN) and not re.match("/?(subscriptions|providers)/", inputs[scope]):
            yield scope, "must be an ARM id such as /subscriptions/… "


@cache
def _rules() -> dict[str, Any]:
    return read_data("names.json")
