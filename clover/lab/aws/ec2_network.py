"""EC2: networks, subnets, and the ways out of them."""

from clover.lab.aws import ec2, tagging
from clover.lab.aws.cloud import Call
from clover.lab.aws.kind import Kind, Update, deleted_by, given, items
from clover.lab.provider.failure import Refusal
from clover.lab.provider.wire import Props

VPC_SWITCHES = {
    "enableDnsSupport": "EnableDnsSupport",
    "enableDnsHostnames": "EnableDnsHostnames",
    "enableNetworkAddressUsageMetrics": "EnableNetworkAddressUsageMetrics",
}
#: How AWS makes a network; only what differs has to be set (EC2 API: ModifyVpcAttribute).
FRESH_VPC = {"enableDnsSupport": True, "enableDnsHostnames": False, "enableNetworkAddressUsageMetrics": False}


def _create_vpc(call: Call, inputs: Props) -> str:
    made = call.do(
        "ec2",
        "create_vpc",
        **given(
            CidrBlock=inputs["cidrBlock"],
            InstanceTenancy=inputs.get("instanceTenancy"),
            TagSpecifications=ec2.tag_specification("vpc", inputs),
        ),
    )
    return made["Vpc"]["VpcId"]


def _complete_vpc(call: Call, vpc: str, inputs: Props) -> None:
    call.wait_until_visible(f"network {vpc}", lambda: _vpc(call, vpc))
    for name, fresh in FRESH_VPC.items():
        if inputs.get(name, fresh) != fresh:
            _switch_vpc(call, vpc, name, inputs[name])


def _switch_vpc(call: Call, vpc: str, name: str, value: bool) -> None:
    """Set one attribute: EC2 takes one in a call."""
    call.do("ec2", "modify_vpc_attribute", VpcId=vpc, **{VPC_SWITCHES[name]: {"Value": value}})


def _vpc(call: Call, vpc: str) -> Props | None:
    return ec2.one(call, "describe_vpcs", "Vpcs", VpcIds=[vpc])


def _read_vpc(call: Call, vpc: str, _said: Props) -> Props | None:
    found = _vpc(call, vpc)
    if found is None:
        return None
    main: Props = (
        ec2.one(call, "describe_route_tables", "RouteTables", Filters=ec2.filters(vpc_id=vpc, association__main="true"))
        or {}
    )
    group: Props = (
        ec2.one(
            call, "describe_security_groups", "SecurityGroups", Filters=ec2.filters(vpc_id=vpc, group_name="default")
        )
        or {}
    )
    acl: Props = (
        ec2.one(call, "describe_network_acls", "NetworkAcls", Filters=ec2.filters(vpc_id=vpc, default="true")) or {}
    )
    return {
        "arn": ec2.arn(call, "vpc", vpc),
        "cidrBlock": found["CidrBlock"],
        "instanceTenancy": found.get("InstanceTenancy", "default"),
        "dhcpOptionsId": found.get("DhcpOptionsId"),
        "ownerId": found.get("OwnerId", call.account),
        "mainRouteTableId": main.get("RouteTableId"),
        "defaultRouteTableId": main.get("RouteTableId"),
        "defaultSecurityGroupId": group.get("GroupId"),
        "defaultNetworkAclId": acl.get("NetworkAclId"),
        "tagsAll": tagging.from_list(found.get("Tags")),
        **{name: _vpc_switch(call, vpc, attribute) for name, attribute in VPC_SWITCHES.items()},
    }


def _vpc_switch(call: Call, vpc: str, attribute: str) -> bool:
    wanted = attribute[:1].lower() + attribute[1:]
    found = call.do("ec2", "describe_vpc_attribute", VpcId=vpc, Attribute=wanted)
    return found.get(attribute, {}).get("Value", False)


def _update_vpc(call: Call, update: Update) -> None:
    for name in sorted(VPC_SWITCHES.keys() & update.changed & update.new.keys()):
        _switch_vpc(call, update.id, name, update.new[name])


