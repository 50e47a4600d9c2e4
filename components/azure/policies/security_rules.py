"""Rules of network security groups. The last in each direction denies what Azure's own rules would let through."""

from typing import Any, NamedTuple

from components.azure.addresses import Addresses

_ANY = "*"


class _Rule(NamedTuple):
    """A rule, in the words of the provider."""

    name: str
    priority: int
    direction: str
    access: str
    protocol: str
    source_address_prefix: str
    destination_address_prefix: str
    destination_port_range: str
    source_port_range: str = _ANY


def workload(addresses: Addresses) -> list[dict[str, Any]]:
    """Workloads speak with each other, with endpoints over TLS, with the firewall's resolver, and TLS outside.

    What goes outside is routed through the firewall; Azure's resolver and metadata of certificates are closed, because
    no route leads their traffic anywhere else (AzurePlatformDNS in
    https://learn.microsoft.com/azure/virtual-network/service-tags-overview).
    """
    own, resolver = addresses.workload, f"{addresses.firewall_address}/32"
    rules = [
        _Rule("azure-resolver", 100, "Outbound", "Deny", _ANY, _ANY, "AzurePlatformDNS", _ANY),
        _Rule("resolver", 110, "Outbound", "Allow", _ANY, own, resolver, "53"),
        _Rule("workloads", 120, "Outbound", "Allow", _ANY, own, own, _ANY),
        _Rule("endpoints", 130, "Outbound", "Allow", "Tcp", own, addresses.endpoints, "443"),
        _Rule("outside", 140, "Outbound", "Allow", "Tcp", own, "Internet", "443"),
        _Rule("workloads-in", 100, "Inbound", "Allow", _ANY, own, own, _ANY),
        *_nothing_else(),
    ]
    return [rule._asdict() for rule in rules]


def endpoints(addresses: Addresses) -> list[dict[str, Any]]:
    """Endpoints answer workloads over TLS, and call nobody."""
    rules = [
        _Rule("workloads", 100, "Inbound", "Allow", "Tcp", addresses.workload, addresses.endpoints, "443"),
        *_nothing_else(),
    ]
    return [rule._asdict() for rule in rules]


def _nothing_else() -> list[_Rule]:
    """The lowest priority that a rule can have, before Azure's own rules."""
    return [
        _Rule("nothing-else-out", 4096, "Outbound", "Deny", _ANY, _ANY, _ANY, _ANY),
        _Rule("nothing-else-in", 4096, "Inbound", "Deny", _ANY, _ANY, _ANY, _ANY),
    ]
