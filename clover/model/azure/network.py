"""The virtual networks of a stack, and the graph that packets travel."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from clover.logic.network.addresses import Addresses, prefix_of
from clover.logic.network.routing import Graph, Kind, Node, Route
from clover.model.aws.network_links import entries, last, member
from clover.model.azure.network_places import NETWORK, Subnet, by_arm_id, lower, range_of, subnets
from clover.model.azure.network_routes import (
    DECLARED,
    GATEWAYS,
    INTERNET,
    LOCAL,
    NOWHERE,
    OWN,
    TABLE,
    Odd,
    Routes,
    appliance,
    has_gateway,
    own_routes,
    peerings,
    table_routes,
)
from clover.model.azure.network_security import Security, security_of
from clover.model.resources import Resources, value
from clover.sources import Resource

FIREWALL = "azure-native:network:AzureFirewall"


class Gate(NamedTuple):
    """A firewall by its private address, None where the cloud has not said it; `subnet` is empty where not known."""

    resource: Resource
    subnet: str
    address: str | None


@dataclass
class Network:
    """Everything that decides where packets of a stack go; `urns` names the resource behind each node."""

    resources: Resources
    subscription: str
    urns: dict[str, str] = field(default_factory=dict[str, str])

    @cached_property
    def networks(self) -> dict[str, Resource]:
        """The virtual networks by their ids."""
        return by_arm_id(self.resources, self.subscription, NETWORK)

    @cached_property
    def subnets(self) -> tuple[Subnet, ...]:
        """Every subnet, those whose id is not known included."""
        return tuple(subnets(self.resources, self.subscription))

    @cached_property
    def tables(self) -> dict[str, Resource]:
        """The route tables by their ids."""
        return by_arm_id(self.resources, self.subscription, TABLE)

    @cached_property
    def gates(self) -> tuple[Gate, ...]:
        """The firewalls, with the addresses at which packets come to them."""
        return tuple(gate for firewall in self.resources.of(FIREWALL) for gate in _gates(firewall))

    def within(self, network: Resource) -> tuple[Subnet, ...]:
        """The subnets of a network."""
        return tuple(each for each in self.subnets if self.networks.get(each.network) is network)

    def gates_of(self, network: Resource) -> tuple[Gate, ...]:
        """The firewalls that stand in a network."""
        places = {each.id for each in self.within(network)}
        return tuple(gate for gate in self.gates if gate.subnet in places)

    def routes_of(self, subnet: Subnet) -> Routes:
        """The routes that hold in a subnet of a network of the stack."""
        network = self.networks[subnet.network]
        reference = subnet.reference("routeTable.id")
        table = self.tables.get(reference) if isinstance(reference, str) else None
        declared = table_routes(self.resources, table, str(reference)) if table else Routes((), ())
        learning = table is None or value(table, "disableBgpRoutePropagation") is not True
        gateway = learning and has_gateway(self.resources, subnet.network)
        if reference is not None and table is None:
            doubt = f"the route table of {subnet.called}, which is not known"
            declared = Routes((Route(None, "what is not known", subnet.resource.urn, doubt, DECLARED),), ())
        certain = all(route.destination is not None for route in declared.routes)
        own = own_routes(subnet, network, gateway, certain)
        uses = ((subnet.resource.urn, f"{subnet.path('routeTable')}={last(table.urn)}"),) if table else ()
        routes = (*declared.routes, *own, *self._peered(subnet, network))
        return Routes(routes, (*uses, *declared.uses), declared.odd)

    def _peered(self, subnet: Subnet, network: Resource) -> Iterator[Route]:
        """Routes to the addresses of peered networks."""
        for holder, path, _, prefixes in peerings(self.resources, network, subnet.network):
            for prefix in prefixes:
                if isinstance(prefix, str):
                    target = _peer(holder, path)
                    yield Route(prefix_of(prefix), target, holder.urn, f"Azure's route {prefix} → VNetPeering", OWN)

    @cached_property
    def graph(self) -> Graph:
        """The nodes that packets come by."""
        return {node.name: node for node in self._nodes()}

    def odd_of(self, subnet: Subnet) -> tuple[Odd, ...]:
        """The routes of a subnet that are about service tags."""
        return self.routes_of(subnet).odd

    def _nodes(self) -> Iterator[Node]:
        yield Node(LOCAL, Kind.INSIDE, LOCAL)
        yield Node(NOWHERE, Kind.INSIDE, NOWHERE)
        yield Node(INTERNET, Kind.EXIT, INTERNET)
        yield Node(GATEWAYS, Kind.EXIT, GATEWAYS)
        placed = [each for each in self.subnets if each.id and each.network in self.networks]
        for subnet in placed:
            found = self.routes_of(subnet)
            self.urns[str(subnet.id)] = subnet.resource.urn
            yield Node(str(subnet.id), Kind.PLACE, f"subnet {subnet.called}", found.routes, found.uses)
        yield from self._appliances([route.target for subnet in placed for route in self.routes_of(subnet).routes])
        for place, network in self.networks.items():
            for holder, path, _, _ in peerings(self.resources, network, place):
                self.urns[_peer(holder, path)] = holder.urn
                yield Node(_peer(holder, path), Kind.EXIT, f"a network beyond {last(holder.urn)}")

    def _appliances(self, targets: list[str]) -> Iterator[Node]:
        """What stands at the addresses that routes name: a firewall, what may be one, or something else."""
        for name in dict.fromkeys(target for target in targets if target.startswith(appliance(""))):
            address = name.removeprefix(appliance(""))
            gate = next((each for each in self.gates if each.address == address), None)
            perhaps = next((each for each in self.gates if each.address is None), None)
            if gate:
                yield self._gate(name, gate)
            elif perhaps:
                told = f"{address}, while the address of {last(perhaps.resource.urn)} is not known"
                yield Node(name, Kind.UNKNOWN, told)
            else:
                yield Node(name, Kind.EXIT, f"whatever has the address {address}, which is no firewall's")

    def _gate(self, name: str, gate: Gate) -> Node:
        self.urns[name] = gate.resource.urn
        subnet = next((each for each in self.subnets if each.id == gate.subnet), None)
        found = self.routes_of(subnet) if subnet and subnet.network in self.networks else Routes((), ())
        uses = (*found.uses, (gate.resource.urn, f"ipConfigurations: private address {gate.address}"))
        return Node(name, Kind.GATE, f"firewall {last(gate.resource.urn)}", found.routes, uses)

    def security_of(self, subnet: Subnet) -> Security:
        """What the security group of a subnet lets out."""
        inner = range_of(self.networks[subnet.network]) or Addresses()
        return security_of(self.resources, self.subscription, subnet, inner)

    def senders(self, network: Resource) -> Addresses | None:
        """The addresses from which anything may leave a network; None where they are not known."""
        inner, found = range_of(network), Addresses()
        for subnet in self.within(network):
            if subnet.addresses is None or inner is None:
                return None
            if not subnet.firewalls_only and self.security_of(subnet).lets_out(subnet.addresses, inner):
                found = found | subnet.addresses
        return found


def _gates(firewall: Resource) -> Iterator[Gate]:
    """The addresses of one firewall in its networks."""
    for entry in entries(firewall, "ipConfigurations"):
        place, address = lower(member(member(entry, "subnet"), "id")), member(entry, "privateIPAddress")
        known_place = place if isinstance(place, str) else ""
        yield Gate(firewall, known_place, address if isinstance(address, str) else None)


def _peer(holder: Resource, path: str) -> str:
    """The node beyond a peering."""
    return f"{holder.urn} {path}"
