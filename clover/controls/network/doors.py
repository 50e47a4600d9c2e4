"""NET-6: no other door leads into or out of the site's network."""

from collections.abc import Iterator

from clover.controls.case import Case
from clover.controls.network.counterexample import wrong
from clover.controls.network.networks import network_of
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.logic.network.addresses import Addresses
from clover.model.aws.network import ENDPOINT, Network
from clover.model.aws.network_doors import Door, Incoming, doors, incoming, kinds, port_of
from clover.model.aws.network_links import last
from clover.model.resources import value


def no_other_door(case: Case) -> Iterator[Answer]:
    """Answer for every door that there is; once for the site when there is none."""
    network = network_of(case.resources)
    found = [_of_door(door) for door in doors(case.resources, case.site.region)]
    found += [answer for entry in incoming(case.resources) if (answer := _of_entry(network, entry)) is not None]
    yield from found
    if not found:
        yield _none(network)


def _of_door(door: Door) -> Answer:
    urn = door.resource.urn
    if not door.certain:
        return unknown(f"{door.property} of {last(urn)} is not known: it may be a door ({door.what})", resource=urn)
    return refuted(
        f"{last(urn)} is a door: {door.what}",
        wrong(urn, door.property, door.found, door.allowed),
        resource=urn,
    )


def _of_entry(network: Network, entry: Incoming) -> Answer | None:
    """A security group that lets in who is not of the stack's own networks."""
    urn = entry.resource.urn
    if entry.sources is None:
        return unknown(f"whom {last(urn)} lets in is not known", resource=urn)
    inner = Addresses()
    for vpc in network.vpcs():
        inner = inner | network.range_of(vpc)
    beyond = entry.sources - inner
    if not beyond:
        return None
    if not inner or any(not network.range_of(vpc) for vpc in network.vpcs()):
        return unknown("the addresses of the site's own network are not known", resource=urn)
    flow = {"protocol": "tcp", "port": port_of(entry.rule) or 443, "source": beyond.witness()}
    flow["destination"] = inner.witness()
    hop = {"urn": urn, "what": "security group lets it in"}
    told = f"{last(urn)} lets in {flow['source']}, which is not of the site's network"
    return refuted(told, {"kind": "path", "hops": [hop], "flow": flow}, resource=urn)


def _none(network: Network) -> Answer:
    """Nothing is a door: it rests on what could be one."""
    rests = {Ground(each.urn, f"serviceName={value(each, 'serviceName')}") for each in network.resources.of(ENDPOINT)}
    rests |= {Ground(entry.resource.urn, "ingress") for entry in incoming(network.resources)}
    rests |= {Ground(vpc.urn, "no door leads to it") for vpc in network.vpcs()}
    told = f"none of the {kinds()} types that are doors is declared; security groups let in the site's own addresses"
    return proved(told, rests_on=tuple(sorted(rests)))
