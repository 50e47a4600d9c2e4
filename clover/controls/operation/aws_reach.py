"""OPS-2 on AWS: what is declared to be let out is looked up, let out and answered."""

from collections.abc import Iterator, Sequence

from clover.controls.case import Case
from clover.controls.network.allowed import COMPONENT
from clover.controls.network.counterexample import grounds, wrong
from clover.controls.network.gateway import every_rule, not_known, outgoing, resting
from clover.controls.network.networks import network_of
from clover.controls.network.resolver import grounds_of
from clover.controls.operation.undeclared import nothing_to_reach
from clover.controls.verdict import Answer, proved, refuted, unknown
from clover.logic.network.names import declared
from clover.logic.network.resolution import answers_plainly
from clover.logic.network.routing import Kind, Way, outside, ways
from clover.logic.network.rules import classes_of
from clover.model.aws.network import SUBNET, VPC, Network, addresses_of, placed
from clover.model.aws.network_dns import Resolver
from clover.model.aws.network_firewall import Firewall, firewalls
from clover.model.aws.network_links import by_id, entries, identity, last, member, text
from clover.sources import Resource


def declared_hosts_are_reached(case: Case) -> Iterator[Answer]:
    """OPS-2: one answer for each resolver, each firewall and each of the gateway's subnets for workloads.

    One for the site where no host is declared; a subnet that is no part of the gateway may lead nowhere.
    """
    intents = case.resources.of(COMPONENT)
    found = [member(domain, "name") for intent in intents for domain in entries(intent, "allowed_domains")]
    names = [name for name in found if isinstance(name, str)]
    if not names:
        yield nothing_to_reach(intents, known=not found)
        return
    network, vpcs = network_of(case.resources), by_id(case.resources, *VPC)
    yield from (_looked_up(Resolver(case.resources, vpc), names) for vpc in network.vpcs())
    yield from (_let_out(firewall, names) for firewall in firewalls(network))
    gateways = {each.urn for each in intents}
    for subnet in (each for each in case.resources.of(*SUBNET) if each.parent in gateways):
        vpc = vpcs.get(text(subnet, "vpcId") or "")
        if vpc is None or not placed(subnet) or network.perhaps_own(subnet):
            yield unknown(f"where {last(subnet.urn)} leads is not known", resource=subnet.urn)
        elif not network.own(subnet):
            yield _led_out(network, vpc, subnet)


def _looked_up(resolver: Resolver, names: Sequence[str]) -> Answer:
    for resource, what in resolver.unknown():
        return unknown(f"{what} of {last(resource.urn)} is not known", resource=resolver.vpc.urn)
    for name in names:
        sample = declared(name).samples[0]
        if not answers_plainly(resolver.rules, sample):
            example = wrong(resolver.vpc.urn, "resolver", None, f"an answer for {sample}")
            return refuted(f"{name} is declared, and is not looked up", example, resource=resolver.vpc.urn)
    return proved("every declared name is looked up", resource=resolver.vpc.urn, rests_on=grounds_of(resolver))


def _let_out(firewall: Firewall, names: Sequence[str]) -> Answer:
    doubt = next(iter(not_known(firewall)), None)
    if doubt is not None:
        return doubt
    wanted = {name: declared(name) for name in names}
    classes = classes_of(every_rule(firewall), wanted.values())
    passed = 0
    for outcome in outgoing(firewall, classes).passed:
        passed |= outcome.box.names
    for name, pattern in wanted.items():
        if classes.masks[pattern] & ~passed:
            example = wrong(firewall.resource.urn, "rules", None, f"a rule that lets {name} out")
            return refuted(f"{name} is declared, and is not let out", example, resource=firewall.resource.urn)
    told = f"the {len(names)} declared hosts are let out"
    return proved(told, resource=firewall.resource.urn, rests_on=tuple(sorted(resting(firewall))))


def _led_out(network: Network, vpc: Resource, subnet: Resource) -> Answer:
    """Some way leads out by a firewall, and its answers come back."""
    for way in ways(network.graph, str(identity(subnet)), outside(network.range_of(vpc))):
        if not way.gates or way.end.kind is not Kind.EXIT or not way.known:
            continue
        back = next(_answers(network, subnet, way), None)
        if back is not None:
            resting_on = {*grounds(network, way.hops), *grounds(network, back.hops)}
            told = f"{last(subnet.urn)} reaches what is declared by {way.gates[0].what}"
            return proved(told, resource=subnet.urn, rests_on=tuple(sorted(resting_on)))
    example = wrong(subnet.urn, "route", None, "a way out by a firewall, and a way back")
    return refuted(f"nothing leads from {last(subnet.urn)} to what is declared", example, resource=subnet.urn)


def _answers(network: Network, subnet: Resource, way: Way) -> Iterator[Way]:
    """The ways that answers take back to the subnet, by the firewall that let the packets out."""
    passed = [gate.name for gate in reversed(way.gates)]
    for back in ways(network.graph, way.turn.name, addresses_of(subnet)):
        if back.end.kind is Kind.INSIDE and [gate.name for gate in back.gates] == passed:
            yield back
