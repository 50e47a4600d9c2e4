"""Exact sets of IPv4 and IPv6 addresses."""

from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network, summarize_address_range

from clover.logic.network.intervals import NOTHING, Intervals

Network = IPv4Network | IPv6Network

EXAMPLES = ("203.0.113.10", "198.51.100.10", "192.0.2.10", "2001:db8::10")
"""Addresses that documents may name (RFC 5737, RFC 3849): the witnesses that are tried first."""


@dataclass(frozen=True)
class Addresses:
    """A set of addresses of both versions, as whole numbers."""

    four: Intervals = NOTHING
    six: Intervals = NOTHING

    @classmethod
    def of(cls, *prefixes: str) -> "Addresses":
        """Return the union of prefixes such as `10.16.0.0/19` or `2001:db8::/32`; ValueError for anything else."""
        return cls.union(prefix_of(text) for text in prefixes)

    @classmethod
    def union(cls, networks: Iterable[Network]) -> "Addresses":
        """Return the union of networks."""
        known = list(networks)
        return cls(_ranges(known, 4), _ranges(known, 6))

    def __bool__(self) -> bool:
        return bool(self.four or self.six)

    def __or__(self, other: "Addresses") -> "Addresses":
        return Addresses(self.four | other.four, self.six | other.six)

    def __and__(self, other: "Addresses") -> "Addresses":
        return Addresses(self.four & other.four, self.six & other.six)

    def __sub__(self, other: "Addresses") -> "Addresses":
        return Addresses(self.four - other.four, self.six - other.six)

    def __le__(self, other: "Addresses") -> bool:
        return not self - other

    def witness(self) -> str:
        """Return one of the addresses, a documentation address if there is one; IndexError when the set is empty."""
        for text in EXAMPLES:
            if Addresses.of(text) <= self:
                return text
        if self.four:
            return str(IPv4Address(_inner(self.four)))
        return str(IPv6Address(_inner(self.six)))

    def prefixes(self) -> tuple[str, ...]:
        """Return the fewest prefixes that make up the set."""
        four = ((IPv4Address(low), IPv4Address(high)) for low, high in self.four.ranges)
        six = ((IPv6Address(low), IPv6Address(high)) for low, high in self.six.ranges)
        found: list[Network] = [prefix for low, high in four for prefix in summarize_address_range(low, high)]
        found += [prefix for low, high in six for prefix in summarize_address_range(low, high)]
        return tuple(map(str, found))

    def of_version(self, version: int) -> "Addresses":
        """Return the addresses of one version."""
        return Addresses(four=self.four) if version == 4 else Addresses(six=self.six)


def prefix_of(text: str) -> Network:
    """Read a prefix or an address; host bits are ignored, as routers do. ValueError for anything else."""
    return ip_network(text, strict=False)


def _ranges(networks: Iterable[Network], version: int) -> Intervals:
    """The ranges of the networks of one version."""
    return Intervals.of(
        (int(network.network_address), int(network.broadcast_address))
        for network in networks
        if network.version == version
    )


def _inner(numbers: Intervals) -> int:
    """A number that is not the first of its range where the range has more: that one names the network."""
    low, high = numbers.ranges[0]
    return min(low + 10, high)


EVERYWHERE = Addresses.union((IPv4Network("0.0.0.0/0"), IPv6Network("::/0")))
"""Every address."""
