"""`clover explain`: why one verdict is what it is."""

import json
import sys

from clover.cli.arguments import Parser
from clover.cli.prove import add_world, read_proof
from clover.controls.verdict import Verdict
from clover.errors import BadInput
from clover.zones.problems import nearest


def run(words: list[str]) -> int:
    """Print one verdict with the statements that decide it and its assumptions; exits as `clover prove` does."""
    parser = Parser(prog="clover explain", description="Show why a verdict is what it is.")
    add_world(parser)
    parser.add_argument("--id", required=True, help="the verdict's id, as `clover prove` prints it")
    arguments = parser.parse_args(words)
    proof = read_proof(arguments.files, arguments.zone, arguments.as_of)
    known = {verdict.id: verdict for verdict in proof.verdicts}
    if arguments.id not in known:
        raise BadInput(f"no verdict {arguments.id!r}; {nearest(arguments.id, known)}")
    sys.stdout.write(_explained(known[arguments.id]))
    return proof.exit_code()


def _explained(verdict: Verdict) -> str:
    from clover.controls.catalogue import controls
    from clover.report.text import counterexample

    control = controls()[verdict.control]
    lines = [
        f"{verdict.id}: {verdict.verdict.value}",
        f"promise: {verdict.promise}",
        f"control: {control.statement}",
        f"why: {verdict.reason}",
        *(
            f"counterexample: {line}"
            for line in counterexample(verdict.counterexample or {"kind": "chain", "requests": []})
        ),
        *(f"rests on: {ground.urn}: {ground.statement}" for ground in verdict.rests_on),
        *(f"given: {given}" for given in verdict.given),
        *(f"changeable by: {principal}" for principal in verdict.changeable_by),
        f"not declarable: {control.not_declarable}",
        f"basis: {verdict.basis.value}",
        *([f"declared at: {json.dumps(verdict.where.file)}:{verdict.where.line}"] if verdict.where else []),
    ]
    return "\n".join(lines) + "\n"
