"""What the programme promises, and what carries each promise; see promises.yaml."""

from functools import cache
from pathlib import Path

import msgspec

from clover.tables import read_table


class Promise(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One promise: the controls that show it, and what of it somebody has to attest."""

    promise: str
    controls: tuple[str, ...]
    not_declarable: str
    attested_by: str


@cache
def promises() -> tuple[Promise, ...]:
    """Every promise, in the programme's order."""
    return msgspec.convert(read_table(Path(__file__).with_name("promises.yaml")), tuple[Promise, ...])
