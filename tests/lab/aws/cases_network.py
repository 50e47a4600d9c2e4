"""Networks, ways out and security groups."""

from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.aws.case import Case
from tests.lab.aws.cases_storage import tags
from tests.lab.aws.world import World
from tests.lab.provider.engine import Resource


def ec2(world: World) -> Any:
    return world.aws("ec2")


def see_vpc(world: World, vpc: Resource) -> Props:
    (about,) = ec2(world).describe_vpcs(VpcIds=[vpc.id])["Vpcs"]
    names = ec2(world).describe_vpc_attribute(VpcId=vpc.id, Attribute="enableDnsHostnames")
    support = ec2(world).describe_vpc_attribute(VpcId=vpc.id, Attribute="enableDnsSupport")
    return {
        "cidrBlock": about["CidrBlock"],
        "enableDnsHostnames": names["EnableDnsHostnames"]["Value"],
        "enableDnsSupport": support["EnableDnsSupport"]["Value"],
        "tags": tags(about["Tags"]),
    }


def see_subnet(world: World, subnet: Resource) -> Props:
    (about,) = ec2(world).describe_subnets(SubnetIds=[subnet.id])["Subnets"]
    return {
        "vpcId": about["VpcId"],
        "cidrBlock": about["CidrBlock"],
        "availabilityZone": about["AvailabilityZone"],
        "mapPublicIpOnLaunch": about["MapPublicIpOnLaunch"],
    }


def see_gateway(world: World, gateway: Resource) -> Props:
    (about,) = ec2(world).describe_internet_gateways(InternetGatewayIds=[gateway.id])["InternetGateways"]
    return {"vpcId": about["Attachments"][0]["VpcId"]}


def see_address(world: World, address: Resource) -> Props:
    (about,) = ec2(world).describe_addresses(AllocationIds=[address.id])["Addresses"]
    return {"domain": about["Domain"], "tags": tags(about["Tags"])}


def see_nat(world: World, nat: Resource) -> Props:
    (about,) = ec2(world).describe_nat_gateways(NatGatewayIds=[nat.id])["NatGateways"]
    assert about["State"] == "available"
    return {"subnetId": about["SubnetId"], "allocationId": about["NatGatewayAddresses"][0]["AllocationId"]}


def routes(world: World, table: str) -> list[Any]:
    (about,) = ec2(world).describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return [route for route in about["Routes"] if route.get("GatewayId") != "local"]


def see_route(world: World, route: Resource) -> Props:
    (about,) = routes(world, world.table.id)
    targets = {"gatewayId": about.get("GatewayId"), "natGatewayId": about.get("NatGatewayId")}
    given = {name: value for name, value in targets.items() if value}
    return {"destinationCidrBlock": about["DestinationCidrBlock"], **given}


def see_association(world: World, association: Resource) -> Props:
    filters = [{"Name": "association.subnet-id", "Values": [world.subnet.id]}]
    (table,) = ec2(world).describe_route_tables(Filters=filters)["RouteTables"]
    return {"routeTableId": table["RouteTableId"]}


def see_default_table(world: World, table: Resource) -> Props:
    found = routes(world, world.vpc["defaultRouteTableId"])
    return {
        "routes": [{"cidrBlock": route["DestinationCidrBlock"], "gatewayId": route["GatewayId"]} for route in found]
    }


def permissions(found: list[Any]) -> list[Props]:
    """What EC2 holds, one rule per range, in the words of the inputs."""
    return [
        {
            "protocol": entry["IpProtocol"],
            "fromPort": entry["FromPort"],
            "toPort": entry["ToPort"],
            "cidrBlocks": [block["CidrIp"]],
            "description": block["Description"],
        }
        for entry in found
        for block in entry["IpRanges"]
    ]


def see_group(world: World, group: Resource) -> Props:
    (about,) = ec2(world).describe_security_groups(GroupIds=[group.id])["SecurityGroups"]
    return {"ingress": permissions(about["IpPermissions"]), "egress": permissions(about["IpPermissionsEgress"])}


def rule(port: int, *blocks: str, note: str = "in the site") -> Props:
    return {"protocol": "tcp", "fromPort": port, "toPort": port, "cidrBlocks": list(blocks), "description": note}


def open_to_all(world: World, group: Resource) -> None:
    everything = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2(world).authorize_security_group_ingress(GroupId=group.id, IpPermissions=everything)


