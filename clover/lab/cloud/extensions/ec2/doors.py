"""Ways into a network that the lab has none of, and moto no listing: nobody can make one here, so there is none."""

from collections.abc import Mapping
from typing import Any

from clover.lab.cloud.call import Call


def client_vpns(_call: Call) -> Mapping[str, Any]:
    """DescribeClientVpnEndpoints."""
    return {"ClientVpnEndpoints": []}


def instance_connect_endpoints(_call: Call) -> Mapping[str, Any]:
    """DescribeInstanceConnectEndpoints."""
    return {"InstanceConnectEndpoints": []}


OPERATIONS = {
    "ec2.DescribeClientVpnEndpoints": client_vpns,
    "ec2.DescribeInstanceConnectEndpoints": instance_connect_endpoints,
}
