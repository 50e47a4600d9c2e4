"""One page a control: what is asked, and at every site what was declared, proved of it, and what that rests on."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from clover.controls.catalogue import Control, controls
from clover.controls.verdict import Claim, Outcome, Verdict
from clover.dossier.history import History
from clover.dossier.parties import trusted_entry
from clover.dossier.plain_text import cut
from clover.dossier.site_facts import SiteFacts, component_of, worst

SHOWN_GROUNDS = 10
"""Statements that a claim lists; all of them stand in verdicts.json."""

LONGEST_GROUND = 110
"""Characters of a statement that are shown."""

HIDDEN_INPUTS = frozenset({"declared_at", "site", "name", "key", "evidence", "recorded_by", "endpoints"})
"""Inputs of a component that say where it belongs, not what was chosen."""


@dataclass(frozen=True)
class Grounds:
    """Statements of one resource or given that a claim rests on."""

    name: str
    statements: tuple[str, ...]


@dataclass(frozen=True)
class Claimed:
    """One claim as its page shows it; `more` counts the statements that are left to verdicts.json.

    `as_for` is the id in the row above it that says the same of givens, grounds and changers.
    """

    verdict: Verdict
    grounds: tuple[Grounds, ...]
    more: int
    changers: tuple[str, ...]
    as_for: str | None = None


@dataclass(frozen=True)
class About:
    """A resource, or the whole site, with both claims; either may be missing."""

    name: str
    kind: str
    declared_at: str
    intent: tuple[str, ...]
    holds: Claimed | None
    tamper: Claimed | None

    @property
    def verdict_id(self) -> str:
        """What `clover explain --id` takes."""
        claimed = self.holds or self.tamper
        return claimed.verdict.id if claimed else ""


@dataclass(frozen=True)
class Span:
    """An outcome, and the days of the first and the last of the dossiers in a row that have it."""

    first: str
    last: str
    outcome: str


@dataclass(frozen=True)
class AtSite:
    """A control at one site; `past` is what the dossiers of the chain said, this one last, or nothing in the first."""

    site: SiteFacts
    outcome: Outcome
    rows: tuple[About, ...]
    past: tuple[Span, ...]


@dataclass(frozen=True)
class ControlPage:
    """A control at every site where it was decided."""

    control: Control
    sites: tuple[AtSite, ...]


def control_pages(sites: Sequence[SiteFacts], history: History, as_of: str) -> Iterator[ControlPage]:
    """The pages, in the catalogue's order."""
    for control in controls().values():
        decided = [site for site in sites if site.of(control.id)]
        if decided:
            yield ControlPage(control, tuple(_at_site(site, control.id, history, as_of) for site in decided))


def _at_site(site: SiteFacts, control: str, history: History, as_of: str) -> AtSite:
    outcome, past = worst(site.of(control)), list(history.of(site.name, control))
    spans = _spans([*past, (as_of, outcome.value)]) if past else ()
    return AtSite(site, outcome, tuple(_once(_rows(site, control))), tuple(spans))


def _spans(found: Sequence[tuple[str, str]]) -> Iterator[Span]:
    """Days and outcomes, those in a row that are the same as one."""
    for outcome, same in groupby(found, key=lambda each: each[1]):
        days = [day for day, _ in same]
        yield Span(days[0], days[-1], outcome)


def _once(rows: Iterator[About]) -> Iterator[About]:
    """The rows, where a claim whose grounds stand in a row above names that instead."""
    holding: dict[object, str] = {}
    tampering: dict[object, str] = {}
    for row in rows:
        holds, tamper = _referred(row.holds, row, holding), _referred(row.tamper, row, tampering)
        yield replace(row, holds=holds, tamper=tamper)


def _referred(claimed: Claimed | None, row: About, known: dict[object, str]) -> Claimed | None:
    if claimed is None or not claimed.grounds:
        return claimed
    said = (claimed.verdict.given, claimed.verdict.rests_on, claimed.changers)
    first = known.setdefault(said, row.verdict_id)
    return claimed if first == row.verdict_id else replace(claimed, as_for=first)


def _rows(site: SiteFacts, control: str) -> Iterator[About]:
    """Both claims of each answer side by side, where it is plain which belong together; else below each other."""
    holding, tampering = site.of(control, Claim.HOLDS), list(site.of(control, Claim.TAMPER))
    proofs = Counter(each.resource for each in holding if each.verdict is Outcome.PROVED)
    others = Counter(each.resource for each in tampering)
    for verdict in holding:
        pairs = verdict.verdict is Outcome.PROVED and proofs[verdict.resource] == others[verdict.resource]
        partner = next((each for each in tampering if pairs and each.resource == verdict.resource), None)
        if partner:
            tampering.remove(partner)
        yield _about(site, verdict, partner)
    for verdict in tampering:
        yield _about(site, None, verdict)


def _about(site: SiteFacts, holds: Verdict | None, tamper: Verdict | None) -> About:
    known = holds or tamper
    resource = site.case.resources.by_urn.get((known.resource if known else None) or "")
    component = component_of(site.case, resource.urn if resource else None)
    where = known.where if known else None
    return About(
        name=last(known.resource) if known and known.resource else site.case.site.title,
        kind=resource.type.rpartition(":")[2] if resource else "",
        declared_at=f"{where.file}{f':{where.line}' if where.line else ''}" if where else "",
        intent=tuple(_intent(component.inputs)) if component else (),
        holds=_claimed(site, holds) if holds else None,
        tamper=_claimed(site, tamper) if tamper else None,
    )


def _intent(inputs: Mapping[str, Any]) -> Iterator[str]:
    """What the component's owner chose, as far as it is plain text, numbers and switches."""
    for name, content in inputs.items():
        if name not in HIDDEN_INPUTS and isinstance(content, str | int | float | bool):
            yield f"{name}: {str(content).lower() if isinstance(content, bool) else content}"


def _claimed(site: SiteFacts, verdict: Verdict) -> Claimed:
    shown = verdict.rests_on[:SHOWN_GROUNDS]
    grouped: dict[str, list[str]] = {}
    for ground in shown:
        grouped.setdefault(last(ground.urn), []).append(cut(ground.statement, LONGEST_GROUND))
    return Claimed(
        verdict=verdict,
        grounds=tuple(Grounds(name, tuple(statements)) for name, statements in grouped.items()),
        more=len(verdict.rests_on) - len(shown),
        changers=tuple(_trusted(site, principal) for principal in verdict.changeable_by),
    )


def _trusted(site: SiteFacts, principal: str) -> str:
    """A principal with its part in the trusted base, such as `deployer (role/clover/deployer)`."""
    entry = trusted_entry(site, principal)
    return f"{entry.kind.value} ({entry.principal})" if entry else principal


def last(urn: str) -> str:
    """The last part of a URN: the resource's own name; a given's id stays as it is."""
    return urn.rpartition("::")[2] if urn.startswith("urn:pulumi:") else urn
