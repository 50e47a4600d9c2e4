"""Calls to Azure Resource Manager and the RBAC actions that they ask for.

Source: https://learn.microsoft.com/azure/role-based-access-control/role-definitions (operations format) and the rows of
operations.yaml.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple, cast

from clover.tables import read_table

_PROVIDER = re.compile(r"/providers/", re.IGNORECASE)
_KEYS, _EACH = "@keys", "*"


class Needed(NamedTuple):
    """One action that a call asks for, and the ARM id that it is asked at."""

    action: str
    scope: str


class Unreadable(ValueError):
    """A call that is none to Azure Resource Manager."""


@cache
def _table() -> Mapping[str, Any]:
    """Verbs and linked actions; see operations.yaml."""
    return read_table(Path(__file__).with_name("operations.yaml"))


def type_of(identifier: str) -> str:
    """The type of an ARM id or of a collection, such as Microsoft.Storage/storageAccounts; raises Unreadable.

    An extension's type is its own: what stands before its provider is where it is applied.
    """
    *containers, last = _PROVIDER.split(identifier.rstrip("/"))
    if containers:
        provider, *rest = last.split("/")
        if not rest:
            raise Unreadable(f"{identifier}: no type behind the provider")
        return "/".join([provider, *rest[::2]])
    segments = identifier.strip("/").split("/")
    known = {name.lower(): kind for name, kind in _table()["containers"].items()}
    kind = known.get(segments[-2 if len(segments) % 2 == 0 else -1].lower())
    if kind is None:
        raise Unreadable(f"{identifier}: neither a subscription nor a resource group")
    return kind


def call_of(method: str, path: str) -> Needed:
    """The action of an HTTP call and the scope that it is asked at; raises Unreadable.

    A POST names its operation behind the resource: …/storageAccounts/a/listKeys asks the account for listKeys/action.
    """
    path = path.partition("?")[0].rstrip("/")
    if method.upper() == "POST":
        resource, _, operation = path.rpartition("/")
        return Needed(f"{type_of(resource)}/{operation}/action", resource)
    verb = _table()["verbs"].get(method.upper())
    if verb is None:
        raise Unreadable(f"{method}: no method of Azure Resource Manager")
    return Needed(f"{type_of(path)}/{verb}", path)


def actions_of(operation: str, resource: str, body: Mapping[str, Any]) -> list[Needed]:
    """What a recorded call asks for: its own action at its resource, and the linked actions at what its body names."""
    rows = {name.lower(): listed for name, listed in _table()["linked"].items()}.get(operation.lower(), ())
    return [Needed(operation, resource), *(needed for row in rows for needed in _linked(row, body))]


def _linked(row: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[Needed]:
    """The actions of one row, at each id that stands where it says."""
    for found in _at(body, row["at"].split(".")):
        if isinstance(found, str) and _is_of(found, row.get("of")):
            for action in row["action"]:
                yield Needed(action, found)


def _is_of(identifier: str, kind: str | None) -> bool:
    """Whether the id is of the type that a row is limited to."""
    return kind is None or type_of(identifier).lower() == kind.lower()


def _at(value: Any, path: Sequence[str]) -> list[Any]:
    """The values at the end of a path; names of members ignore case, as ARM's do."""
    if not path:
        return [value]
    step, *rest = path
    if step == _EACH:
        members = cast("list[Any]", value) if isinstance(value, list) else []
        return [found for member in members for found in _at(member, rest)]
    if not isinstance(value, Mapping):
        return []
    members = cast("Mapping[str, Any]", value)
    if step == _KEYS:
        return list(members)
    return [found for key, member in members.items() if key.lower() == step.lower() for found in _at(member, rest)]
