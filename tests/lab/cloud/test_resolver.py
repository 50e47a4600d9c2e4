"""Route 53 Resolver DNS Firewall and query logging as boto3 sees them."""

from typing import Any

import pytest

from tests.lab.cloud.asking import bucket, refused, vpc_with_subnets
from tests.lab.cloud.conftest import Aws

NOT_FOUND, INVALID, CONFLICT = "ResourceNotFoundException", "ValidationException", "ConflictException"
TAGS = [{"Key": "site", "Value": "dublin"}]


def domain_list(resolver: Any, *domains: str, creator: str = "list") -> str:
    asked = {"CreatorRequestId": creator, "Name": creator, "Tags": TAGS}
    made: str = resolver.create_firewall_domain_list(**asked)["FirewallDomainList"]["Id"]
    if domains:
        resolver.update_firewall_domains(FirewallDomainListId=made, Operation="ADD", Domains=list(domains))
    return made


def rule_group(resolver: Any, creator: str = "group") -> str:
    asked = {"CreatorRequestId": creator, "Name": creator, "Tags": TAGS}
    return resolver.create_firewall_rule_group(**asked)["FirewallRuleGroup"]["Id"]


def rule(resolver: Any, group: str, domains: str, priority: int = 10, **more: Any) -> dict[str, Any]:
    asked = {"CreatorRequestId": "r", "Name": "r", "Action": "ALLOW", "Priority": priority, **more}
    answer = resolver.create_firewall_rule(FirewallRuleGroupId=group, FirewallDomainListId=domains, **asked)
    return answer["FirewallRule"]


def test_domains_are_kept_with_their_final_dot(aws: Aws) -> None:
    resolver = aws("route53resolver")
    made = domain_list(resolver, "Example.com", "*.example.eu.", "*")
    domains = resolver.list_firewall_domains(FirewallDomainListId=made)["Domains"]
    assert domains == ["example.com.", "*.example.eu.", "*."]
    assert resolver.get_firewall_domain_list(FirewallDomainListId=made)["FirewallDomainList"]["DomainCount"] == 3


def test_domains_are_added_removed_and_replaced(aws: Aws) -> None:
    resolver = aws("route53resolver")
    made = domain_list(resolver, "a.eu", "b.eu")

    def after(operation: str, *domains: str) -> list[str]:
        update = {"FirewallDomainListId": made, "Operation": operation, "Domains": list(domains)}
        assert resolver.update_firewall_domains(**update)["Status"] == "COMPLETE"
        return resolver.list_firewall_domains(FirewallDomainListId=made)["Domains"]

    assert after("ADD", "b.eu", "c.eu") == ["a.eu.", "b.eu.", "c.eu."]
    assert after("REMOVE", "a.eu") == ["b.eu.", "c.eu."]
    assert after("REPLACE", "d.eu") == ["d.eu."]


@pytest.mark.parametrize(
    ("operation", "domains"),
    [("ADD", ["with space.eu"]), ("ADD", ["a..eu"]), ("ADD", ["x" * 256]), ("GUESS", ["a.eu"]), ("ADD", ["*a.eu"])],
)
def test_domains_that_aws_would_not_take(aws: Aws, operation: str, domains: list[str]) -> None:
    resolver = aws("route53resolver")
    made = domain_list(resolver)
    update = {"FirewallDomainListId": made, "Operation": operation, "Domains": domains}
    assert refused(resolver.update_firewall_domains, **update) == INVALID
    assert resolver.list_firewall_domains(FirewallDomainListId=made)["Domains"] == []


def test_more_than_a_thousand_domains_need_several_calls_and_pages(aws: Aws) -> None:
    resolver = aws("route53resolver")
    made, names = domain_list(resolver), [f"host{number}.example.eu" for number in range(1500)]
    update = {"FirewallDomainListId": made, "Operation": "ADD"}
    assert refused(resolver.update_firewall_domains, Domains=names, **update) == INVALID
    for part in (names[:1000], names[1000:]):
        resolver.update_firewall_domains(Domains=part, **update)
    pages = resolver.get_paginator("list_firewall_domains").paginate(FirewallDomainListId=made)
    assert [domain for page in pages for domain in page["Domains"]] == [f"{name}." for name in names]


