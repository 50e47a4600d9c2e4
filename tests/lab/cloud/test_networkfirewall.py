"""Network Firewall as boto3 sees it."""

from typing import Any

import pytest

from tests.lab.cloud.asking import bucket, error_of, refused, vpc_with_subnets
from tests.lab.cloud.conftest import Aws

NOT_FOUND, INVALID, IN_USE = "ResourceNotFoundException", "InvalidRequestException", "InvalidOperationException"
STALE = "00000000-0000-0000-0000-000000000000"
RULES = 'pass tls $HOME_NET any -> any 443 (tls.sni; content:"a.eu"; sid:1;)\ndrop ip any any -> any any (sid:2;)'
TAGS = [{"Key": "site", "Value": "dublin"}]


def rule_group(firewall: Any, name: str = "egress", order: str = "STRICT_ORDER", **more: Any) -> str:
    rules = {"RulesSource": {"RulesString": RULES}, "StatefulRuleOptions": {"RuleOrder": order}}
    asked = {"Type": "STATEFUL", "Capacity": 10, "RuleGroup": rules, **more}
    return firewall.create_rule_group(RuleGroupName=name, **asked)["RuleGroupResponse"]["RuleGroupArn"]


def document(*groups: str, **more: Any) -> dict[str, Any]:
    return {
        "StatelessDefaultActions": ["aws:forward_to_sfe"],
        "StatelessFragmentDefaultActions": ["aws:forward_to_sfe"],
        "StatefulDefaultActions": ["aws:drop_strict"],
        "StatefulEngineOptions": {"RuleOrder": "STRICT_ORDER", "StreamExceptionPolicy": "DROP"},
        "StatefulRuleGroupReferences": [{"ResourceArn": arn, "Priority": n} for n, arn in enumerate(groups, 1)],
        **more,
    }


def firewall_policy(firewall: Any, name: str = "egress", **more: Any) -> str:
    wanted = document(rule_group(firewall, name), **more)
    answer = firewall.create_firewall_policy(FirewallPolicyName=name, FirewallPolicy=wanted)
    return answer["FirewallPolicyResponse"]["FirewallPolicyArn"]


def test_a_rule_group_round_trips(aws: Aws, account: str) -> None:
    firewall = aws("network-firewall")
    arn = rule_group(firewall, Description="d", Tags=TAGS)
    assert arn == f"arn:aws:network-firewall:eu-west-1:{account}:stateful-rulegroup/egress"
    described = firewall.describe_rule_group(RuleGroupArn=arn)
    assert described["RuleGroup"]["RulesSource"] == {"RulesString": RULES}
    assert described["RuleGroup"]["StatefulRuleOptions"] == {"RuleOrder": "STRICT_ORDER"}
    response = described["RuleGroupResponse"]
    assert (response["Capacity"], response["ConsumedCapacity"], response["RuleGroupStatus"]) == (10, 2, "ACTIVE")
    assert (response["Description"], response["Tags"], response["NumberOfAssociations"]) == ("d", TAGS, 0)
    assert firewall.list_rule_groups()["RuleGroups"] == [{"Name": "egress", "Arn": arn}]
    firewall.delete_rule_group(RuleGroupArn=arn)
    assert refused(firewall.describe_rule_group, RuleGroupName="egress", Type="STATEFUL") == NOT_FOUND


def test_an_update_needs_the_present_token_and_gives_a_new_one(aws: Aws) -> None:
    firewall = aws("network-firewall")
    arn = rule_group(firewall)
    token = firewall.describe_rule_group(RuleGroupArn=arn)["UpdateToken"]
    changed = {"RulesSource": {"RulesString": "drop ip any any -> any any (sid:9;)"}}
    changed["StatefulRuleOptions"] = {"RuleOrder": "STRICT_ORDER"}
    after = firewall.update_rule_group(RuleGroupArn=arn, UpdateToken=token, RuleGroup=changed)["UpdateToken"]
    assert after not in (token, STALE)
    assert refused(firewall.update_rule_group, RuleGroupArn=arn, UpdateToken=token, RuleGroup=changed) == (
        "InvalidTokenException"
    )
    assert firewall.describe_rule_group(RuleGroupArn=arn)["RuleGroup"]["RulesSource"] == changed["RulesSource"]
    changed["StatefulRuleOptions"] = {"RuleOrder": "DEFAULT_ACTION_ORDER"}
    assert refused(firewall.update_rule_group, RuleGroupArn=arn, UpdateToken=after, RuleGroup=changed) == INVALID


