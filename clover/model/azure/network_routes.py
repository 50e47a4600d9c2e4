"""The routes of a subnet: those that Azure makes, those that a route table declares, and those that a gateway learns.

The longest prefix decides; of equal ones a declared route, then a learned one, then Azure's own.
https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#how-azure-selects-a-route
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from clover.logic.network.addresses import Network as Prefix
from clover.logic.network.addresses import prefix_of
from clover.logic.network.routing import Route
from clover.model.aws.network_links import entries, last, member
from clover.model.azure.network_facts import facts
from clover.model.azure.network_places import Subnet, children, lower
from clover.model.resources import Resources, value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list

TABLE, ROUTE = "azure-native:network:RouteTable", "azure-native:network:Route"
PEERING = "azure-native:network:VirtualNetworkPeering"
GATEWAY = "azure-native:network:VirtualNetworkGateway"

LOCAL, INTERNET, NOWHERE, GATEWAYS = "the network itself", "the internet", "nowhere", "a virtual network gateway"
_TARGETS = {"internet": INTERNET, "vnetlocal": LOCAL, "none": NOWHERE, "virtualnetworkgateway": GATEWAYS}
DECLARED, LEARNED, OWN = 0, 1, 2
"""Ranks of equally specific routes."""


class Odd(NamedTuple):
    """A route whose destination is a service tag: nobody can tell which addresses it has."""

    holder: Resource
    path: str
    tag: str
    kind: str


class Routes(NamedTuple):
    """The routes of a subnet; `uses` says who makes them hold."""

    routes: tuple[Route, ...]
    uses: tuple[tuple[str, str], ...]
    odd: tuple[Odd, ...] = ()


def appliance(address: str) -> str:
    """The node that stands for whatever has an address."""
    return f"appliance {address}"


def own_routes(subnet: Subnet, network: Resource, gateways: bool, certain: bool) -> Iterator[Route]:
    """The routes that Azure makes for a subnet, and what a gateway of its network may learn.

    Unless all declared routes are `certain`, one of them may stand in the place of the way to the internet.
    """
    for prefix in entries(network, "addressSpace.addressPrefixes"):
        if isinstance(prefix, str):
            yield Route(prefix_of(prefix), LOCAL, network.urn, f"Azure's route {prefix} → {LOCAL}", OWN)
    held = subnet.addresses
    for prefix, version in (("0.0.0.0/0", 4), ("::/0", 6)):
        if certain and held and held.of_version(version):
            yield Route(prefix_of(prefix), INTERNET, subnet.resource.urn, f"Azure's route {prefix} → Internet", OWN)
    for prefix in facts()["nowhere"]:
        yield Route(prefix_of(prefix), NOWHERE, network.urn, f"Azure's route {prefix} → None", OWN)
    if gateways:
        yield Route(None, GATEWAYS, network.urn, "routes that a gateway of the network learns", LEARNED)


def peerings(resources: Resources, network: Resource, place: str) -> Iterator[tuple[Resource, str, Any, list[Any]]]:
    """The peerings of a network: who declares each, where, with whom, and with which addresses on the other side."""
    for number, entry in enumerate(entries(network, "virtualNetworkPeerings")):
        if not isinstance(entry, Unknown) or "virtualNetworkPeerings" in network.inputs:
            yield (
                network,
                f"virtualNetworkPeerings[{number}]",
                entry,
                _remote(lambda name, held=entry: member(held, name)),
            )
    for peering, certain in children(resources, PEERING, place):
        remote = value(peering, "remoteVirtualNetwork") if certain else Unknown(f"{peering.name}.virtualNetworkName")
        yield peering, "remoteVirtualNetwork", remote, _remote(lambda name, held=peering: value(held, name))


def _remote(read: Callable[[str], Any]) -> list[Any]:
    """The prefixes of the other side, by any of the names that they have had."""
    for name in ("remoteVirtualNetworkAddressSpace", "remoteAddressSpace"):
        if found := as_list(member(read(name), "addressPrefixes")):
            return found
    return []


def table_routes(resources: Resources, table: Resource, place: str) -> Routes:
    """The routes that a route table declares, by itself and as resources of their own."""
    made: list[Route] = []
    odd: list[Odd] = []
    for holder, path, read in _declared(resources, table, place):
        route = _route(holder, path, read)
        if isinstance(route, Odd):
            odd.append(route)
        elif route:
            made.append(route)
    disabled = value(table, "disableBgpRoutePropagation")
    made += [*_clashes(made)]
    return Routes(tuple(made), ((table.urn, f"disableBgpRoutePropagation={disabled or False}"),), tuple(odd))


def _clashes(routes: Sequence[Route]) -> Iterator[Route]:
    """A route to nobody knows where for each destination that one table sends to several targets."""
    found: dict[Prefix, Route] = {}
    for route in routes:
        if route.destination is not None and found.setdefault(route.destination, route).target != route.target:
            told = f"which of the routes to {route.destination} of {last(route.source)} counts"
            yield Route(None, "what is not known", route.source, told)


def _declared(
    resources: Resources, table: Resource, place: str
) -> Iterator[tuple[Resource, str, Callable[[str], Any]]]:
    for number, entry in enumerate(entries(table, "routes")):
        yield table, f"routes[{number}]", lambda name, held=entry: member(held, name)
    for route, certain in children(resources, ROUTE, place):
        unclear = None if certain else Unknown(f"{route.name}.routeTableName")
        yield route, "", lambda name, held=route, instead=unclear: value(held, name) if instead is None else instead


def _route(holder: Resource, path: str, read: Callable[[str], Any]) -> Route | Odd | None:
    """One declared route; with a destination that is not known, or is a tag, it is not like others."""
    prefix, kind, address = read("addressPrefix"), read("nextHopType"), read("nextHopIpAddress")
    if not isinstance(kind, str) or not isinstance(prefix, str):
        return Route(None, "what is not known", holder.urn, f"a route of {last(holder.urn)} that is not known")
    by_address = kind.lower() == "virtualappliance"
    if by_address and not isinstance(address, str):
        told = f"{last(holder.urn)}: next hop of {prefix}, which is not known"
        return Route(_prefix(prefix), "what is not known", holder.urn, told)
    destination = _prefix(prefix)
    if destination is None:
        return Odd(holder, f"{path}.addressPrefix" if path else "addressPrefix", prefix, kind)
    target = appliance(str(address)) if by_address else _TARGETS.get(kind.lower(), kind)
    label = f"route {prefix} → {kind}{f' {address}' if by_address else ''}"
    return Route(destination, target, holder.urn, label, DECLARED)


def _prefix(text: str) -> Prefix | None:
    try:
        return prefix_of(text)
    except ValueError:
        return None


def has_gateway(resources: Resources, place: str) -> bool:
    """Whether a gateway that learns routes lies in a network, as far as is known."""
    found = (lower(each) for gateway in resources.of(GATEWAY) for each in _places(gateway))
    return any(isinstance(each, str) and each.startswith(f"{place}/subnets/") for each in found)


def _places(gateway: Resource) -> list[Any]:
    return [member(member(entry, "subnet"), "id") for entry in entries(gateway, "ipConfigurations")]
