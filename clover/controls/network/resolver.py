"""NET-5: the site's resolver answers for the declared names only, and fails closed."""

from collections.abc import Iterator, Sequence

from clover.controls.case import Case
from clover.controls.network.allowed import COMPONENT, names_somebody, shown_name
from clover.controls.network.counterexample import wrong
from clover.controls.network.networks import network_of
from clover.controls.verdict import Answer, Ground, assumed, proved, refuted, unknown
from clover.logic.network.names import NamePattern, declared
from clover.logic.network.resolution import NameRule, answered, classes_for
from clover.model.aws.network import Network
from clover.model.aws.network_dns import Resolver
from clover.model.aws.network_links import entries, last, member
from clover.model.resources import value

RESOLVER = "169.254.169.253"
"""The address at which every VPC's resolver answers.

https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html.
"""


def names_no_way_out(case: Case) -> Iterator[Answer]:
    """Answer for the resolver of every VPC."""
    network = network_of(case.resources)
    intents = case.resources.of(COMPONENT)
    names = [member(domain, "name") for intent in intents for domain in entries(intent, "allowed_domains")]
    for vpc in network.vpcs():
        if value(vpc, "enableDnsSupport") is False:
            grounds = (Ground(vpc.urn, "enableDnsSupport=False"),)
            yield proved("the network has no resolver", resource=vpc.urn, rests_on=grounds)
            continue
        resolver = Resolver(case.resources, vpc)
        wanted = [declared(name) for name in names if isinstance(name, str)] if intents else spoken_of(resolver.rules)
        proof = _proof(resolver, len(wanted)) if intents else _undeclared(resolver, wanted)
        yield next(_wrong(network, resolver, wanted), None) or proof


def _wrong(network: Network, resolver: Resolver, wanted: list[NamePattern]) -> Iterator[Answer]:
    """What is wrong with a resolver, what is certain before what is not known."""
    yield from _open(resolver)
    for association in resolver.forwarding():
        yield refuted(
            f"{last(association.urn)} sends queries of {last(resolver.vpc.urn)} to another resolver",
            wrong(association.urn, "resolverRuleId", value(association, "resolverRuleId"), "no forwarding rule"),
            resource=resolver.vpc.urn,
        )
    doubts = list(resolver.unknown())
    for resource, what in doubts:
        yield unknown(f"{what} of {last(resource.urn)} is not known", resource=resolver.vpc.urn)
    yield from _wider(network, resolver, wanted)


def _open(resolver: Resolver) -> Iterator[Answer]:
    """A filter that answers when it fails; without a setting it does not (API_FirewallConfig)."""
    for config in resolver.config():
        found = value(config, "firewallFailOpen")
        if found == "ENABLED":
            yield refuted(
                f"the filter on {last(resolver.vpc.urn)} answers everything when it fails",
                wrong(config.urn, "firewallFailOpen", found, "DISABLED"),
                resource=resolver.vpc.urn,
            )
        elif found not in (None, "DISABLED"):
            yield unknown(f"firewallFailOpen of {last(config.urn)} is {found}: not known", resource=resolver.vpc.urn)


def _wider(network: Network, resolver: Resolver, wanted: list[NamePattern]) -> Iterator[Answer]:
    """A name that is answered for, and is neither declared nor an endpoint's."""
    allowed = [*wanted, *resolver.own_names()]
    classes = classes_for(resolver.rules, allowed)
    beyond = ~classes.union(allowed)
    for mask, rule in answered(resolver.rules, classes):
        if mask & beyond:
            name = str(classes.witness(mask & beyond))
            by = rule.label if rule else "no rule"
            told = f"the resolver of {last(resolver.vpc.urn)} answers for {name}, which is not declared ({by} decides)"
            counterexample = _query(network, resolver, rule, name)
            yield refuted(told, counterexample, resource=resolver.vpc.urn)


def _query(network: Network, resolver: Resolver, rule: NameRule | None, name: str) -> dict[str, object]:
    """A query that is answered, and who decides on it."""
    told = [(resolver.vpc.urn, "resolver"), *((each.urn, "rule group") for each in resolver.associations)]
    hops = [*told, (rule.source, rule.label)] if rule else told
    source = network.range_of(resolver.vpc)
    flow = {
        "protocol": "udp",
        "port": 53,
        "application": "dns",
        "server_name": name,
        "source": source.witness() if source else "",
        "destination": RESOLVER,
    }
    return {"kind": "path", "hops": [{"urn": urn, "what": what} for urn, what in hops], "flow": flow}


def spoken_of(rules: Sequence[NameRule]) -> list[NamePattern]:
    """The names that the rules answer for one by one; whatever else they answer for is wide."""
    listed = [pattern for rule in rules if rule.answers for pattern in rule.patterns]
    return [pattern for pattern in listed if names_somebody(pattern)]


def _undeclared(resolver: Resolver, named: list[NamePattern]) -> Answer:
    """Nothing is declared, as in what is read live: the names are reported for somebody to judge."""
    listed = ", ".join(sorted(set(map(shown_name, named)))) or "none"
    told = f"nothing declares which names may be looked up; the resolver answers for: {listed}"
    return assumed(told, resource=resolver.vpc.urn, rests_on=grounds_of(resolver))


def grounds_of(resolver: Resolver) -> tuple[Ground, ...]:
    """Everything that decides what a resolver answers."""
    rests = {Ground(*pair) for pair in resolver.grounds()} | {Ground(resolver.vpc.urn, "enableDnsSupport")}
    return tuple(sorted(rests))


def _proof(resolver: Resolver, count: int) -> Answer:
    told = f"the resolver answers for the {count} declared names and the site's endpoints alone, and fails closed"
    return proved(told, resource=resolver.vpc.urn, rests_on=grounds_of(resolver))
