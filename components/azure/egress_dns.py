"""What the site's resolver answers, and the record of what it was asked."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pulumi
from pulumi_azure_native import dnsresolver

from components.azure import recording
from components.azure import site as names
from components.azure.egress_network import Frame, Network
from components.azure.egress_rules import RuleSet
from components.ordering import once_created


def declare(frame: Frame, site_network: Network, rules: RuleSet, records: recording.Records) -> list[pulumi.Resource]:
    """Declare filter and log of the network's queries; returned is what has to exist before workloads come."""
    name = names.network_name(frame.site)
    policy = dnsresolver.DnsResolverPolicy(
        f"{frame.name}-dns", dns_resolver_policy_name=name, **frame.common(), opts=frame.child()
    )
    allow = _rule(frame, policy, _Rule("allowed", 100, {"action_type": "Allow"}, rules.resolvable))
    # The one answer that the API has a word for.
    refusal = {"action_type": "Block", "block_response_code": "SERVFAIL"}
    block = _rule(frame, allow, _Rule("blocked", 200, refusal, rules.blocked))
    linked = dnsresolver.DnsResolverPolicyVirtualNetworkLink(
        f"{frame.name}-dns-link",
        dns_resolver_policy_name=name,
        dns_resolver_policy_virtual_network_link_name=name,
        virtual_network={"id": once_created(names.network_id(frame.site), [site_network.whole])},
        **frame.common(),
        opts=frame.child([block]),
    )
    logged = recording.record(
        frame.parent, f"{frame.name}-dns-log", recording.everything(policy_id(frame)), records, [policy]
    )
    return [linked, logged]


def policy_id(frame: Frame) -> str:
    """The id of the resolver policy."""
    return names.resource_id(frame.site, "Microsoft.Network/dnsResolverPolicies", names.network_name(frame.site))


class _Rule(NamedTuple):
    """What happens to queries for the names of a list, and how early the list is asked."""

    kind: str
    priority: int
    action: Any
    domains: Sequence[str]


def _rule(frame: Frame, after: pulumi.Resource, rule: _Rule) -> dnsresolver.DnsSecurityRule:
    """A rule of the policy; the one of lower number is asked first, and `.` stands for everything.

    A policy takes one change at a time, so each rule waits for what comes `after`.
    """
    parts = [rule.domains[start : start + _LIST] for start in range(0, len(rule.domains), _LIST)]
    lists = [_domains(frame, f"{rule.kind}-{number}", part) for number, part in enumerate(parts, 1)]
    return dnsresolver.DnsSecurityRule(
        f"{frame.name}-dns-{rule.kind}",
        dns_resolver_policy_name=names.network_name(frame.site),
        dns_security_rule_name=rule.kind,
        dns_security_rule_state="Enabled",
        dns_resolver_domain_lists=[{"id": listed} for listed in lists],
        action=rule.action,
        priority=rule.priority,
        **frame.common(),
        opts=frame.child([after]),
    )


def _domains(frame: Frame, kind: str, domains: Sequence[str]) -> pulumi.Output[str]:
    """The id of a list of domains, delivered when it exists."""
    name = f"{names.network_name(frame.site)}-{kind}"
    listed = dnsresolver.DnsResolverDomainList(
        f"{frame.name}-dns-{kind}-domains",
        dns_resolver_domain_list_name=name,
        domains=list(domains),
        **frame.common(),
        opts=frame.child(),
    )
    list_id = names.resource_id(frame.site, "Microsoft.Network/dnsResolverDomainLists", name)
    return once_created(list_id, [listed])


_LIST = 100
"""Domains of one list. How many the API takes is not documented; lists of a hundred are in use."""
