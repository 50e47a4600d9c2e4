"""The VPC endpoints that Network Firewall keeps in a customer's subnets: routes can point at them."""

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.ec2.network import network_of, new_endpoint, subnet_of


def zone_of(call: Call, subnet_id: str, vpc: str | None = None) -> str:
    """The availability zone of a subnet; Refusal where there is no such subnet, or it is not `vpc`'s."""
    subnet = subnet_of(call, subnet_id)
    if subnet is None or vpc not in (None, subnet.vpc_id):
        raise Refusal("InvalidRequestException", f"subnet does not exist in the VPC, parameter: [{subnet_id}]")
    return subnet.availability_zone


def add_endpoint(call: Call, firewall_arn: str, vpc: str, subnet_id: str) -> str:
    """Put a firewall's endpoint into a subnet; its id."""
    network = network_of(call)
    service = f"com.amazonaws.vpce.{call.region}.vpce-svc-{firewall_arn.rpartition('/')[2]}"
    tags = {"AWSNetworkFirewallManaged": "true", "Firewall": firewall_arn}
    endpoint = new_endpoint(network, vpc, service, "GatewayLoadBalancer", subnet_ids=[subnet_id], tags=tags)
    interface = network.create_network_interface(
        network.get_subnet(subnet_id), "", description=f"VPC Endpoint Interface {endpoint.id}"
    )
    endpoint.network_interface_ids = [interface.id]
    network.vpc_end_points[endpoint.id] = endpoint
    return endpoint.id


def remove_endpoint(call: Call, endpoint_id: str) -> None:
    """Take a firewall's endpoint away; routes that point at it stay, as black holes."""
    network = network_of(call)
    endpoint = network.vpc_end_points.pop(endpoint_id)
    for interface in endpoint.network_interface_ids:
        network.enis.pop(interface, None)
