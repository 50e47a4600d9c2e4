"""`clover prove`: decide every control for the stacks in the files given."""

import re
import sys
from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from clover.cli.arguments import Parser
from clover.controls.proof import Proof
from clover.errors import BadInput
from clover.zones.problems import shown

if TYPE_CHECKING:
    from clover.controls.case import Case

_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
FORMATS = ("text", "json", "sarif")
MANY = 8
"""Files that are worth beginning processes for; fewer are decided one after another."""


def run(words: list[str]) -> int:
    """Print the verdicts; 0 nothing refuted or unknown, 1 something refuted, 2 something unknown, 3 see `--strict`."""
    parser = Parser(prog="clover prove", description="Prove the controls of the stacks in FILE…, or refute them.")
    add_world(parser)
    parser.add_argument("--format", choices=FORMATS, default="text")
    parser.add_argument("--strict", action="store_true", help="exit 3 when a given has expired or an exception is used")
    parser.add_argument("--scheduler", metavar="ADDRESS", help="a Dask scheduler whose workers decide, a stack each")
    arguments = parser.parse_args(words)
    if arguments.scheduler or len(arguments.files) >= MANY:
        proof = _read_fleet(arguments)
    else:
        proof, _ = read_proof(arguments.files, arguments.zone, arguments.as_of)
    proof = proof.in_order()
    sys.stdout.write(_writers()[arguments.format](proof))
    return proof.exit_code(arguments.strict)


def add_world(parser: Parser) -> None:
    """Add the arguments that say what is proved, against which zone, and on which day."""
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a stack export, or a preview as JSON")
    parser.add_argument("--zone", help="the zone's name or file; by default the one that the stacks name")
    parser.add_argument("--as-of", metavar="DATE", help="the day that givens and exceptions are judged on (YYYY-MM-DD)")


def read_proof(files: list[Path], zone: str | None, as_of: str | None) -> tuple[Proof, Sequence["Case"]]:
    """Read the files as one world and decide every control, with what it was asked about, a case for each site."""
    from clover.cli.progress import Bar
    from clover.controls.run import cases, prove_cases
    from clover.sources import read_world

    day = day_of(as_of)
    with Bar(sys.stderr, "prove") as bar:
        bar.step(0, 1, "reading")
        try:
            world = read_world(files)
        except RecursionError:
            raise BadInput(f"{', '.join(map(str, files))}: is nested too deeply") from None
        asked = cases(world, zone, day)
        return prove_cases(world, asked, bar.step), asked


def _read_fleet(arguments: Namespace) -> Proof:
    """The same by several processes, or by the workers of a scheduler; a terminal is told how far they are."""
    from clover.cli.progress import Bar
    from clover.fleet.prove import prove_fleet

    day, total = day_of(arguments.as_of), len(arguments.files)
    with Bar(sys.stderr, "prove") as bar:
        bar.step(0, total, "reading")
        return prove_fleet(
            arguments.files,
            arguments.zone,
            day,
            arguments.scheduler,
            lambda done: bar.step(done, total, f"{done} of {total} stacks decided"),
        )


def day_of(text: str | None, option: str = "--as-of") -> date:
    """The day that the option's `text` names, today in UTC for None; BadInput for anything but YYYY-MM-DD."""
    if text is None:
        return datetime.now(UTC).date()
    try:
        return date.fromisoformat(text if _DAY.fullmatch(text) else "")
    except ValueError:
        raise BadInput(f"{option} {shown(text)} is not a day such as 2026-10-01") from None


def _writers() -> Mapping[str, Callable[[Proof], str]]:
    from clover.report.as_json import as_json
    from clover.report.sarif import sarif
    from clover.report.text import text

    return {"text": text, "json": as_json, "sarif": sarif}
