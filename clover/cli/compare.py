"""`clover compare`: how two policy documents stand to each other, one JSON line per pair, as they are read."""

from collections.abc import Callable
from functools import cache
from typing import Any

from clover.cli import batches
from clover.logic.aws import Malformed, Policies, decide, read_policies, read_request
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
    sides = _side(existing), _side(new)

    def says(request: Request, beside: bool) -> tuple[bool, bool]:
        read = read_request(request)
        before, after = (decide(read, side(read.resource_account if beside else None)) for side in sides)
        return before.decision == "allow", after.decision == "allow"

    return says


def _side(document: object) -> Callable[[str | None], Policies]:
    """The policies of a document by itself for None, or beside another side that allows everything.

    The other side of a document that names principals is an identity policy; else it is a policy of the resource, owned
    by the account given, that leaves the decision to the account, as key policies and trust policies do.
    """

    @cache
    def policies(account: str | None) -> Policies:
        if names_principals(document):
            other: dict[str, object] = {"identity": [{"Statement": EVERYTHING}]}
            return read_policies({"resource": document, **(other if account else {})})
        other = {"resource": {"Statement": {**EVERYTHING, "Principal": {"AWS": account}}}}
        return read_policies({"identity": [document], **(other if account else {})})

    return policies
