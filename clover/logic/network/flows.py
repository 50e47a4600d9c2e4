"""Flows: a conversation that one side opens, and exact sets of them as boxes."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.intervals import Intervals

TCP, UDP = 6, 17
ICMP = Intervals.only(1, 58)
"""ICMP for IPv4 and IPv6 (https://www.iana.org/assignments/protocol-numbers)."""

PORTS = Intervals(((0, 65535),))
PROTOCOLS = Intervals(((0, 255),))

OVER_TCP = ("tls", "http", "http2", "dns", "ftp", "ftp-data", "smb", "dcerpc", "ssh", "smtp", "imap", "krb5", "msn")
OVER_UDP = ("quic", "dns", "ntp", "tftp", "dhcp", "ikev2", "krb5")
OTHER = "other"
"""An application that the firewall does not recognise."""

APPLICATIONS = (*dict.fromkeys((*OVER_TCP, *OVER_UDP)), OTHER)
NAMED = ("tls", "http", "http2", "quic", "dns")
"""Applications in whose greeting a host name stands."""


class Stage(IntEnum):
    """How far a flow has come when a packet is judged."""

    OPENING = 0
    """The packets that set a connection up; without connections, the first packet, which carries data."""
    ESTABLISHED = 1
    """The connection stands, and no application has spoken."""
    APPLICATION = 2
    """The application, and the host name in its greeting, can be seen."""


@dataclass(frozen=True)
class Flow:
    """One concrete flow, from the side that opens it; `port` and `source_port` are 0 where there are none."""

    protocol: int
    source: str
    source_port: int
    destination: str
    port: int
    application: str
    server_name: str | None


def mask_of(applications: Iterable[str]) -> int:
    """The applications as bits."""
    return sum(1 << APPLICATIONS.index(name) for name in applications)


ALL_APPLICATIONS = mask_of(APPLICATIONS)


@dataclass(frozen=True)
class Box:
    """All flows whose every field lies in a set; `applications` and `names` are bit masks."""

    protocols: Intervals = PROTOCOLS
    sources: Addresses = EVERYWHERE
    source_ports: Intervals = PORTS
    destinations: Addresses = EVERYWHERE
    ports: Intervals = PORTS
    applications: int = ALL_APPLICATIONS
    names: int = -1

    def __bool__(self) -> bool:
        return all(bool(getattr(self, field)) for field in _FIELDS)

    def __and__(self, other: "Box") -> "Box":
        return Box(*(getattr(self, field) & getattr(other, field) for field in _FIELDS))

    def without(self, other: "Box") -> Iterator["Box"]:
        """Yield disjoint boxes that make up what is left outside `other`."""
        if not self & other:
            yield self
            return
        left = self
        for field in _FIELDS:
            mine, theirs = getattr(left, field), getattr(other, field)
            outside = mine & ~theirs if isinstance(mine, int) else mine - theirs
            if outside:
                yield replace(left, **{field: outside})
            left = replace(left, **{field: mine & theirs})

    def witness(self) -> tuple[int, str, int, str, int, int, int]:
        """Return one value of each field; of the masks, the lowest bit and the mask of names."""
        version = 4 if self.sources.four and self.destinations.four else 6
        sources, destinations = self.sources.of_version(version), self.destinations.of_version(version)
        lowest = (self.applications & -self.applications).bit_length() - 1
        return (
            self.protocols.first,
            sources.witness(),
            _port(self.source_ports, 50000),
            destinations.witness(),
            _port(self.ports, 443),
            lowest,
            self.names,
        )


_FIELDS = ("protocols", "sources", "source_ports", "destinations", "ports", "applications", "names")


def subtract(boxes: Iterable[Box], other: Box) -> list[Box]:
    """What is left of `boxes` outside `other`."""
    return [piece for box in boxes for piece in box.without(other)]


def common(boxes: Iterable[Box], other: Box) -> list[Box]:
    """What `boxes` have in common with `other`."""
    return [both for box in boxes if (both := box & other)]


def possible(sources: Addresses, destinations: Addresses, names: int) -> list[Box]:
    """Every flow that can be made from `sources` to `destinations`; bit 0 of `names` is the class of no name."""
    found: list[Box] = []
    for version in (4, 6):
        ends = Box(sources=sources.of_version(version), destinations=destinations.of_version(version), names=names)
        tcp, udp = replace(ends, protocols=Intervals.only(TCP)), replace(ends, protocols=Intervals.only(UDP))
        portless = replace(ends, protocols=PROTOCOLS - Intervals.only(TCP, UDP))
        found += [*_speaking(tcp, (*OVER_TCP, OTHER)), *_speaking(udp, (*OVER_UDP, OTHER))]
        found.append(
            replace(
                portless,
                source_ports=Intervals.only(0),
                ports=Intervals.only(0),
                applications=mask_of([OTHER]),
                names=names & 1,
            )
        )
    return [box for box in found if box]


def _speaking(box: Box, applications: Iterable[str]) -> Iterator[Box]:
    """The box for applications with a host name, and for those without."""
    known = list(applications)
    yield replace(box, applications=mask_of(name for name in known if name in NAMED))
    silent = mask_of(name for name in known if name not in NAMED)
    yield replace(box, applications=silent, names=box.names & 1)


def _port(ports: Intervals, wanted: int) -> int:
    """The usual port if the set has it, else its first."""
    return wanted if wanted in ports else ports.first
