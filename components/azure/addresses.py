"""Which part of the site's address range each subnet takes."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from itertools import islice
from typing import NamedTuple

from components.refusal import Refusal

ZONES = ("1", "2", "3")
"""The availability zones that a region can have."""


class Addresses(NamedTuple):
    """The address ranges of the site's subnets, and the firewall's own address.

    A subnet spans all availability zones of its region, so that there is one of each.
    """

    workload: str
    endpoints: str
    firewall: str
    firewall_address: str


def plan(cidr: str, zones: Sequence[str]) -> Addresses:
    """Cut the range in subnets; Refusal for a range below /22 or an availability zone that is not 1, 2 or 3.

    Workloads have the first half, private endpoints the third quarter, the firewall the beginning of the last. Azure
    keeps the first four addresses of a subnet (https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq),
    so the firewall is given the fifth.
    """
    whole = IPv4Network(cidr)
    if whole.prefixlen > _NARROWEST:
        raise Refusal(f"{cidr}: a site's network needs a range of at least /{_NARROWEST}")
    for zone in zones:
        if zone not in ZONES:
            raise Refusal(f"{zone!r}: an availability zone is one of {', '.join(ZONES)}")
    workload, rest = whole.subnets()
    endpoints, last = rest.subnets()
    firewall = next(islice(last.subnets(new_prefix=_FIREWALL), 1))
    return Addresses(str(workload), str(endpoints), str(firewall), str(firewall[4]))


_NARROWEST = 22
_FIREWALL = 26
