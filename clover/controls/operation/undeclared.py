"""OPS-2 where no host is declared: by a gateway whose list is empty, or by nobody, as in what is read live."""

from collections.abc import Sequence

from clover.controls.verdict import Answer, Ground, assumed, proved, unknown
from clover.sources import Resource


def nothing_to_reach(gateways: Sequence[Resource], *, known: bool) -> Answer:
    """What there is to say without a list of hosts; or with one that is not known."""
    if not known:
        return unknown("allowed_domains is not known")
    if gateways:
        rests = tuple(Ground(each.urn, "allowed_domains=none") for each in gateways)
        return proved("no host is declared, so that none has to be reached", rests_on=rests)
    told = "nothing declares which hosts workloads have to reach: who runs the site attests that they reach those"
    return assumed(told)
