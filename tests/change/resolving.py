"""One query for a name, asked of the declared rules one by one: written apart from the sets of names."""

from collections.abc import Iterator, Sequence
from typing import Any

from clover.model.resources import Resources, value
from clover.sources import Resource
from clover.sources.plain import as_list

AWS, AZURE = "aws:route53/resolverFirewall", "azure-native:dnsresolver:Dns"


def answers(resources: Resources, network: Resource, name: str, kind: str) -> bool:
    """Whether a query of the type `kind` is answered in the network."""
    rules = _aws(resources, network, kind) if network.type.startswith("aws:") else _azure(resources, network)
    for _, action, domains in sorted(rules, key=lambda rule: rule[0]):
        if any(_fits(domain, name, network.type) for domain in domains):
            return action != "block"
    return True


Rules = Iterator[tuple[tuple[int, int], str, Sequence[str]]]


def _aws(resources: Resources, network: Resource, kind: str) -> Rules:
    lists = {each.id: value(each, "domains") for each in resources.of(f"{AWS}DomainList:ResolverFirewallDomainList")}
    for tie in resources.of(f"{AWS}RuleGroupAssociation:ResolverFirewallRuleGroupAssociation"):
        for rule in resources.of(f"{AWS}Rule:ResolverFirewallRule"):
            same = value(rule, "firewallRuleGroupId") == value(tie, "firewallRuleGroupId")
            if same and value(tie, "vpcId") == network.id and value(rule, "qType") in (None, kind):
                order = (value(tie, "priority"), value(rule, "priority"))
                yield order, value(rule, "action").lower(), lists[value(rule, "firewallDomainListId")]


def _azure(resources: Resources, network: Resource) -> Rules:
    lists = {str(each.id).lower(): value(each, "domains") for each in resources.of(f"{AZURE}ResolverDomainList")}
    for link in resources.of(f"{AZURE}ResolverPolicyVirtualNetworkLink"):
        for rule in resources.of(f"{AZURE}SecurityRule"):
            same = value(rule, "dnsResolverPolicyName") == value(link, "dnsResolverPolicyName")
            here = value(link, "virtualNetwork.id") == network.id
            if same and here and value(rule, "dnsSecurityRuleState") == "Enabled":
                held = [lists[each["id"].lower()] for each in as_list(value(rule, "dnsResolverDomainLists")) or []]
                yield (value(rule, "priority"), 0), value(rule, "action.actionType").lower(), sum(held, list[Any]())


def _fits(domain: str, name: str, kind: str) -> bool:
    """AWS: a leading star is whatever stands before the rest; Azure: whatever is below the domain, too."""
    domain, name = domain.rstrip("."), name.rstrip(".")
    if kind.startswith("aws:"):
        return name.endswith(domain[1:]) if domain.startswith("*") else name == domain
    return not domain or name == domain or name.endswith(f".{domain}")
