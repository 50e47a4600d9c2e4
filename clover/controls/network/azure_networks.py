"""The Azure network of a case, read once however many controls ask about it."""

from functools import lru_cache

from clover.controls.case import Case
from clover.model.azure.network import Network
from clover.model.resources import Resources


def network_of(case: Case) -> Network:
    """Return the network of the case's stack."""
    return _network(case.resources, case.site.account)


@lru_cache(maxsize=8)
def _network(resources: Resources, subscription: str) -> Network:
    return Network(resources, subscription)
