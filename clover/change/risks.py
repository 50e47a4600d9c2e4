"""Operations that cannot be taken back, or that touch what guards the rest: they are named first."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from clover.change.classes import types
from clover.change.finding import Finding
from clover.change.pairing import Pair, Sides
from clover.change.presence import replaced
from clover.sources import Resource

AUDITOR = ":index:AuditorAccess"
TRUST = ("AUD-3", "GRD-8")


class Risk(NamedTuple):
    """One risky operation: what is done, to what."""

    operation: str
    urn: str


def risks(sides: Sides, findings: Iterable[Finding]) -> Iterator[Risk]:
    """Stores, keys, evidence, guardrails and the auditor's access that go or are made anew, and every change of trust.

    Trust is who is let in, who writes the guardrails, and what they bind no longer.
    """
    deployed = any(resource.custom and resource.settled for resource in sides.after.all)
    for pair in sides.pairs:
        operation = _operation(pair, deployed)
        what = _what(pair.one) if operation else None
        if operation and what:
            yield Risk(f"{operation} {what}", pair.urn)
    bound = {pair.urn for pair in sides.pairs if _is_guardrail(pair.one) and pair.after}
    for finding in findings:
        if not finding.worsens or finding.resource is None:
            continue
        if finding.control in TRUST:
            yield Risk("change who is trusted by", finding.resource)
        elif finding.resource in bound:
            yield Risk("loosen the guardrail", finding.resource)


def _operation(pair: Pair, deployed: bool) -> str | None:
    if pair.one.custom and pair.after is None:
        return "delete"
    return "replace" if pair.one.custom and replaced(pair, deployed) else None


def _what(resource: Resource) -> str | None:
    """What about the resource makes it risky to lose; None where nothing does."""
    kind = types().get(resource.type)
    if kind and kind.kind in ("store", "key"):
        return f"the {kind.kind}"
    if kind and kind.evidence:
        return "the record"
    if kind and kind.guardrail:
        return "the guardrail"
    if AUDITOR in resource.urn or (kind and kind.auditor):
        return "the auditor's access"
    return None


def _is_guardrail(resource: Resource) -> bool:
    kind = types().get(resource.type)
    return kind is not None and kind.guardrail
