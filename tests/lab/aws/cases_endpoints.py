"""Private ways to AWS's services, and flow logs."""

import json

from clover.lab.provider.wire import Props
from tests.lab.aws.case import Case
from tests.lab.aws.cases_network import ec2
from tests.lab.aws.world import World, policy
from tests.lab.provider.engine import Resource


def see_endpoint(world: World, endpoint: Resource) -> Props:
    (about,) = ec2(world).describe_vpc_endpoints(VpcEndpointIds=[endpoint.id])["VpcEndpoints"]
    return {
        "serviceName": about["ServiceName"],
        "vpcEndpointType": about["VpcEndpointType"],
        "subnetIds": about["SubnetIds"],
        "securityGroupIds": [group["GroupId"] for group in about["Groups"]],
        "policy": json.loads(about["PolicyDocument"]),
    }


def only(account: str) -> str:
    condition = {"StringEquals": {"aws:ResourceAccount": account}}
    return policy({"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", "Condition": condition})


def see_flow_log(world: World, log: Resource) -> Props:
    (about,) = ec2(world).describe_flow_logs(FlowLogIds=[log.id])["FlowLogs"]
    return {
        "vpcId": about["ResourceId"],
        "trafficType": about["TrafficType"],
        "logDestinationType": about["LogDestinationType"],
        "logDestination": about["LogDestination"],
        "maxAggregationInterval": about["MaxAggregationInterval"],
    }


CASES = [
    Case(
        token="aws:ec2/vpcEndpoint:VpcEndpoint",
        inputs=lambda world: {
            "vpcId": world.vpc.id,
            "serviceName": "com.amazonaws.eu-west-1.sts",
            "vpcEndpointType": "Interface",
            "subnetIds": [world.subnet.id],
            "securityGroupIds": [world.group.id],
            "privateDnsEnabled": True,
            "policy": only(world.account),
        },
        changed=lambda world: {
            "subnetIds": [world.subnet.id, world.other_subnet.id],
            "securityGroupIds": [world.other_group.id],
            "policy": only("444455556666"),
        },
        replaced=lambda world: {"serviceName": "com.amazonaws.eu-west-1.kms"},
        seen=see_endpoint,
        drift=lambda world, endpoint: ec2(world).modify_vpc_endpoint(
            VpcEndpointId=endpoint.id, PolicyDocument=only("999999999999")
        ),
        drifts=frozenset({"policy"}),
    ),
    Case(
        token="aws:ec2/flowLog:FlowLog",
        inputs=lambda world: {
            "vpcId": world.vpc.id,
            "trafficType": "ALL",
            "logDestinationType": "s3",
            "logDestination": world.bucket["arn"],
            "maxAggregationInterval": 60,
        },
        replaced=lambda world: {"maxAggregationInterval": 600},
        seen=see_flow_log,
        drift=lambda world, log: ec2(world).delete_flow_logs(FlowLogIds=[log.id]),
    ),
]
