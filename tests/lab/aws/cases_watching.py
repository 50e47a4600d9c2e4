"""Events, topics and alarms."""

import json
from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.aws.case import Case
from tests.lab.aws.cases_storage import tags
from tests.lab.aws.world import World, policy
from tests.lab.provider.engine import Resource

SITE = "111122223333"


def pattern(name: str) -> str:
    return json.dumps({"source": ["aws.kms"], "detail": {"eventName": [name]}})


def see_bus(world: World, it: Resource) -> Props:
    found = world.aws("events").describe_event_bus(Name=it.id)
    return {
        "name": found["Name"],
        "tags": tags(world.aws("events").list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]),
    }


def bus(world: World) -> Resource:
    return world.make("cloudwatch/eventBus:EventBus", "bus", name=world.name("clover"))


def rule(world: World) -> Resource:
    return world.make(
        "cloudwatch/eventRule:EventRule", "rule", name=world.name("clover-rule"), eventPattern=pattern("DisableKey")
    )


def topic(world: World) -> Resource:
    return world.make("sns/topic:Topic", "topic", name=world.name("clover-topic"))


def sending(world: World, actions: Any) -> str:
    principal = {"AWS": f"arn:aws:iam::{SITE}:root"}
    arn = f"arn:aws:events:eu-west-1:{world.account}:event-bus/{world.name('clover')}"
    return policy({"Sid": "Site", "Effect": "Allow", "Principal": principal, "Action": actions, "Resource": arn})


def publishing(arn: str, service: str) -> str:
    principal = {"Service": f"{service}.amazonaws.com"}
    return policy(
        {"Sid": "Alarms", "Effect": "Allow", "Principal": principal, "Action": "sns:Publish", "Resource": arn}
    )


def see_rule(world: World, it: Resource) -> Props:
    found = world.aws("events").describe_rule(Name=it.id)
    return {
        "name": found["Name"],
        "eventPattern": found["EventPattern"],
        "state": found["State"],
        "description": found["Description"],
        "tags": tags(world.aws("events").list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]),
    }


def see_target(world: World, it: Resource) -> Props:
    (found,) = world.aws("events").list_targets_by_rule(Rule=it["rule"])["Targets"]
    return {"targetId": found["Id"], "arn": found["Arn"]}


def see_topic(world: World, it: Resource) -> Props:
    about = world.aws("sns").get_topic_attributes(TopicArn=it.id)["Attributes"]
    listed = world.aws("sns").list_tags_for_resource(ResourceArn=it.id)["Tags"]
    return {"kmsMasterKeyId": about["KmsMasterKeyId"], "tags": tags(listed)}


def see_topic_policy(world: World, it: Resource) -> Props:
    about = world.aws("sns").get_topic_attributes(TopicArn=it.id)["Attributes"]
    return {"policy": json.loads(about["Policy"])}


def see_subscription(world: World, it: Resource) -> Props:
    about = world.aws("sns").get_subscription_attributes(SubscriptionArn=it.id)["Attributes"]
    return {"topic": about["TopicArn"], "protocol": about["Protocol"], "endpoint": about["Endpoint"]}


def alarm(world: World) -> Props:
    return {
        "name": world.name("clover-alarm"),
        "alarmDescription": "Noticed",
        "namespace": "AWS/Events",
        "metricName": "TriggeredRules",
        "dimensions": {"RuleName": "clover-rule"},
        "statistic": "Sum",
        "period": 300,
        "evaluationPeriods": 1,
        "threshold": 1,
        "comparisonOperator": "GreaterThanOrEqualToThreshold",
        "treatMissingData": "notBreaching",
        "alarmActions": [f"arn:aws:sns:eu-west-1:{world.account}:clover"],
        "tags": {"clover:site": "dublin"},
    }


def see_alarm(world: World, it: Resource) -> Props:
    (found,) = world.aws("cloudwatch").describe_alarms(AlarmNames=[it.id])["MetricAlarms"]
    listed = world.aws("cloudwatch").list_tags_for_resource(ResourceARN=found["AlarmArn"])["Tags"]
    return {
        "alarmDescription": found["AlarmDescription"],
        "dimensions": {each["Name"]: each["Value"] for each in found["Dimensions"]},
        "threshold": found["Threshold"],
        "treatMissingData": found["TreatMissingData"],
        "alarmActions": found["AlarmActions"],
        "tags": tags(listed),
    }


