"""Network Firewall of a site, and its logs."""

from typing import Any, NamedTuple

import pulumi
from pulumi_aws import networkfirewall

from components.aws.egress_network import Frame, Network
from components.aws.egress_rules import RuleSet, capacity
from components.aws.site import bucket_of
from components.tags import tags


class Firewall(NamedTuple):
    """The firewall and the resource that makes it log."""

    firewall: networkfirewall.Firewall
    logged: networkfirewall.LoggingConfiguration


def declare(frame: Frame, network: Network, rules: RuleSet, evidence: pulumi.Input[str]) -> Firewall:
    """Declare the firewall with the rule set, one endpoint per availability zone, logging all flows and drops."""
    policy, bucket = _policy(frame, _rule_group(frame, rules), rules), bucket_of(evidence)
    firewall = networkfirewall.Firewall(
        f"{frame.name}-firewall",
        vpc_id=network.vpc.id,
        firewall_policy_arn=policy.arn,
        subnet_mappings=[{"subnet_id": zone.firewall.id, "ip_address_type": "IPV4"} for zone in network.zones],
        delete_protection=frame.protected,
        firewall_policy_change_protection=frame.protected,
        subnet_change_protection=frame.protected,
        tags=tags(frame.site),
        opts=frame.child(),
    )
    logged = networkfirewall.LoggingConfiguration(
        f"{frame.name}-firewall-logs",
        firewall_arn=firewall.arn,
        logging_configuration={
            "log_destination_configs": [
                {"log_type": kind, "log_destination_type": "S3", "log_destination": {"bucketName": bucket}}
                for kind in ("ALERT", "FLOW")
            ]
        },
        opts=frame.child(),
    )
    return Firewall(firewall, logged)


def _rule_group(frame: Frame, rules: RuleSet) -> networkfirewall.RuleGroup:
    """The rules in the order in which they are evaluated; `HOME_NET` is the site's whole range."""
    return networkfirewall.RuleGroup(
        f"{frame.name}-rules",
        type="STATEFUL",
        capacity=capacity(),
        rule_group={
            "rule_variables": {"ip_sets": [{"key": "HOME_NET", "ip_set": {"definitions": [frame.cidr]}}]},
            "rules_source": {"rules_string": "\n".join(rules.rules)},
            "stateful_rule_options": {"rule_order": "STRICT_ORDER"},
        },
        tags=tags(frame.site),
        opts=frame.child(),
    )


def _policy(frame: Frame, group: networkfirewall.RuleGroup, rules: RuleSet) -> networkfirewall.FirewallPolicy:
    """The policy that evaluates the rules and drops the rest."""
    evaluated: list[Any] = [{"priority": 1, "resource_arn": group.arn}]
    policy: Any = {**rules.policy, "stateful_rule_group_references": evaluated}
    return networkfirewall.FirewallPolicy(
        f"{frame.name}-policy",
        firewall_policy=policy,
        tags=tags(frame.site),
        opts=frame.child(),
    )