@pytest.mark.parametrize(
    "more",
    [
        {"Capacity": 1},
        {"Capacity": 30_001},
        {"Capacity": 0},
        {"Type": "STATELESS_ISH"},
        {"RuleGroup": {"RulesSource": {}}},
        {"Rules": RULES},
        {"Description": "x" * 513},
    ],
)
def test_rule_groups_that_aws_would_not_take(aws: Aws, more: dict[str, Any]) -> None:
    firewall = aws("network-firewall")
    assert refused(rule_group, firewall=firewall, **more) in (INVALID, "ValidationException")
    assert firewall.list_rule_groups()["RuleGroups"] == []


def test_names_are_checked_and_unique(aws: Aws) -> None:
    firewall = aws("network-firewall")
    rule_group(firewall)
    assert refused(rule_group, firewall=firewall) == INVALID
    assert refused(rule_group, firewall=firewall, name="with_underscore") == "ValidationException"
    assert refused(rule_group, firewall=firewall, name="x" * 129) == "ValidationException"


def test_a_dry_run_makes_nothing(aws: Aws) -> None:
    firewall = aws("network-firewall")
    assert rule_group(firewall, DryRun=True).endswith("/egress")
    assert firewall.list_rule_groups()["RuleGroups"] == []


DOMAINS = {"Targets": [".a.eu", "b.eu"], "TargetTypes": ["TLS_SNI", "HTTP_HOST"], "GeneratedRulesType": "ALLOWLIST"}
THREE = [{"AddressDefinition": f"10.{number}.0.0/16"} for number in range(3)]
DROP = {"Actions": ["aws:drop"], "MatchAttributes": {"Protocols": [6, 17], "Sources": THREE}}
STATELESS = {"StatelessRules": [{"Priority": 1, "RuleDefinition": DROP}]}


@pytest.mark.parametrize(
    ("source", "consumed"),
    [({"RulesSourceList": DOMAINS}, 4), ({"StatelessRulesAndCustomActions": STATELESS}, 6)],
)
def test_capacity_counts_as_documented(aws: Aws, source: dict[str, Any], consumed: int) -> None:
    firewall = aws("network-firewall")
    kind = "STATELESS" if "StatelessRulesAndCustomActions" in source else "STATEFUL"
    arn = rule_group(firewall, Type=kind, RuleGroup={"RulesSource": source})
    assert f"{kind.lower()}-rulegroup" in arn
    assert firewall.describe_rule_group(RuleGroupArn=arn)["RuleGroupResponse"]["ConsumedCapacity"] == consumed


def test_a_policy_round_trips_and_holds_its_rule_groups(aws: Aws) -> None:
    firewall = aws("network-firewall")
    arn = firewall_policy(firewall)
    described = firewall.describe_firewall_policy(FirewallPolicyArn=arn)
    group = described["FirewallPolicy"]["StatefulRuleGroupReferences"][0]["ResourceArn"]
    assert described["FirewallPolicy"] == document(group)
    assert described["FirewallPolicyResponse"]["ConsumedStatefulRuleCapacity"] == 10
    assert refused(firewall.delete_rule_group, RuleGroupArn=group) == IN_USE
    token = described["UpdateToken"]
    without = document(StatefulDefaultActions=["aws:drop_established"])
    update = {"FirewallPolicyArn": arn, "FirewallPolicy": without}
    assert refused(firewall.update_firewall_policy, UpdateToken=STALE, **update) == "InvalidTokenException"
    firewall.update_firewall_policy(UpdateToken=token, **update)
    firewall.delete_rule_group(RuleGroupArn=group)
    firewall.delete_firewall_policy(FirewallPolicyArn=arn)
    assert refused(firewall.describe_firewall_policy, FirewallPolicyArn=arn) == NOT_FOUND


@pytest.mark.parametrize(
    "more",
    [
        {"StatelessDefaultActions": ["aws:nonsense"]},
        {"StatelessDefaultActions": []},
        {"StatefulDefaultActions": ["aws:nonsense"]},
        {"StatefulEngineOptions": {"RuleOrder": "DEFAULT_ACTION_ORDER"}},
        {"StatefulEngineOptions": {"RuleOrder": "ANY_ORDER"}},
        {"StatefulRuleGroupReferences": [{"ResourceArn": "arn:aws:network-firewall:eu-west-1:1:stateful-rulegroup/x"}]},
    ],
)
def test_policies_that_aws_would_not_take(aws: Aws, more: dict[str, Any]) -> None:
    firewall = aws("network-firewall")
    assert refused(firewall_policy, firewall=firewall, **more) in (INVALID, "ValidationException")


