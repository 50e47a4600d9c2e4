from collections import Counter
from typing import Any

import pytest

from components.aws import EgressGateway, EgressGatewayArgs
from tests.components.answers import ACCOUNT, REGION, created
from tests.components.asking import ADMINISTRATOR, decide
from tests.components.conftest import policy_of
from tests.components.sample import SITE
from tests.recorder import World, declaring

ROUTES = "aws:ec2/route:Route"
TABLES = "aws:ec2/routeTableAssociation:RouteTableAssociation"
LOGS = f"clover-dublin-{ACCOUNT}-evidence-logs"
ARGS: EgressGatewayArgs = {
    "site": SITE,
    "cidr": "10.16.0.0/16",
    "availability_zones": [f"{REGION}a"],
    "interface_endpoints": [],
    "allowed_domains": [],
    "evidence": f"arn:aws:s3:::{LOGS}",
    "protected": False,
}


def routes_of(world: World, subnet: str) -> dict[str, str]:
    """Where each destination goes from a subnet, through the route table that the subnet is associated with."""
    ways = ("vpcEndpointId", "natGatewayId", "gatewayId")
    table = next(one.inputs["routeTableId"] for one in world.all(TABLES) if one.inputs["subnetId"] == f"{subnet}-id")
    found = [one.inputs for one in world.all(ROUTES) if one.inputs["routeTableId"] == table]
    return {one["destinationCidrBlock"]: next(one[way] for way in ways if way in one) for one in found}


@pytest.mark.parametrize("zone", ["a", "b"])
def test_every_way_out_and_back_passes_the_firewall_of_its_own_zone(world: World, zone: str) -> None:
    firewall = f"vpce-firewall-egress-{zone}-firewall-id"
    workload = world.one("aws:ec2/subnet:Subnet", f"egress-{zone}-workload").inputs["cidrBlock"]
    nat = world.one("aws:ec2/natGateway:NatGateway", f"egress-{zone}-nat")
    assert nat.inputs["subnetId"] == f"egress-{zone}-egress-id"
    assert routes_of(world, f"egress-{zone}-workload") == {"0.0.0.0/0": firewall}
    assert routes_of(world, f"egress-{zone}-firewall") == {"0.0.0.0/0": f"egress-{zone}-nat-id"}
    assert routes_of(world, f"egress-{zone}-egress") == {"0.0.0.0/0": "egress-internet-id", workload: firewall}


def test_no_other_route_exists_and_every_subnet_has_its_own_table(world: World) -> None:
    assert len(world.all(ROUTES)) == 8
    subnets = {one.inputs["subnetId"] for one in world.all(TABLES)}
    assert subnets == {f"{one.name}-id" for one in world.all("aws:ec2/subnet:Subnet")}
    assert len({one.inputs["routeTableId"] for one in world.all(TABLES)}) == 6
    assert all("routes" not in one.inputs for one in world.all("aws:ec2/routeTable:RouteTable"))
    assert all("gatewayId" not in one.inputs for one in world.all(TABLES))


def test_the_defaults_hold_no_route_and_no_open_port(world: World) -> None:
    assert world.one("aws:ec2/defaultRouteTable:DefaultRouteTable").inputs["routes"] == []
    group = world.one("aws:ec2/defaultSecurityGroup:DefaultSecurityGroup").inputs
    assert (group["ingress"], group["egress"]) == ([], [])


def test_there_is_no_ipv6_and_no_public_address_but_the_nats(world: World) -> None:
    assert world.one("aws:ec2/vpc:Vpc").inputs["assignGeneratedIpv6CidrBlock"] is False
    for subnet in world.all("aws:ec2/subnet:Subnet"):
        assert subnet.inputs["mapPublicIpOnLaunch"] is False
        assert subnet.inputs["assignIpv6AddressOnCreation"] is False
        assert not any("ipv6CidrBlock" in key for key in subnet.inputs)
    kinds = Counter(one.type.split("/")[0] for one in world.all())
    assert kinds["aws:ec2"] == 38
    assert len(world.all("aws:ec2/eip:Eip")) == len(world.all("aws:ec2/natGateway:NatGateway")) == 2


