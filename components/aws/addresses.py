"""Which part of the site's address range each subnet takes."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from typing import NamedTuple


class ZoneAddresses(NamedTuple):
    """The address ranges of one availability zone, by the letter that its name ends with."""

    letter: str
    zone: str
    workload: str
    firewall: str
    egress: str


def plan(cidr: str, zones: Sequence[str]) -> list[ZoneAddresses]:
    """Give each availability zone its subnets; ValueError for a range below /21 or a zone without a letter a to g.

    The range is cut in eight. Zone `a` has the first part for its workloads, `b` the second, and so on; the last part
    holds the /28 subnets of firewall and egress. A zone keeps its addresses when another is added or removed.
    """
    whole = IPv4Network(cidr)
    if whole.prefixlen > 21:
        raise ValueError(f"{cidr}: a site's network needs a range of at least /21")
    *workloads, rest = whole.subnets(prefixlen_diff=3)
    small = list(rest.subnets(new_prefix=28))
    planned: list[ZoneAddresses] = []
    for zone in zones:
        index = "abcdefg".find(zone[-1:])
        if index < 0 or not zone:
            raise ValueError(f"{zone!r}: an availability zone's name ends with a letter from a to g")
        addresses = (str(workloads[index]), str(small[index]), str(small[8 + index]))
        planned.append(ZoneAddresses(zone[-1], zone, *addresses))
    return planned