def _create_subnet(call: Call, inputs: Props) -> str:
    made = call.do(
        "ec2",
        "create_subnet",
        **given(
            VpcId=inputs["vpcId"],
            CidrBlock=inputs["cidrBlock"],
            AvailabilityZone=inputs.get("availabilityZone"),
            AvailabilityZoneId=inputs.get("availabilityZoneId"),
            TagSpecifications=ec2.tag_specification("subnet", inputs),
        ),
    )
    return made["Subnet"]["SubnetId"]


def _complete_subnet(call: Call, subnet: str, inputs: Props) -> None:
    call.wait_until_visible(f"subnet {subnet}", lambda: _subnet(call, subnet))
    if inputs.get("mapPublicIpOnLaunch"):
        _map_public_ip(call, subnet, value=True)


def _map_public_ip(call: Call, subnet: str, *, value: bool) -> None:
    call.do("ec2", "modify_subnet_attribute", SubnetId=subnet, MapPublicIpOnLaunch={"Value": value})


def _subnet(call: Call, subnet: str) -> Props | None:
    return ec2.one(call, "describe_subnets", "Subnets", SubnetIds=[subnet])


def _read_subnet(call: Call, subnet: str, _said: Props) -> Props | None:
    found = _subnet(call, subnet)
    if found is None:
        return None
    return {
        "arn": found.get("SubnetArn") or ec2.arn(call, "subnet", subnet),
        "vpcId": found["VpcId"],
        "cidrBlock": found["CidrBlock"],
        "availabilityZone": found["AvailabilityZone"],
        "availabilityZoneId": found.get("AvailabilityZoneId"),
        "mapPublicIpOnLaunch": found.get("MapPublicIpOnLaunch", False),
        "ownerId": found.get("OwnerId", call.account),
        "tagsAll": tagging.from_list(found.get("Tags")),
    }


def _update_subnet(call: Call, update: Update) -> None:
    if update.touches("mapPublicIpOnLaunch"):
        _map_public_ip(call, update.id, value=bool(update.new.get("mapPublicIpOnLaunch")))


def _create_gateway(call: Call, inputs: Props) -> str:
    tags = ec2.tag_specification("internet-gateway", inputs)
    return call.do("ec2", "create_internet_gateway", TagSpecifications=tags)["InternetGateway"]["InternetGatewayId"]


def _complete_gateway(call: Call, gateway: str, inputs: Props) -> None:
    if inputs.get("vpcId"):
        call.do("ec2", "attach_internet_gateway", InternetGatewayId=gateway, VpcId=inputs["vpcId"])


def _detach_gateway(call: Call, gateway: str, vpc: str | None) -> None:
    if vpc:
        call.remove("ec2", "detach_internet_gateway", InternetGatewayId=gateway, VpcId=vpc)


def _read_gateway(call: Call, gateway: str, _said: Props) -> Props | None:
    found = ec2.one(call, "describe_internet_gateways", "InternetGateways", InternetGatewayIds=[gateway])
    if found is None:
        return None
    return {
        "arn": ec2.arn(call, "internet-gateway", gateway),
        "vpcId": next((entry["VpcId"] for entry in found.get("Attachments", ())), ""),
        "ownerId": found.get("OwnerId", call.account),
        "tagsAll": tagging.from_list(found.get("Tags")),
    }


def _update_gateway(call: Call, update: Update) -> None:
    if update.touches("vpcId"):
        _detach_gateway(call, update.id, update.state.get("vpcId"))
        _complete_gateway(call, update.id, update.new)


def _delete_gateway(call: Call, gateway: str, state: Props) -> None:
    _detach_gateway(call, gateway, state.get("vpcId"))
    call.remove("ec2", "delete_internet_gateway", InternetGatewayId=gateway)


def _create_address(call: Call, inputs: Props) -> str:
    tags = ec2.tag_specification("elastic-ip", inputs)
    return call.do("ec2", "allocate_address", Domain="vpc", TagSpecifications=tags)["AllocationId"]


