"""NET-1: every path out, and the way back, passes the site's firewall."""

from collections.abc import Iterator, Sequence

from clover.controls.case import Case
from clover.controls.network.counterexample import grounds, path, wrong
from clover.controls.network.networks import network_of
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.logic.network.addresses import Addresses
from clover.logic.network.routing import Kind, Node, Way, outside, ways
from clover.model.aws.network import SUBNET, VPC, Network, addresses_of, placed
from clover.model.aws.network_links import by_id, identity, last, text
from clover.model.resources import value
from clover.sources import Resource, Unknown


def paths_out(case: Case) -> Iterator[Answer]:
    """Answer for every subnet in which workloads can lie, and for every main route table."""
    network = network_of(case.resources)
    vpcs = by_id(case.resources, *VPC)
    for subnet in case.resources.of(*SUBNET):
        vpc = vpcs.get(text(subnet, "vpcId") or "")
        if not placed(subnet) or vpc is None:
            yield unknown(
                f"the network, the addresses or the id of {last(subnet.urn)} are not known", resource=subnet.urn
            )
        elif network.own(subnet):
            yield from _entered(network, vpc, subnet)
            for resource in network.wanderers:
                told = f"whether {last(resource.urn)} lies in {last(subnet.urn)}, which is not filtered, is not known"
                yield unknown(told, resource=subnet.urn)
        elif network.perhaps_own(subnet):
            yield unknown(
                f"whether {last(subnet.urn)} holds a NAT gateway or a firewall is not known", resource=subnet.urn
            )
        else:
            yield _of_subnet(network, vpc, subnet)
    for vpc in network.vpcs():
        yield _of_main_table(network, vpc)


def _of_subnet(network: Network, vpc: Resource, subnet: Resource) -> Answer:
    """The verdict on one subnet: the ways out, the ways back, and the way in for public addresses."""
    source = addresses_of(subnet)
    found = list(ways(network.graph, str(identity(subnet)), outside(network.range_of(vpc))))
    back = [answer for way in found if way.gates for answer in _back(network, subnet, way)]
    for answer in (_leaving(network, subnet.urn, found, source), *back, *_entered(network, vpc, subnet)):
        if answer is not None:
            return answer
    resting = {ground for way in found for ground in grounds(network, way.hops)}
    resting |= {ground for way in found if way.gates for ground in _returning(network, subnet, way)}
    resting |= {Ground(*use) for use in network.table_of(subnet).uses}
    resting.add(Ground(subnet.urn, f"mapPublicIpOnLaunch={value(subnet, 'mapPublicIpOnLaunch') or False}"))
    gates = sorted({node.what for way in found for node in way.gates})
    told = f"every way out passes {', '.join(gates)}" if gates else "no way leads out"
    return proved(f"{told}, and the way back is the same", resource=subnet.urn, rests_on=tuple(sorted(resting)))


def _leaving(network: Network, about: str, found: Sequence[Way], source: Addresses) -> Answer | None:
    """What is wrong with the ways out: one that passes no firewall, or one of which nobody knows where it leads."""
    free = [way for way in found if not way.gates and way.end.kind is not Kind.DOOR]
    for way in free:
        if way.end.kind is Kind.EXIT and way.known:
            return refuted(
                f"{way.hops[0].node.what} reaches {way.end.what} without passing a firewall",
                path(network, way.hops, source, way.addresses),
                resource=about,
            )
    for way in free:
        if way.end.kind is Kind.UNKNOWN or not way.known:
            return unknown(f"it is not known where a packet goes: {_doubt(way)}", resource=about)
    return None


def _doubt(way: Way) -> str:
    """What of a way is not known."""
    unclear = next((hop.route for hop in way.hops if hop.route and hop.route.destination is None), None)
    return unclear.label if unclear else way.end.what


def _back(network: Network, subnet: Resource, way: Way) -> Iterator[Answer]:
    """What is wrong with the way back of an answer: it comes by another firewall, or by none."""
    found = list(_answers(network, subnet, way))
    for back in found:
        if back.end.kind is Kind.UNKNOWN or (not back.known and back.end.kind is not Kind.DOOR):
            yield unknown(f"it is not known where an answer goes: {_doubt(back)}", resource=subnet.urn)
    for back in found:
        if back.end.kind is Kind.INSIDE and _names(back.gates) != _names(tuple(reversed(way.gates))):
            passed = " and ".join(gate.what for gate in back.gates) or "no firewall"
            yield refuted(
                f"answers come back to {last(subnet.urn)} by {passed}, not by the endpoint that the packets left by",
                path(network, back.hops, Addresses.of(way.addresses.witness()), back.addresses),
                resource=subnet.urn,
            )


def _answers(network: Network, subnet: Resource, way: Way) -> Iterator[Way]:
    """The ways that answers take, from where they come back to."""
    if way.end.kind is Kind.EXIT and way.known:
        yield from ways(network.graph, way.turn.name, addresses_of(subnet))


def _returning(network: Network, subnet: Resource, way: Way) -> set[Ground]:
    return {ground for back in _answers(network, subnet, way) for ground in grounds(network, back.hops)}


def _names(nodes: Sequence[Node]) -> tuple[str, ...]:
    return tuple(node.name for node in nodes)


def _entered(network: Network, vpc: Resource, subnet: Resource) -> Iterator[Answer]:
    """What is wrong with public addresses in a subnet: an internet gateway leads to them past the firewall."""
    public = value(subnet, "mapPublicIpOnLaunch")
    if isinstance(public, Unknown):
        yield unknown(f"mapPublicIpOnLaunch of {last(subnet.urn)} is not known", resource=subnet.urn)
    if public is not True:
        return
    for gateway in network.internet_gateways(vpc):
        for way in ways(network.graph, gateway, addresses_of(subnet)):
            if way.end.kind is Kind.INSIDE and not way.gates:
                yield refuted(
                    f"public addresses in {last(subnet.urn)} are reached from outside without passing a firewall",
                    path(network, way.hops, Addresses.of("198.51.100.10"), way.addresses),
                    resource=subnet.urn,
                )
    if not network.internet_gateways(vpc):
        yield refuted(
            f"whatever is launched in {last(subnet.urn)} gets a public address",
            wrong(subnet.urn, "mapPublicIpOnLaunch", True, "false"),
            resource=subnet.urn,
        )


def _of_main_table(network: Network, vpc: Resource) -> Answer:
    """The verdict on the table that every subnet without one of its own uses."""
    table = network.tables.main(identity(vpc))
    name = f"main route table of {last(vpc.urn)}"
    graph = {**network.graph, name: Node(name, Kind.PLACE, f"a subnet that uses the {name}", table.routes)}
    network.urns.setdefault(name, vpc.urn)
    found = list(ways(graph, name, outside(network.range_of(vpc))))
    wrongly = _leaving(network, vpc.urn, found, network.range_of(vpc))
    if wrongly is not None:
        return wrongly
    resting = {Ground(*use) for use in table.uses}
    resting |= {ground for way in found for ground in grounds(network, way.hops)}
    return proved(f"the {name} leads nowhere past a firewall", resource=vpc.urn, rests_on=tuple(sorted(resting)))
