"""A change as one comment on a pull request: it carries a mark, so that the next run finds and replaces it.

A comment holds 65,536 characters at most (https://github.com/orgs/community/discussions/27190): what is collapsed is
left out part by part until the rest fits, and the comment says so.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from clover.change.difference import Change
from clover.change.finding import Direction, Finding
from clover.change.text import name_of, summary, title_of, word_of
from clover.printable import printable
from clover.report.text import counterexample, headline

LIMIT = 65_536
ROOM = 400
"""Characters kept for the line that says what was left out."""

MARK = "<!-- clover-diff -->"
LONGEST_CELL = 300
LONGEST_WITNESS = 4_000
MOST_ROWS = 60
NOTHING = "&mdash;"

_MARKUP = re.compile(r"[\\`*_{}\[\]<>|~&]")
_LINK = re.compile(r"@(?=\w)|(?<!&)#(?=\w)|:(?=//)|www(?=\.)", re.IGNORECASE)
NO_SPACE = "&#8203;"


class Part(NamedTuple):
    """A collapsed part of the comment."""

    title: str
    body: str

    @property
    def text(self) -> str:
        """The part as the comment holds it."""
        return f"<details><summary>{self.title}</summary>\n\n{self.body}\n</details>\n"


def markdown(change: Change) -> str:
    """The comment for one stack."""
    return comment([change])


def comment(changes: Sequence[Change]) -> str:
    """One comment for the stacks, shorter than a comment may be; one line where nothing changes in meaning."""
    head = [MARK, *(_headline(change) for change in changes)]
    head += [line for change in changes for line in _open(change, titled=len(changes) > 1)]
    parts = [part for change in changes for part in _parts(change)]
    return _fitted("\n".join(head) + "\n", parts)


def _fitted(head: str, parts: Sequence[Part]) -> str:
    """The head and as many parts as fit; what is left out is counted."""
    text, left = head, 0
    for part in parts:
        if len(text) + len(part.text) + ROOM <= LIMIT:
            text += f"\n{part.text}"
        else:
            left += 1
    if left:
        gone = f"{left} collapsed part{'s' if left > 1 else ''}"
        text += f"\n_{gone} left out: a comment is limited to {LIMIT:,} characters; run `clover diff` for all of it._\n"
    return text


def _headline(change: Change) -> str:
    """The stack's verdict in one line."""
    figures = f" — {escaped(headline(change.site))}" if change.site else ""
    return f"- **{escaped(change.stack)}**: {escaped(summary(change))}{figures}"


def _open(change: Change, *, titled: bool) -> Iterator[str]:
    """What is shown without a click: risky operations, then what changed in posture."""
    rows = [each for each in change.findings if each.worsens or each.undecided or each.direction is Direction.NARROWS]
    if titled and (rows or change.risks):
        yield f"\n### {escaped(change.stack)}"
    if change.risks:
        yield "\n**Risky operations**\n"
        yield from (f"- {escaped(risk.operation)} {code(name_of(risk.urn))}" for risk in change.risks[:MOST_ROWS])
        yield from _more(len(change.risks))
    if rows:
        yield "\n| | control | resource | before | after | why |\n|---|---|---|---|---|---|"
        yield from (_row(each) for each in rows[:MOST_ROWS])
        yield from _more(len(rows))


def _more(count: int) -> Iterator[str]:
    if count > MOST_ROWS:
        yield f"\n_and {count - MOST_ROWS} more_"


def _row(finding: Finding) -> str:
    control = f"{escaped(finding.control)} {escaped(title_of(finding))}"
    cells = (finding.before or NOTHING, finding.after or NOTHING, finding.why)
    told = " | ".join(cell if cell == NOTHING else escaped(cell) for cell in cells)
    return f"| {word_of(finding)} | {control} | {code(name_of(finding.resource))} | {told} |"


def _parts(change: Change) -> Iterator[Part]:
    """The details, what widens first."""
    for finding in change.findings:
        if finding.worsens and finding.witness:
            about = f"{finding.control}, {name_of(finding.resource)}"
            yield Part(f"{escaped(change.stack)}: {escaped(about)}: the witness", _fenced(_witness(finding)))
    neutral = [finding for finding in change.findings if finding.direction is Direction.NEUTRAL]
    if neutral:
        lines = (f"- {escaped(each.control)} {code(name_of(each.resource))}: {escaped(each.why)}" for each in neutral)
        yield Part(f"{escaped(change.stack)}: nothing opened, but proofs rest on other things", "\n".join(lines) + "\n")


def _witness(finding: Finding) -> str:
    """A witness in lines, without the policies around it."""
    witness = {name: held for name, held in (finding.witness or {}).items() if name not in ("policies", "settings")}
    if witness["kind"] in ("chain", "path") or (witness["kind"] == "request" and "resource" in witness["request"]):
        return "\n".join(map(printable, counterexample(witness)))
    return json.dumps(witness, indent=2, sort_keys=True)


def _fenced(text: str) -> str:
    """Text in a fence that nothing in it can close."""
    short = text if len(text) <= LONGEST_WITNESS else f"{text[:LONGEST_WITNESS]}…"
    longest = max((len(run) for run in re.findall(r"`+", short)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{short}\n{fence}\n"


def escaped(text: str) -> str:
    """Text that stays text: no markup, no mention, no link, no line of its own, nothing that hides or turns it around.

    Markup goes by entities. What a renderer looks for in finished text (mentions, numbers of issues, addresses) goes by
    a space without width.
    """
    plain = printable(" ".join(text.split()))
    short = plain if len(plain) <= LONGEST_CELL else f"{plain[: LONGEST_CELL - 1]}…"
    return _LINK.sub(rf"\g<0>{NO_SPACE}", _MARKUP.sub(lambda found: f"&#{ord(found[0])};", short))


def code(text: str) -> str:
    """A name in the type of code, in HTML so that no character of it is markup."""
    return f"<code>{escaped(text)}</code>"
