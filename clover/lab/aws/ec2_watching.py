"""EC2: private ways to AWS's own services, and the log of what flows."""

from typing import Any

from clover.lab.aws import ec2, tagging
from clover.lab.aws.casing import from_aws, to_aws
from clover.lab.aws.cloud import Call
from clover.lab.aws.failure import AwsError
from clover.lab.aws.kind import Kind, Update, given, items, table
from clover.lab.provider.failure import Refusal
from clover.lab.provider.wire import Props

#: The SDK's list, and how ModifyVpcEndpoint calls it.
MEMBERS = {"routeTableIds": "RouteTableIds", "securityGroupIds": "SecurityGroupIds", "subnetIds": "SubnetIds"}
GONE = ("deleted", "deleting", "Deleted", "Deleting")
FAILED = ("failed", "rejected", "Failed", "Rejected")
#: What a flow log watches: the SDK's property and EC2's word.
WATCHED = {"vpcId": "VPC", "subnetId": "Subnet", "eniId": "NetworkInterface"}


def _create_endpoint(call: Call, inputs: Props) -> str:
    made = call.do(
        "ec2",
        "create_vpc_endpoint",
        **given(
            VpcId=inputs["vpcId"],
            ServiceName=inputs["serviceName"],
            ServiceRegion=inputs.get("serviceRegion"),
            VpcEndpointType=inputs.get("vpcEndpointType"),
            PolicyDocument=inputs.get("policy"),
            PrivateDnsEnabled=inputs.get("privateDnsEnabled"),
            IpAddressType=inputs.get("ipAddressType"),
            TagSpecifications=ec2.tag_specification("vpc-endpoint", inputs),
            **{theirs: inputs.get(ours) for ours, theirs in MEMBERS.items()},
        ),
    )
    return made["VpcEndpoint"]["VpcEndpointId"]


def _complete_endpoint(call: Call, endpoint: str, _inputs: Props) -> None:
    call.wait_for(f"endpoint {endpoint} to become available", lambda: _available(call, endpoint))


def _available(call: Call, endpoint: str) -> Props | None:
    found = _endpoint(call, endpoint) or {}
    if found.get("State") in FAILED:
        raise Refusal(f"endpoint {endpoint} failed: {table(found, 'LastError').get('Message', found['State'])}")
    return found if str(found.get("State")).lower() == "available" else None


def _endpoint(call: Call, endpoint: str) -> Props | None:
    found = ec2.one(call, "describe_vpc_endpoints", "VpcEndpoints", VpcEndpointIds=[endpoint])
    return None if found is None or found.get("State") in GONE else found


def _read_endpoint(call: Call, endpoint: str, _said: Props) -> Props | None:
    found = _endpoint(call, endpoint)
    if found is None:
        return None
    return {
        "arn": ec2.arn(call, "vpc-endpoint", endpoint),
        "vpcId": found["VpcId"],
        "serviceName": found["ServiceName"],
        "serviceRegion": found.get("ServiceRegion"),
        "vpcEndpointType": found.get("VpcEndpointType", "Gateway"),
        "policy": found.get("PolicyDocument"),
        "privateDnsEnabled": found.get("PrivateDnsEnabled", False),
        "ipAddressType": found.get("IpAddressType"),
        "routeTableIds": sorted(items(found, "RouteTableIds")),
        "subnetIds": sorted(items(found, "SubnetIds")),
        "securityGroupIds": sorted(group["GroupId"] for group in items(found, "Groups")),
        "networkInterfaceIds": sorted(items(found, "NetworkInterfaceIds")),
        "dnsEntries": [from_aws(entry, {}) for entry in items(found, "DnsEntries")],
        "state": found.get("State"),
        "requesterManaged": found.get("RequesterManaged", False),
        "ownerId": found.get("OwnerId", call.account),
        "tagsAll": tagging.from_list(found.get("Tags")),
        **_prefix_list(call, found),
    }


def _prefix_list(call: Call, endpoint: Props) -> Props:
    """Return the list of addresses behind a gateway endpoint."""
    if endpoint.get("VpcEndpointType", "Gateway") != "Gateway":
        return {}
    named = ec2.filters(prefix_list_name=endpoint["ServiceName"])
    found = ec2.one(call, "describe_prefix_lists", "PrefixLists", Filters=named) or {}
    return given(prefixListId=found.get("PrefixListId"), cidrBlocks=found.get("Cidrs"))


def _update_endpoint(call: Call, update: Update) -> None:
    new = update.new
    changes = _changed_members(update)
    if update.touches("policy") and "policy" in new:
        changes["PolicyDocument"] = new["policy"]
    if update.touches("privateDnsEnabled") and "privateDnsEnabled" in new:
        changes["PrivateDnsEnabled"] = new["privateDnsEnabled"]
    if update.touches("ipAddressType") and "ipAddressType" in new:
        changes["IpAddressType"] = new["ipAddressType"]
    if changes:
        call.do("ec2", "modify_vpc_endpoint", VpcEndpointId=update.id, **changes)
        _complete_endpoint(call, update.id, new)


