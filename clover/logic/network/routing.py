"""Ways through a network: which route a packet takes, and every end that packets can come to.

The most specific route decides; of equally specific ones a static route before a propagated one
(https://docs.aws.amazon.com/vpc/latest/userguide/route-tables-priority.html, Azure does the same:
https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview#how-azure-selects-a-route).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from clover.logic.network.addresses import EVERYWHERE, Addresses, Network


class Kind(StrEnum):
    """What happens to a packet at a node."""

    PLACE = "place"
    """Goes on by the node's routes."""
    GATE = "gate"
    """Is judged by a firewall, and goes on by the node's routes."""
    RELAY = "relay"
    """Gets another sender's address, and goes on by the node's routes; the answer comes back here."""
    EXIT = "exit"
    """Leaves the network."""
    DOOR = "door"
    """Leaves by a door that has a control of its own."""
    INSIDE = "inside"
    """Is delivered within the network."""
    UNKNOWN = "unknown"
    """Nobody knows."""


class Route(NamedTuple):
    """One route: `destination` is None where it is not known; `rank` orders equally specific routes, lowest first.

    `source` is who declares the route, `label` how people know it.
    """

    destination: Network | None
    target: str
    source: str
    label: str
    rank: int = 0


@dataclass(frozen=True)
class Node:
    """A node by its name; `what` is how people know it, `uses` who makes its routes hold, each with what it says."""

    name: str
    kind: Kind
    what: str
    routes: tuple[Route, ...] = ()
    uses: tuple[tuple[str, str], ...] = ()


class Hop(NamedTuple):
    """One step: the node, and the route that led to it (None for the first)."""

    node: Node
    route: Route | None


class Way(NamedTuple):
    """A way that packets to `addresses` take; `known` is False where a route's destination is not known."""

    hops: tuple[Hop, ...]
    addresses: Addresses
    known: bool

    @property
    def end(self) -> Node:
        """Where the way ends."""
        return self.hops[-1].node

    @property
    def gates(self) -> tuple[Node, ...]:
        """The firewalls on the way, in order."""
        return tuple(hop.node for hop in self.hops if hop.node.kind is Kind.GATE)

    @property
    def turn(self) -> Node:
        """Where the answer comes back to: the last node that changed the sender, else the end."""
        relays = [hop.node for hop in self.hops if hop.node.kind is Kind.RELAY]
        return relays[-1] if relays else self.end


Graph = Mapping[str, Node]
_GOING_ON = (Kind.PLACE, Kind.GATE, Kind.RELAY)


def ways(graph: Graph, start: str, addresses: Addresses) -> Iterator[Way]:
    """Yield every way from the node `start` for packets to `addresses`; what no route fits is dropped, as is a circle.

    The start's own routes are taken whatever its kind.
    """
    yield from _from(graph, (Hop(graph[start], None),), addresses, True)


def _from(graph: Graph, hops: tuple[Hop, ...], addresses: Addresses, known: bool) -> Iterator[Way]:
    node = hops[-1].node
    if len(hops) > 1 and node.kind not in _GOING_ON:
        yield Way(hops, addresses, known)
        return
    for route, part in chosen(node.routes, addresses):
        following = graph.get(route.target) or Node(route.target, Kind.UNKNOWN, route.target)
        if all(hop.node.name != following.name for hop in hops):
            certain = known and route.destination is not None
            yield from _from(graph, (*hops, Hop(following, route)), part, certain)


def chosen(routes: Sequence[Route], addresses: Addresses) -> Iterator[tuple[Route, Addresses]]:
    """Yield each route with those of `addresses` that take it; where its destination is not known, with all."""
    left = addresses
    for route in sorted((route for route in routes if route.destination is not None), key=_precedence):
        if part := left & Addresses.union([_destination(route)]):
            yield route, part
            left = left - part
    for route in routes:
        if route.destination is None:
            yield route, addresses


def _precedence(route: Route) -> tuple[int, int]:
    return -_destination(route).prefixlen, route.rank


def _destination(route: Route) -> Network:
    """The destination of a route that has one."""
    if route.destination is None:
        raise ValueError(f"the destination of {route.label} is not known")
    return route.destination


def outside(inner: Addresses) -> Addresses:
    """Every address that is not of the network, nor one that routers never carry on (RFC 3927, RFC 4291)."""
    return EVERYWHERE - inner - Addresses.of("169.254.0.0/16", "fe80::/10")
