"""A workspace of logs on a cluster, a rule over it, and whom its alarm tells."""

import pulumi
from pulumi_azure_native import monitor, operationalinsights, resources


def watch(group: resources.ResourceGroup, opts: pulumi.ResourceOptions) -> None:
    """Declare them in the group."""
    _alarm(group, _logs(group, opts), opts)


def _logs(group: resources.ResourceGroup, opts: pulumi.ResourceOptions) -> operationalinsights.Workspace:
    cluster = operationalinsights.Cluster(
        "logs", resource_group_name=group.name, sku={"name": "CapacityReservation", "capacity": 100}, opts=opts
    )
    workspace = operationalinsights.Workspace(
        "logs",
        resource_group_name=group.name,
        sku={"name": "PerGB2018"},
        retention_in_days=30,
        features={"cluster_resource_id": cluster.id, "enable_log_access_using_only_resource_permissions": True},
        opts=opts,
    )
    operationalinsights.LinkedService(
        "logs",
        resource_group_name=group.name,
        workspace_name=workspace.name,
        linked_service_name="Cluster",
        write_access_resource_id=cluster.id,
        opts=opts,
    )
    return workspace


def _alarm(
    group: resources.ResourceGroup, workspace: operationalinsights.Workspace, opts: pulumi.ResourceOptions
) -> None:
    told = monitor.ActionGroup(
        "told",
        resource_group_name=group.name,
        location="swedencentral",
        group_short_name="told",
        webhook_receivers=[
            {"name": "auditor", "service_uri": "https://auditor.example.org/", "use_common_alert_schema": True}
        ],
        opts=opts,
    )
    monitor.ScheduledQueryRule(
        "denied",
        resource_group_name=group.name,
        kind="LogAlert",
        severity=1,
        enabled=True,
        scopes=[workspace.id],
        evaluation_frequency="PT5M",
        window_size="PT30M",
        criteria={
            "all_of": [
                {
                    "query": 'AZFWNetworkRule | where Action == "Deny"',
                    "time_aggregation": "Count",
                    "operator": "GreaterThanOrEqual",
                    "threshold": 1,
                }
            ]
        },
        actions={"action_groups": [told.id]},
        opts=opts,
    )
