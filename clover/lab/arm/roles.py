"""Roles, built-in and custom: what a role definition's id stands for."""

from collections.abc import Mapping, Sequence
from typing import Any, cast

from clover.lab.arm.catalog import table
from clover.lab.arm.store import Resource, Store

DEFINITION = "Microsoft.Authorization/roleDefinitions"


def guid_of(definition_id: str) -> str:
    """The GUID at the end of a role definition's id."""
    return definition_id.rpartition("/")[2].lower()


def builtin(guid: str) -> Mapping[str, Any] | None:
    """The built-in role with this GUID."""
    return table("roles")["roles"].get(guid.lower())


def custom(store: Store, guid: str) -> Resource | None:
    """The custom role with this GUID."""
    return next((one for one in store.of_type(DEFINITION) if one.name.lower() == guid.lower()), None)


def shown_builtin(guid: str, role: Mapping[str, Any], scope: str) -> dict[str, Any]:
    """A built-in role as a read at `scope` shows it."""
    above = f"/subscriptions/{scope.split('/')[2]}" if scope.lower().startswith("/subscriptions/") else ""
    permission = {name: list(role.get(name, ())) for name in ("actions", "notActions", "dataActions", "notDataActions")}
    return {
        "id": f"{above}/providers/{DEFINITION}/{guid}",
        "name": guid,
        "type": DEFINITION,
        "properties": {
            "roleName": role["name"],
            "description": role["description"],
            "type": "BuiltInRole",
            "assignableScopes": ["/"],
            "permissions": [permission],
        },
    }


def permissions(store: Store, definition_id: str) -> Sequence[Mapping[str, Any]]:
    """The permissions of a role; none where nobody knows it."""
    guid = guid_of(definition_id)
    known = builtin(guid)
    if known:
        return [known]
    made = custom(store, guid)
    return cast(Sequence[Mapping[str, Any]], made.properties.get("permissions", ())) if made else ()


def data_actions(store: Store, definition_id: str) -> list[str]:
    """The patterns of data actions that a role gives, those it takes back again left out."""
    return [
        pattern
        for permission in permissions(store, definition_id)
        for pattern in permission.get("dataActions", ())
        if pattern not in permission.get("notDataActions", ())
    ]
