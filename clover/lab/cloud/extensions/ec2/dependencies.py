"""What EC2 refuses because something depends on it, or does not exist, and moto lets pass."""

import ipaddress

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.ec2.network import network_of

_GONE = ("deleted", "deleting")


def _violation(message: str) -> Refusal:
    return Refusal("DependencyViolation", message, 400)


def check_subnet_place(call: Call) -> None:
    """CreateSubnet: a zone of the region, a block between /16 and /28."""
    zone, block = call.parameters.get("AvailabilityZone"), call.parameters.get("CidrBlock")
    zones = [one.name for one in network_of(call).describe_availability_zones()]
    if zone and zone not in zones:
        message = f"Value ({zone}) for parameter availabilityZone is invalid. Subnets can currently only be created in"
        raise Refusal("InvalidParameterValue", f"{message} the following availability zones: {', '.join(zones)}.", 400)
    if block and not 16 <= ipaddress.ip_network(block, strict=False).prefixlen <= 28:
        raise Refusal("InvalidSubnet.Range", f"The CIDR '{block}' is invalid.", 400)


def check_subnet_empty(call: Call) -> None:
    """DeleteSubnet: no network interface may be left in it."""
    subnet = call.parameters["SubnetId"]
    if any(interface.subnet.id == subnet for interface in network_of(call).enis.values()):
        raise _violation(f"The subnet '{subnet}' has dependencies and cannot be deleted.")


def check_vpc_empty(call: Call) -> None:
    """DeleteVpc: no gateway may be attached, no endpoint left."""
    network, vpc = network_of(call), call.parameters["VpcId"]
    gateways = any(gateway.vpc and gateway.vpc.id == vpc for gateway in network.internet_gateways.values())
    endpoints = any(endpoint.vpc_id == vpc for endpoint in network.vpc_end_points.values())
    if gateways or endpoints:
        raise _violation(f"The vpc '{vpc}' has dependencies and cannot be deleted.")


def check_gateway_unused(call: Call) -> None:
    """DetachInternetGateway: no public address may be mapped in the VPC."""
    vpc = call.parameters["VpcId"]
    for address in network_of(call).addresses:
        if address.association_id and address.eni and address.eni.subnet.vpc_id == vpc:
            message = f"Network {vpc} has some mapped public address(es). Please unmap those public address(es)"
            raise _violation(f"{message} before detaching the gateway.")


def check_group_unused(call: Call) -> None:
    """DeleteSecurityGroup: not the default group, none that an interface uses."""
    network = network_of(call)
    group = network.get_security_group_from_id(call.parameters.get("GroupId", ""))
    if group is None:
        return
    if group.name == "default":
        message = f'the specified group: "{group.id}" name: "default" cannot be deleted by a user'
        raise Refusal("CannotDelete", message, 400)
    if any(one.id == group.id for interface in network.enis.values() for one in interface.group_set):
        raise _violation(f"resource {group.id} has a dependent object")


def check_nat_gateways(call: Call) -> None:
    """DescribeNatGateways, DeleteNatGateway: they must exist."""
    asked = call.parameters
    for gateway in [*asked.get("NatGatewayIds", ()), *([asked["NatGatewayId"]] if "NatGatewayId" in asked else ())]:
        if gateway not in network_of(call).nat_gateways:
            raise Refusal("NatGatewayNotFound", f"The Nat Gateway {gateway} was not found", 400)


def check_address_free(call: Call) -> None:
    """ReleaseAddress, CreateNatGateway: the address must not be in use."""
    wanted = call.parameters.get("AllocationId")
    for address in network_of(call).addresses:
        if wanted and address.allocation_id == wanted and address.association_id:
            if call.operation == "ReleaseAddress":
                raise Refusal("InvalidIPAddress.InUse", f"Address {address.public_ip} is in use.", 400)
            raise Refusal("Resource.AlreadyAssociated", f"resource {wanted} is already associated", 400)


def free_nat_address(call: Call) -> None:
    """DeleteNatGateway, afterwards: its address is free again and its interface gone."""
    network = network_of(call)
    for row in network.nat_gateways[call.parameters["NatGatewayId"]].address_set:
        if row.get("associationId"):
            network.disassociate_address(association_id=row["associationId"])
        network.enis.pop(row["networkInterfaceId"], None)


def open_default_group(call: Call) -> None:
    """CreateVpc, afterwards: the default security group lets its own members in, as on AWS."""
    network = network_of(call)
    vpc = list(network.vpcs)[-1]
    group = network.get_default_security_group(vpc)
    if group:
        network.authorize_security_group_ingress(
            group.id, "-1", "-1", "-1", [], source_groups=[{"GroupId": group.id}], vpc_id=vpc
        )


CHECKS = {
    "ec2.CreateSubnet": [check_subnet_place],
    "ec2.DeleteSubnet": [check_subnet_empty],
    "ec2.DeleteVpc": [check_vpc_empty],
    "ec2.DetachInternetGateway": [check_gateway_unused],
    "ec2.DeleteSecurityGroup": [check_group_unused],
    "ec2.DescribeNatGateways": [check_nat_gateways],
    "ec2.DeleteNatGateway": [check_nat_gateways],
    "ec2.CreateNatGateway": [check_address_free],
    "ec2.ReleaseAddress": [check_address_free],
}
AFTERWARDS = {"ec2.DeleteNatGateway": free_nat_address, "ec2.CreateVpc": open_default_group}
