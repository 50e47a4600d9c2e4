"""Management groups, what stands in them, and the policies at them."""

from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.azure.case import Case
from tests.lab.azure.witness import TENANT
from tests.lab.azure.world import World

GROUPS = "/providers/Microsoft.Management/managementGroups"
RULE: Props = {
    "if": {
        "allOf": [
            {"field": "type", "equals": "Microsoft.Test/nothing"},
            {"field": "name", "in": "[parameters('names')]"},
        ]
    },
    "then": {"effect": "deny"},
}
OTHER_RULE: Props = {**RULE, "then": {"effect": "audit"}}


def definition(world: World, **more: Any) -> Props:
    return {
        "managementGroupId": world.management_group["name"],
        "policyDefinitionName": world.name("policy"),
        "policyType": "Custom",
        "mode": "All",
        "parameters": {"names": {"type": "Array"}},
        "policyRule": RULE,
        **more,
    }


def assignment(world: World, **more: Any) -> Props:
    return {
        "scope": world.management_group.id,
        "policyAssignmentName": world.name("here"),
        "policyDefinitionId": world.watched.id,
        "enforcementMode": "Default",
        "parameters": {"names": {"value": ["a"]}},
        **more,
    }


def hierarchy(world: World) -> Props:
    """A tenant has one such thing: what another test left goes first."""
    world.witness.ask("DELETE", f"{GROUPS}/{TENANT}/settings/default", "2023-04-01")
    return {"groupId": TENANT, "requireAuthorizationForGroupCreation": True}


CASES = [
    Case(
        "management:ManagementGroup",
        inputs=lambda world: {
            "groupId": world.name("sites"),
            "displayName": "Sites",
            "details": {"parent": {"id": world.management_group.id}},
        },
        seen=lambda world: {
            "properties.displayName": "Sites",
            "properties.details.parent.id": world.management_group.id,
        },
        changed=lambda _: {"displayName": "All sites"},
        seen_changed=lambda _: {"properties.displayName": "All sites"},
        replaced=lambda _: {"groupId": "other"},
        drift=("properties.displayName", "Changed"),
        drifts="displayName",
    ),
    Case(
        "management:ManagementGroupSubscription",
        inputs=lambda world: {"groupId": world.management_group["name"]},
        seen=lambda world: {"properties.parent.id": world.management_group.id},
        replaced=lambda _: {"groupId": "other"},
    ),
    Case(
        "management:HierarchySetting",
        inputs=hierarchy,
        seen=lambda _: {"properties.requireAuthorizationForGroupCreation": True},
        changed=lambda _: {"requireAuthorizationForGroupCreation": False},
        seen_changed=lambda _: {"properties.requireAuthorizationForGroupCreation": False},
        replaced=lambda _: {"groupId": "other"},
        drift=("properties.requireAuthorizationForGroupCreation", False),
        drifts="requireAuthorizationForGroupCreation",
    ),
    Case(
        "authorization:PolicyDefinitionAtManagementGroup",
        inputs=definition,
        seen=lambda _: {"properties.policyRule": RULE, "properties.mode": "All"},
        changed=lambda _: {"policyRule": OTHER_RULE, "description": "watches"},
        seen_changed=lambda _: {"properties.policyRule.then.effect": "audit", "properties.description": "watches"},
        replaced=lambda _: {"policyDefinitionName": "other", "managementGroupId": "other"},
        drift=("properties.policyRule.then.effect", "disabled"),
        drifts="policyRule",
    ),
    Case(
        "authorization:PolicyAssignment",
        inputs=assignment,
        seen=lambda _: {"properties.enforcementMode": "Default", "properties.parameters.names.value": ["a"]},
        changed=lambda _: {"enforcementMode": "DoNotEnforce", "parameters": {"names": {"value": ["b"]}}},
        seen_changed=lambda _: {
            "properties.enforcementMode": "DoNotEnforce",
            "properties.parameters.names.value": ["b"],
        },
        replaced=lambda _: {"policyAssignmentName": "other", "scope": f"{GROUPS}/other"},
        drift=("properties.enforcementMode", "DoNotEnforce"),
        drifts="enforcementMode",
    ),
]
