"""OPS-2 on Azure: what is declared to be let out is looked up and let out; workloads reach it.

Workloads besides reach the endpoints of the site's stores, and each other.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from clover.controls.case import Case
from clover.controls.network.azure_allowed import COMPONENT, declared_hosts
from clover.controls.network.azure_endpoints import ENDPOINT
from clover.controls.network.azure_gateway import inner, not_known, outgoing, resting
from clover.controls.network.azure_networks import network_of
from clover.controls.network.counterexample import decided, grounds, wrong
from clover.controls.operation.undeclared import nothing_to_reach
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.logic.network.addresses import Addresses
from clover.logic.network.flows import PORTS, PROTOCOLS, TCP, UDP, Box, common, possible, subtract
from clover.logic.network.intervals import Intervals
from clover.logic.network.names import NameClasses, declared
from clover.logic.network.resolution import answers_plainly
from clover.logic.network.routing import Kind, outside, ways
from clover.logic.network.rules import RuleList, classes_of, flow_of
from clover.model.aws.network_links import last
from clover.model.azure.network import Network
from clover.model.azure.network_dns import Resolver
from clover.model.azure.network_doors import inbound
from clover.model.azure.network_facts import nowhere, platform
from clover.model.azure.network_firewall import Firewall, firewalls
from clover.model.azure.network_places import Subnet, lower
from clover.model.resources import every
from clover.sources import Resource

_TLS = Box(protocols=Intervals.only(TCP), ports=Intervals.only(443))
_NAMES = Box(protocols=Intervals.only(TCP, UDP), ports=Intervals.only(53))
_ALL = Box(protocols=PROTOCOLS, ports=PORTS)
_KNOWN = (str, Addresses)


class Need(NamedTuple):
    """What workloads of a subnet have to reach: `within` is the subnet that it lies in, where that has a group."""

    what: str
    flows: Sequence[Box]
    within: Subnet | None = None


def declared_hosts_are_reached(case: Case) -> Iterator[Answer]:
    """OPS-2: one answer for each resolver, each firewall and each of the gateway's subnets for workloads.

    One for the site where no host is declared.
    """
    found = declared_hosts(case.resources) or []
    names = [name for name in found if isinstance(name, str)]
    if not names:
        yield nothing_to_reach(case.resources.of(COMPONENT), known=not found)
        return
    network = network_of(case)
    for place, whole in network.networks.items():
        yield _looked_up(Resolver(case.resources, case.site.account, whole, place), names)
    yield from (_let_out(firewall, names) for firewall in firewalls(network))
    yield from (_used(network, subnet) for subnet in _workloads(case, network))


def _looked_up(resolver: Resolver, names: Sequence[str]) -> Answer:
    urn = resolver.network.urn
    for resource, what in resolver.unknown():
        return unknown(f"{what} of {last(resource.urn)} is not known", resource=urn)
    for name in names:
        sample = declared(name).samples[0]
        if not answers_plainly(resolver.rules, sample):
            example = wrong(urn, "resolver", None, f"an answer for {sample}")
            return refuted(f"{name} is declared, and is not looked up", example, resource=urn)
    rests = tuple(sorted(Ground(*pair) for pair in resolver.grounds()))
    return proved("every declared name is looked up", resource=urn, rests_on=rests)


def _let_out(firewall: Firewall, names: Sequence[str]) -> Answer:
    urn, doubt = firewall.resource.urn, next(iter(not_known(firewall)), None)
    if doubt is not None:
        return doubt
    wanted = {name: declared(name) for name in names}
    classes = classes_of(firewall.inspection.listed.rules, wanted.values())
    passed = 0
    for outcome in outgoing(firewall, classes).passed:
        passed |= outcome.box.names
    for name, pattern in wanted.items():
        if classes.masks[pattern] & ~passed:
            example = wrong(urn, "rules", None, f"a rule that lets {name} out")
            return refuted(f"{name} is declared, and is not let out", example, resource=urn)
    told = f"the {len(names)} declared hosts are let out"
    return proved(told, resource=urn, rests_on=tuple(sorted(resting(firewall))))


def _workloads(case: Case, network: Network) -> Iterator[Subnet]:
    """The gateway's subnets in which neither firewalls stand nor endpoints."""
    gateways = {each.urn for each in case.resources.of(COMPONENT)}
    taken = _endpoints(network)
    for subnet in network.subnets:
        if subnet.resource.parent in gateways and not subnet.firewalls_only and subnet.id not in taken:
            yield subnet


