"""From API calls, as a call log holds them, to the IAM actions that AWS checks."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.tables import read_table


class Needed(NamedTuple):
    """One action that a call asks for; `resource` is None where it is the call's own resource."""

    action: str
    resource: str | None
    context: Mapping[str, str]


@cache
def _table() -> Mapping[str, Any]:
    """The exceptions to "an operation is its own action"; see operations.yaml."""
    return read_table(Path(__file__).with_name("operations.yaml"))


def actions_of(service: str, operation: str, parameters: Mapping[str, Any]) -> list[Needed]:
    """What the call `operation` of the SDK client `service` asks for, with the context that its parameters give."""
    table, call = _table(), f"{service}.{operation}"
    name = table["renamed"].get(service, {}).get(operation, operation)
    told = table["context"].get(call, {})
    context = {key: _said(parameters.get(parameter), default) for key, (parameter, default) in told.items()}
    own = Needed(f"{table['prefixes'].get(service, service)}:{name}", None, context)
    rows = [row for row in table["also"].get(call, ()) if row["with"] == "always" or parameters.get(row["with"])]
    return [own, *(Needed(row["action"], row.get("resource"), {}) for row in rows)]


def _said(given: object, default: str) -> str:
    """A parameter as the value of a condition key: switches in small letters, as policies write them."""
    return default if given is None else str(given).lower() if isinstance(given, bool) else str(given)
