"""A change for a person at a terminal: risky operations, what widens and why, then one line for the whole."""

from collections.abc import Iterator

from clover.change.difference import Change
from clover.change.finding import Direction, Finding
from clover.controls.catalogue import controls
from clover.printable import printable
from clover.report.text import counterexample, headline


def text(change: Change) -> str:
    """One line when nothing changes in meaning; else a paragraph for each difference before it."""
    return "".join(f"{printable(line)}\n" for line in _lines(change))


def _lines(change: Change) -> Iterator[str]:
    for risk in change.risks:
        yield f"{change.stack}: risky: {risk.operation} {name_of(risk.urn)}"
    for finding in change.findings:
        yield from _paragraph(change.stack, finding)
    if change.site:
        yield headline(change.site)
    yield f"{change.stack}: {summary(change)}"


def summary(change: Change) -> str:
    """The direction, and how many differences there are of each kind."""
    if not change.findings:
        return "neutral: nothing changes in meaning"
    kinds = [word_of(finding) for finding in change.findings]
    return f"{change.direction.value}: {', '.join(f'{kinds.count(kind)} {kind}' for kind in dict.fromkeys(kinds))}"


def word_of(finding: Finding) -> str:
    """The direction in one word."""
    return "undecided" if finding.undecided else finding.direction.value


def name_of(urn: str | None) -> str:
    """The name at the end of a URN."""
    return "the site" if urn is None else urn.rpartition("::")[2]


def title_of(finding: Finding) -> str:
    """The control's title."""
    known = controls().get(finding.control)
    return known.title if known else finding.control


def _paragraph(stack: str, finding: Finding) -> Iterator[str]:
    about = f"{finding.control} {title_of(finding)}, {name_of(finding.resource)}"
    yield f"{stack}: {word_of(finding)}: {about}: {finding.why}"
    if finding.before != finding.after:
        yield f"    before: {finding.before or 'nothing'}; after: {finding.after or 'nothing'}"
    shows = finding.worsens or finding.direction is Direction.NARROWS
    if finding.witness and shows and finding.witness["kind"] in ("request", "chain", "path"):
        yield from (f"    {line}" for line in counterexample(finding.witness))