def test_the_same_creator_request_makes_nothing_twice(aws: Aws) -> None:
    resolver = aws("route53resolver")
    assert domain_list(resolver) == domain_list(resolver) != domain_list(resolver, creator="other")
    assert rule_group(resolver) == rule_group(resolver) != rule_group(resolver, creator="other")


@pytest.mark.parametrize("name", ["x" * 65, "123", "with.dot"])
def test_names_are_checked(aws: Aws, name: str) -> None:
    resolver = aws("route53resolver")
    assert refused(resolver.create_firewall_domain_list, CreatorRequestId="1", Name=name) == INVALID
    assert refused(resolver.create_firewall_rule_group, CreatorRequestId="1", Name=name) == INVALID


def test_rules_go_by_priority_and_hold_their_lists(aws: Aws) -> None:
    resolver = aws("route53resolver")
    group = rule_group(resolver)
    allowed, rest = domain_list(resolver, "a.eu"), domain_list(resolver, "*", creator="rest")
    rule(resolver, group, rest, 200, Action="BLOCK", BlockResponse="NODATA")
    rule(resolver, group, allowed, 100)
    rules = resolver.list_firewall_rules(FirewallRuleGroupId=group)["FirewallRules"]
    assert [(one["FirewallDomainListId"], one["Action"], one.get("BlockResponse")) for one in rules] == [
        (allowed, "ALLOW", None),
        (rest, "BLOCK", "NODATA"),
    ]
    assert rules[0]["FirewallDomainRedirectionAction"] == "INSPECT_REDIRECTION_DOMAIN"
    assert resolver.get_firewall_rule_group(FirewallRuleGroupId=group)["FirewallRuleGroup"]["RuleCount"] == 2
    assert refused(resolver.delete_firewall_domain_list, FirewallDomainListId=rest) == CONFLICT
    resolver.delete_firewall_rule(FirewallRuleGroupId=group, FirewallDomainListId=rest)
    resolver.delete_firewall_domain_list(FirewallDomainListId=rest)
    assert refused(resolver.get_firewall_domain_list, FirewallDomainListId=rest) == NOT_FOUND


@pytest.mark.parametrize(
    "more",
    [
        {"Action": "BLOCK"},
        {"BlockResponse": "NODATA"},
        {"Action": "DENY"},
        {"Action": "BLOCK", "BlockResponse": "OVERRIDE"},
        {"Action": "BLOCK", "BlockResponse": "NODATA", "BlockOverrideDomain": "x.eu"},
    ],
)
def test_rules_that_aws_would_not_take(aws: Aws, more: dict[str, Any]) -> None:
    resolver = aws("route53resolver")
    group, domains = rule_group(resolver), domain_list(resolver)
    assert refused(rule, resolver=resolver, group=group, domains=domains, **more) == INVALID
    assert resolver.list_firewall_rules(FirewallRuleGroupId=group)["FirewallRules"] == []


def test_rules_do_not_share_lists_or_priorities(aws: Aws) -> None:
    resolver = aws("route53resolver")
    group, first, second = rule_group(resolver), domain_list(resolver), domain_list(resolver, creator="second")
    rule(resolver, group, first, 10)
    assert refused(rule, resolver=resolver, group=group, domains=first, priority=11) == INVALID
    assert refused(rule, resolver=resolver, group=group, domains=second, priority=10) == INVALID
    assert refused(rule, resolver=resolver, group=group, domains="rslvr-fdl-none", priority=12) == NOT_FOUND


