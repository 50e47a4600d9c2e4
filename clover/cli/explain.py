"""`clover explain`: why one verdict is what it is."""

import sys
from difflib import get_close_matches
from typing import TYPE_CHECKING

from clover.cli.arguments import Parser
from clover.cli.prove import add_world, read_proof
from clover.controls.verdict import Verdict
from clover.errors import BadInput, Place
from clover.printable import printable
from clover.zones.problems import shown

if TYPE_CHECKING:
    from clover.controls.case import Case

MOST_CHARACTERS = 200
"""Of an id that is not known, to find the nearest of thousands."""


def run(words: list[str]) -> int:
    """Print one verdict with the statements that decide it and its assumptions; exits as `clover prove` does."""
    parser = Parser(prog="clover explain", description="Show why a verdict is what it is.")
    add_world(parser)
    parser.add_argument("--id", required=True, help="the verdict's id, as `clover prove` prints it")
    arguments = parser.parse_args(words)
    proof, asked = read_proof(arguments.files, arguments.zone, arguments.as_of)
    known = {
        verdict.id: (verdict, case) for site, case in zip(proof.sites, asked, strict=True) for verdict in site.verdicts
    }
    if arguments.id not in known:
        close = get_close_matches(arguments.id[:MOST_CHARACTERS], list(known), n=1, cutoff=0)
        raise BadInput(f"no verdict {shown(arguments.id)}; the nearest is {close[0]}")
    sys.stdout.write("".join(f"{printable(line)}\n" for line in _explained(*known[arguments.id])))
    return proof.exit_code()


def _explained(verdict: Verdict, case: "Case") -> list[str]:
    from clover.controls.catalogue import controls
    from clover.report.grounds import grounds
    from clover.report.text import counterexample

    example = verdict.counterexample
    control = controls()[verdict.control]
    return [
        f"{verdict.id}: {verdict.verdict.value}",
        f"promise: {verdict.promise}",
        f"control: {control.statement}",
        f"why: {verdict.reason}",
        *(f"counterexample: {line}" for line in (counterexample(example) if example else ())),
        *grounds(verdict, case),
        *(f"changeable by: {principal}" for principal in verdict.changeable_by),
        f"not declarable: {control.not_declarable}",
        f"basis: {verdict.basis.value}",
        *([f"declared at: {Place(verdict.where.file, verdict.where.line)}"] if verdict.where else []),
    ]