def _endpoints(network: Network) -> set[object]:
    """The ids of the subnets in which private endpoints stand."""
    return {lower(place) for each in network.resources.of(ENDPOINT) for place in every(each, "subnet.id")}


def _used(network: Network, subnet: Subnet) -> Answer:
    """Whether workloads of a subnet reach what they have to, by routes and by security groups."""
    urn, held = subnet.resource.urn, subnet.addresses
    places = [*_endpoints(network), *(each.addresses for each in _stores(network, subnet))]
    if held is None or subnet.network not in network.networks or not all(isinstance(each, _KNOWN) for each in places):
        return unknown(f"the addresses of {last(urn)}, or of what is reached from it, are not known", resource=urn)
    found = list(ways(network.graph, str(subnet.id), outside(inner(network))))
    way = next((way for way in found if way.gates and way.end.kind is Kind.EXIT and way.known), None)
    if way is None and any(way.end.kind is Kind.UNKNOWN or not way.known for way in found):
        return unknown(f"where {last(urn)} leads is not known", resource=urn)
    if way is None:
        example = wrong(urn, "route", None, "a way out by a firewall")
        return refuted(f"nothing leads from {last(urn)} to what is declared", example, resource=urn)
    for need in _needs(network, subnet, held):
        if (short := _short(network, subnet, need)) is not None:
            return short
    told = f"workloads of {subnet.called} reach {', '.join(need.what for need in _needs(network, subnet, held))}"
    groups = [network.security_of(each).group for each in (subnet, *_stores(network, subnet))]
    rests = {*grounds(network, way.hops), *(Ground(group.urn, "rules") for group in groups if group)}
    return proved(told, resource=urn, rests_on=tuple(sorted(rests)))


def _stores(network: Network, subnet: Subnet) -> list[Subnet]:
    """The subnets of the same network in which private endpoints stand."""
    taken = _endpoints(network)
    return [each for each in network.subnets if each.id in taken and each.network == subnet.network]


def _needs(network: Network, subnet: Subnet, held: Addresses) -> Iterator[Need]:
    """What is let out is public: what else a tag stands for, nobody has to reach."""
    servers = [gate.address for gate in network.gates_of(network.networks[subnet.network]) if gate.address]
    yield from (Need("the resolver", _flows(held, Addresses.of(server), _NAMES)) for server in servers)
    for each in _stores(network, subnet):
        yield Need("the endpoints of stores", _flows(held, each.addresses or Addresses(), _TLS), each)
    yield Need("each other", _flows(held, held, _ALL), subnet)
    yield Need("what is declared outside", _flows(held, outside(inner(network)) - nowhere() - platform(), _TLS))


def _flows(sources: Addresses, destinations: Addresses, kind: Box) -> list[Box]:
    return common(possible(sources, destinations, 1), kind)


def _short(network: Network, subnet: Subnet, need: Need) -> Answer | None:
    """What a security group keeps workloads from, or that it is not known."""
    urn, security = subnet.resource.urn, network.security_of(subnet)
    if security.unknown:
        return unknown(f"not known: {security.unknown}", resource=urn)
    within = network.security_of(need.within) if need.within else None
    if within and within.unknown:
        return unknown(f"not known: {within.unknown}", resource=urn)
    entered = within.group if within else None
    entering = _entering(network, entered) if entered else None
    if entered and entering is None:
        return unknown(f"whom {last(entered.urn)} lets in is not known", resource=urn)
    for group, listed, way in ((security.group, security.listed, "out"), (entered, entering, "in")):
        kept = _kept(listed, need.flows) if group and listed else None
        if group and kept:
            flow = flow_of(replace(kept, names=1), NameClasses(()))
            example = decided([(urn, f"subnet {subnet.called}"), (group.urn, way)], flow)
            told = f"{last(group.urn)} keeps workloads of {subnet.called} from {need.what}"
            return refuted(told, example, resource=urn)
    return None


def _entering(network: Network, group: Resource) -> RuleList | None:
    return inbound(network.resources, network.subscription, group, inner(network))[0]


def _kept(listed: RuleList, flows: Sequence[Box]) -> Box | None:
    """Some of the flows that rules do not let through."""
    left = list(flows)
    for outcome in listed.judge(flows, NameClasses(())).passed:
        left = subtract(left, outcome.box)
    return left[0] if left else None