def test_a_rule_changes_its_action(aws: Aws) -> None:
    resolver = aws("route53resolver")
    group, domains = rule_group(resolver), domain_list(resolver)
    rule(resolver, group, domains)
    named = {"FirewallRuleGroupId": group, "FirewallDomainListId": domains}
    override = {"BlockOverrideDomain": "x.eu", "BlockOverrideDnsType": "CNAME", "BlockOverrideTtl": 60}
    changed = resolver.update_firewall_rule(Action="BLOCK", BlockResponse="OVERRIDE", **override, **named)[
        "FirewallRule"
    ]
    assert (changed["BlockResponse"], changed["BlockOverrideTtl"], changed["Priority"]) == ("OVERRIDE", 60, 10)
    changed = resolver.update_firewall_rule(Action="ALERT", **named)["FirewallRule"]
    assert "BlockResponse" not in changed
    assert "BlockOverrideTtl" not in changed


def test_an_association_is_protected_until_it_is_set_free(aws: Aws) -> None:
    resolver, (vpc, _) = aws("route53resolver"), vpc_with_subnets(aws("ec2"))
    group = rule_group(resolver)
    asked = {"CreatorRequestId": "a", "Name": "a", "FirewallRuleGroupId": group, "VpcId": vpc}
    associate = resolver.associate_firewall_rule_group
    assert [refused(associate, Priority=priority, **asked) for priority in (100, 9900)] == [INVALID, INVALID]
    made = associate(Priority=101, MutationProtection="ENABLED", Tags=TAGS, **asked)["FirewallRuleGroupAssociation"]
    named = {"FirewallRuleGroupAssociationId": made["Id"]}
    read = resolver.get_firewall_rule_group_association(**named)["FirewallRuleGroupAssociation"]
    assert (read["VpcId"], read["Priority"], read["MutationProtection"], read["Status"]) == (
        vpc,
        101,
        "ENABLED",
        "COMPLETE",
    )
    assert refused(associate, Priority=102, **asked) == CONFLICT
    assert refused(resolver.disassociate_firewall_rule_group, **named) == CONFLICT
    assert refused(resolver.delete_firewall_rule_group, FirewallRuleGroupId=group) == CONFLICT
    resolver.update_firewall_rule_group_association(MutationProtection="DISABLED", **named)
    resolver.update_firewall_rule_group_association(Priority=200, **named)
    listed = resolver.list_firewall_rule_group_associations(VpcId=vpc)["FirewallRuleGroupAssociations"]
    assert [one["Priority"] for one in listed] == [200]
    resolver.disassociate_firewall_rule_group(**named)
    resolver.delete_firewall_rule_group(FirewallRuleGroupId=group)
    assert refused(resolver.get_firewall_rule_group_association, **named) == NOT_FOUND


def test_two_groups_of_a_vpc_have_two_priorities(aws: Aws) -> None:
    resolver, (vpc, _) = aws("route53resolver"), vpc_with_subnets(aws("ec2"))
    asked = {"CreatorRequestId": "a", "Name": "a", "VpcId": vpc, "Priority": 101}
    resolver.associate_firewall_rule_group(FirewallRuleGroupId=rule_group(resolver), **asked)
    second = rule_group(resolver, creator="second")
    assert refused(resolver.associate_firewall_rule_group, FirewallRuleGroupId=second, **asked) == INVALID
    nowhere = {**asked, "VpcId": "vpc-0123"}
    assert refused(resolver.associate_firewall_rule_group, FirewallRuleGroupId=second, **nowhere) == NOT_FOUND


def test_a_vpc_is_closed_on_failure_until_it_is_opened(aws: Aws) -> None:
    resolver, (vpc, _) = aws("route53resolver"), vpc_with_subnets(aws("ec2"))
    assert resolver.get_firewall_config(ResourceId=vpc)["FirewallConfig"]["FirewallFailOpen"] == "DISABLED"
    resolver.update_firewall_config(ResourceId=vpc, FirewallFailOpen="ENABLED")
    config = resolver.get_firewall_config(ResourceId=vpc)["FirewallConfig"]
    assert (config["FirewallFailOpen"], config["ResourceId"]) == ("ENABLED", vpc)
    assert resolver.list_firewall_configs()["FirewallConfigs"] == [config]
    assert refused(resolver.get_firewall_config, ResourceId="vpc-0123") == NOT_FOUND
    assert refused(resolver.update_firewall_config, ResourceId=vpc, FirewallFailOpen="MAYBE") == INVALID


