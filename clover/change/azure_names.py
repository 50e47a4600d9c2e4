"""The names that the resolvers of Azure networks answer for, before and after."""

from collections.abc import Iterator

from clover.change.finding import Finding, undecided
from clover.change.names_difference import CONTROL, Answering, names_findings
from clover.change.pairing import Sides
from clover.controls.network.azure_resolver import RESOLVER
from clover.model.aws.network_links import known, present
from clover.model.azure.network_dns import DOMAINS, FORWARDING, LINK, POLICY, RULE, Resolver
from clover.model.azure.network_places import NETWORK, by_arm_id
from clover.model.resources import Resources, value
from clover.sources import Resource

DECIDING = (LINK, FORWARDING, POLICY, RULE, DOMAINS)


def name_findings(sides: Sides) -> Iterator[Finding]:
    """Every network that is there on both sides."""
    for pair in sides.pairs:
        if pair.type == NETWORK and pair.before and pair.after:
            old, new = _answering(sides.before, pair.before), _answering(sides.after, pair.after)
            try:
                yield from names_findings(old, new, sides.renamed)
            except ArithmeticError as error:
                yield undecided(CONTROL, pair.urn, f"which names {pair.one.name} answers is not decided: {error}")


def _answering(resources: Resources, network: Resource) -> Answering:
    """What the resolver of a network does; without a policy it answers for every name."""
    subscription = next(iter(sorted(resources.accounts())), "")
    places = by_arm_id(resources, subscription, NETWORK).items()
    place = next((place for place, found in places if found is network), "")
    resolver = Resolver(resources, subscription, network, place)
    doubts = {(each.urn, what) for each, what in resolver.unknown() if each.type in DECIDING}
    doubts |= {(rule.urn, MANAGED) for rule in resolver.declared if present(value(rule, MANAGED))}
    doubts |= {(network.urn, "the id")} if not place else set()
    settled = all(known(dict(each.inputs)) for each in resources.of(*DECIDING))
    return Answering(network, RESOLVER, resolver.rules, doubts=frozenset(doubts), open=not settled)


MANAGED = "managedDomainLists"
"""Lists of Microsoft's own, of which nobody knows what they hold."""
