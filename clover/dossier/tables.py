"""The controls as a table for spreadsheets."""

import csv
import io
from collections.abc import Iterable, Iterator

from clover.dossier.control_pages import AtSite, Claimed, ControlPage, Row
from clover.dossier.plain_text import cell, shown

CLAIM = ("verdict", "reason", "given", "fix")
COLUMNS = (
    "control",
    "stack",
    "basis",
    "id",
    "about",
    "declared",
    *(f"{claim}: {column}" for claim in ("holds", "tamper") for column in CLAIM),
)


def controls_csv(pages: Iterable[ControlPage]) -> bytes:
    """One row for each row of a control's page (RFC 4180); no cell is a formula."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for page in pages:
        for at in page.sites:
            rows.writerows(_row(page, at, row) for row in at.rows)
    return text.getvalue().encode("utf-8")


def _row(page: ControlPage, at: AtSite, row: Row) -> list[str]:
    return [
        cell(page.control.id),
        cell(at.site.name),
        at.site.proof.basis.value,
        cell(row.verdict_id),
        _joined(name for about in row.about for name in about.names),
        _joined(dict.fromkeys(about.declared_at for about in row.about)),
        *_claim(row.holds),
        *_claim(row.tamper),
    ]


def _claim(claimed: Claimed | None) -> Iterator[str]:
    """What the columns of a claim say; nothing where it was not decided."""
    if claimed is None:
        yield from ("",) * len(CLAIM)
        return
    yield claimed.verdict.verdict.value
    yield (
        f"only {', '.join(map(shown, claimed.parts))}"
        if claimed.parts and claimed.changing
        else _joined(claimed.reasons)
    )
    yield _joined(claimed.verdict.given)
    yield cell(claimed.verdict.fix or "")


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(cell(text) for text in texts if text)