CASES = [
    Case(
        token="aws:ec2/vpc:Vpc",
        inputs=lambda world: {"cidrBlock": "10.40.0.0/16", "enableDnsHostnames": True, "tags": {"site": "dublin"}},
        changed=lambda world: {"enableDnsHostnames": False, "tags": {"site": "hamar"}},
        replaced=lambda world: {"cidrBlock": "10.50.0.0/16"},
        seen=see_vpc,
        drift=lambda world, vpc: ec2(world).modify_vpc_attribute(VpcId=vpc.id, EnableDnsSupport={"Value": False}),
        drifts=frozenset({"enableDnsSupport"}),
    ),
    Case(
        token="aws:ec2/subnet:Subnet",
        inputs=lambda world: {
            "vpcId": world.vpc.id,
            "cidrBlock": "10.20.9.0/24",
            "availabilityZone": "eu-west-1c",
        },
        changed=lambda world: {"mapPublicIpOnLaunch": True},
        replaced=lambda world: {"cidrBlock": "10.20.10.0/24", "availabilityZone": "eu-west-1b"},
        seen=see_subnet,
        drift=lambda world, subnet: ec2(world).modify_subnet_attribute(
            SubnetId=subnet.id, MapPublicIpOnLaunch={"Value": True}
        ),
        drifts=frozenset({"mapPublicIpOnLaunch"}),
    ),
    Case(
        token="aws:ec2/internetGateway:InternetGateway",
        inputs=lambda world: {"vpcId": world.vpc.id},
        changed=lambda world: {"vpcId": world.other_vpc.id},
        replaced=lambda world: {"region": "eu-west-2"},
        seen=see_gateway,
        drift=lambda world, gateway: ec2(world).detach_internet_gateway(
            InternetGatewayId=gateway.id, VpcId=world.vpc.id
        ),
        drifts=frozenset({"vpcId"}),
    ),
    Case(
        token="aws:ec2/eip:Eip",
        inputs=lambda world: {"domain": "vpc", "tags": {"site": "dublin"}},
        changed=lambda world: {"tags": {"site": "hamar"}},
        replaced=lambda world: {"region": "eu-west-2"},
        seen=see_address,
        drift=lambda world, address: ec2(world).release_address(AllocationId=address.id),
    ),
    Case(
        token="aws:ec2/natGateway:NatGateway",
        inputs=lambda world: {"subnetId": world.subnet.id, "allocationId": world.address.id},
        replaced=lambda world: {"subnetId": world.other_subnet.id},
        seen=see_nat,
        drift=lambda world, nat: ec2(world).delete_nat_gateway(NatGatewayId=nat.id),
    ),
    Case(
        token="aws:ec2/routeTable:RouteTable",
        inputs=lambda world: {"vpcId": world.vpc.id, "tags": {"site": "dublin"}},
        changed=lambda world: {"tags": {"site": "hamar"}},
        replaced=lambda world: {"vpcId": world.other_vpc.id},
        seen=lambda world, table: {
            "tags": tags(ec2(world).describe_route_tables(RouteTableIds=[table.id])["RouteTables"][0]["Tags"])
        },
        drift=lambda world, table: ec2(world).delete_route_table(RouteTableId=table.id),
    ),
    Case(
        token="aws:ec2/route:Route",
        inputs=lambda world: {
            "routeTableId": world.table.id,
            "destinationCidrBlock": "0.0.0.0/0",
            "gatewayId": world.gateway.id,
        },
        changed=lambda world: {"gatewayId": None, "natGatewayId": world.nat.id},
        replaced=lambda world: {"destinationCidrBlock": "10.99.0.0/16"},
        seen=see_route,
        drift=lambda world, route: ec2(world).delete_route(
            RouteTableId=world.table.id, DestinationCidrBlock="0.0.0.0/0"
        ),
        import_id=lambda route: f"{route['routeTableId']}_0.0.0.0/0",
    ),
    Case(
        token="aws:ec2/routeTableAssociation:RouteTableAssociation",
        inputs=lambda world: {"subnetId": world.subnet.id, "routeTableId": world.table.id},
        changed=lambda world: {"routeTableId": world.other_table.id},
        replaced=lambda world: {"subnetId": world.other_subnet.id},
        seen=see_association,
        drift=lambda world, it: ec2(world).disassociate_route_table(AssociationId=it.id),
        import_id=lambda it: f"{it['subnetId']}/{it['routeTableId']}",
    ),
    Case(
        token="aws:ec2/defaultRouteTable:DefaultRouteTable",
        inputs=lambda world: {
            "defaultRouteTableId": world.vpc["defaultRouteTableId"],
            "routes": [{"cidrBlock": "10.77.0.0/16", "gatewayId": world.gateway.id}],
        },
        changed=lambda world: {"routes": []},
        replaced=lambda world: {"defaultRouteTableId": world.other_vpc["defaultRouteTableId"]},
        seen=see_default_table,
        drift=lambda world, table: ec2(world).create_route(
            RouteTableId=table.id, DestinationCidrBlock="0.0.0.0/0", GatewayId=world.gateway.id
        ),
        drifts=frozenset({"routes"}),
        stays_after_delete=True,
        import_id=lambda table: table["vpcId"],
    ),
    Case(
        token="aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
        inputs=lambda world: {
            "vpcId": world.vpc.id,
            "ingress": [],
            "egress": [rule(443, "10.20.0.0/16")],
        },
        changed=lambda world: {"egress": []},
        replaced=lambda world: {"vpcId": world.other_vpc.id},
        seen=see_group,
        drift=open_to_all,
        drifts=frozenset({"ingress"}),
        stays_after_delete=True,
    ),
    Case(
        token="aws:ec2/securityGroup:SecurityGroup",
        inputs=lambda world: {
            "name": world.name("endpoints"),
            "description": "ways to AWS",
            "vpcId": world.vpc.id,
            "ingress": [rule(443, "10.20.1.0/24"), rule(443, "10.20.2.0/24")],
            "egress": [],
        },
        changed=lambda world: {
            "ingress": [rule(443, "10.20.1.0/24", note="another reason"), rule(8443, "10.20.2.0/24")],
            "egress": [rule(53, "10.20.0.2/32")],
        },
        replaced=lambda world: {"description": "other ways"},
        seen=see_group,
        drift=open_to_all,
        drifts=frozenset({"ingress"}),
    ),
]
