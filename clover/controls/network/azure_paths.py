"""NET-1 on Azure: every path out of a subnet passes the site's firewall.

What the host itself answers is no path out, and no route leads there: 168.63.129.16, whose resolver NET-5 is about, and
169.254.169.254 (https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16).
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from clover.controls.case import Case
from clover.controls.network.azure_networks import network_of
from clover.controls.network.counterexample import grounds, taken, wrong
from clover.controls.verdict import Answer, Ground, Outcome, proved, refuted, unknown
from clover.logic.network.addresses import Addresses
from clover.logic.network.flows import Box
from clover.logic.network.names import NameClasses
from clover.logic.network.routing import Kind, Way, outside, ways
from clover.logic.network.rules import flow_of
from clover.model.aws.network_links import known, last, present
from clover.model.azure.network import Network
from clover.model.azure.network_places import NETWORK, Subnet, public_interfaces, range_of
from clover.model.azure.network_routes import peerings
from clover.model.resources import value

_OPEN = (
    ("defaultOutboundAccess", False, "false", "gives its machines addresses of Azure's to leave by"),
    ("natGateway", None, "none", "has a NAT gateway of its own"),
    ("serviceEndpoints", None, "none", "has routes of its own to a service of Azure, for every tenant's resources"),
)
"""Properties of a subnet that lead out past its routes: what each has to be, and what anything else does.

Without a word machines leave by an address of Azure's:
https://learn.microsoft.com/azure/virtual-network/ip-services/default-outbound-access. Routes to service endpoints come
before declared ones: https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview.
"""


def paths_out(case: Case) -> Iterator[Answer]:
    """Answer for every subnet in which workloads can lie."""
    network = network_of(case)
    for whole in case.resources.of(NETWORK):
        if "subnets" in whole.inputs and not known(value(whole, "subnets")):
            yield unknown(f"the subnets of {last(whole.urn)} are not known", resource=whole.urn)
    for subnet in network.subnets:
        urn = subnet.resource.urn
        if subnet.firewalls_only:
            continue
        if subnet.id is None or subnet.addresses is None or _inner(network, subnet) is None:
            told = f"the id, the network or the addresses of {last(urn)} are not known"
            yield unknown(told, resource=urn)
        else:
            yield _of_subnet(network, subnet)


def _inner(network: Network, subnet: Subnet) -> Addresses | None:
    """The addresses of the subnet's network."""
    found = network.networks.get(subnet.network)
    return range_of(found) if found else None


def _of_subnet(network: Network, subnet: Subnet) -> Answer:
    """The worst that there is to say; else the proof."""
    found = [*_opened(network, subnet), *_tagged(network, subnet), *_peered(network, subnet)]
    clear = [answer for answer in found if answer.outcome is Outcome.REFUTED]
    if clear:
        return clear[0]
    leaving = _leaving(network, subnet)
    if isinstance(leaving, Answer) and leaving.outcome is Outcome.REFUTED:
        return leaving
    if found:
        return found[0]
    return leaving if isinstance(leaving, Answer) else _proof(network, subnet, leaving)


def _opened(network: Network, subnet: Subnet) -> Iterator[Answer]:
    """Properties of the subnet, and addresses of machines in it, that lead out past its routes."""
    urn = subnet.resource.urn
    for name, wanted, allowed, told in _OPEN:
        found = subnet.value(name)
        if not known(found):
            yield unknown(f"{name} of {subnet.called} is not known", resource=urn)
        elif (found is not wanted) if wanted is False else present(found):
            example = wrong(urn, subnet.path(name), found, allowed)
            yield refuted(f"subnet {subnet.called} {told} ({name})", example, resource=urn)
    for interface, path, found, places in public_interfaces(network.resources):
        name = last(interface.urn)
        if subnet.id in places:
            told = f"{name} in {subnet.called} has a public address, and is reached and answers past the firewall"
            yield refuted(told, wrong(interface.urn, path, found, "none"), resource=urn)
        elif not all(isinstance(each, str) for each in places):
            yield unknown(
                f"whether {name}, which has a public address, lies in {subnet.called} is not known", resource=urn
            )


