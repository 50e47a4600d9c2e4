"""What every entry of a zone or stack file has in common: frozen, every key known and named."""

from msgspec import Struct


class Entry(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A mapping whose every key is known."""