CASES = [
    Case(
        token="aws:cloudwatch/eventBus:EventBus",
        inputs=lambda world: {"name": world.name("clover"), "tags": {"clover:site": "dublin"}},
        seen=see_bus,
        replaced=lambda world: {"name": world.name("other")},
        drift=lambda world, it: world.aws("events").delete_event_bus(Name=it.id),
    ),
    Case(
        token="aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        inputs=lambda world: {"eventBusName": bus(world).id, "policy": sending(world, "events:PutEvents")},
        changed=lambda world: {"policy": sending(world, ["events:PutEvents", "events:PutRule"])},
        seen=lambda world, it: {"policy": json.loads(world.aws("events").describe_event_bus(Name=it.id)["Policy"])},
        replaced=lambda world: {"eventBusName": world.name("other")},
        drift=lambda world, it: world.aws("events").remove_permission(EventBusName=it.id, RemoveAllPermissions=True),
    ),
    Case(
        token="aws:cloudwatch/eventRule:EventRule",
        inputs=lambda world: {
            "name": world.name("clover-rule"),
            "eventPattern": pattern("DisableKey"),
            "state": "ENABLED",
            "description": "Keys",
            "tags": {"clover:site": "dublin"},
        },
        changed=lambda world: {"eventPattern": pattern("PutKeyPolicy"), "state": "DISABLED"},
        seen=see_rule,
        replaced=lambda world: {"name": world.name("other")},
        drift=lambda world, it: world.aws("events").disable_rule(Name=it.id),
        drifts=frozenset({"state"}),
    ),
    Case(
        token="aws:cloudwatch/eventTarget:EventTarget",
        inputs=lambda world: {
            "rule": rule(world)["name"],
            "targetId": "monitor",
            "arn": f"arn:aws:events:eu-west-1:{SITE}:event-bus/clover",
        },
        changed=lambda world: {"arn": f"arn:aws:events:eu-west-1:{SITE}:event-bus/other"},
        seen=see_target,
        replaced=lambda world: {"targetId": "other"},
        drift=lambda world, it: world.aws("events").remove_targets(Rule=it["rule"], Ids=["monitor"]),
    ),
    Case(
        token="aws:sns/topic:Topic",
        inputs=lambda world: {
            "name": world.name("clover-topic"),
            "kmsMasterKeyId": world.key["arn"],
            "tags": {"clover:site": "dublin"},
        },
        changed=lambda world: {"kmsMasterKeyId": world.other_key["arn"]},
        seen=see_topic,
        replaced=lambda world: {"name": world.name("other")},
        drift=lambda world, it: world.aws("sns").delete_topic(TopicArn=it.id),
    ),
    Case(
        token="aws:sns/topicPolicy:TopicPolicy",
        inputs=lambda world: {"arn": (made := topic(world)).id, "policy": publishing(made.id, "cloudwatch")},
        changed=lambda world: {"policy": publishing(f"arn:aws:sns:eu-west-1:{world.account}:*", "cloudwatch")},
        seen=see_topic_policy,
        replaced=lambda world: {"arn": f"arn:aws:sns:eu-west-1:{world.account}:other"},
        drift=lambda world, it: world.aws("sns").set_topic_attributes(
            TopicArn=it.id, AttributeName="Policy", AttributeValue=publishing(it.id, "events")
        ),
        drifts=frozenset({"policy"}),
        stays_after_delete=True,
    ),
    Case(
        token="aws:sns/topicSubscription:TopicSubscription",
        inputs=lambda world: {
            "topic": topic(world).id,
            "protocol": "https",
            "endpoint": "https://authority.example.org/ie",
        },
        changed=lambda world: {"filterPolicy": '{"severity":["high"]}'},
        seen=see_subscription,
        replaced=lambda world: {"endpoint": "https://authority.example.org/no"},
        drift=lambda world, it: world.aws("sns").unsubscribe(SubscriptionArn=it.id),
    ),
    Case(
        token="aws:cloudwatch/metricAlarm:MetricAlarm",
        inputs=alarm,
        changed=lambda world: {"threshold": 5, "treatMissingData": "breaching"},
        seen=see_alarm,
        replaced=lambda world: {"name": world.name("other")},
        drift=lambda world, it: world.aws("cloudwatch").delete_alarms(AlarmNames=[it.id]),
    ),
]
