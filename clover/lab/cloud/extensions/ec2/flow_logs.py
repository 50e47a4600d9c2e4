"""Flow logs: moto takes a folder in an S3 destination for part of the bucket's name, and drops file options."""

from collections.abc import Mapping
from typing import Any

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.delivery import logs_are_kept_out
from clover.lab.cloud.extensions.ec2.network import network_of, tags_of

_FILE_OPTIONS = {"FileFormat": "plain-text", "HiveCompatiblePartitions": False, "PerHourPartition": False}


def create(call: Call) -> Mapping[str, Any]:
    """CreateFlowLogs; resources whose destination is not there are reported as unsuccessful."""
    asked, network = call.parameters, network_of(call)
    kind, destination = asked.get("LogDestinationType", "cloud-watch-logs"), asked.get("LogDestination")
    _refuse_twice(call, destination)
    if kind == "s3" and destination and logs_are_kept_out(call, destination.partition(":::")[2].partition("/")[0]):
        failed = [_denied(resource, destination) for resource in asked["ResourceIds"]]
        return {"FlowLogIds": [], "Unsuccessful": failed}
    made, failed = network.create_flow_logs(
        resource_type=asked["ResourceType"],
        resource_ids=asked["ResourceIds"],
        traffic_type=asked.get("TrafficType", "ALL"),
        deliver_logs_permission_arn=asked.get("DeliverLogsPermissionArn"),  # pyright: ignore[reportArgumentType]
        log_destination_type=kind,
        log_destination=destination.partition("/")[0] if destination and kind == "s3" else destination,  # pyright: ignore[reportArgumentType]
        log_group_name=asked.get("LogGroupName"),  # pyright: ignore[reportArgumentType]
        log_format=asked.get("LogFormat"),  # pyright: ignore[reportArgumentType]
        max_aggregation_interval=asked.get("MaxAggregationInterval", 600),
    )
    for flow_log in made:
        flow_log.log_destination = destination  # pyright: ignore[reportAttributeAccessIssue]
        flow_log.add_tags(tags_of(call, "vpc-flow-log"))
        if kind == "s3":
            options = {**_FILE_OPTIONS, **asked.get("DestinationOptions", {})}
            flow_log.destination_options = options  # pyright: ignore[reportAttributeAccessIssue]
    errors = [{"ResourceId": row[0], "Error": {"Code": row[1], "Message": row[2]}} for row in failed]
    return {"FlowLogIds": [flow_log.id for flow_log in made], "Unsuccessful": errors}


def _denied(resource: str, destination: str) -> Mapping[str, Any]:
    message = f"Access Denied for LogDestination: {destination}. Please check LogDestination permission"
    return {"ResourceId": resource, "Error": {"Code": "400", "Message": message}}


def _refuse_twice(call: Call, destination: str | None) -> None:
    for flow_log in network_of(call).flow_logs.values():
        same = (flow_log.log_destination, flow_log.log_group_name) == (destination, call.parameters.get("LogGroupName"))
        if same and flow_log.resource_id in call.parameters["ResourceIds"]:
            message = "There is an existing Flow Log with the same configuration and log destination."
            raise Refusal("FlowLogAlreadyExists", message, 400)


OPERATIONS = {"ec2.CreateFlowLogs": create}
