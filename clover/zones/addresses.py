"""Address ranges: private ones for sites, narrow ones for auditors."""

from ipaddress import IPv4Network, IPv6Network, ip_network

PRIVATE = tuple(IPv4Network(block) for block in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16"))
"""The private blocks of RFC 1918."""

WIDEST_AUDITOR_PREFIX = {4: 16, 6: 32}
"""By IP version: an auditor's network is no wider than this, or it names nobody."""


def private_range(text: str) -> IPv4Network:
    """Return the private IPv4 range that `text` writes; ValueError says in plain words why it is none."""
    network = _range(text)
    if not isinstance(network, IPv4Network):
        raise ValueError("is not IPv4")
    if not any(network.subnet_of(block) for block in PRIVATE):
        raise ValueError("is not a private range")
    return network


def auditor_range(text: str) -> IPv4Network | IPv6Network:
    """Return the range that `text` writes; ValueError says in plain words why it is none or too wide."""
    network = _range(text)
    widest = WIDEST_AUDITOR_PREFIX[network.version]
    if network.prefixlen < widest:
        raise ValueError(f"is wider than /{widest}")
    return network


def _range(text: str) -> IPv4Network | IPv6Network:
    if "/" not in text:
        raise ValueError("is not an address range such as 10.16.0.0/16")
    try:
        return ip_network(text)
    except ValueError as error:
        reason = "has host bits set" if "host bits" in str(error) else "is not an address range such as 10.16.0.0/16"
        raise ValueError(reason) from None
