"""Counterexamples of the incident controls, checked with another reading of event patterns."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from moto.events.models import EventPattern

from clover.model.resources import Resources, value
from clover.sources import Resource

RULE = "aws:cloudwatch/eventRule:EventRule"
ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
TARGET = "aws:cloudwatch/eventTarget:EventTarget"
NOTIFICATION = "aws:s3/bucketNotification:BucketNotification"
SUBSCRIPTION = "aws:sns/topicSubscription:TopicSubscription"


def fits(pattern: str, event: Mapping[str, Any]) -> bool:
    """Whether moto finds that an event fits the text of a pattern."""
    read: Any = EventPattern(pattern, json.loads(pattern))
    return read.matches_event(event)


def replay(found: Mapping[str, Any], resources: Resources) -> None:
    """What is said to be missing is, in the stack that is blamed; a property has the value that it is said to have."""
    name, blamed = str(found["property"]), found["urn"].partition("::")[0]
    own = [each for each in resources.all if each.urn.partition("::")[0] == blamed]
    about = next((each for each in own if each.urn == found["urn"]), None)
    if name == RULE:
        assert not list(_running(own, found["event"]))
    elif name == ALARM:
        assert about
        bus = value(about, "eventBusName")
        rule = {"RuleName": value(about, "name"), **({"EventBusName": bus} if bus not in (None, "default") else {})}
        assert rule not in [value(each, "dimensions") for each in own if each.type == ALARM]
    elif name == TARGET:
        assert about
        led = [
            value(each, "arn") for each in own if each.type == TARGET and value(each, "rule") == value(about, "name")
        ]
        assert found["allowed"] not in led
    elif name == SUBSCRIPTION:
        heard = {value(each, "endpoint") for each in own if each.type == SUBSCRIPTION}
        assert found["allowed"].removeprefix("mailto:") not in heard
    elif name.startswith("aws:"):
        assert not [each for each in own if each.type == name and value(each, "eventbridge") is not False]
    else:
        assert about
        assert value(about, name) == found["value"] or (value(about, name) or None) is (found["value"] or None)


def _running(own: list[Resource], event: Mapping[str, Any]) -> Iterator[Resource]:
    """The rules that run and fit an event, or for the tick of a schedule have one."""
    for rule in own:
        if rule.type != RULE or value(rule, "state") == "DISABLED":
            continue
        pattern, tick = value(rule, "eventPattern"), value(rule, "scheduleExpression")
        if (pattern and fits(pattern, event)) or (tick and event["source"] == "aws.events"):
            yield rule
