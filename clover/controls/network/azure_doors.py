"""NET-6 on Azure: no other door leads into or out of the site's network."""

from collections.abc import Iterator
from dataclasses import replace

from clover.controls.case import Case
from clover.controls.network.azure_gateway import inner
from clover.controls.network.azure_networks import network_of
from clover.controls.network.counterexample import decided, wrong
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.logic.network.names import NameClasses
from clover.logic.network.rules import flow_of
from clover.model.aws.network_links import last
from clover.model.azure.network import Network
from clover.model.azure.network_doors import Door, Incoming, doors, incoming, kinds
from clover.model.azure.network_places import INTERFACE, range_of
from clover.model.azure.network_security import GROUP
from clover.model.resources import value


def no_other_door(case: Case) -> Iterator[Answer]:
    """Answer for every door that there is; once for the site when there is none."""
    network = network_of(case)
    found = [_of_door(door) for door in doors(case.resources)]
    found += list(_entries(network))
    yield from found
    if not found:
        yield _none(network)


def _of_door(door: Door) -> Answer:
    urn = door.resource.urn
    if not door.certain:
        return unknown(f"{door.property} of {last(urn)} is not known: it may be a door ({door.what})", resource=urn)
    example = wrong(urn, door.property, door.found, door.allowed)
    return refuted(f"{last(urn)} is a door: {door.what}", example, resource=urn)


def _entries(network: Network) -> Iterator[Answer]:
    """Security groups that let in who is not of the stack's own networks; the first such rule of each is told."""
    if any(range_of(whole) is None for whole in network.networks.values()):
        for group in network.resources.of(GROUP):
            yield unknown("the addresses of the site's own network are not known", resource=group.urn)
        return
    told: set[str] = set()
    for entry in incoming(network.resources, network.subscription, inner(network)):
        if entry.group.urn not in told:
            told.add(entry.group.urn)
            yield _of_entry(entry)


def _of_entry(entry: Incoming) -> Answer:
    urn = entry.group.urn
    if entry.rule is None:
        return unknown(f"whom {last(urn)} lets in is not known", resource=urn)
    if entry.tag:
        holder = entry.rule.source or urn
        path = "sourceAddressPrefix" if holder != urn else "securityRules"
        says = f"{entry.rule.label} lets in the service {entry.tag}, with every tenant's resources"
        return refuted(says, _tagged(entry, holder, path), resource=urn)
    flow = flow_of(replace(entry.box, names=1), NameClasses(()))
    says = f"{entry.rule.label} lets in {flow.source}, which is not of the site's network"
    return refuted(says, decided([(urn, "security group"), (entry.rule.source, entry.rule.label)], flow), resource=urn)


def _tagged(entry: Incoming, holder: str, path: str) -> dict[str, object]:
    """The property that names a service tag."""
    found = entry.tag if holder != entry.group.urn else value(entry.group, path)
    return dict(wrong(holder, path, found, "sources of the site's network"))


def _none(network: Network) -> Answer:
    """Nothing is a door: it rests on what could be one."""
    rests = {Ground(group.urn, "inbound rules") for group in network.resources.of(GROUP)}
    rests |= {Ground(whole.urn, "virtualNetworkPeerings=none") for whole in network.networks.values()}
    rests |= {Ground(gate.resource.urn, "virtualHub=none") for gate in network.gates}
    rests |= {Ground(each.urn, "no public address") for each in network.resources.of(INTERFACE)}
    told = f"none of the {kinds()} types that are doors is declared; security groups let in the site's own addresses"
    return proved(told, rests_on=tuple(sorted(rests)))