def _read_address(call: Call, allocation: str, _said: Props) -> Props | None:
    found = ec2.one(call, "describe_addresses", "Addresses", AllocationIds=[allocation])
    if found is None:
        return None
    return {
        "allocationId": allocation,
        "arn": ec2.arn(call, "elastic-ip", allocation),
        "domain": found.get("Domain", "vpc"),
        "publicIp": found["PublicIp"],
        "tagsAll": tagging.from_list(found.get("Tags")),
    }


def _create_nat(call: Call, inputs: Props) -> str:
    made = call.do(
        "ec2",
        "create_nat_gateway",
        **given(
            SubnetId=inputs["subnetId"],
            AllocationId=inputs.get("allocationId"),
            ConnectivityType=inputs.get("connectivityType"),
            PrivateIpAddress=inputs.get("privateIp"),
            TagSpecifications=ec2.tag_specification("natgateway", inputs),
        ),
    )
    return made["NatGateway"]["NatGatewayId"]


def _complete_nat(call: Call, nat: str, _inputs: Props) -> None:
    call.wait_for(f"NAT gateway {nat} to become available", lambda: _available_nat(call, nat))


def _available_nat(call: Call, nat: str) -> Props | None:
    found: Props = _nat(call, nat) or {}
    if found.get("State") == "failed":
        raise Refusal(f"NAT gateway {nat} failed: {found.get('FailureMessage')}")
    return found if found.get("State") == "available" else None


def _nat(call: Call, nat: str) -> Props | None:
    return ec2.one(call, "describe_nat_gateways", "NatGateways", NatGatewayIds=[nat])


def _read_nat(call: Call, nat: str, _said: Props) -> Props | None:
    found = _nat(call, nat)
    if found is None or found.get("State") in ("deleting", "deleted"):
        return None
    address: Props = next(iter(items(found, "NatGatewayAddresses")), Props())
    return {
        "subnetId": found["SubnetId"],
        "connectivityType": found.get("ConnectivityType", "public"),
        "allocationId": address.get("AllocationId"),
        "associationId": address.get("AssociationId"),
        "networkInterfaceId": address.get("NetworkInterfaceId"),
        "privateIp": address.get("PrivateIp"),
        "publicIp": address.get("PublicIp"),
        "tagsAll": tagging.from_list(found.get("Tags")),
    }


def _delete_nat(call: Call, nat: str, _state: Props) -> None:
    call.remove("ec2", "delete_nat_gateway", NatGatewayId=nat)
    call.wait_for(f"NAT gateway {nat} to go", lambda: True if _is_gone_nat(call, nat) else None)


def _is_gone_nat(call: Call, nat: str) -> bool:
    found = _nat(call, nat)
    return found is None or found.get("State") == "deleted"


KINDS = {
    "aws:ec2/vpc:Vpc": Kind(
        tagger=ec2.TAGGER,
        create=_create_vpc,
        complete=_complete_vpc,
        read=_read_vpc,
        update=_update_vpc,
        delete=deleted_by("ec2", "delete_vpc", "VpcId"),
    ),
    "aws:ec2/subnet:Subnet": Kind(
        tagger=ec2.TAGGER,
        create=_create_subnet,
        complete=_complete_subnet,
        read=_read_subnet,
        update=_update_subnet,
        delete=deleted_by("ec2", "delete_subnet", "SubnetId"),
    ),
    "aws:ec2/internetGateway:InternetGateway": Kind(
        tagger=ec2.TAGGER,
        create=_create_gateway,
        complete=_complete_gateway,
        read=_read_gateway,
        update=_update_gateway,
        delete=_delete_gateway,
    ),
    "aws:ec2/eip:Eip": Kind(
        tagger=ec2.TAGGER,
        create=_create_address,
        read=_read_address,
        delete=deleted_by("ec2", "release_address", "AllocationId"),
    ),
    "aws:ec2/natGateway:NatGateway": Kind(
        tagger=ec2.TAGGER, create=_create_nat, complete=_complete_nat, read=_read_nat, delete=_delete_nat
    ),
}
