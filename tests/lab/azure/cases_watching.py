"""Workspaces of logs on clusters of their own, rules that query them, and groups that hear the rules."""

from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.azure.case import Case
from tests.lab.azure.world import World

ENCRYPTION_USER = "e147488a-f6f5-4113-8e2d-b22465e65bf6"


def cluster(world: World, **more: Any) -> Props:
    return world.grouped(
        clusterName=world.name("logs"),
        sku={"name": "CapacityReservation", "capacity": 100},
        billingType="Cluster",
        identity={"type": "UserAssigned", "userAssignedIdentities": [world.identity.id]},
        **more,
    )


def under_a_key(world: World) -> Props:
    """A key that the identity may wrap with, as a cluster is told of it."""
    key = world.make(
        "keyvault:Key",
        "logs",
        **world.grouped(vaultName=world.vault["name"], keyName="logs", properties={"kty": "RSA-HSM", "keySize": 3072}),
    )
    world.make(
        "authorization:RoleAssignment",
        "logs-user",
        scope=key.id,
        roleAssignmentName=world.guid(9),
        roleDefinitionId=f"/providers/Microsoft.Authorization/roleDefinitions/{ENCRYPTION_USER}",
        principalId=world.identity["principalId"],
        principalType="ServicePrincipal",
    )
    uri = f"https://{world.vault['name']}.vault.azure.net/"
    return {"keyVaultUri": uri, "keyName": "logs", "keyVersion": ""}


def rule(world: World, **more: Any) -> Props:
    return world.grouped(
        ruleName=world.name("denied"),
        kind="LogAlert",
        severity=1,
        enabled=True,
        scopes=[world.workspace.id],
        evaluationFrequency="PT5M",
        windowSize="PT30M",
        autoMitigate=False,
        skipQueryValidation=True,
        criteria={
            "allOf": [
                {
                    "query": 'AZFWNetworkRule | where Action == "Deny"',
                    "timeAggregation": "Count",
                    "operator": "GreaterThanOrEqual",
                    "threshold": 1,
                }
            ]
        },
        actions={"actionGroups": [world.action_group.id]},
        **more,
    )


def hearing(world: World, address: str) -> Props:
    return {"webhookReceivers": [{"name": "auditor", "serviceUri": address, "useCommonAlertSchema": True}]}


CASES = [
    Case(
        "operationalinsights:Cluster",
        inputs=lambda world: cluster(world, keyVaultProperties=under_a_key(world)),
        seen=lambda _: {
            "sku.capacity": 100,
            "properties.keyVaultProperties.keyName": "logs",
            "properties.isDoubleEncryptionEnabled": True,
        },
        changed=lambda _: {"sku": {"name": "CapacityReservation", "capacity": 200}},
        seen_changed=lambda _: {"sku.capacity": 200},
        replaced=lambda _: {"clusterName": "other", "location": "northeurope", "isDoubleEncryptionEnabled": False},
        drift=("sku.capacity", 500),
        drifts="sku",
    ),
    Case(
        "operationalinsights:Workspace",
        inputs=lambda world: world.grouped(
            workspaceName=world.name("records"),
            sku={"name": "PerGB2018"},
            retentionInDays=30,
            publicNetworkAccessForQuery="Disabled",
            features={"disableLocalAuth": True},
        ),
        seen=lambda _: {
            "properties.publicNetworkAccessForQuery": "Disabled",
            "properties.features.disableLocalAuth": True,
            "properties.retentionInDays": 30,
        },
        changed=lambda _: {"retentionInDays": 60},
        seen_changed=lambda _: {"properties.retentionInDays": 60},
        replaced=lambda _: {"workspaceName": "other", "location": "northeurope"},
        drift=("properties.publicNetworkAccessForQuery", "Enabled"),
        drifts="publicNetworkAccessForQuery",
    ),
    Case(
        "operationalinsights:LinkedService",
        inputs=lambda world: world.grouped(
            workspaceName=world.workspace["name"],
            linkedServiceName="Cluster",
            writeAccessResourceId=world.cluster.id,
        ),
        seen=lambda world: {"properties.writeAccessResourceId": world.cluster.id},
        replaced=lambda _: {"workspaceName": "other"},
    ),
    Case(
        "monitor:ActionGroup",
        inputs=lambda world: world.grouped(
            actionGroupName=world.name("told"),
            location="swedencentral",
            groupShortName="clover",
            enabled=True,
            **hearing(world, "https://auditor.example.org/a"),
        ),
        seen=lambda _: {"location": "swedencentral", "properties.webhookReceivers.0.name": "auditor"},
        changed=lambda world: hearing(world, "https://auditor.example.org/b"),
        seen_changed=lambda _: {"properties.webhookReceivers.0.serviceUri": "https://auditor.example.org/b"},
        replaced=lambda _: {"actionGroupName": "other", "location": "northeurope"},
        drift=("properties.enabled", False),
        drifts="enabled",
    ),
    Case(
        "monitor:ScheduledQueryRule",
        inputs=rule,
        seen=lambda world: {
            "properties.scopes": [world.workspace.id],
            "properties.criteria.allOf.0.operator": "GreaterThanOrEqual",
            "properties.actions.actionGroups": [world.action_group.id],
        },
        changed=lambda _: {"windowSize": "PT45M"},
        seen_changed=lambda _: {"properties.windowSize": "PT45M"},
        replaced=lambda _: {"ruleName": "other", "location": "northeurope"},
        drift=("properties.enabled", False),
        drifts="enabled",
    ),
]
