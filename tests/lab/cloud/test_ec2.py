"""EC2's networks as boto3 sees them."""

from typing import Any

import pytest

from tests.lab.cloud.asking import bucket, policy, refused, vpc_with_subnets
from tests.lab.cloud.conftest import Aws

ANYONE = policy(Effect="Allow", Principal="*", Action="*", Resource="*")


@pytest.fixture
def ec2(aws: Aws) -> Any:
    return aws("ec2")


def tags(kind: str) -> list[dict[str, Any]]:
    return [{"ResourceType": kind, "Tags": [{"Key": "Name", "Value": "n"}]}]


def group(ec2: Any, vpc: str, name: str = "g") -> str:
    return ec2.create_security_group(GroupName=name, Description="d", VpcId=vpc)["GroupId"]


def endpoint(ec2: Any, vpc: str, service: str = "sts", kind: str = "Interface", **more: Any) -> dict[str, Any]:
    asked = {"VpcEndpointType": kind, "ServiceName": f"com.amazonaws.eu-west-1.{service}", **more}
    return ec2.create_vpc_endpoint(VpcId=vpc, TagSpecifications=tags("vpc-endpoint"), **asked)["VpcEndpoint"]


def described(ec2: Any, endpoint_id: str) -> dict[str, Any]:
    return ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint_id])["VpcEndpoints"][0]


def test_an_interface_endpoint_has_interfaces_and_names(ec2: Any) -> None:
    vpc, subnets = vpc_with_subnets(ec2)
    members = group(ec2, vpc)
    made = endpoint(ec2, vpc, SubnetIds=subnets, SecurityGroupIds=[members], PolicyDocument=ANYONE)
    assert described(ec2, made["VpcEndpointId"]) == made
    assert (made["PolicyDocument"], made["SubnetIds"], made["State"]) == (ANYONE, subnets, "available")
    assert made["Groups"] == [{"GroupId": members, "GroupName": "g"}]
    names = [entry["DnsName"] for entry in made["DnsEntries"]]
    assert names[0].startswith(f"{made['VpcEndpointId']}-")
    assert [name.endswith(".sts.eu-west-1.vpce.amazonaws.com") for name in names] == [True, True, True, False]
    assert names[3] == "sts.eu-west-1.amazonaws.com"
    interfaces = ec2.describe_network_interfaces(NetworkInterfaceIds=made["NetworkInterfaceIds"])["NetworkInterfaces"]
    assert {one["SubnetId"] for one in interfaces} == set(subnets)
    assert all(one["PrivateIpAddress"].startswith("10.1.") for one in interfaces)
    assert {one["Groups"][0]["GroupId"] for one in interfaces} == {members}


def test_an_interface_endpoint_changes_in_every_part(ec2: Any) -> None:
    vpc, subnets = vpc_with_subnets(ec2)
    first, second = group(ec2, vpc, "first"), group(ec2, vpc, "second")
    made = endpoint(ec2, vpc, SubnetIds=subnets[:1], SecurityGroupIds=[first])
    named = {"VpcEndpointId": made["VpcEndpointId"]}
    ec2.modify_vpc_endpoint(AddSubnetIds=subnets[1:], RemoveSubnetIds=subnets[:1], **named)
    ec2.modify_vpc_endpoint(AddSecurityGroupIds=[second], RemoveSecurityGroupIds=[first], **named)
    ec2.modify_vpc_endpoint(PolicyDocument=ANYONE, PrivateDnsEnabled=False, **named)
    after = described(ec2, **{"endpoint_id": made["VpcEndpointId"]})
    assert (after["SubnetIds"], after["PolicyDocument"], after["PrivateDnsEnabled"]) == (subnets[1:], ANYONE, False)
    assert [one["GroupId"] for one in after["Groups"]] == [second]
    assert len(after["DnsEntries"]) == 2
    interfaces = ec2.describe_network_interfaces(NetworkInterfaceIds=after["NetworkInterfaceIds"])["NetworkInterfaces"]
    assert [(one["SubnetId"], one["Groups"][0]["GroupId"]) for one in interfaces] == [(subnets[1], second)]
    ec2.modify_vpc_endpoint(ResetPolicy=True, **named)
    assert described(ec2, made["VpcEndpointId"])["PolicyDocument"] != ANYONE
    assert refused(ec2.delete_security_group, GroupId=second) == "DependencyViolation"
    assert ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["Unsuccessful"] == []
    ec2.delete_security_group(GroupId=second)
    assert (
        refused(ec2.describe_vpc_endpoints, VpcEndpointIds=[made["VpcEndpointId"]]) == "InvalidVpcEndpointId.NotFound"
    )


def test_a_gateway_endpoint_puts_routes_into_its_tables(ec2: Any) -> None:
    vpc, _ = vpc_with_subnets(ec2)
    tables = [ec2.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2)]
    made = endpoint(ec2, vpc, "s3", "Gateway", RouteTableIds=tables[:1])["VpcEndpointId"]

    def through() -> list[str]:
        rows = ec2.describe_route_tables(RouteTableIds=tables)["RouteTables"]
        routes = [(row["RouteTableId"], route.get("GatewayId")) for row in rows for route in row["Routes"]]
        return [table for table, gateway in routes if gateway == made]

    assert through() == tables[:1]
    ec2.modify_vpc_endpoint(VpcEndpointId=made, AddRouteTableIds=tables[1:], RemoveRouteTableIds=tables[:1])
    assert through() == tables[1:] == described(ec2, made)["RouteTableIds"]
    assert (described(ec2, made)["PrivateDnsEnabled"], described(ec2, made)["DnsEntries"]) == (False, [])
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made])
    assert through() == []
    again = ec2.delete_vpc_endpoints(VpcEndpointIds=[made])["Unsuccessful"]
    assert again[0]["Error"]["Code"] == "InvalidVpcEndpointId.NotFound"