def test_priorities_belong_to_strict_order(aws: Aws) -> None:
    firewall = aws("network-firewall")
    group = rule_group(firewall)
    for wanted in (
        document(StatefulRuleGroupReferences=[{"ResourceArn": group}]),
        document(rule_group(firewall, "loose", "DEFAULT_ACTION_ORDER")),
    ):
        assert refused(firewall.create_firewall_policy, FirewallPolicyName="p", FirewallPolicy=wanted) == INVALID


@pytest.fixture
def standing(aws: Aws) -> dict[str, Any]:
    """A firewall in two zones."""
    firewall, (vpc, subnets) = aws("network-firewall"), vpc_with_subnets(aws("ec2"))
    mappings = [{"SubnetId": subnet} for subnet in subnets]
    arn = firewall_policy(firewall)
    asked = {"FirewallName": "egress", "FirewallPolicyArn": arn, "VpcId": vpc, "SubnetMappings": mappings, "Tags": TAGS}
    made = firewall.create_firewall(DeleteProtection=True, SubnetChangeProtection=True, **asked)["Firewall"]
    return {"arn": made["FirewallArn"], "policy": arn, "vpc": vpc, "subnets": subnets, "client": firewall}


def test_a_firewall_is_ready_with_an_endpoint_in_each_zone(aws: Aws, standing: dict[str, Any]) -> None:
    described = standing["client"].describe_firewall(FirewallArn=standing["arn"])
    status = described["FirewallStatus"]
    assert (status["Status"], status["ConfigurationSyncStateSummary"]) == ("READY", "IN_SYNC")
    assert sorted(status["SyncStates"]) == ["eu-west-1a", "eu-west-1b"]
    attachments = [state["Attachment"] for state in status["SyncStates"].values()]
    assert {attachment["SubnetId"] for attachment in attachments} == set(standing["subnets"])
    assert all(attachment["Status"] == "READY" for attachment in attachments)
    ids = [attachment["EndpointId"] for attachment in attachments]
    endpoints = aws("ec2").describe_vpc_endpoints(VpcEndpointIds=ids)["VpcEndpoints"]
    assert [one["VpcEndpointType"] for one in endpoints] == ["GatewayLoadBalancer"] * 2
    firewall = described["Firewall"]
    assert (firewall["VpcId"], firewall["FirewallPolicyArn"]) == (standing["vpc"], standing["policy"])
    assert (firewall["DeleteProtection"], firewall["FirewallPolicyChangeProtection"]) == (True, True)
    assert firewall["Tags"] == TAGS


def test_routes_lead_through_a_firewalls_endpoint(aws: Aws, standing: dict[str, Any]) -> None:
    ec2 = aws("ec2")
    states = standing["client"].describe_firewall(FirewallArn=standing["arn"])["FirewallStatus"]["SyncStates"]
    endpoint = states["eu-west-1a"]["Attachment"]["EndpointId"]
    table = ec2.create_route_table(VpcId=standing["vpc"])["RouteTable"]["RouteTableId"]
    ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", VpcEndpointId=endpoint)
    routes = ec2.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
    assert [route["GatewayId"] for route in routes] == ["local", endpoint]
    unsuccessful = ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])["Unsuccessful"]
    assert unsuccessful[0]["Error"]["Code"] == "OperationNotPermitted"
    assert refused(ec2.delete_subnet, SubnetId=standing["subnets"][0]) == "DependencyViolation"


def test_protections_are_kept_until_they_are_lifted(aws: Aws, standing: dict[str, Any]) -> None:
    firewall, arn = standing["client"], standing["arn"]
    assert refused(firewall.delete_firewall, FirewallArn=arn) == IN_USE
    assert refused(firewall.disassociate_subnets, FirewallArn=arn, SubnetIds=standing["subnets"][:1]) == IN_USE
    other = firewall_policy(firewall, "other")
    assert refused(firewall.associate_firewall_policy, FirewallArn=arn, FirewallPolicyArn=other) == IN_USE
    firewall.update_firewall_policy_change_protection(FirewallArn=arn, FirewallPolicyChangeProtection=False)
    firewall.update_subnet_change_protection(FirewallArn=arn, SubnetChangeProtection=False)
    firewall.update_firewall_delete_protection(FirewallArn=arn, DeleteProtection=False)
    firewall.associate_firewall_policy(FirewallArn=arn, FirewallPolicyArn=other)
    firewall.disassociate_subnets(FirewallArn=arn, SubnetIds=standing["subnets"][:1])
    described = firewall.describe_firewall(FirewallArn=arn)
    assert described["Firewall"]["FirewallPolicyArn"] == other
    assert list(described["FirewallStatus"]["SyncStates"]) == ["eu-west-1b"]
    assert refused(firewall.disassociate_subnets, FirewallArn=arn, SubnetIds=standing["subnets"][1:]) == INVALID
    assert refused(firewall.delete_firewall_policy, FirewallPolicyArn=other) == IN_USE
    firewall.delete_firewall(FirewallArn=arn)
    firewall.delete_firewall_policy(FirewallPolicyArn=other)
    assert aws("ec2").describe_vpc_endpoints()["VpcEndpoints"] == []
    assert refused(firewall.describe_firewall, FirewallArn=arn) == NOT_FOUND


