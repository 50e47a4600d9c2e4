"""CloudWatch: alarms on one figure."""

from typing import Any

from clover.lab.aws import tagging
from clover.lab.aws.cloud import Call
from clover.lab.aws.kind import Kind, Tagger, Update, given, table
from clover.lab.provider.wire import Props

SETTINGS = {
    "alarmDescription": "AlarmDescription",
    "actionsEnabled": "ActionsEnabled",
    "alarmActions": "AlarmActions",
    "okActions": "OKActions",
    "insufficientDataActions": "InsufficientDataActions",
    "namespace": "Namespace",
    "metricName": "MetricName",
    "statistic": "Statistic",
    "period": "Period",
    "evaluationPeriods": "EvaluationPeriods",
    "datapointsToAlarm": "DatapointsToAlarm",
    "threshold": "Threshold",
    "comparisonOperator": "ComparisonOperator",
    "treatMissingData": "TreatMissingData",
    "unit": "Unit",
}


def _put(call: Call, inputs: Props) -> str:
    settings = {theirs: inputs.get(ours) for ours, theirs in SETTINGS.items()}
    dimensions = [{"Name": name, "Value": value} for name, value in table(inputs, "dimensions").items()]
    tags = tagging.as_list(table(inputs, "tagsAll"))
    call.do(
        "cloudwatch",
        "put_metric_alarm",
        **given(AlarmName=inputs["name"], **settings, Dimensions=dimensions, Tags=tags),
    )
    return inputs["name"]


def _read(call: Call, name: str, _said: Props) -> Props | None:
    listed = call.do("cloudwatch", "describe_alarms", AlarmNames=[name])["MetricAlarms"]
    found: Any = next(iter(listed), None)
    if found is None:
        return None
    tags = call.do("cloudwatch", "list_tags_for_resource", ResourceARN=found["AlarmArn"])["Tags"]
    return {
        "name": found["AlarmName"],
        "arn": found["AlarmArn"],
        "dimensions": {each["Name"]: each["Value"] for each in found.get("Dimensions", ())},
        "tagsAll": tagging.from_list(tags),
        **{ours: found.get(theirs) for ours, theirs in SETTINGS.items()},
    }


def _update(call: Call, update: Update) -> None:
    if update.changed:
        _put(call, {**update.new, "tagsAll": {}})


def _delete(call: Call, name: str, _state: Props) -> None:
    call.remove("cloudwatch", "delete_alarms", AlarmNames=[name])


def _arn(call: Call, name: str) -> str:
    return f"arn:{call.partition}:cloudwatch:{call.region}:{call.account}:alarm:{name}"


TAGGER = Tagger(
    add=lambda call, name, tags: call.do(
        "cloudwatch", "tag_resource", ResourceARN=_arn(call, name), Tags=tagging.as_list(tags)
    ),
    remove=lambda call, name, keys: call.do("cloudwatch", "untag_resource", ResourceARN=_arn(call, name), TagKeys=keys),
)
KINDS = {
    "aws:cloudwatch/metricAlarm:MetricAlarm": Kind(
        create=_put, read=_read, update=_update, delete=_delete, tagger=TAGGER
    )
}
