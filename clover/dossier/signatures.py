"""The envelopes of a dossier: the operator's on the statement, the auditor's on having proved the same."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from clover.dossier.attestation import attested
from clover.dossier.keys import as_pem
from clover.dossier.layout import ATTESTATION, DECLARATION, KEYS, STATEMENT, pretty
from clover.dossier.signing import Signer, sign
from clover.dossier.statement import Reading
from clover.errors import BadInput


def signatures(
    files: Mapping[str, bytes], operator: Signer | None, auditor: Signer | None, seen: tuple[Reading, ...] = ()
) -> dict[str, bytes]:
    """The envelopes of those who sign, each with its public key beside it."""
    signed: dict[str, bytes] = {}
    if operator:
        signed |= _enveloped(DECLARATION, files[STATEMENT], operator)
    if auditor:
        signed |= _enveloped(ATTESTATION, attested(files[STATEMENT], seen), auditor)
    return signed


def _enveloped(name: str, payload: bytes, by: Signer) -> dict[str, bytes]:
    return {name: pretty(msgspec.to_builtins(sign(payload, by))), KEYS[name]: as_pem(by.public)}


def kept(files: Mapping[str, bytes], out: Path) -> dict[str, bytes]:
    """The envelopes that already lie in `out` on this very statement: who made it again keeps what others signed."""
    there = out / STATEMENT
    if not there.is_file() or there.read_bytes() != files[STATEMENT]:
        return {}
    names = (*KEYS, *KEYS.values())
    found = (name for name in names if (out / name).is_file() and not (out / name).is_symlink())
    return {name: (out / name).read_bytes() for name in found}


def refuse_to_replace(files: Mapping[str, bytes], out: Path) -> None:
    """BadInput where `out` holds what an operator declared of the same day and says otherwise: nothing is attested."""
    if not (out / DECLARATION).is_file() or not (out / STATEMENT).is_file():
        return
    for name in sorted(files):
        there = out / name
        if not there.is_file() or there.read_bytes() != files[name]:
            told = f"{name} of the operator's dossier in {out} is not what follows from these files"
            raise BadInput(f"nothing is attested: {told}; write yours to another folder")
