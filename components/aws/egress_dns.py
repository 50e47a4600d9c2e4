"""What the site's resolver answers, and the record of what it was asked."""

from collections.abc import Sequence

import pulumi
from pulumi_aws import ec2, route53

from components.aws.egress_network import Frame
from components.aws.egress_rules import RuleSet
from components.tags import tags

ASSOCIATION_PRIORITY = 101
"""The first free priority: AWS keeps 100 and below, and 9000 and above, for Firewall Manager."""


def declare(frame: Frame, vpc: ec2.Vpc, rules: RuleSet, evidence: pulumi.Input[str]) -> list[pulumi.Resource]:
    """Declare filter and log of the network's queries; returned is what has to exist before anything may leave."""
    closed = route53.ResolverFirewallConfig(
        f"{frame.name}-dns-fails-closed", resource_id=vpc.id, firewall_fail_open="DISABLED", opts=frame.child()
    )
    associated = _filter(frame, vpc, rules, closed)
    log = route53.ResolverQueryLogConfig(
        f"{frame.name}-dns-log", destination_arn=evidence, tags=tags(frame.site), opts=frame.child()
    )
    logged = route53.ResolverQueryLogConfigAssociation(
        f"{frame.name}-dns-logged", resolver_query_log_config_id=log.id, resource_id=vpc.id, opts=frame.child()
    )
    return [associated, logged]


def _filter(
    frame: Frame, vpc: ec2.Vpc, rules: RuleSet, closed: route53.ResolverFirewallConfig
) -> route53.ResolverFirewallRuleGroupAssociation:
    """The rule group on the network, attached when both of its rules are in place."""
    group = route53.ResolverFirewallRuleGroup(f"{frame.name}-dns-rules", tags=tags(frame.site), opts=frame.child())
    allow = route53.ResolverFirewallRule(
        f"{frame.name}-dns-allow",
        action="ALLOW",
        firewall_domain_list_id=_domains(frame, "allowed", rules.resolvable).id,
        firewall_domain_redirection_action="TRUST_REDIRECTION_DOMAIN",
        firewall_rule_group_id=group.id,
        priority=100,
        opts=frame.child(),
    )
    block = route53.ResolverFirewallRule(
        f"{frame.name}-dns-block",
        action="BLOCK",
        block_response="NXDOMAIN",
        firewall_domain_list_id=_domains(frame, "blocked", rules.blocked).id,
        firewall_rule_group_id=group.id,
        priority=200,
        opts=frame.child(),
    )
    return route53.ResolverFirewallRuleGroupAssociation(
        f"{frame.name}-dns-association",
        firewall_rule_group_id=group.id,
        vpc_id=vpc.id,
        priority=ASSOCIATION_PRIORITY,
        mutation_protection="ENABLED" if frame.protected else "DISABLED",
        tags=tags(frame.site),
        opts=frame.child([allow, block, closed]),
    )


def _domains(frame: Frame, kind: str, domains: Sequence[str]) -> route53.ResolverFirewallDomainList:
    """A list of names; the resolver fits `*` at the beginning of a name to anything, dots included."""
    return route53.ResolverFirewallDomainList(
        f"{frame.name}-dns-{kind}", domains=list(domains), tags=tags(frame.site), opts=frame.child()
    )
