"""Alarms on rules: each sounds in the channel when its rule has fitted an event, or when none comes any more."""

from typing import Any, NamedTuple

import pulumi
from pulumi_aws import cloudwatch

from components.aws import site as names
from components.aws.site import SiteArgs
from components.tags import tags

PERIOD_SECONDS = 300
QUIET_PERIODS = 6
"""For how many periods nothing may come through before that is an alarm."""


class Sounded(NamedTuple):
    """What an alarm says, when, and where: on the rule of that id; `bus` is None for the account's own."""

    id: str
    tells: str
    channel: pulumi.Input[str]
    bus: pulumi.Input[str] | None = None
    silent: bool = False


def alarm(parent: pulumi.Resource, name: str, place: SiteArgs, sounded: Sounded) -> cloudwatch.MetricAlarm:
    """Sound in the channel when the rule has fitted once, or with `silent` when it has not for half an hour.

    EventBridge counts what a rule has fitted, whether it has a target or not; a figure that is missing is none
    (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-monitoring.html).
    """
    rule = names.detection_name(place, sounded.id)
    return cloudwatch.MetricAlarm(
        name,
        name=rule,
        alarm_description=sounded.tells,
        namespace="AWS/Events",
        metric_name="TriggeredRules",
        dimensions={"RuleName": rule, **({"EventBusName": sounded.bus} if sounded.bus else {})},
        statistic="Sum",
        period=PERIOD_SECONDS,
        threshold=1,
        **_WHEN[sounded.silent],
        actions_enabled=True,
        alarm_actions=[sounded.channel],
        tags=tags(place),
        opts=pulumi.ResourceOptions(parent=parent),
    )


_WHEN: dict[bool, dict[str, Any]] = {
    False: {
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "evaluation_periods": 1,
        "treat_missing_data": "notBreaching",
    },
    True: {
        "comparison_operator": "LessThanThreshold",
        "evaluation_periods": QUIET_PERIODS,
        "treat_missing_data": "breaching",
    },
}