def test_endpoints_lead_to_services_that_have_them(ec2: Any) -> None:
    vpc, _ = vpc_with_subnets(ec2)
    assert refused(endpoint, ec2=ec2, vpc=vpc, service="nonsense") == "InvalidServiceName"
    assert refused(endpoint, ec2=ec2, vpc=vpc, service="sts", kind="Gateway") == "InvalidServiceName"
    names = ["com.amazonaws.eu-west-1.s3"]
    details = ec2.describe_vpc_endpoint_services(ServiceNames=names)["ServiceDetails"]
    assert [one["ServiceType"] for one in details[0]["ServiceType"]] == ["Gateway", "Interface"]


def test_flow_logs_go_to_a_folder_of_a_bucket(ec2: Any, aws: Aws, account: str) -> None:
    vpc, _ = vpc_with_subnets(ec2)
    destination = f"arn:aws:s3:::{bucket(aws('s3'), f'flow-{account}')}/flow/"
    options = {"FileFormat": "parquet", "HiveCompatiblePartitions": True, "PerHourPartition": True}
    asked = {"ResourceIds": [vpc], "ResourceType": "VPC", "TrafficType": "ALL", "LogDestinationType": "s3"}
    more = {"DestinationOptions": options, "MaxAggregationInterval": 60, "TagSpecifications": tags("vpc-flow-log")}
    made = ec2.create_flow_logs(LogDestination=destination, **asked, **more)
    assert made["Unsuccessful"] == []
    read = ec2.describe_flow_logs(FlowLogIds=made["FlowLogIds"])["FlowLogs"][0]
    assert (read["LogDestination"], read["DestinationOptions"]) == (destination, options)
    assert (read["MaxAggregationInterval"], read["Tags"]) == (60, [{"Key": "Name", "Value": "n"}])
    assert refused(ec2.create_flow_logs, LogDestination=destination, **asked) == "FlowLogAlreadyExists"
    nowhere = ec2.create_flow_logs(LogDestination="arn:aws:s3:::there-is-none/flow/", **asked)
    assert (nowhere["FlowLogIds"], nowhere["Unsuccessful"][0]["ResourceId"]) == ([], vpc)


def test_the_default_group_is_open_to_itself_and_stays(ec2: Any) -> None:
    vpc, _ = vpc_with_subnets(ec2)
    wanted = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    default = ec2.describe_security_groups(Filters=wanted)["SecurityGroups"][0]
    assert [pair["GroupId"] for pair in default["IpPermissions"][0]["UserIdGroupPairs"]] == [default["GroupId"]]
    within = [{"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupId": default["GroupId"]}]}]
    ec2.revoke_security_group_ingress(GroupId=default["GroupId"], IpPermissions=within)
    assert ec2.describe_security_groups(Filters=wanted)["SecurityGroups"][0]["IpPermissions"] == []
    assert refused(ec2.delete_security_group, GroupId=default["GroupId"]) == "CannotDelete"


def test_a_network_comes_down_in_order_only(ec2: Any) -> None:
    vpc, subnets = vpc_with_subnets(ec2)
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = ec2.create_nat_gateway(SubnetId=subnets[0], AllocationId=address)["NatGateway"]["NatGatewayId"]
    taken = {"SubnetId": subnets[1], "AllocationId": address}
    assert refused(ec2.create_nat_gateway, **taken) == "Resource.AlreadyAssociated"
    assert refused(ec2.release_address, AllocationId=address) == "InvalidIPAddress.InUse"
    attached = {"InternetGatewayId": gateway, "VpcId": vpc}
    assert refused(ec2.detach_internet_gateway, **attached) == "DependencyViolation"
    assert refused(ec2.delete_subnet, SubnetId=subnets[0]) == "DependencyViolation"
    ec2.delete_nat_gateway(NatGatewayId=nat)
    assert ec2.describe_nat_gateways(NatGatewayIds=[nat])["NatGateways"][0]["State"] == "deleted"
    ec2.release_address(AllocationId=address)
    for subnet in subnets:
        ec2.delete_subnet(SubnetId=subnet)
    assert refused(ec2.delete_vpc, VpcId=vpc) == "DependencyViolation"
    ec2.detach_internet_gateway(**attached)
    ec2.delete_vpc(VpcId=vpc)
    assert refused(ec2.describe_vpcs, VpcIds=[vpc]) == "InvalidVpcID.NotFound"


def test_nat_gateways_that_are_not_there_are_not_found(ec2: Any) -> None:
    missing = "nat-0123456789abcdef0"
    assert refused(ec2.describe_nat_gateways, NatGatewayIds=[missing]) == "NatGatewayNotFound"
    assert refused(ec2.delete_nat_gateway, NatGatewayId=missing) == "NatGatewayNotFound"


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"AvailabilityZone": "us-east-1a"}, "InvalidParameterValue"),
        ({"CidrBlock": "10.1.9.0/29"}, "InvalidSubnet.Range"),
        ({"CidrBlock": "10.9.9.0/24"}, "InvalidSubnet.Range"),
        ({"CidrBlock": "10.1.0.128/25"}, "InvalidSubnet.Conflict"),
    ],
)
def test_subnets_lie_in_their_vpc_and_region(ec2: Any, more: dict[str, Any], code: str) -> None:
    vpc, _ = vpc_with_subnets(ec2)
    asked = {"VpcId": vpc, "CidrBlock": "10.1.9.0/24", "AvailabilityZone": "eu-west-1c", **more}
    assert refused(ec2.create_subnet, **asked) == code
