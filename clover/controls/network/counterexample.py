"""Counterexamples of networks: a path with a concrete flow, or a property with its value."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from clover.controls.verdict import Ground
from clover.logic.network.addresses import Addresses
from clover.logic.network.flows import Flow
from clover.logic.network.routing import Hop

_PROTOCOLS = {1: "icmp", 6: "tcp", 17: "udp"}


class Named(Protocol):
    """A network that knows the resource behind each node."""

    @property
    def urns(self) -> Mapping[str, str]:
        """The URNs by the names of nodes."""
        ...


SPARE = "2001:db8::20"
"""Stands for an address that a host would have: the subnet has none of that version yet."""


def path(network: Named, hops: Iterable[Hop], source: Addresses, destinations: Addresses) -> Mapping[str, Any]:
    """A path through the network and a packet that takes it."""
    version = 4 if destinations.four else 6
    sender = source.of_version(version)
    flow = {
        "protocol": "tcp",
        "port": 443,
        "source": sender.witness() if sender else SPARE,
        "destination": destinations.witness(),
    }
    return {"kind": "path", "hops": [_hop(network, hop) for hop in hops], "flow": flow}


def taken(network: Named, hops: Iterable[Hop], flow: Flow) -> Mapping[str, Any]:
    """A path through the network, and a flow that was found to take it."""
    return {"kind": "path", "hops": [_hop(network, hop) for hop in hops], "flow": described(flow)}


def decided(hops: Iterable[tuple[str, str]], flow: Flow) -> Mapping[str, Any]:
    """A flow, and who decides on it: URNs with what they say."""
    return {"kind": "path", "hops": [{"urn": urn, "what": what} for urn, what in hops], "flow": described(flow)}


def described(flow: Flow) -> Mapping[str, Any]:
    """A flow as data; without a port or a host name where it has none."""
    told: dict[str, Any] = {
        "protocol": _PROTOCOLS.get(flow.protocol, str(flow.protocol)),
        "port": flow.port or None,
        "application": flow.application,
        "server_name": flow.server_name,
        "source": flow.source,
        "source_port": flow.source_port or None,
        "destination": flow.destination,
    }
    return {name: held for name, held in told.items() if held is not None}


def wrong(urn: str, name: str, found: Any, allowed: str) -> Mapping[str, Any]:
    """A property with the value that it has, and what it may have."""
    return {"kind": "property", "urn": urn, "property": name, "value": found, "allowed": allowed}


def _hop(network: Named, hop: Hop) -> Mapping[str, str]:
    """One step: who stands there, and by which route one comes to it."""
    source = hop.route.source if hop.route else ""
    by = f", by {hop.route.label}" if hop.route else ""
    return {"urn": network.urns.get(hop.node.name, source), "what": f"{hop.node.what}{by}"}


def grounds(network: Named, hops: Iterable[Hop]) -> set[Ground]:
    """Everything that makes a path: its routes, and the resources that they lead to."""
    passed = list(hops)
    found = {Ground(hop.route.source, hop.route.label) for hop in passed if hop.route}
    found |= {Ground(*use) for hop in passed for use in hop.node.uses}
    return found | {
        Ground(network.urns[hop.node.name], hop.node.what) for hop in passed if hop.node.name in network.urns
    }
