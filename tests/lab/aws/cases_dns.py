"""The DNS firewall and the log of DNS queries."""

from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.aws.case import Case
from tests.lab.aws.cases_storage import tags
from tests.lab.aws.world import World
from tests.lab.provider.engine import Resource


def resolver(world: World) -> Any:
    return world.aws("route53resolver")


def see_domains(world: World, domains: Resource) -> Props:
    found = resolver(world).list_firewall_domains(FirewallDomainListId=domains.id)["Domains"]
    return {"domains": [domain.rstrip(".") for domain in found]}


def see_rule(world: World, _rule: Resource) -> Props:
    (found,) = resolver(world).list_firewall_rules(FirewallRuleGroupId=world.dns_group.id)["FirewallRules"]
    return {
        "action": found["Action"],
        "blockResponse": found.get("BlockResponse"),
        "priority": found["Priority"],
        "firewallDomainListId": found["FirewallDomainListId"],
    }


def change_rule(world: World, _rule: Resource) -> None:
    named = {"FirewallRuleGroupId": world.dns_group.id, "FirewallDomainListId": world.domains.id}
    resolver(world).update_firewall_rule(**named, Action="ALLOW")


def see_association(world: World, it: Resource) -> Props:
    named = {"FirewallRuleGroupAssociationId": it.id}
    found = resolver(world).get_firewall_rule_group_association(**named)["FirewallRuleGroupAssociation"]
    return {
        "vpcId": found["VpcId"],
        "priority": found["Priority"],
        "mutationProtection": found["MutationProtection"],
    }


def see_config(world: World, _config: Resource) -> Props:
    found = resolver(world).get_firewall_config(ResourceId=world.vpc.id)["FirewallConfig"]
    return {"firewallFailOpen": found["FirewallFailOpen"]}


def see_log(world: World, log: Resource) -> Props:
    found = resolver(world).get_resolver_query_log_config(ResolverQueryLogConfigId=log.id)["ResolverQueryLogConfig"]
    return {
        "destinationArn": found["DestinationArn"],
        "tags": tags(resolver(world).list_tags_for_resource(ResourceArn=found["Arn"])["Tags"]),
    }


def see_log_association(world: World, it: Resource) -> Props:
    named = {"ResolverQueryLogConfigAssociationId": it.id}
    found = resolver(world).get_resolver_query_log_config_association(**named)["ResolverQueryLogConfigAssociation"]
    assert found["Status"] == "ACTIVE"
    return {"resourceId": found["ResourceId"], "resolverQueryLogConfigId": found["ResolverQueryLogConfigId"]}


CASES = [
    Case(
        token="aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
        inputs=lambda world: {"name": world.name("allowed"), "domains": ["example.com", "*.example.org"]},
        changed=lambda world: {"domains": ["example.net"]},
        replaced=lambda world: {"name": "other"},
        seen=see_domains,
        drift=lambda world, it: resolver(world).update_firewall_domains(
            FirewallDomainListId=it.id, Operation="ADD", Domains=["evil.example"]
        ),
        drifts=frozenset({"domains"}),
    ),
    Case(
        token="aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup",
        inputs=lambda world: {"name": world.name("dns"), "tags": {"site": "dublin"}},
        changed=lambda world: {"tags": {"site": "hamar"}},
        replaced=lambda world: {"name": "other"},
        seen=lambda world, it: {"tags": tags(resolver(world).list_tags_for_resource(ResourceArn=it["arn"])["Tags"])},
        drift=lambda world, it: resolver(world).delete_firewall_rule_group(FirewallRuleGroupId=it.id),
    ),
    Case(
        token="aws:route53/resolverFirewallRule:ResolverFirewallRule",
        inputs=lambda world: {
            "name": world.name("block"),
            "firewallRuleGroupId": world.dns_group.id,
            "firewallDomainListId": world.domains.id,
            "action": "BLOCK",
            "blockResponse": "NODATA",
            "priority": 100,
        },
        changed=lambda world: {"blockResponse": "NXDOMAIN", "priority": 200},
        replaced=lambda world: {"firewallDomainListId": world.other_domains.id},
        seen=see_rule,
        drift=change_rule,
        drifts=frozenset({"action", "blockResponse"}),
    ),
    Case(
        token="aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation",
        inputs=lambda world: {
            "name": world.name("site"),
            "firewallRuleGroupId": world.dns_group.id,
            "vpcId": world.vpc.id,
            "priority": 101,
            "mutationProtection": "DISABLED",
        },
        changed=lambda world: {"priority": 201},
        replaced=lambda world: {"vpcId": world.other_vpc.id},
        seen=see_association,
        drift=lambda world, it: resolver(world).disassociate_firewall_rule_group(FirewallRuleGroupAssociationId=it.id),
    ),
    Case(
        token="aws:route53/resolverFirewallConfig:ResolverFirewallConfig",
        inputs=lambda world: {"resourceId": world.vpc.id, "firewallFailOpen": "DISABLED"},
        changed=lambda world: {"firewallFailOpen": "ENABLED"},
        replaced=lambda world: {"resourceId": world.other_vpc.id},
        seen=see_config,
        drift=lambda world, it: resolver(world).update_firewall_config(
            ResourceId=world.vpc.id, FirewallFailOpen="ENABLED"
        ),
        drifts=frozenset({"firewallFailOpen"}),
        stays_after_delete=True,
    ),
    Case(
        token="aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig",
        inputs=lambda world: {
            "name": world.name("queries"),
            "destinationArn": world.bucket["arn"],
            "tags": {"site": "dublin"},
        },
        changed=lambda world: {"tags": {"site": "hamar"}},
        replaced=lambda world: {"destinationArn": world.log_bucket["arn"]},
        seen=see_log,
        drift=lambda world, it: resolver(world).delete_resolver_query_log_config(ResolverQueryLogConfigId=it.id),
    ),
    Case(
        token="aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation",
        inputs=lambda world: {"resolverQueryLogConfigId": world.query_log.id, "resourceId": world.vpc.id},
        replaced=lambda world: {"resourceId": world.other_vpc.id},
        seen=see_log_association,
        drift=lambda world, it: resolver(world).disassociate_resolver_query_log_config(
            ResolverQueryLogConfigId=world.query_log.id, ResourceId=world.vpc.id
        ),
    ),
]
