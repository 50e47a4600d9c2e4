"""The evidence controls on Azure."""

from collections.abc import Iterator, Mapping

from clover.controls.audit.azure import readers_of_evidence
from clover.controls.case import Case, Question
from clover.controls.evidence.azure_logs import readers_of_workspaces
from clover.controls.evidence.azure_records import on_record
from clover.controls.evidence.azure_retention import locked
from clover.controls.evidence.keepers import UNREAD, keepers
from clover.controls.verdict import Answer, unknown


def only_the_auditor_reads(case: Case) -> Iterator[Answer]:
    """EVD-3: one answer for each evidence store of the site or of its vault, and each workspace of logs."""
    if not keepers(case):
        yield unknown(f"who reads the vault is not known: {UNREAD}")
    for keeper in dict.fromkeys((case, *keepers(case))):
        yield from readers_of_evidence(keeper)
        yield from readers_of_workspaces(keeper)


QUESTIONS: Mapping[str, Question] = {"EVD-1": on_record, "EVD-2": locked, "EVD-3": only_the_auditor_reads}
"""Each control's question on whether it holds."""
