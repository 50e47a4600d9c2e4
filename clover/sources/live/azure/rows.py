"""The tables of Azure, written short, as rows of the reading: a collection, what its entries become, what lies below.

`list` is a collection's type: of the subscription, or of the thing that the row stands below; a type with a provider
there is an extension. `get` is one thing. `as` names a type that has a shape; `is` one of which it is enough to know
that it is there; without either, only what lies below counts. `version` is the API version where no shape says it.
`whole` asks for each entry again, where the list leaves something out; `records` adds the diagnostic settings of each.
`id` says where an entry names what declared it, whose id the engine knows it by.
`query`, `if`, `unless` and `absent` as everywhere.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from clover.sources.live.azure import shapes
from clover.sources.live.azure.others import PRESENT
from clover.sources.live.paths import UNREAD

Row = Mapping[str, Any]

SETTINGS: Row = {"list": "Microsoft.Insights/diagnosticSettings", "as": "azure-native:monitor:DiagnosticSetting"}
GROUPS = "Microsoft.Resources/subscriptions/resourceGroups"
LISTED = "Microsoft.Resources/subscriptions/resources/read"
LISTED_VERSION = "2024-03-01"
GONE = ("ResourceNotFound", "NotFound", "ParentResourceNotFound", "ResourceGroupNotFound")
"""Codes that say that there is no such thing (any more): what was listed a moment ago may have been deleted."""
UNUSED = ("MissingSubscriptionRegistration",)
"""Codes that say that the subscription has nothing of a provider:
https://learn.microsoft.com/azure/azure-resource-manager/troubleshooting/error-register-resource-provider."""


@cache
def tables() -> Mapping[str, Any]:
    """What is asked of Azure, by topic."""
    files = sorted((Path(__file__).parent / "tables").glob("*.yaml"))
    short = {file.stem: yaml.safe_load(file.read_text(encoding="utf-8")) for file in files}
    found = {topic: [_row(row, "") for row in rows] for topic, rows in short.items()}
    read = frozenset(kind for rows in short.values() for row in rows for kind in _types(row, ""))
    return {**found, "others": [_unread(read)]}


def _types(row: Row, above: str) -> Iterator[str]:
    """The types, in lower case, of which a row and those below it show every one."""
    kind = _kind(row, above)
    if "list" in row:
        yield kind.lower()
    for inner in row.get("below", ()):
        yield from _types(inner, kind)


def _kind(row: Row, above: str) -> str:
    """The type that a row is about, as its actions name it."""
    name = str(row.get("list") or row["get"])
    if "get" in row:
        name = name.rpartition("/")[0]
    if name == "resourcegroups":
        return GROUPS
    return name if name.startswith("Microsoft.") or not above else f"{above}/{name}"


def _row(row: Row, above: str) -> dict[str, Any]:
    kind = _kind(row, above)
    token = row.get("as") or row.get("is")
    version = row.get("version") or shapes.type_of(str(token)).version
    made: dict[str, Any] = {
        "call": f"{kind}/read",
        "with": {"path": f"{_place(above)}/{_segment(row)}", "api-version": f"={version}", **_constants(row)},
        "items": "value" if "list" in row else ".",
        "absent": [*row.get("absent", ()), *UNUSED, *(GONE if above or "get" in row else ())],
        "gives": [_gift(row, token)] if token else [],
        "each": [_row(inner, kind) for inner in _below(row)],
    }
    if row.get("whole"):
        made["also"] = {"whole": {"call": made["call"], "with": {"path": "id", "api-version": f"={version}"}}}
    return made | {name: row[name] for name in ("if", "unless") if name in row}


def _place(above: str) -> str:
    return "{^.id}" if above else "/subscriptions/{@.account}"


def _segment(row: Row) -> str:
    name = str(row.get("list") or row["get"])
    return f"providers/{name}" if name.startswith("Microsoft.") else name


def _constants(row: Row) -> dict[str, str]:
    return {name: f"={text}" for name, text in row.get("query", {}).items()}


def _below(row: Row) -> Sequence[Row]:
    return (*row.get("below", ()), *((SETTINGS,) if row.get("records") else ()))


def _gift(row: Row, token: str) -> dict[str, Any]:
    if "is" in row:
        return {"type": token, "id": "id", "properties": PRESENT}
    members = shapes.type_of(token).shape.members
    source = "whole" if row.get("whole") else "."
    return {
        "type": token,
        "id": row.get("id", "id"),
        "properties": f"{source} | arm {token}",
        "unread": {**dict.fromkeys(members, UNREAD), **PRESENT},
    }


def _unread(read: frozenset[str]) -> dict[str, Any]:
    """What else there is: everything of a type that no table shows."""
    return {
        "call": LISTED,
        "with": {"path": "/subscriptions/{@.account}/resources", "api-version": f"={LISTED_VERSION}"},
        "items": "value",
        "unless": f"type | among {' '.join(sorted(read))}",
        "gives": [{"type": "type | token", "id": "id", "properties": ". | resource"}],
    }
