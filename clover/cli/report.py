"""`clover report`: write the auditor's dossier of the stacks in the files given."""

import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clover.cli.arguments import Parser
from clover.cli.prove import add_world, day_of
from clover.errors import BadInput

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

OPERATOR, AUDITOR = "CLOVER_OPERATOR_KEY", "CLOVER_AUDITOR_KEY"

EPILOG = f"""{OPERATOR} and {AUDITOR} name PEM files with an Ed25519 private key: the operator's signs the declaration,
the auditor's signs that the same was proved again. Without them the dossier is unsigned, and says so."""


def run(words: list[str]) -> int:
    """Write the dossier and say where it is; exit codes are those of `clover prove`."""
    parser = Parser(prog="clover report", description="Write the dossier of the stacks in FILE….", epilog=EPILOG)
    add_world(parser)
    parser.add_argument(
        "--out", required=True, type=Path, metavar="DIR", help="the dossier's folder; an older one goes"
    )
    parser.add_argument("--diff", type=Path, metavar="PREV", help="the previous dossier: adds what changed, and chains")
    arguments = parser.parse_args(words)
    try:
        from clover.dossier import build
    except ModuleNotFoundError as missing:
        raise BadInput(f"{missing.name} is not installed: pip install 'clover[report]'") from None
    from clover.controls.run import cases, prove_cases
    from clover.sources import read_world

    day = _day(arguments.as_of)
    world = read_world(arguments.files)
    asked = cases(world, arguments.zone, day)
    proof = prove_cases(world, asked)
    files = build.dossier(proof, asked, day, arguments.diff)
    signed = build.signatures(files, _key(OPERATOR), _key(AUDITOR))
    build.write({**files, **signed}, arguments.out)
    _tell(arguments.out, len(files) + len(signed), signed)
    return proof.exit_code()


def _day(text: str | None) -> date:
    """The day asked for; else that of SOURCE_DATE_EPOCH (https://reproducible-builds.org/specs/source-date-epoch/)."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if text is None and epoch is not None:
        try:
            return datetime.fromtimestamp(int(epoch), UTC).date()
        except (ValueError, OverflowError, OSError):
            raise BadInput(f"SOURCE_DATE_EPOCH {epoch!r} is no number of seconds") from None
    return day_of(text)


def _key(variable: str) -> "Ed25519PrivateKey | None":
    from clover.dossier.signing import private_key

    path = os.environ.get(variable)
    return private_key(Path(path)) if path else None


def _tell(out: Path, count: int, signed: dict[str, bytes]) -> None:
    from clover.dossier.check import SIGNERS

    who = " and ".join(SIGNERS[name] for name in SIGNERS if name in signed)
    sys.stdout.write(f"{out}: {count} files, {f'signed by the {who}' if who else 'unsigned'}; open {out}/index.html\n")
