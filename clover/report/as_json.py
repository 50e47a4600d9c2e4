"""Verdicts for programs: `clover.verdicts/1`, whose JSON Schema lies in schema/verdicts.schema.json."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from clover.controls.proof import Proof, ProvedSubject
from clover.controls.verdict import Outcome, Verdict


class Summary(Struct, frozen=True, kw_only=True):
    """How many verdicts there are of each kind; nothing but `proved` counts as proved."""

    proved: int
    refuted: int
    unknown: int
    assumed: int
    excepted: int
    disclosed: int
    proved_outright: Annotated[int, Meta(description="Proofs that need nothing but what is declared.")]
    proved_given: Annotated[int, Meta(description="Proofs that lean on givens as well.")]


class VerdictDocument(Struct, frozen=True, kw_only=True):
    """What `clover prove --format json` prints."""

    schema: Literal["clover.verdicts/1"]
    subjects: tuple[ProvedSubject, ...]
    verdicts: tuple[Verdict, ...]
    summary: Summary


def document(proof: Proof) -> VerdictDocument:
    """The verdicts with their figures."""
    verdicts = proof.verdicts
    proofs = [verdict for verdict in verdicts if verdict.verdict is Outcome.PROVED]
    outright = sum(not verdict.given for verdict in proofs)
    counts = {outcome.value: sum(verdict.verdict is outcome for verdict in verdicts) for outcome in Outcome}
    summary = Summary(**counts, proved_outright=outright, proved_given=len(proofs) - outright)
    return VerdictDocument(schema="clover.verdicts/1", subjects=proof.subjects, verdicts=verdicts, summary=summary)


def as_json(proof: Proof) -> str:
    """The verdicts as JSON text, byte for byte the same for the same input."""
    return msgspec.json.format(msgspec.json.encode(document(proof)), indent=2).decode() + "\n"
