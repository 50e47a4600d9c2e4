"""Azure firewalls as declared: their policies, and the rules in the order in which they are asked.

Rules of the parent's policy come first, then groups and collections by priority; network rules before application
rules, whatever their priorities; what none of them decides is denied, but for the built-in infrastructure rules.
https://learn.microsoft.com/azure/firewall/rule-processing
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NamedTuple

from clover.logic.network.flows import PROTOCOLS, TCP
from clover.logic.network.intervals import Intervals
from clover.logic.network.names import NamePattern
from clover.logic.network.rules import Action, Default, Rule, RuleList
from clover.logic.network.stateless import Inspection
from clover.model.aws.network_links import entries, known, last, member, several
from clover.model.azure.arm_ids import arm_id
from clover.model.azure.network import FIREWALL, Network
from clover.model.azure.network_facts import facts
from clover.model.azure.network_places import by_arm_id, lower
from clover.model.azure.network_rule_reading import Reader, Wide
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_object

POLICY = "azure-native:network:FirewallPolicy"
GROUP = "azure-native:network:FirewallPolicyRuleCollectionGroup"
OLDER_GROUP = "azure-native:network:FirewallPolicyRuleGroup"
BUILT_IN = "Azure's built-in infrastructure rules"
DEEPEST = 4
"""Policies above policies: a policy has one parent, which has none (https://learn.microsoft.com/azure/firewall-manager/
policy-overview); more than this is a circle."""


class Collection(NamedTuple):
    """A rule collection: who declares it, where in it, and what it says."""

    holder: Resource
    path: str
    held: Any

    @property
    def name(self) -> str:
        """How people know it."""
        return f"{last(self.holder.urn)}/{member(self.held, 'name')}"


class Nat(NamedTuple):
    """A rule that lets connections in from outside and sends them on."""

    collection: Collection
    path: str
    rule: Any


@dataclass(frozen=True)
class Firewall:
    """One firewall with everything that decides what it lets through."""

    network: Network
    resource: Resource

    @cached_property
    def policies(self) -> tuple[Resource, ...]:
        """Its policy, those above it first."""
        known_ones = by_arm_id(self.network.resources, self.network.subscription, POLICY)
        found: list[Resource] = []
        reference = lower(value(self.resource, "firewallPolicy.id"))
        while isinstance(reference, str) and reference in known_ones and len(found) < DEEPEST:
            found.insert(0, known_ones[reference])
            reference = lower(value(known_ones[reference], "basePolicy.id"))
        return tuple(found)

    @property
    def policy(self) -> Resource | None:
        """The policy that the firewall names."""
        return self.policies[-1] if self.policies else None

    def missing(self) -> Iterator[tuple[str, str]]:
        """Policies, groups and collections of which something is not known."""
        for holder, path in ((self.resource, "firewallPolicy"), *((each, "basePolicy") for each in self.policies)):
            reference = value(holder, path)
            absent = reference is not None and not any(_is(self.network, each, reference) for each in self.policies)
            if not known(reference) or absent:
                yield holder.urn, f"{path}, which is not known"
        for group in self.network.resources.of(GROUP):
            if arm_id(group, self.network.subscription) is None or not known(value(group, "priority")):
                yield group.urn, "the policy or the priority of the group"
        for group in self.network.resources.of(OLDER_GROUP):
            yield group.urn, "a rule group of an older form"
        for collection in self.collections:
            if not known(collection.held):
                yield collection.holder.urn, f"rule collection {collection.path}"

    @cached_property
    def groups(self) -> tuple[Resource, ...]:
        """The rule collection groups in the order in which they are asked."""
        return tuple(group for policy in self.policies for group in self._groups_of(policy))

    def _groups_of(self, policy: Resource) -> list[Resource]:
        places = by_arm_id(self.network.resources, self.network.subscription, GROUP).items()
        own = [group for place, group in places if _is(self.network, policy, {"id": place.partition("/rulecoll")[0]})]
        return sorted(own, key=lambda group: _number(value(group, "priority")))

    @cached_property
    def collections(self) -> tuple[Collection, ...]:
        """The rule collections in the order in which those of one kind are asked."""
        if self.policies:
            return tuple(each for group in self.groups for each in _ordered(group, "ruleCollections"))
        paths = ("networkRuleCollections", "applicationRuleCollections", "natRuleCollections")
        return tuple(_classic(each) for path in paths for each in _ordered(self.resource, path))

    @cached_property
    def nats(self) -> tuple[Nat, ...]:
        """The rules that let connections in."""
        return tuple(
            Nat(collection, f"{collection.path}.rules[{number}]", rule)
            for collection in self.collections
            if str(member(collection.held, "ruleCollectionType")).endswith("NatRuleCollection")
            for number, rule in enumerate(several(member(collection.held, "rules")))
        )

    @cached_property
    def reading(self) -> tuple[tuple[Rule, ...], tuple[Wide, ...]]:
        """The rules in their order, and those that are wide whatever is declared."""
        reader = Reader(self.network)
        kinds: dict[str, list[Rule]] = {"NetworkRule": [], "ApplicationRule": []}
        for collection in self.collections:
            for number, rule in enumerate(several(member(collection.held, "rules"))):
                kind = str(member(rule, "ruleType"))
                if kind in kinds and known(rule):
                    allows = str(member(member(collection.held, "action"), "type")).lower() == "allow"
                    label = f"rule {collection.name}/{member(rule, 'name')}"
                    place = f"{collection.path}.rules[{number}]"
                    kinds[kind] += reader.rules(rule, allows, label, collection.holder, place)
        return (*kinds["NetworkRule"], *kinds["ApplicationRule"]), tuple(reader.wide)

    @cached_property
    def inspection(self) -> Inspection:
        """What decides on what leaves: the rules, the built-in ones, and the denial of the rest."""
        rules = (*self.reading[0], *_built_in(), _nothing_else())
        return Inspection(RuleList(rules, Default.DROP_ESTABLISHED), unknown=tuple(self.missing()))

    def setting(self, path: str) -> tuple[Resource, Any]:
        """What the policy has at `path`, without one the firewall itself; and who says so."""
        named = value(self.resource, "firewallPolicy.id")
        if self.policy is None and isinstance(named, Unknown):
            return self.resource, named
        holder = self.policy or self.resource
        return holder, value(holder, path)


def firewalls(network: Network) -> list[Firewall]:
    """Every firewall of a stack."""
    return [Firewall(network, resource) for resource in network.resources.of(FIREWALL)]


def _is(network: Network, policy: Resource, reference: Any) -> bool:
    """Whether a reference is to the policy."""
    known_ones = by_arm_id(network.resources, network.subscription, POLICY)
    identifier = lower(member(reference, "id"))
    return isinstance(identifier, str) and known_ones.get(identifier) is policy


def _built_in() -> Iterator[Rule]:
    """Hosts of Azure's own infrastructure, which no document lists: any name may be one.

    They are asked when no application rule decides, so that a last rule which denies every host takes them away:
    https://learn.microsoft.com/azure/firewall/infrastructure-fqdns.
    """
    for application, port in facts()["built_in_ports"].items():
        spoken = frozenset((application,))
        rule = Rule(Action.PASS, BUILT_IN, protocols=Intervals.only(TCP), applications=spoken, name=NamePattern())
        yield replace(rule, ports=Intervals.only(port))


def _nothing_else() -> Rule:
    """What no rule allows is denied."""
    return Rule(Action.DROP, "Azure Firewall's own denial", protocols=PROTOCOLS - Intervals.only(TCP))


def _ordered(holder: Resource, path: str) -> Iterable[Collection]:
    """The collections at a path by their priority."""
    found = [Collection(holder, f"{path}[{number}]", entry) for number, entry in enumerate(entries(holder, path))]
    return sorted(found, key=lambda each: _number(member(each.held, "priority")))


def _classic(collection: Collection) -> Collection:
    """A collection of a firewall without a policy, in the form that policies have."""
    if isinstance(collection.held, Unknown):
        return collection
    kind = collection.path.partition("Rule")[0]
    listed = [as_object(each) or {} for each in several(member(collection.held, "rules"))]
    rules = [{**each, "ruleType": f"{kind.capitalize()}Rule", "ipProtocols": each.get("protocols")} for each in listed]
    form = "NatRuleCollection" if kind == "nat" else "FilterRuleCollection"
    return collection._replace(held={**(as_object(collection.held) or {}), "ruleCollectionType": form, "rules": rules})


def _number(held: Any) -> int:
    return int(held) if isinstance(held, int | float) else 0


def told(firewall: Firewall) -> str:
    """The firewall for people."""
    return last(firewall.resource.urn)
