"""moto's EC2 memory of one account and region."""

from typing import Any, cast

from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.subnets import Subnet
from moto.ec2.models.vpcs import VPCEndPoint
from moto.ec2.utils import random_vpc_ep_id

from clover.lab.cloud.call import Call


def network_of(call: Call) -> EC2Backend:
    """The EC2 backend of `call`'s account and region."""
    return ec2_backends[call.account][call.region]


def subnet_of(call: Call, subnet_id: str) -> Subnet | None:
    """A subnet by id, or None."""
    for zone in network_of(call).subnets.values():
        if subnet_id in zone:
            return zone[subnet_id]
    return None


def new_endpoint(network: EC2Backend, vpc: str, service: str, kind: str, **more: Any) -> VPCEndPoint:
    """A VPC endpoint of moto's (whose classes' constructors carry no types), not yet among `network`'s."""
    make = cast(Any, VPCEndPoint)
    given: dict[str, Any] = {
        "policy_document": None,
        "route_table_ids": [],
        "subnet_ids": [],
        "private_dns_enabled": False,
        **more,
    }
    return make(network, random_vpc_ep_id(), vpc, service, kind, **given)


def tags_of(call: Call, kind: str) -> dict[str, str]:
    """The tags that a create call gives to the resource of `kind`."""
    rows = [row for row in call.parameters.get("TagSpecifications", ()) if row.get("ResourceType") == kind]
    return {tag["Key"]: tag.get("Value", "") for row in rows for tag in row.get("Tags", ())}
