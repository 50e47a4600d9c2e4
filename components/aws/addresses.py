"""Which part of the site's address range each subnet takes."""

from collections.abc import Sequence
from ipaddress import IPv4Network
from itertools import islice
from typing import NamedTuple

from components.refusal import Refusal


class ZoneAddresses(NamedTuple):
    """The address ranges of one availability zone, by the letter that its name ends with."""

    letter: str
    zone: str
    workload: str
    firewall: str
    egress: str


def plan(cidr: str, zones: Sequence[str]) -> list[ZoneAddresses]:
    """Give each availability zone its subnets; Refusal for a range below /22 or a zone without a letter a to f.

    The range is cut in eight. Zone `a` has the first part for its workloads, `b` the second, and so on; the last two
    hold the /28 subnets of firewall and egress. A zone keeps its addresses when another is added or removed.
    """
    whole = IPv4Network(cidr)
    if whole.prefixlen > _NARROWEST:
        raise Refusal(f"{cidr}: a site's network needs a range of at least /{_NARROWEST}")
    *workloads, firewalls, egresses = whole.subnets(prefixlen_diff=3)
    planned: list[ZoneAddresses] = []
    for zone in zones:
        letter = zone[-1:]
        index = _LETTERS.find(letter) if letter else -1
        if index < 0:
            raise Refusal(f"{zone!r}: an availability zone's name ends with one of the letters {_LETTERS}")
        small = (next(islice(part.subnets(new_prefix=28), index, None)) for part in (firewalls, egresses))
        planned.append(ZoneAddresses(letter, zone, str(workloads[index]), *map(str, small)))
    return planned


_LETTERS = "abcdef"
_NARROWEST = 22
