"""Logging configurations: where a firewall's alerts, flows and TLS logs go.

AWS takes one change at a time: one destination added, changed or removed by a call.
Source: https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_UpdateLoggingConfiguration.html
"""

from collections.abc import Mapping
from typing import Any

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.buckets import bucket_named
from clover.lab.cloud.extensions.delivery import logs_are_kept_out
from clover.lab.cloud.extensions.networkfirewall.state import STATE, found

_DESTINATION_KEYS = {"S3": "bucketName", "CloudWatchLogs": "logGroup", "KinesisDataFirehose": "deliveryStream"}


def update(call: Call) -> Mapping[str, Any]:
    """UpdateLoggingConfiguration."""
    firewall = found(STATE.of(call).firewalls, call, "Firewall")
    asked: Mapping[str, Any] = call.parameters.get("LoggingConfiguration") or {"LogDestinationConfigs": []}
    rows = asked["LogDestinationConfigs"]
    types = [row["LogType"] for row in rows]
    if len(types) != len(set(types)):
        raise Refusal("InvalidRequestException", "one destination for each log type, parameter: [LogType]")
    for row in rows:
        _check_destination(row, call)
    before = _destinations(firewall.logging)
    after = _destinations(asked)
    changed = {key for key in before.keys() | after.keys() if before.get(key) != after.get(key)}
    if len(changed) > 1:
        raise Refusal("InvalidRequestException", "you can change only one LogDestinationConfig in a single call")
    firewall.logging = asked
    return {"FirewallArn": firewall.arn, "FirewallName": firewall.name, "LoggingConfiguration": asked}


def describe(call: Call) -> Mapping[str, Any]:
    """DescribeLoggingConfiguration."""
    firewall = found(STATE.of(call).firewalls, call, "Firewall")
    return {"FirewallArn": firewall.arn, "LoggingConfiguration": firewall.logging}


def _check_destination(row: Mapping[str, Any], call: Call) -> None:
    key = _DESTINATION_KEYS[row["LogDestinationType"]]
    name = row["LogDestination"].get(key)
    if not name:
        raise Refusal("InvalidRequestException", f"{key} is missing, parameter: [LogDestination]")
    if key == "bucketName" and (bucket_named(call, name) is None or logs_are_kept_out(call, name)):
        raise Refusal("LogDestinationPermissionException", f"bucket {name} does not exist or cannot be written to")


def _destinations(configuration: Mapping[str, Any] | None) -> dict[tuple[str, str], Mapping[str, str]]:
    """Where each log type goes, by the kind of destination: neither can be changed in one call."""
    rows = configuration["LogDestinationConfigs"] if configuration else ()
    return {(row["LogType"], row["LogDestinationType"]): row["LogDestination"] for row in rows}


OPERATIONS = {"UpdateLoggingConfiguration": update, "DescribeLoggingConfiguration": describe}
