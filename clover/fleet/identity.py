"""Which prover this is: a verdict of another one would be a verdict on other questions."""

import hashlib
from functools import cache
from pathlib import Path

import clover

_PACKAGE = Path(clover.__file__).parent
_PROVER = ("change", "controls", "fleet", "logic", "model", "report", "sources", "zones")
"""The rooms that a verdict may depend on."""


@cache
def prover_digest() -> str:
    """The sha256 of the prover's program and tables."""
    files = sorted(file for room in _PROVER for file in (_PACKAGE / room).rglob("*") if file.suffix in (".py", ".yaml"))
    found = hashlib.sha256()
    for file in files:
        found.update(f"{file.relative_to(_PACKAGE).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return found.hexdigest()
