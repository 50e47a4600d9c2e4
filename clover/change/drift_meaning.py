"""Which of all that changed in meaning follows from which thing."""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence

from clover.change.finding import Finding
from clover.controls.verdict import Verdict


class Meaning:
    """Findings by the thing that they follow from.

    A finding is a thing's where it is about it or speaks of it, or where what was proved before rested on it.
    """

    def __init__(self, findings: Sequence[Finding], before: Iterable[Verdict]) -> None:
        """Hold what changed, and the verdicts on what is declared."""
        self._findings = findings
        self._texts = [f"{finding.why} {json.dumps(finding.witness, default=str)}" for finding in findings]
        self._rested: dict[str, set[tuple[str, str | None]]] = defaultdict(set)
        for verdict in before:
            for ground in verdict.rests_on:
                self._rested[ground.urn].add((verdict.control, verdict.resource))

    def of(self, urn: str, identifier: str | None) -> tuple[Finding, ...]:
        """What follows from the thing of a URN, and of an id in its cloud."""
        pairs = zip(self._findings, self._texts, strict=True)
        return tuple(finding for finding, text in pairs if self._follows(finding, text, urn, identifier))

    def _follows(self, finding: Finding, text: str, urn: str, identifier: str | None) -> bool:
        if urn in (finding.resource, finding.holder) or urn in text:
            return True
        if identifier and len(identifier) > 8 and identifier in text:
            return True
        return (finding.control, finding.resource) in self._rested[urn]
