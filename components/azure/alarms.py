"""Alarms on queries: each sounds in the channel when its query finds a row, or when it finds none any more."""

from typing import Any, NamedTuple

import pulumi
from pulumi_azure_native import monitor

from components.azure import site as names
from components.azure.detections import Detection
from components.azure.site import SiteArgs
from components.tags import tags

EVERY = "PT5M"
"""How often a query is asked."""
LOOKING_BACK = "PT30M"
"""How far back a query looks: records of activities arrive up to twenty minutes late
(https://learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time)."""


class Watching(NamedTuple):
    """Where the monitor lies, the workspace that it asks, and the channel that its alarms sound in."""

    place: SiteArgs
    workspace: pulumi.Input[str]
    channel: pulumi.Input[str]


def alarm(parent: pulumi.Resource, name: str, watching: Watching, detection: Detection) -> monitor.ScheduledQueryRule:
    """Sound in the channel whenever the query finds a row, or with `silent` when it has found none for half an hour.

    An alarm says which rule found something and when. Rows are shown to nobody: a rule without dimensions tells a
    number alone (https://learn.microsoft.com/azure/azure-monitor/alerts/alerts-common-schema). It is never taken for
    resolved, so that what happens next is told too. A table is there from its first record on, so that queries are
    not tried when their rule is made.
    """
    place = watching.place
    return monitor.ScheduledQueryRule(
        name,
        rule_name=names.detection_name(place, detection.id),
        resource_group_name=names.group(place),
        location=place["region"],
        kind="LogAlert",
        display_name=detection.tells,
        description=detection.tells,
        severity=1,
        enabled=True,
        scopes=[watching.workspace],
        evaluation_frequency=EVERY,
        window_size=LOOKING_BACK,
        criteria={"all_of": [_condition(detection)]},
        auto_mitigate=False,
        skip_query_validation=True,
        actions={"action_groups": [watching.channel]},
        tags=tags(place),
        opts=pulumi.ResourceOptions(parent=parent),
    )


def _condition(detection: Detection) -> Any:
    """When the alarm sounds: at the first row, or below it."""
    return {
        "query": detection.query,
        "time_aggregation": "Count",
        "dimensions": [],
        "operator": "LessThan" if detection.silent else "GreaterThanOrEqual",
        "threshold": 1,
        "failing_periods": {"number_of_evaluation_periods": 1, "min_failing_periods_to_alert": 1},
    }