def test_new_firewalls_are_protected_unless_told_otherwise(aws: Aws) -> None:
    firewall, (vpc, subnets) = aws("network-firewall"), vpc_with_subnets(aws("ec2"))
    asked = {"FirewallPolicyArn": firewall_policy(firewall), "VpcId": vpc, "SubnetMappings": [{"SubnetId": subnets[0]}]}
    made = firewall.create_firewall(FirewallName="f", **asked)["Firewall"]
    names = ("DeleteProtection", "SubnetChangeProtection", "FirewallPolicyChangeProtection")
    assert [made[name] for name in names] == [True, True, True]
    assert refused(firewall.create_firewall, FirewallName="f", **asked) == INVALID
    assert refused(firewall.create_firewall, FirewallName="g", **{**asked, "VpcId": "vpc-0123"}) == INVALID
    twice = {**asked, "SubnetMappings": [{"SubnetId": subnets[0]}, {"SubnetId": subnets[0]}]}
    assert refused(firewall.create_firewall, FirewallName="g", **twice) == INVALID


def destinations(name: str, *types: str) -> dict[str, Any]:
    rows = [
        {"LogType": kind, "LogDestinationType": "S3", "LogDestination": {"bucketName": name, "prefix": kind.lower()}}
        for kind in types
    ]
    return {"LogDestinationConfigs": rows}


def test_logging_changes_one_destination_at_a_time(aws: Aws, account: str, standing: dict[str, Any]) -> None:
    firewall, arn = standing["client"], standing["arn"]
    name = bucket(aws("s3"), f"firewall-logs-{account}")
    update = firewall.update_logging_configuration
    both = destinations(name, "ALERT", "FLOW")
    assert refused(update, FirewallArn=arn, LoggingConfiguration=both) == INVALID
    update(FirewallArn=arn, LoggingConfiguration=destinations(name, "ALERT"))
    update(FirewallArn=arn, LoggingConfiguration=both)
    assert firewall.describe_logging_configuration(FirewallArn=arn)["LoggingConfiguration"] == both
    assert refused(update, FirewallArn=arn, LoggingConfiguration=destinations(name)) == INVALID
    update(FirewallArn=arn, LoggingConfiguration=destinations(name, "FLOW"))
    update(FirewallArn=arn, LoggingConfiguration=destinations(name))
    gone = destinations("there-is-no-such-bucket", "ALERT")
    assert refused(update, FirewallArn=arn, LoggingConfiguration=gone) == "LogDestinationPermissionException"


def test_tags_of_all_three_kinds(standing: dict[str, Any]) -> None:
    firewall = standing["client"]
    group = firewall.list_rule_groups()["RuleGroups"][0]["Arn"]
    for arn in (group, standing["policy"], standing["arn"]):
        firewall.tag_resource(ResourceArn=arn, Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
        firewall.untag_resource(ResourceArn=arn, TagKeys=["a", "site"])
        assert firewall.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
    assert refused(firewall.list_tags_for_resource, ResourceArn=group + "x") == NOT_FOUND


def test_lists_come_in_pages(aws: Aws) -> None:
    firewall = aws("network-firewall")
    for number in range(5):
        rule_group(firewall, f"g{number}")
    pages = list(firewall.get_paginator("list_rule_groups").paginate(PaginationConfig={"PageSize": 2}))
    assert [len(page["RuleGroups"]) for page in pages] == [2, 2, 1]
    assert refused(firewall.list_rule_groups, NextToken="999") == INVALID


def test_the_message_names_the_parameter(aws: Aws) -> None:
    firewall = aws("network-firewall")
    with pytest.raises(firewall.exceptions.InvalidRequestException) as caught:
        rule_group(firewall, Capacity=1)
    assert error_of(caught.value)["Message"] == "capacity is insufficient: the rules take 2 of 1, parameter: [Capacity]"