def _changed_members(update: Update) -> dict[str, Any]:
    """Return which tables, groups and subnets to add and to remove."""
    changes: dict[str, Any] = {}
    for ours, theirs in MEMBERS.items():
        if update.touches(ours) and ours in update.new:
            old, new = set(items(update.state, ours)), set(items(update.new, ours))
            changes |= given(**{f"Add{theirs}": sorted(new - old), f"Remove{theirs}": sorted(old - new)})
    return changes


def _delete_endpoint(call: Call, endpoint: str, _state: Props) -> None:
    answer = call.find("ec2", "delete_vpc_endpoints", VpcEndpointIds=[endpoint]) or {}
    _raise_unsuccessful("ec2.DeleteVpcEndpoints", answer)
    call.wait_for(f"endpoint {endpoint} to go", lambda: True if _has_left(call, endpoint) else None)


def _has_left(call: Call, endpoint: str) -> bool:
    found = ec2.one(call, "describe_vpc_endpoints", "VpcEndpoints", VpcEndpointIds=[endpoint])
    return found is None or str(found.get("State")).lower() == "deleted"


def _raise_unsuccessful(operation: str, answer: Props) -> None:
    """Turn EC2's list of failures in a successful answer into an error; what is gone is no failure."""
    for failure in items(answer, "Unsuccessful"):
        error: Props = table(failure, "Error")
        if not str(error.get("Code")).endswith("NotFound"):
            raise AwsError(operation, str(error.get("Code")), str(error.get("Message")))


def _create_flow_log(call: Call, inputs: Props) -> str:
    watched = next(name for name in WATCHED if inputs.get(name))
    answer = call.do(
        "ec2",
        "create_flow_logs",
        **given(
            ResourceIds=[inputs[watched]],
            ResourceType=WATCHED[watched],
            TrafficType=inputs["trafficType"],
            LogDestinationType=inputs.get("logDestinationType"),
            LogDestination=inputs.get("logDestination"),
            DeliverLogsPermissionArn=inputs.get("iamRoleArn"),
            DeliverCrossAccountRole=inputs.get("deliverCrossAccountRole"),
            LogFormat=inputs.get("logFormat"),
            MaxAggregationInterval=inputs.get("maxAggregationInterval"),
            DestinationOptions=to_aws(inputs.get("destinationOptions"), {}),
            TagSpecifications=ec2.tag_specification("vpc-flow-log", inputs),
        ),
    )
    _raise_unsuccessful("ec2.CreateFlowLogs", answer)
    return answer["FlowLogIds"][0]


def _read_flow_log(call: Call, flow_log: str, _said: Props) -> Props | None:
    found = ec2.one(call, "describe_flow_logs", "FlowLogs", FlowLogIds=[flow_log])
    if found is None:
        return None
    return {
        "arn": ec2.arn(call, "vpc-flow-log", flow_log),
        _watched_by(found["ResourceId"]): found["ResourceId"],
        "trafficType": found["TrafficType"],
        "logDestinationType": found.get("LogDestinationType"),
        "logDestination": found.get("LogDestination"),
        "iamRoleArn": found.get("DeliverLogsPermissionArn"),
        "deliverCrossAccountRole": found.get("DeliverCrossAccountRole"),
        "logFormat": found.get("LogFormat"),
        "maxAggregationInterval": found.get("MaxAggregationInterval"),
        "destinationOptions": from_aws(found.get("DestinationOptions"), {}),
        "tagsAll": tagging.from_list(found.get("Tags")),
    }


def _watched_by(resource_id: str) -> str:
    return {"vpc": "vpcId", "subnet": "subnetId"}.get(resource_id.partition("-")[0], "eniId")


def _delete_flow_log(call: Call, flow_log: str, _state: Props) -> None:
    answer = call.find("ec2", "delete_flow_logs", FlowLogIds=[flow_log]) or {}
    _raise_unsuccessful("ec2.DeleteFlowLogs", answer)


KINDS = {
    "aws:ec2/vpcEndpoint:VpcEndpoint": Kind(
        tagger=ec2.TAGGER,
        create=_create_endpoint,
        complete=_complete_endpoint,
        read=_read_endpoint,
        update=_update_endpoint,
        delete=_delete_endpoint,
    ),
    "aws:ec2/flowLog:FlowLog": Kind(
        tagger=ec2.TAGGER, create=_create_flow_log, read=_read_flow_log, delete=_delete_flow_log
    ),
}
