"""IP ranges: parsing, and finding free addresses."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from clover.lab.arm.errors import error

Network = IPv4Network | IPv6Network

_RESERVED = 4
"""The first addresses of a subnet belong to Azure, and so does the last.

https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq
"""


def range_of(text: object) -> Network:
    """The range that `text` writes in CIDR; ArmError where it is none."""
    try:
        if isinstance(text, str) and "/" in text:
            return ip_network(text, strict=True)
    except ValueError:
        pass
    raise error("invalid_cidr", text=text)


def overlapping(ranges: Iterable[Network], other: Network) -> bool:
    """Whether `other` shares an address with one of the ranges."""
    return any(one.version == other.version and one.overlaps(other) for one in ranges)


def contains(outer: Iterable[Network], inner: Network) -> bool:
    """Whether `inner` lies in one of the ranges."""
    for one in outer:
        if isinstance(one, IPv4Network) and isinstance(inner, IPv4Network) and inner.subnet_of(one):
            return True
        if isinstance(one, IPv6Network) and isinstance(inner, IPv6Network) and inner.subnet_of(one):
            return True
    return False


def free_address(network: Network, taken: Iterable[str]) -> str:
    """The first address of `network` that is neither taken nor Azure's own; ArmError where there is none."""
    used = {ip_address(one) for one in taken}
    for number in range(_RESERVED, network.num_addresses - 1):
        candidate = network[number]
        if candidate not in used:
            return str(candidate)
    raise error("subnet_full", prefix=network)
