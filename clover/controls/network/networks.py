"""The network of a stack, read once however many controls ask about it."""

from functools import lru_cache

from clover.model.aws.network import Network
from clover.model.resources import Resources


@lru_cache(maxsize=8)
def network_of(resources: Resources) -> Network:
    """Return the network of a stack's resources."""
    return Network(resources)
