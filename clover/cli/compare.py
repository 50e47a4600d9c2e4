"""`clover compare`: how two policy documents stand to each other, one JSON line per pair, as they are read."""

from typing import Any

from clover.cli import batches
from clover.logic.aws import Malformed, evaluate
from clover.logic.aws_sets import Replay, Request, Undecided, compare, names_principals

EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def run(words: list[str]) -> int:
    """Answer every line of the batch on standard output; 0 when all were answered.

    Raises BadInput that names the first line without an answer, after the rest were answered.
    """
    description = "Say what a policy document allows that another does not."
    return batches.run(words, "compare", description, ("existing", "new"), _answer)


def _answer(record: dict[str, object]) -> dict[str, Any]:
    """The relation of one line's documents; raises Malformed, also for what no bound allows to decide."""
    existing, new = record["existing"], record["new"]
    try:
        return compare(existing, new, replay(existing, new))._asdict()
    except Undecided as error:
        raise Malformed(f"undecided: {error}") from error


def replay(existing: object, new: object) -> Replay:
    """What the plain evaluator says of a request, on each document."""

    def decide(request: Request, beside: bool) -> tuple[bool, bool]:
        return _allows(existing, request, beside), _allows(new, request, beside)

    return decide


def _allows(document: object, request: Request, beside: bool) -> bool:
    """Whether the document lets the request pass, by itself or beside another side that allows everything.

    The other side of a document that names principals is an identity policy; else it is a resource's policy that
    leaves the decision to the account, as key policies and trust policies do.
    """
    if names_principals(document):
        policies: dict[str, object] = {"resource": document}
        other: dict[str, object] = {"identity": [{"Statement": EVERYTHING}]}
    else:
        policies = {"identity": [document]}
        account = {"Principal": {"AWS": request["resource_account"]}}
        other = {"resource": {"Statement": {**EVERYTHING, **account}}}
    return evaluate(request, policies | (other if beside else {})).decision == "allow"
