"""What Azure's resolver answers a network: the resolver policy that is linked to it, as declared.

Rules are asked by priority; a domain stands for itself and everything below it, `.` for every name; what no rule
decides is answered: https://learn.microsoft.com/azure/dns/dns-security-policy.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from clover.logic.network.names import NamePattern, below, exactly
from clover.logic.network.resolution import NameRule
from clover.model.aws.network_links import entries, known, last, member
from clover.model.azure.arm_ids import arm_id
from clover.model.azure.network_facts import facts
from clover.model.azure.network_places import by_arm_id, lower
from clover.model.resources import Resources, value
from clover.sources import Resource

POLICY, LINK = (
    "azure-native:dnsresolver:DnsResolverPolicy",
    "azure-native:dnsresolver:DnsResolverPolicyVirtualNetworkLink",
)
RULE, DOMAINS = "azure-native:dnsresolver:DnsSecurityRule", "azure-native:dnsresolver:DnsResolverDomainList"
FORWARDING = "azure-native:dnsresolver:PrivateResolverVirtualNetworkLink"
ZONE_LINK, ZONE = "azure-native:privatedns:VirtualNetworkLink", "azure-native:privatedns:PrivateZone"


@dataclass(frozen=True)
class Resolver:
    """The resolver of one network, by its id in lower case."""

    resources: Resources
    subscription: str
    network: Resource
    place: str

    @cached_property
    def links(self) -> tuple[Resource, ...]:
        """What ties resolver policies to the network: one at most, as Azure has it."""
        return self._about_it(LINK)

    @cached_property
    def forwarding(self) -> tuple[Resource, ...]:
        """What sends queries of the network to other resolvers."""
        return self._about_it(FORWARDING)

    @cached_property
    def zone_links(self) -> tuple[Resource, ...]:
        """What makes private zones answer in the network."""
        return self._about_it(ZONE_LINK)

    def _about_it(self, kind: str) -> tuple[Resource, ...]:
        found = self.resources.of(kind)
        return tuple(each for each in found if lower(value(each, "virtualNetwork.id")) == self.place)

    @cached_property
    def policies(self) -> tuple[tuple[str, Resource | None], ...]:
        """The ids of the policies that are linked, each with the policy if it is of the stack."""
        known_ones = by_arm_id(self.resources, self.subscription, POLICY)
        places = [
            str(lower(arm_id(link, self.subscription))).partition("/virtualnetworklinks/")[0] for link in self.links
        ]
        return tuple((place, known_ones.get(place)) for place in places)

    @cached_property
    def declared(self) -> tuple[Resource, ...]:
        """The rules of the policies that are switched on, in the order in which they are asked."""
        places = by_arm_id(self.resources, self.subscription, RULE).items()
        own = {place for place, _ in self.policies}
        found = [rule for place, rule in places if place.partition("/dnssecurityrules/")[0] in own]
        on = [rule for rule in found if value(rule, "dnsSecurityRuleState") != "Disabled"]
        return tuple(sorted(on, key=_priority))

    @cached_property
    def rules(self) -> tuple[NameRule, ...]:
        """What the rules do; one that blocks names which nobody knows blocks nothing."""
        return tuple(made for rule in self.declared if (made := self._rule(rule)) is not None)

    def _rule(self, rule: Resource) -> NameRule | None:
        patterns, action = self._patterns(rule), value(rule, "action.actionType")
        if patterns is None:
            return None
        return NameRule(action != "Block", patterns, f"{action} {last(rule.urn)}", rule.urn)

    def _patterns(self, rule: Resource) -> tuple[NamePattern, ...] | None:
        """The names that a rule is about; None where they are not known."""
        lists = self.lists(rule)
        found = [each for held in lists if held for each in entries(held, "domains")]
        if not lists or None in lists or not all(isinstance(each, str) for each in found):
            return None
        return tuple(pattern for domain in found for pattern in domain_patterns(domain))

    def lists(self, rule: Resource) -> list[Resource | None]:
        """The domain lists of a rule; None for one that is not of the stack."""
        known_ones = by_arm_id(self.resources, self.subscription, DOMAINS)
        return [known_ones.get(str(lower(member(each, "id")))) for each in entries(rule, "dnsResolverDomainLists")]

    def unknown(self) -> Iterator[tuple[Resource, str]]:
        """What is not known about the resolver."""
        for kind in (LINK, FORWARDING, ZONE_LINK):
            for each in self.resources.of(kind):
                if not known(value(each, "virtualNetwork.id")):
                    yield each, "virtualNetwork"
        for link, (_, policy) in zip(self.links, self.policies, strict=True):
            if policy is None:
                yield link, "the policy that it links"
        for rule in self.resources.of(RULE):
            if arm_id(rule, self.subscription) is None:
                yield rule, "the policy"
        for rule in self.declared:
            for path in ("priority", "action", "dnsSecurityRuleState", "dnsResolverDomainLists"):
                if not known(value(rule, path)):
                    yield rule, path
            if self._patterns(rule) is None:
                yield rule, "the domains that it decides on"

    def own_names(self) -> Iterator[NamePattern]:
        """The names of the services that have private endpoints in the network, in public and in private."""
        zones = {lower(value(zone, "privateZoneName")) for zone in self.resources.of(ZONE)}
        for link in self.zone_links:
            name = str(value(link, "privateZoneName")).lower()
            listed = facts()["private_zones"].get(name, ()) if name in zones else ()
            for each in (name, *listed):
                yield from (exactly(each), below(each))

    def grounds(self) -> Iterator[tuple[str, str]]:
        """Everything that decides what is answered, with what it says."""
        for link in self.links:
            yield link.urn, "virtualNetwork"
        for _, policy in self.policies:
            if policy:
                yield policy.urn, "rules"
        for rule in self.declared:
            yield rule.urn, f"{value(rule, 'action.actionType')} at {value(rule, 'priority')}"
            for domains in filter(None, self.lists(rule)):
                yield domains.urn, "domains"
        for link in self.zone_links:
            yield link.urn, f"resolutionPolicy={value(link, 'resolutionPolicy') or 'Default'}"


def domain_patterns(domain: str) -> tuple[NamePattern, ...]:
    """What an entry of a domain list means."""
    name = domain.lower().removeprefix("*").strip(".")
    return (exactly(name), below(name)) if name else (NamePattern(),)


def _priority(resource: Resource) -> float:
    found = value(resource, "priority")
    return found if isinstance(found, int | float) else 0
