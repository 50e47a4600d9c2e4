"""What Azure's documentation says of routes, security rules and service tags; see network.yaml."""

from collections.abc import Mapping
from functools import cache
from ipaddress import IPv4Address, IPv6Address, ip_address, summarize_address_range
from pathlib import Path
from typing import Any

from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.tables import read_table


@cache
def facts() -> Mapping[str, Any]:
    """The table of facts."""
    return read_table(Path(__file__).with_name("network.yaml"))


@cache
def nowhere() -> Addresses:
    """Private addresses that Azure drops unless a network has them."""
    return Addresses.of(*facts()["nowhere"])


@cache
def platform() -> Addresses:
    """Addresses of Azure's own platform, the same in every network."""
    return Addresses.of(*(each for held in facts()["platform"].values() for each in held))


def read_addresses(text: str) -> Addresses | None:
    """The addresses that a text names by itself: everything, a prefix, or a range; None for a service tag."""
    if text.lower() in facts()["every"]:
        return EVERYWHERE
    low, dash, high = text.partition("-")
    try:
        return _range(low.strip(), high.strip()) if dash else Addresses.of(text)
    except ValueError:
        return None


def _range(low: str, high: str) -> Addresses:
    """The addresses from `low` to `high`; ValueError for anything else."""
    first, last = ip_address(low), ip_address(high)
    if isinstance(first, IPv4Address) and isinstance(last, IPv4Address):
        return Addresses.union(summarize_address_range(first, last))
    if isinstance(first, IPv6Address) and isinstance(last, IPv6Address):
        return Addresses.union(summarize_address_range(first, last))
    raise ValueError(f"{low}-{high}")
