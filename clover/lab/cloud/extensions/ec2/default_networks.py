"""Regions without a default network: the lab's accounts are as a landing zone hands them over.

https://docs.aws.amazon.com/controltower/latest/userguide/vpc-concepts.html: Control Tower deletes the default VPC.
"""

from typing import Any

from moto.ec2.models import EC2Backend


def leave_out() -> None:
    """Make moto's regions begin without the network that it gives each of them."""
    region: Any = EC2Backend
    begin, make_subnet = region.__init__, region.create_subnet

    def begin_empty(self: Any, region_name: str, account_id: str) -> None:
        begin(self, region_name, account_id)
        for subnet in self.describe_subnets(filters={"vpc-id": self.default_vpc.id}):
            self.delete_subnet(subnet.id)
        self.delete_vpc(self.default_vpc.id)

    def make_plain_subnet(self: Any, *given: Any, **named: Any) -> Any:
        """Moto takes the first subnet of a zone for its default one, whose instances get public addresses."""
        subnet = make_subnet(self, *given, **named)
        if hasattr(self, "default_vpc"):  # the region has begun
            subnet.default_for_az = subnet.map_public_ip_on_launch = False
        return subnet

    region.__init__, region.create_subnet = begin_empty, make_plain_subnet