def _tagged(network: Network, subnet: Subnet) -> Iterator[Answer]:
    """Routes to a service by its tag: past the firewall, unless they lead to nowhere."""
    for odd in network.odd_of(subnet):
        if odd.kind.lower() not in ("none", "vnetlocal"):
            told = f"a route of {last(odd.holder.urn)} sends {odd.tag} to {odd.kind}: past the default route"
            example = wrong(odd.holder.urn, odd.path, odd.tag, "an address prefix")
            yield refuted(told, example, resource=subnet.resource.urn)


def _peered(network: Network, subnet: Subnet) -> Iterator[Answer]:
    """Peerings whose addresses nobody tells: where they lead, no route shows."""
    for holder, path, found, prefixes in peerings(network.resources, network.networks[subnet.network], subnet.network):
        if not known(found):
            yield unknown(f"{path} of {last(holder.urn)} is not known", resource=subnet.resource.urn)
        elif not prefixes:
            told = f"{last(holder.urn)} gives {subnet.called} routes to another network"
            yield refuted(told, wrong(holder.urn, path, found, "no peering"), resource=subnet.resource.urn)


def _leaving(network: Network, subnet: Subnet) -> Answer | tuple[list[Way], bool]:
    """A way that passes no firewall, or of which nobody knows; else every way, and whether rules are what holds."""
    source, inner = subnet.addresses or Addresses(), _inner(network, subnet) or Addresses()
    found = _ways(network, subnet, _same_version(source, outside(inner)))
    if not _free(found):
        return found, False
    security = network.security_of(subnet)
    boxes = security.passed(source, inner)
    let = list(_ways(network, subnet, _destinations(boxes)))
    free = sorted(_free(let), key=lambda way: way.end.kind is Kind.UNKNOWN or not way.known)
    if not free:
        return found, True
    way = free[0]
    if way.end.kind is Kind.UNKNOWN or not way.known:
        told = next((hop.route.label for hop in way.hops if hop.route and hop.route.destination is None), way.end.what)
        return unknown(f"it is not known where a packet of {subnet.called} goes: {told}", resource=subnet.resource.urn)
    if security.unknown:
        return unknown(
            f"not known: {security.unknown}, which may be all that keeps packets", resource=subnet.resource.urn
        )
    box = next(both for box in boxes if (both := box & Box(destinations=way.addresses)))
    flow = flow_of(replace(box, names=1), NameClasses(()))
    told = f"{way.hops[0].node.what} reaches {way.end.what} without passing a firewall"
    return refuted(told, taken(network, way.hops, flow), resource=subnet.resource.urn)


def _ways(network: Network, subnet: Subnet, addresses: Addresses) -> list[Way]:
    return list(ways(network.graph, str(subnet.id), addresses))


def _free(found: Iterable[Way]) -> list[Way]:
    """The ways that pass no firewall and leave, or may."""
    return [way for way in found if not way.gates and (way.end.kind is not Kind.INSIDE or not way.known)]


def _same_version(source: Addresses, destinations: Addresses) -> Addresses:
    """The destinations that hosts of the subnet can send to: they have addresses of its versions."""
    both = (destinations.of_version(version) for version in (4, 6) if source.of_version(version))
    found = Addresses()
    for each in both:
        found = found | each
    return found


def _destinations(boxes: Sequence[Box]) -> Addresses:
    found = Addresses()
    for box in boxes:
        found = found | box.destinations
    return found


def _proof(network: Network, subnet: Subnet, found: tuple[list[Way], bool]) -> Answer:
    passed, by_rules = found
    urn = subnet.resource.urn
    resting = {ground for way in passed for ground in grounds(network, way.hops)}
    resting |= {Ground(*use) for use in network.routes_of(subnet).uses}
    resting |= {Ground(urn, f"{subnet.path(name)}={_told(subnet.value(name))}") for name, *_ in _OPEN}
    whole = network.networks[subnet.network]
    resting.add(Ground(whole.urn, "no peering"))
    gates = sorted({node.what for way in passed for node in way.gates})
    told = f"every way out passes {', '.join(gates)}" if gates else "no way leads out"
    if by_rules:
        group = network.security_of(subnet).group
        resting |= {Ground(group.urn, "outbound rules")} if group else set()
        told = "the security group lets out nothing that a route leads past a firewall"
    return proved(told, resource=urn, rests_on=tuple(sorted(resting)))


def _told(held: Any) -> str:
    return str(held) if present(held) else "none"
