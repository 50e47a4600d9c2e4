"""How workloads reach AWS services without leaving the network."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import ec2

from components.aws.egress_network import Frame, Network
from components.aws.policies.document import render
from components.aws.policies.endpoints import site_only
from components.aws.site import endpoint_service
from components.tags import tags


def declare(frame: Frame, network: Network, services: Sequence[str]) -> dict[str, ec2.VpcEndpoint]:
    """Declare the gateway endpoint to S3 and an interface endpoint for each other service, by service."""
    policy = render(site_only(frame.site), "vpc-endpoint-policy")
    gateway = ec2.VpcEndpoint(
        f"{frame.name}-endpoint-s3",
        vpc_id=network.vpc.id,
        vpc_endpoint_type="Gateway",
        service_name=endpoint_service(frame.site, "s3"),
        route_table_ids=[zone.workload_routes.id for zone in network.zones],
        policy=policy,
        tags=tags(frame.site),
        opts=frame.child(),
    )
    if not services:
        return {"s3": gateway}
    group = _security_group(frame, network)
    return {"s3": gateway, **{service: _interface(frame, network, group, service, policy) for service in services}}


def _security_group(frame: Frame, network: Network) -> ec2.SecurityGroup:
    """Who may speak to the interface endpoints: the network itself, over TLS; they call nobody."""
    https: ec2.SecurityGroupIngressArgsDict = {
        "description": "TLS from the site's network",
        "protocol": "tcp",
        "from_port": 443,
        "to_port": 443,
        "cidr_blocks": [frame.cidr],
    }
    return ec2.SecurityGroup(
        f"{frame.name}-endpoints",
        description="Interface endpoints of the site",
        vpc_id=network.vpc.id,
        ingress=[https],
        egress=[],
        tags=tags(frame.site),
        opts=frame.child(),
    )


def _interface(
    frame: Frame, network: Network, group: ec2.SecurityGroup, service: str, policy: pulumi.Input[str]
) -> ec2.VpcEndpoint:
    """An interface endpoint in every zone, under the service's usual name."""
    return ec2.VpcEndpoint(
        f"{frame.name}-endpoint-{service}",
        vpc_id=network.vpc.id,
        vpc_endpoint_type="Interface",
        service_name=endpoint_service(frame.site, service),
        private_dns_enabled=True,
        subnet_ids=[zone.workload.id for zone in network.zones],
        security_group_ids=[group.id],
        policy=policy,
        tags=tags(frame.site),
        opts=frame.child(),
    )
