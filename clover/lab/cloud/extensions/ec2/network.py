"""moto's EC2 memory of one account and region."""

from moto.ec2.models import EC2Backend, ec2_backends
from moto.ec2.models.subnets import Subnet

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


def tags_of(call: Call, kind: str) -> dict[str, str]:
    """The tags that a create call gives to the resource of `kind`."""
    rows = [row for row in call.parameters.get("TagSpecifications", ()) if row.get("ResourceType") == kind]
    return {tag["Key"]: tag.get("Value", "") for row in rows for tag in row.get("Tags", ())}
