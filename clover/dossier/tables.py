"""The controls as a table for spreadsheets."""

import csv
import io
from collections.abc import Iterable

from clover.controls.catalogue import controls
from clover.controls.verdict import Verdict
from clover.dossier.plain_text import cell

COLUMNS = ("id", "control", "title", "claim", "verdict", "basis", "resource", "given", "declared", "reason", "fix")


def controls_csv(verdicts: Iterable[Verdict]) -> bytes:
    """One row a verdict (RFC 4180); no cell is a formula."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for verdict in verdicts:
        rows.writerow(cell(value) for value in _row(verdict))
    return text.getvalue().encode("utf-8")


def _row(verdict: Verdict) -> tuple[str, ...]:
    where = f"{verdict.where.file}:{verdict.where.line}" if verdict.where else ""
    return (
        verdict.id,
        verdict.control,
        controls()[verdict.control].title,
        verdict.claim.value,
        verdict.verdict.value,
        verdict.basis.value,
        verdict.resource or "",
        " ".join(verdict.given),
        where,
        verdict.reason,
        verdict.fix or "",
    )