def test_the_firewall_evaluates_in_strict_order_and_drops_by_name(world: World) -> None:
    policy = world.one("aws:networkfirewall/firewallPolicy:FirewallPolicy").inputs["firewallPolicy"]
    assert policy["statefulEngineOptions"] == {"ruleOrder": "STRICT_ORDER", "streamExceptionPolicy": "DROP"}
    assert policy["statelessDefaultActions"] == ["aws:forward_to_sfe"]
    assert policy["statelessFragmentDefaultActions"] == ["aws:drop"]
    assert set(policy["statefulDefaultActions"]) == {
        "aws:drop_established_app_layer",
        "aws:alert_established_app_layer",
    }
    group = world.one("aws:networkfirewall/ruleGroup:RuleGroup").inputs
    assert group["ruleGroup"]["statefulRuleOptions"] == {"ruleOrder": "STRICT_ORDER"}
    assert group["ruleGroup"]["ruleVariables"]["ipSets"] == [
        {"key": "HOME_NET", "ipSet": {"definitions": ["10.16.0.0/16"]}}
    ]
    references = policy["statefulRuleGroupReferences"]
    assert [one["resourceArn"].rsplit("/", 1)[1] for one in references] == ["egress-rules"]


def test_the_firewall_stands_in_every_zone_and_refuses_to_be_taken_down(world: World) -> None:
    firewall = world.one("aws:networkfirewall/firewall:Firewall").inputs
    subnets = [one["subnetId"] for one in firewall["subnetMappings"]]
    assert subnets == ["egress-a-firewall-id", "egress-b-firewall-id"]
    assert {one["ipAddressType"] for one in firewall["subnetMappings"]} == {"IPV4"}
    for protection in ("deleteProtection", "firewallPolicyChangeProtection", "subnetChangeProtection"):
        assert firewall[protection] is True


def test_flows_drops_and_queries_are_logged_as_evidence(world: World) -> None:
    logging = world.one("aws:networkfirewall/loggingConfiguration:LoggingConfiguration").inputs
    destinations = logging["loggingConfiguration"]["logDestinationConfigs"]
    assert {one["logType"]: one["logDestination"] for one in destinations} == {
        "ALERT": {"bucketName": LOGS},
        "FLOW": {"bucketName": LOGS},
    }
    flows = world.one("aws:ec2/flowLog:FlowLog").inputs
    assert (flows["trafficType"], flows["logDestinationType"]) == ("ALL", "s3")
    assert (flows["vpcId"], flows["logDestination"]) == ("egress-vpc-id", f"arn:aws:s3:::{LOGS}")
    queries = world.one("aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig").inputs
    assert queries["destinationArn"] == f"arn:aws:s3:::{LOGS}"
    logged = world.one("aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation").inputs
    assert (logged["resolverQueryLogConfigId"], logged["resourceId"]) == ("egress-dns-log-id", "egress-vpc-id")


def test_the_resolver_answers_for_the_declared_names_and_fails_closed(world: World) -> None:
    lists = {f"{one.name}-id": one.inputs["domains"] for one in world.all(DOMAINS)}
    rules = sorted((one.inputs for one in world.all(RULES)), key=lambda inputs: inputs["priority"])
    assert [(one["action"], lists[one["firewallDomainListId"]]) for one in rules] == [
        (
            "ALLOW",
            [
                "*.ocsp.example.org",
                "*.s3.eu-west-1.amazonaws.com",
                "*.sts.eu-west-1.amazonaws.com",
                "push.example.com",
                "s3.eu-west-1.amazonaws.com",
                "sts.eu-west-1.amazonaws.com",
            ],
        ),
        ("BLOCK", ["*"]),
    ]
    assert rules[1]["blockResponse"] == "NXDOMAIN"
    config = world.one("aws:route53/resolverFirewallConfig:ResolverFirewallConfig").inputs
    assert (config["firewallFailOpen"], config["resourceId"]) == ("DISABLED", "egress-vpc-id")
    association = world.one(ASSOCIATION).inputs
    assert (association["mutationProtection"], association["vpcId"]) == ("ENABLED", "egress-vpc-id")


DOMAINS = "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList"
RULES = "aws:route53/resolverFirewallRule:ResolverFirewallRule"
ASSOCIATION = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"


