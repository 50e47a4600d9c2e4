"""CloudWatch: an alarm that sounds tells its topics, which moto's does not.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-actions.html
"""

import json
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.sns.models import sns_backends

from clover.lab.cloud.call import Call


def tell(call: Call) -> None:
    """SetAlarmState, afterwards: the actions of the new state, where the alarm has any and they are on."""
    asked = call.parameters
    alarm: Any = cloudwatch_backends[call.account][call.region].alarms[asked["AlarmName"]]
    actions: dict[str, list[str]] = {"ALARM": alarm.alarm_actions, "OK": alarm.ok_actions}
    if not alarm.actions_enabled:
        return
    message = {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": call.account,
        "AlarmArn": alarm.alarm_arn,
        "NewStateValue": asked["StateValue"],
        "NewStateReason": asked.get("StateReason", ""),
    }
    for topic in actions.get(asked["StateValue"]) or ():
        account, region = topic.split(":")[4], topic.split(":")[3]
        sns_backends[account][region].publish(
            json.dumps(message), arn=topic, subject=f"{asked['StateValue']}: {alarm.name}"
        )


OPERATIONS: dict[str, Any] = {}
AFTERWARDS = {"cloudwatch.SetAlarmState": tell}
