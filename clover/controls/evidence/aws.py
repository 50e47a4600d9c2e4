"""The evidence controls on AWS."""

from collections.abc import Iterator, Mapping

from clover.controls.case import Case, Question
from clover.controls.evidence.readers import only_the_auditor_reads
from clover.controls.evidence.records import traffic
from clover.controls.evidence.retention import locked
from clover.controls.evidence.trail import calls
from clover.controls.verdict import Answer


def on_record(case: Case) -> Iterator[Answer]:
    """EVD-1: calls, flows, firewall decisions and look-ups end in the evidence."""
    yield from calls(case)
    yield from traffic(case)


QUESTIONS: Mapping[str, Question] = {"EVD-1": on_record, "EVD-2": locked, "EVD-3": only_the_auditor_reads}
"""Each control's question on whether it holds."""
