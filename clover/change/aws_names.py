"""The names that the resolvers of AWS networks answer for, before and after."""

from collections.abc import Iterator

from clover.change.finding import Finding, undecided
from clover.change.names_difference import CONTROL, Answering, names_findings
from clover.change.pairing import Sides
from clover.controls.network.resolver import RESOLVER
from clover.model.aws.network import VPC
from clover.model.aws.network_dns import ASSOCIATION, CONFIG, DOMAINS, FORWARDING, PROFILE, RULE, Resolver
from clover.model.aws.network_links import known, text
from clover.model.resources import Resources, value
from clover.sources import Resource

DECIDING = (ASSOCIATION, CONFIG, DOMAINS, FORWARDING, PROFILE, RULE)


def name_findings(sides: Sides) -> Iterator[Finding]:
    """Every network that is there on both sides."""
    for pair in sides.pairs:
        if pair.type in VPC and pair.before and pair.after:
            old, new = _answering(sides.before, pair.before), _answering(sides.after, pair.after)
            try:
                yield from names_findings(old, new, sides.renamed)
            except ArithmeticError as error:
                yield undecided(CONTROL, pair.urn, f"which names {pair.one.name} answers is not decided: {error}")


def _answering(resources: Resources, vpc: Resource) -> Answering:
    """What the resolver of a network does; the default is to fail closed (API_FirewallConfig)."""
    resolver = Resolver(resources, vpc)
    kinds = ((rule.urn, text(rule, "qType")) for rule in resources.of(RULE))
    doubts = {(each.urn, what) for each, what in resolver.unknown() if each.type in DECIDING or each.type in VPC}
    failing = [config for config in resolver.config() if value(config, "firewallFailOpen") == "ENABLED"]
    unsure = [
        each for each in resolver.config() if value(each, "firewallFailOpen") not in ("ENABLED", "DISABLED", None)
    ]
    doubts |= {(config.urn, "firewallFailOpen") for config in unsure}
    return Answering(
        vpc,
        RESOLVER,
        resolver.rules,
        {urn: kind for urn, kind in kinds if kind},
        next(iter(failing), None),
        frozenset(doubts),
        not all(known(dict(each.inputs)) for each in resources.of(*DECIDING)),
    )
