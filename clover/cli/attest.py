"""`clover attest`: the auditor signs what its own stack declares, so that a site with a vault is proved given that."""

import base64
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clover.cli.arguments import Parser
from clover.cli.prove import day_of
from clover.cli.report import AUDITOR
from clover.errors import BadInput, Place

if TYPE_CHECKING:
    from clover.dossier.signing import Signer

EPILOG = f"""{AUDITOR} names the private key, an Ed25519 one, as for clover report. DOCUMENT goes into the zone's own
folder; the zone file names it as auditor.signed_stack, and the public key as auditor.gateway_key. Secrets of the export
stay out of it."""


def run(words: list[str]) -> int:
    """Write the signed document of the auditor's stack; 64 for anything but an export of one."""
    parser = Parser(prog="clover attest", description="Sign what the auditor's own stack declares.", epilog=EPILOG)
    parser.add_argument("file", type=Path, metavar="FILE", help="an export of the auditor's stack")
    parser.add_argument("--until", required=True, metavar="DATE", help="the last day that it counts (YYYY-MM-DD)")
    parser.add_argument("--out", required=True, type=Path, metavar="DOCUMENT", help="where the signed document goes")
    arguments = parser.parse_args(words)
    zone, key = _write(arguments.file, _until(arguments.until), arguments.out)
    told = f"the auditor's stack of zone {zone}, signed until {arguments.until} by the key {key}"
    sys.stdout.write(f"{arguments.out}: {told}\n")
    return 0


def _write(file: Path, until: date, out: Path) -> tuple[str, str]:
    """The zone of the stack that was signed, and the public key that it was signed with."""
    from clover.sources.auditor_stack import handed_over
    from clover.sources.files import read_json
    from clover.sources.plain import as_object
    from clover.zones.attestation import STACK_LIMIT, signed

    stack = handed_over(as_object(read_json(file)) or {}, Place(str(file)), datetime.now(UTC).date(), until)
    key, by = _key()
    document = signed(stack, key, by.sign)
    if len(document) > STACK_LIMIT:
        raise BadInput(f"makes a document larger than {STACK_LIMIT // 2**20} MiB", Place(str(file)))
    try:
        out.write_bytes(document)
    except OSError as error:
        raise BadInput(f"--out {out}: cannot be written: {error.strerror}") from None
    return stack.zone, key


def _until(text: str) -> date:
    """The last day; BadInput for one that has gone by."""
    day = day_of(text, "--until")
    if day < datetime.now(UTC).date():
        raise BadInput(f"--until {text} has gone by")
    return day


def _key() -> "tuple[str, Signer]":
    """The auditor's public key as zone files name it, and what signs with its private half."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    named = os.environ.get(AUDITOR)
    if not named:
        raise BadInput(f"{AUDITOR} names no key: nobody signs")
    try:
        from clover.dossier.signing import signer

        by = signer(named)
    except ModuleNotFoundError as missing:
        raise BadInput(f"{missing.name} is not installed: pip install 'clover[report]'") from None
    if not isinstance(by.public, Ed25519PublicKey):
        raise BadInput(f"{AUDITOR} names no Ed25519 key")
    return base64.b64encode(by.public.public_bytes_raw()).decode(), by
