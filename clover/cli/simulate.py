"""`clover simulate`: decide single AWS requests, one JSON line each, as they are read."""

from typing import Any

from clover.cli import batches
from clover.logic.aws import evaluate


def run(words: list[str]) -> int:
    """Answer every line of the batch on standard output; 0 when all were answered.

    Raises BadInput that names the first line without an answer, after the rest were answered.
    """
    description = "Decide single AWS requests against given policies."
    return batches.run(words, "simulate", description, ("request", "policies"), _answer)


def _answer(record: dict[str, object]) -> dict[str, Any]:
    """The decision on one line; raises Malformed."""
    decision = evaluate(record["request"], record["policies"])
    return {"decision": decision.decision, "because": decision.because}
