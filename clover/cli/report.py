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
    from clover.controls.proof import Proof
    from clover.dossier.signing import Signer
    from clover.dossier.statement import Reading
    from clover.sources import World

OPERATOR, AUDITOR = "CLOVER_OPERATOR_KEY", "CLOVER_AUDITOR_KEY"
READINGS = "CLOVER_AUDITOR_READINGS"

EPILOG = f"""{OPERATOR} and {AUDITOR} name private keys: a PEM file, awskms:KEY, or
azurekms://VAULT.vault.azure.net/keys/NAME. The operator's signs the declaration; the auditor's signs that the same was
proved again, and no worse from the live readings in {READINGS} (files of clover audit --out), beside the stacks of
other hands in FILE…. Signatures that DIR
already holds on the same dossier are kept. Without keys the dossier is unsigned, and says so. CLOVER_COMMIT names the
program's commit on the cover, CLOVER_LANGUAGE the language of the page."""


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
        from clover.dossier import build, origin
        from clover.dossier.check import read_dossier
        from clover.dossier.signatures import kept, refuse_to_replace, signatures
    except ModuleNotFoundError as missing:
        raise BadInput(f"{missing.name} is not installed: pip install 'clover[report]'") from None
    from clover.controls.run import cases, prove_cases
    from clover.sources import read_world

    day = _day(arguments.as_of)
    world = read_world(arguments.files)
    asked = cases(world, arguments.zone, day)
    proof = prove_cases(world, asked)
    previous = read_dossier(arguments.diff) if arguments.diff else None
    made_from = origin.sources(world.subjects)
    files = build.dossier(world, proof, asked, build.Request(day, made_from, origin.commit(), previous))
    operator, auditor = _signer(OPERATOR), _signer(AUDITOR)
    if auditor and not operator:
        refuse_to_replace(files, arguments.out)
    seen = _readings(proof, _hands(world), arguments.zone, day) if auditor else ()
    signed = {**kept(files, arguments.out), **signatures(files, operator, auditor, seen)}
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


def _signer(variable: str) -> "Signer | None":
    from clover.dossier.signing import signer

    named = os.environ.get(variable)
    return signer(named) if named else None


def _hands(world: "World") -> list[Path]:
    """The files of stacks that are no sites'."""
    from clover.zones.vocabulary import StackKind

    return [Path(each.source) for each in world.subjects if each.hand != StackKind.SITE.value]


def _readings(proof: "Proof", beside: list[Path], zone: str | None, day: date) -> "tuple[Reading, ...]":
    from clover.dossier.attestation import readings

    named = os.environ.get(READINGS, "")
    return readings([Path(each) for each in named.split(os.pathsep) if each], beside, proof, zone, day)


def _tell(out: Path, count: int, signed: dict[str, bytes]) -> None:
    from clover.dossier.check import SIGNERS

    who = " and ".join(SIGNERS[name] for name in SIGNERS if name in signed)
    sys.stdout.write(f"{out}: {count} files, {f'signed by the {who}' if who else 'unsigned'}; open {out}/index.html\n")