@pytest.mark.parametrize(
    ("principal", "owner", "decision"),
    [
        (ADMINISTRATOR, ACCOUNT, "allow"),
        (ADMINISTRATOR, "999900001111", "implicit_deny"),
        ("arn:aws:iam::999900001111:role/a", ACCOUNT, "implicit_deny"),
    ],
)
@pytest.mark.parametrize("service", ["s3", "sts"])
def test_endpoints_admit_the_sites_principals_on_the_sites_resources_only(
    world: World, service: str, principal: str, owner: str, decision: str
) -> None:
    policy = policy_of(world.one("aws:ec2/vpcEndpoint:VpcEndpoint", f"egress-endpoint-{service}"))
    context = {"aws:ResourceAccount": owner}
    assert decide(principal, "s3:GetObject", "arn:aws:s3:::any/object", policy, context, identity=None) == decision


def test_stores_are_reached_through_a_gateway_endpoint_of_the_workload_subnets(world: World) -> None:
    gateway = world.one("aws:ec2/vpcEndpoint:VpcEndpoint", "egress-endpoint-s3").inputs
    assert (gateway["vpcEndpointType"], gateway["serviceName"]) == ("Gateway", "com.amazonaws.eu-west-1.s3")
    assert gateway["routeTableIds"] == ["egress-a-workload-routes-id", "egress-b-workload-routes-id"]


def test_other_services_have_private_names_in_every_zone(world: World) -> None:
    endpoint = world.one("aws:ec2/vpcEndpoint:VpcEndpoint", "egress-endpoint-sts").inputs
    assert (endpoint["vpcEndpointType"], endpoint["privateDnsEnabled"]) == ("Interface", True)
    assert endpoint["subnetIds"] == ["egress-a-workload-id", "egress-b-workload-id"]
    assert endpoint["securityGroupIds"] == ["egress-endpoints-id"]
    group = world.one("aws:ec2/securityGroup:SecurityGroup").inputs
    assert [(one["fromPort"], one["toPort"], one["cidrBlocks"]) for one in group["ingress"]] == [
        (443, 443, ["10.16.0.0/16"])
    ]
    assert group["egress"] == []


def test_what_is_handed_out(world: World) -> None:
    (outputs,) = world.one("clover-aws:index:EgressGateway").outputs
    assert outputs["network_id"] == "egress-vpc-id"
    assert outputs["workload_subnet_ids"] == ["egress-a-workload-id", "egress-b-workload-id"]
    assert outputs["store_endpoints"] == ["vpce-egress-endpoint-s3"]
    assert outputs["endpoint_ids"] == {"s3": "vpce-egress-endpoint-s3", "sts": "vpce-egress-endpoint-sts"}


def test_the_digest_of_the_rules_is_known_in_a_first_preview(world: World, first_preview: World) -> None:
    gateway = "clover-aws:index:EgressGateway"
    digests = [seen.one(gateway).outputs[0]["rule_set_digest"] for seen in (world, first_preview)]
    assert digests[0] == digests[1]
    assert len(bytes.fromhex(digests[0])) == 32


def test_a_site_that_is_given_up_can_be_taken_down() -> None:
    with declaring(created) as world:
        EgressGateway("egress", ARGS)
    firewall = world.one("aws:networkfirewall/firewall:Firewall").inputs
    assert firewall["deleteProtection"] is False
    assert world.one(ASSOCIATION).inputs["mutationProtection"] == "DISABLED"
    assert world.all("aws:ec2/securityGroup:SecurityGroup") == []


def test_s3_has_its_gateway_endpoint_listed_or_not() -> None:
    with declaring(created) as world:
        EgressGateway("egress", {**ARGS, "interface_endpoints": ["s3"]})
    assert world.one("aws:ec2/vpcEndpoint:VpcEndpoint").inputs["vpcEndpointType"] == "Gateway"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"cidr": "10.16.0.0/23"}, "at least /22"),
        ({"availability_zones": ["eu-west-1g"]}, "ends with one of the letters abcdef"),
        ({"allowed_domains": [{"name": "*", "reason": "all"}]}, r"'\*' is neither a host name"),
    ],
)
def test_what_cannot_be_declared_is_refused_by_name(change: dict[str, Any], message: str) -> None:
    args: Any = {**ARGS, **change}
    with pytest.raises(ValueError, match=message), declaring(created):
        EgressGateway("egress", args)


def test_a_zone_in_which_the_firewall_has_no_endpoint_stops_the_deployment() -> None:
    def blind(found: Any, world: World) -> Any:
        answer: dict[str, Any] = dict(created(found, world))
        answer.update({"firewallStatuses": []} if "firewallStatuses" in answer else {})
        return answer

    with pytest.raises(ValueError, match="no endpoint in eu-west-1a"), declaring(blind):
        EgressGateway("egress", ARGS)
