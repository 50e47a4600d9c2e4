"""What the resolver of a VPC answers: Route 53 Resolver DNS Firewall as declared.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-actions.html.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from clover.logic.network.names import NamePattern, below, exactly
from clover.logic.network.resolution import NameRule, listed
from clover.model.aws.network_links import entries, identity, known, last, member, referring, text
from clover.model.resources import Resources, value
from clover.sources import Resource

ASSOCIATION = "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation"
RULE, DOMAINS = (
    "aws:route53/resolverFirewallRule:ResolverFirewallRule",
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList",
)
GROUP = "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup"
CONFIG = "aws:route53/resolverFirewallConfig:ResolverFirewallConfig"
FORWARDING = "aws:route53/resolverRuleAssociation:ResolverRuleAssociation"
PROFILE = "aws:route53/profilesAssociation:ProfilesAssociation"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"


@dataclass(frozen=True)
class Resolver:
    """The resolver of one VPC."""

    resources: Resources
    vpc: Resource

    @cached_property
    def rules(self) -> tuple[NameRule, ...]:
        """The rules of every group of the VPC, in the order of their evaluation."""
        return tuple(made for rule in self.ordered() if (made := self._rule(rule)) is not None)

    @cached_property
    def associations(self) -> tuple[Resource, ...]:
        """What ties rule groups to the VPC, lowest priority first."""
        found = referring(self.resources, ASSOCIATION, "vpcId", identity(self.vpc)).certain
        return tuple(sorted(found, key=_priority))

    def config(self) -> tuple[Resource, ...]:
        """What says whether the filter fails open."""
        return referring(self.resources, CONFIG, "resourceId", identity(self.vpc)).certain

    def forwarding(self) -> tuple[Resource, ...]:
        """What sends queries to other resolvers, past the filter's own answers."""
        return referring(self.resources, FORWARDING, "vpcId", identity(self.vpc)).certain

    def unknown(self) -> Iterator[tuple[Resource, str]]:
        """What is not known about the resolver."""
        if identity(self.vpc) is None:
            yield self.vpc, "its id"
        for kind, path in ((ASSOCIATION, "vpcId"), (CONFIG, "resourceId"), (FORWARDING, "vpcId")):
            for resource in referring(self.resources, kind, path, identity(self.vpc)).doubtful:
                yield resource, path
        for resource in referring(self.resources, PROFILE, "resourceId", identity(self.vpc)).certain:
            yield resource, "the profile that it brings"
        for association in self.associations:
            yield from self._unknown_in(association)
        endpoints = referring(self.resources, ENDPOINT, "vpcId", identity(self.vpc))
        for endpoint in endpoints.doubtful:
            yield endpoint, "vpcId"
        for endpoint in endpoints.certain:
            if not known(value(endpoint, "serviceName")):
                yield endpoint, "serviceName"

    def _unknown_in(self, association: Resource) -> Iterator[tuple[Resource, str]]:
        name = value(association, "firewallRuleGroupId")
        if not any(identity(group) == name for group in self.resources.of(GROUP)):
            yield association, "the rules of its group"
        if not isinstance(value(association, "priority"), int | float):
            yield association, "priority"
        rules = referring(self.resources, RULE, "firewallRuleGroupId", name)
        for rule in rules.doubtful:
            yield rule, "firewallRuleGroupId"
        for rule in rules.certain:
            unclear = [name for name in ("action", "priority", "qType") if not known(value(rule, name))]
            if unclear:
                yield rule, " and ".join(unclear)
            elif self._patterns(rule) is None and (value(rule, "action") != "BLOCK" or self._unsure(rule)):
                yield rule, "the domains that it decides on"

    def grounds(self) -> Iterator[tuple[str, str]]:
        """Everything that decides what is answered, with what it says."""
        for association in self.associations:
            group, priority = value(association, "firewallRuleGroupId"), value(association, "priority")
            yield association.urn, f"firewallRuleGroupId={group}, priority={priority}"
            for group in self.resources.of(GROUP):
                if identity(group) == value(association, "firewallRuleGroupId"):
                    yield group.urn, "rules"
        for rule in self.ordered():
            yield rule.urn, f"{value(rule, 'action')} at {value(rule, 'priority')}"
            for domains in self.lists(rule):
                yield domains.urn, "domains"
        for config in self.config():
            yield config.urn, f"firewallFailOpen={value(config, 'firewallFailOpen')}"

    def ordered(self) -> Iterator[Resource]:
        """The rules group by group."""
        for association in self.associations:
            name = value(association, "firewallRuleGroupId")
            yield from sorted(referring(self.resources, RULE, "firewallRuleGroupId", name).certain, key=_priority)

    def _rule(self, rule: Resource) -> NameRule | None:
        """One rule; an alert answers as an allowance does. A block on domains that nobody knows blocks nothing."""
        patterns, action = self._patterns(rule), value(rule, "action")
        if patterns is None:
            return None
        narrowed = value(rule, "qType") not in (None, "")
        return NameRule(action != "BLOCK", patterns, f"{action} {last(rule.urn)}", rule.urn, narrowed)

    def _patterns(self, rule: Resource) -> tuple[NamePattern, ...] | None:
        found = self.lists(rule)
        if not found or not known(value(found[0], "domains")):
            return None
        return tuple(listed(domain) for domain in entries(found[0], "domains"))

    def _unsure(self, rule: Resource) -> bool:
        """Whether the domains of a rule may become known: those of AWS's own lists never do."""
        lists = self.lists(rule) or [found for found in self.resources.of(DOMAINS) if identity(found) is None]
        return not known(value(rule, "firewallDomainListId")) or bool(lists)

    def lists(self, rule: Resource) -> list[Resource]:
        """The domain lists that a rule decides on, those of the stack."""
        wanted = value(rule, "firewallDomainListId")
        return [found for found in self.resources.of(DOMAINS) if isinstance(wanted, str) and identity(found) == wanted]

    def own_names(self) -> Iterator[NamePattern]:
        """The names of the endpoints in the VPC: of the service, below it, and those that AWS reports."""
        for endpoint in referring(self.resources, ENDPOINT, "vpcId", identity(self.vpc)).certain:
            service = text(endpoint, "serviceName")
            if service and not service.rpartition(".")[2].startswith("vpce-svc-"):
                host = ".".join(reversed(service.split(".")))
                yield from (exactly(host), below(host))
            for entry in entries(endpoint, "dnsEntries"):
                if isinstance(name := member(entry, "dnsName"), str):
                    yield listed(name)


def _priority(resource: Resource) -> float:
    found = value(resource, "priority")
    return found if isinstance(found, int | float) else 0