def test_tags_of_every_kind(aws: Aws) -> None:
    resolver, (vpc, _) = aws("route53resolver"), vpc_with_subnets(aws("ec2"))
    group = rule_group(resolver)
    asked = {"CreatorRequestId": "a", "Name": "a", "FirewallRuleGroupId": group, "VpcId": vpc, "Priority": 101}
    arns = [
        resolver.get_firewall_domain_list(FirewallDomainListId=domain_list(resolver))["FirewallDomainList"]["Arn"],
        resolver.get_firewall_rule_group(FirewallRuleGroupId=group)["FirewallRuleGroup"]["Arn"],
        resolver.associate_firewall_rule_group(Tags=TAGS, **asked)["FirewallRuleGroupAssociation"]["Arn"],
        query_log(resolver, "arn:aws:s3:::some")["Arn"],
    ]
    for arn in arns:
        assert resolver.list_tags_for_resource(ResourceArn=arn)["Tags"] == TAGS
        resolver.tag_resource(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
        resolver.untag_resource(ResourceArn=arn, TagKeys=["site"])
        assert resolver.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
        assert refused(resolver.list_tags_for_resource, ResourceArn=arn + "x") == NOT_FOUND


def query_log(resolver: Any, destination: str, creator: str = "q") -> dict[str, Any]:
    asked = {"CreatorRequestId": creator, "Name": creator, "DestinationArn": destination, "Tags": TAGS}
    return resolver.create_resolver_query_log_config(**asked)["ResolverQueryLogConfig"]


def test_query_logging_is_associated_and_taken_away(aws: Aws, account: str) -> None:
    resolver, (vpc, _) = aws("route53resolver"), vpc_with_subnets(aws("ec2"))
    destination = f"arn:aws:s3:::{bucket(aws('s3'), f'dns-{account}')}/dns"
    named = {"ResolverQueryLogConfigId": query_log(resolver, destination)["Id"]}
    made = resolver.associate_resolver_query_log_config(ResourceId=vpc, **named)["ResolverQueryLogConfigAssociation"]
    assert made["Status"] == "ACTIVE"
    config = resolver.get_resolver_query_log_config(**named)["ResolverQueryLogConfig"]
    assert (config["DestinationArn"], config["AssociationCount"]) == (destination, 1)
    second = query_log(resolver, destination, creator="second")["Id"]
    again = {"ResolverQueryLogConfigId": second, "ResourceId": vpc}
    assert refused(resolver.associate_resolver_query_log_config, **again) == "InvalidRequestException"
    assert refused(resolver.delete_resolver_query_log_config, **named) == "InvalidRequestException"
    resolver.disassociate_resolver_query_log_config(ResourceId=vpc, **named)
    assert refused(resolver.disassociate_resolver_query_log_config, ResourceId=vpc, **named) == NOT_FOUND
    resolver.delete_resolver_query_log_config(**named)
    assert refused(resolver.get_resolver_query_log_config, **named) == NOT_FOUND


def test_tags_of_other_resolver_things_are_motos(aws: Aws) -> None:
    resolver, ec2 = aws("route53resolver"), aws("ec2")
    vpc, subnets = vpc_with_subnets(ec2)
    group = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["SecurityGroups"][0]["GroupId"]
    addresses = [{"SubnetId": subnet} for subnet in subnets]
    asked = {"CreatorRequestId": "e", "Direction": "INBOUND", "SecurityGroupIds": [group], "IpAddresses": addresses}
    arn = resolver.create_resolver_endpoint(Name="endpoint", Tags=TAGS, **asked)["ResolverEndpoint"]["Arn"]
    resolver.tag_resource(ResourceArn=arn, Tags=[{"Key": "b", "Value": "2"}])
    resolver.untag_resource(ResourceArn=arn, TagKeys=["site"])
    assert resolver.list_tags_for_resource(ResourceArn=arn)["Tags"] == [{"Key": "b", "Value": "2"}]
