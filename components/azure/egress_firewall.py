"""Azure Firewall of a site, and its logs."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pulumi
from pulumi_azure_native import network

from components.azure import recording
from components.azure import site as names
from components.azure.egress_network import FIREWALL_SUBNET, Frame, Network, subnet_id
from components.azure.egress_rules import RuleSet
from components.ordering import once_created
from components.refusal import Refusal


class Firewall(NamedTuple):
    """The firewall, its id, and the resource that makes it log."""

    firewall: network.AzureFirewall
    id: str
    logged: pulumi.Resource


def declare(frame: Frame, site_network: Network, rules: RuleSet, records: recording.Records) -> Firewall:
    """Declare the firewall with the rule set in every availability zone, logging all that it sees."""
    site = frame.site
    address = network.PublicIPAddress(
        f"{frame.name}-address",
        public_ip_address_name=_name(frame),
        public_ip_address_version="IPv4",
        public_ip_allocation_method="Static",
        sku={"name": "Standard", "tier": "Regional"},
        zones=list(frame.zones),
        **frame.common(),
        opts=frame.child(),
    )
    subnet = once_created(subnet_id(site, FIREWALL_SUBNET), [site_network.firewall])
    outside = once_created(names.resource_id(site, "Microsoft.Network/publicIPAddresses", _name(frame)), [address])
    firewall = network.AzureFirewall(
        f"{frame.name}-firewall",
        azure_firewall_name=_name(frame),
        sku={"name": "AZFW_VNet", "tier": "Standard"},
        firewall_policy={"id": _policy(frame, rules)},
        ip_configurations=[{"name": "out", "subnet": {"id": subnet}, "public_ip_address": {"id": outside}}],
        zones=list(frame.zones),
        **frame.common(),
        # While it is made, no other change of its network would be taken.
        opts=frame.child([site_network.workload]),
    )
    target = names.resource_id(site, "Microsoft.Network/azureFirewalls", _name(frame))
    seen = recording.everything(target)._replace(figures=["AllMetrics"])
    logged = recording.record(frame.parent, f"{frame.name}-firewall-logs", seen, records, [firewall])
    return Firewall(firewall, target, logged)


def answering(frame: Frame, firewall: Firewall) -> pulumi.Output[str]:
    """The firewall's address; Refusal when it is not the one that routes and resolvers name.

    A preview knows no address of a firewall that is not there yet, and refuses nothing.
    """

    def check(configurations: Sequence[Any] | None) -> str:
        found = [str(one.private_ip_address) for one in configurations or () if one.private_ip_address]
        planned = frame.addresses.firewall_address
        if found and planned not in found:
            raise Refusal(f"the firewall answers at {', '.join(found)}, routes lead to {planned}")
        return planned

    return firewall.firewall.ip_configurations.apply(check)


def _name(frame: Frame) -> str:
    """The name that firewall, policy and address share."""
    return f"{names.network_name(frame.site)}-firewall"


def _policy(frame: Frame, rules: RuleSet) -> pulumi.Output[str]:
    """The id of the policy, delivered with its rules in place."""
    policy = network.FirewallPolicy(
        f"{frame.name}-policy",
        firewall_policy_name=_name(frame),
        sku={"tier": "Standard"},
        **rules.policy,
        **frame.common(),
        opts=frame.child(),
    )
    group = network.FirewallPolicyRuleCollectionGroup(
        f"{frame.name}-rules",
        rule_collection_group_name="egress",
        firewall_policy_name=_name(frame),
        resource_group_name=names.group(frame.site),
        priority=1000,
        rule_collections=[_collection(collection) for collection in rules.collections],
        opts=frame.child([policy]),
    )
    return once_created(names.resource_id(frame.site, "Microsoft.Network/firewallPolicies", _name(frame)), [group])


def _collection(collection: dict[str, Any]) -> network.FirewallPolicyFilterRuleCollectionArgs:
    """A collection as the SDK takes it: it renames the members of a plain mapping only where one type alone fits."""
    return network.FirewallPolicyFilterRuleCollectionArgs(
        rule_collection_type="FirewallPolicyFilterRuleCollection",
        name=collection["name"],
        priority=collection["priority"],
        action=network.FirewallPolicyFilterRuleCollectionActionArgs(type=collection["action"]),
        rules=[
            network.ApplicationRuleArgs(
                rule_type="ApplicationRule",
                name=rule["name"],
                source_addresses=rule["source_addresses"],
                target_fqdns=rule["target_fqdns"],
                protocols=[network.FirewallPolicyRuleApplicationProtocolArgs(**one) for one in rule["protocols"]],
            )
            for rule in collection["rules"]
        ],
    )
