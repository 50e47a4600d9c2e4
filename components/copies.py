"""What second copies are told, whatever the cloud."""

from collections.abc import Sequence
from typing import TypedDict

from clover.zones.vocabulary import DataClass


class CopiedStore(TypedDict):
    """A store of user data that has a second copy."""

    name: str
    """The store's name within the site."""
    data_class: DataClass
    """How closely the data is held."""
    declared_at: str
    """Where the store is declared, as `file:line`."""


class Restoring(TypedDict):
    """How second copies are read while something is brought back from them."""

    endpoints: Sequence[str]
    """The ids of the private endpoints that reads come through."""
    closes: str
    """The first day on which nothing is read any more, in UTC, such as `2027-01-01`."""
