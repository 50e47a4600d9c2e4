"""What one comparison found, and what the findings come to together."""

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class Direction(StrEnum):
    """Where a change leads, said of the new side."""

    WIDENS = "widens"
    NARROWS = "narrows"
    NEUTRAL = "neutral"
    MIXED = "mixed"


class Finding(NamedTuple):
    """One difference in meaning. `witness` shows it: of a widening, what was impossible before and is possible after.

    A witness of the kind `unknown` names what is not known: the direction is mixed then, for it may be either. `holder`
    is the resource that says it, where that is not the one that it is about.
    """

    control: str
    resource: str | None
    before: str | None
    after: str | None
    direction: Direction
    witness: Mapping[str, Any] | None
    why: str
    holder: str | None = None

    @property
    def undecided(self) -> bool:
        """Whether nobody knows where this leads."""
        return self.witness is not None and self.witness.get("kind") == "unknown"

    @property
    def worsens(self) -> bool:
        """Whether something is known to widen, or to be worse than before."""
        return self.direction in (Direction.WIDENS, Direction.MIXED) and not self.undecided


def undecided(control: str, resource: str | None, what: str, before: str | None = None) -> Finding:
    """The finding where `what` is not known."""
    return Finding(control, resource, before, "unknown", Direction.MIXED, {"kind": "unknown", "what": what}, what)


def together(findings: Iterable[Finding]) -> Direction:
    """The direction of all findings; neutral ones do not count, and what is not known may lead anywhere."""
    found = {finding.direction for finding in findings} - {Direction.NEUTRAL}
    if not found:
        return Direction.NEUTRAL
    return found.pop() if len(found) == 1 else Direction.MIXED


def exit_code(findings: Iterable[Finding]) -> int:
    """0 nothing widens or worsens, 1 something does, 2 something is undecided and nothing widens."""
    known = list(findings)
    if any(finding.worsens for finding in known):
        return 1
    return 2 if any(finding.undecided for finding in known) else 0


def shown(value: Any) -> str | None:
    """A value in one short line; None where there is none."""
    if value is None:
        return None
    if isinstance(value, bool):
        return str(value).lower()
    line = value if isinstance(value, str) else json.dumps(value, sort_keys=True, default=str)
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}…"


LONGEST = 200
"""Characters of a value that a line shows."""
