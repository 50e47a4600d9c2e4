"""Azure's built-in roles, in the form that the evaluator takes."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from clover.tables import read_table

_LISTS = ("actions", "notActions", "dataActions", "notDataActions")


@cache
def built_in_roles() -> Mapping[str, Mapping[str, Any]]:
    """Every role by its name; see built_in_roles.yaml, where a role that is missing is unknown."""
    rows = read_table(Path(__file__).with_name("built_in_roles.yaml"))["roles"]
    return {name: _role(name, row) for name, row in rows.items()}


def built_in_role(reference: str) -> Mapping[str, Any]:
    """The role of a name, a GUID or the ARM id of a role definition; raises KeyError for one that is not listed."""
    if reference in built_in_roles():
        return built_in_roles()[reference]
    identifier = reference.rsplit("/", 1)[-1].lower()
    for role in built_in_roles().values():
        if role["id"] == identifier:
            return role
    raise KeyError(reference)


def _role(name: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """One role definition."""
    lists = {member: row.get(member, []) for member in _LISTS}
    condition = {member: row[member] for member in ("condition", "conditionVersion") if member in row}
    return {
        **{"id": row["id"], "roleName": name, "roleType": "BuiltInRole", "assignableScopes": ["/"]},
        **lists,
        **condition,
    }
