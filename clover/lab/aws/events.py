"""EventBridge: buses with their policies, rules and targets. A rule of the account's own bus is named by itself."""

from typing import Any

from clover.lab.aws import tagging
from clover.lab.aws.casing import from_aws, to_aws
from clover.lab.aws.cloud import Call
from clover.lab.aws.kind import Kind, Tagger, Update, deleted_by, given, table
from clover.lab.provider.wire import Props

OWN_BUS = "default"


def _create_bus(call: Call, inputs: Props) -> str:
    tags = tagging.as_list(table(inputs, "tagsAll"))
    wanted = given(Name=inputs["name"], Description=inputs.get("description"), Tags=tags)
    call.do("events", "create_event_bus", **wanted)
    return inputs["name"]


def _read_bus(call: Call, name: str, _said: Props) -> Props | None:
    found = call.find("events", "describe_event_bus", Name=name)
    if found is None:
        return None
    tags = _tags(call, found["Arn"])
    return {"name": found["Name"], "arn": found["Arn"], "description": found.get("Description", ""), "tagsAll": tags}


def _tags(call: Call, arn: str) -> Props:
    return tagging.from_list(call.do("events", "list_tags_for_resource", ResourceARN=arn)["Tags"])


def _tagger(kind: str) -> Tagger:
    def arn(call: Call, known: str) -> str:
        return f"arn:{call.partition}:events:{call.region}:{call.account}:{kind}/{known}"

    def add(call: Call, known: str, tags: Props) -> None:
        call.do("events", "tag_resource", ResourceARN=arn(call, known), Tags=tagging.as_list(tags))

    def remove(call: Call, known: str, keys: list[str]) -> None:
        call.do("events", "untag_resource", ResourceARN=arn(call, known), TagKeys=keys)

    return Tagger(add, remove)


def _create_policy(call: Call, inputs: Props) -> str:
    bus = inputs.get("eventBusName") or OWN_BUS
    call.do("events", "put_permission", EventBusName=bus, Policy=inputs["policy"])
    return bus


def _read_policy(call: Call, bus: str, _said: Props) -> Props | None:
    found = call.find("events", "describe_event_bus", Name=bus)
    return {"eventBusName": bus, "policy": found["Policy"]} if found and found.get("Policy") else None


def _update_policy(call: Call, update: Update) -> None:
    if update.touches("policy"):
        call.do("events", "put_permission", EventBusName=update.id, Policy=update.new["policy"])


def _delete_policy(call: Call, bus: str, _state: Props) -> None:
    call.remove("events", "remove_permission", EventBusName=bus, RemoveAllPermissions=True)


def _put_rule(call: Call, inputs: Props) -> None:
    tags = tagging.as_list(table(inputs, "tagsAll"))
    wanted = given(
        Name=inputs["name"],
        EventBusName=inputs.get("eventBusName"),
        EventPattern=inputs.get("eventPattern"),
        ScheduleExpression=inputs.get("scheduleExpression"),
        Description=inputs.get("description"),
        State=inputs.get("state"),
        RoleArn=inputs.get("roleArn"),
        Tags=tags,
    )
    call.do("events", "put_rule", **wanted)


def _create_rule(call: Call, inputs: Props) -> str:
    _put_rule(call, inputs)
    bus = inputs.get("eventBusName") or OWN_BUS
    return inputs["name"] if bus == OWN_BUS else f"{bus}/{inputs['name']}"


def _place(rule: str) -> Props:
    """Return the parameters that name a rule; its id is `bus/name`, or the name alone on the account's own bus."""
    bus, _, name = rule.rpartition("/")
    return given(Name=name, EventBusName=bus)


def _read_rule(call: Call, rule: str, _said: Props) -> Props | None:
    found = call.find("events", "describe_rule", **_place(rule))
    if found is None:
        return None
    return {
        "arn": found["Arn"],
        "name": found["Name"],
        "eventBusName": found.get("EventBusName") or OWN_BUS,
        "eventPattern": found.get("EventPattern", ""),
        "scheduleExpression": found.get("ScheduleExpression", ""),
        "description": found.get("Description", ""),
        "state": found.get("State"),
        "roleArn": found.get("RoleArn", ""),
        "tagsAll": _tags(call, found["Arn"]),
    }


def _update_rule(call: Call, update: Update) -> None:
    if update.touches("eventPattern", "scheduleExpression", "description", "state", "roleArn"):
        _put_rule(call, {**update.new, "tagsAll": {}})


def _delete_rule(call: Call, rule: str, _state: Props) -> None:
    call.remove("events", "delete_rule", **_place(rule))


def _put_target(call: Call, inputs: Props) -> None:
    target: Any = {"Id": inputs["targetId"], "Arn": inputs["arn"]}
    target |= given(
        RoleArn=inputs.get("roleArn"),
        Input=inputs.get("input"),
        InputPath=inputs.get("inputPath"),
        DeadLetterConfig=to_aws(inputs.get("deadLetterConfig"), {}),
        RetryPolicy=to_aws(inputs.get("retryPolicy"), {}),
    )
    bus = given(EventBusName=inputs.get("eventBusName"))
    call.do("events", "put_targets", Rule=inputs["rule"], Targets=[target], **bus)


def _create_target(call: Call, inputs: Props) -> str:
    _put_target(call, inputs)
    return f"{inputs.get('eventBusName') or OWN_BUS}/{inputs['rule']}/{inputs['targetId']}"


def _read_target(call: Call, target: str, _said: Props) -> Props | None:
    bus, rule, wanted = target.split("/")
    listed = call.find("events", "list_targets_by_rule", Rule=rule, EventBusName=bus) or {}
    found: Any = next((each for each in listed.get("Targets", ()) if each["Id"] == wanted), None)
    if found is None:
        return None
    return {
        "eventBusName": bus,
        "rule": rule,
        "targetId": wanted,
        "arn": found["Arn"],
        "roleArn": found.get("RoleArn", ""),
        "input": found.get("Input", ""),
        "inputPath": found.get("InputPath", ""),
        "deadLetterConfig": from_aws(found.get("DeadLetterConfig"), {}),
        "retryPolicy": from_aws(found.get("RetryPolicy"), {}),
    }


def _update_target(call: Call, update: Update) -> None:
    if update.changed:
        _put_target(call, update.new)


def _delete_target(call: Call, target: str, _state: Props) -> None:
    bus, rule, wanted = target.split("/")
    call.remove("events", "remove_targets", Rule=rule, EventBusName=bus, Ids=[wanted])


KINDS = {
    "aws:cloudwatch/eventBus:EventBus": Kind(
        create=_create_bus,
        read=_read_bus,
        delete=deleted_by("events", "delete_event_bus", "Name"),
        tagger=_tagger("event-bus"),
    ),
    "aws:cloudwatch/eventBusPolicy:EventBusPolicy": Kind(
        create=_create_policy, read=_read_policy, update=_update_policy, delete=_delete_policy
    ),
    "aws:cloudwatch/eventRule:EventRule": Kind(
        create=_create_rule,
        read=_read_rule,
        update=_update_rule,
        delete=_delete_rule,
        tagger=_tagger("rule"),
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Kind(
        create=_create_target, read=_read_target, update=_update_target, delete=_delete_target
    ),
}
