"""One page a control: what is asked, and at every site what was declared, proved of it, and what that rests on."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from clover.controls.catalogue import Control, controls
from clover.controls.verdict import Claim, Outcome, Verdict
from clover.dossier.grounds import Grounds, changed_by, changers, changing, grouped, last
from clover.dossier.history import History
from clover.dossier.site_facts import SiteFacts, worst

SHOWN_GROUNDS, SHOWN_BESIDE_OTHERS = 4, 2
"""Lines that a claim's grounds have, and names and statements in each, in a dossier of one stack and in one of several,
which is one file as well; all of them stand in verdicts.json."""


@dataclass(frozen=True)
class Claimed:
    """One claim as its page shows it, of one resource or of several that it is the same of.

    `shown` of its grounds stand on the page, and `more` counts the statements that are left to verdicts.json; `as_for`
    is what the row above is called that says the same of givens and grounds. Of a proof that nobody else can change it,
    `changing` says where both are told.
    """

    verdicts: tuple[Verdict, ...]
    grounds: tuple[Grounds, ...]
    shown: tuple[Grounds, ...]
    changers: tuple[str, ...]
    as_for: str | None = None
    changing: int | None = None

    @property
    def more(self) -> int:
        """How many statements are not shown."""
        return sum(map(len, self.grounds)) - sum(map(len, self.shown))

    @property
    def verdict(self) -> Verdict:
        """The first of them, which has all that they share."""
        return self.verdicts[0]

    @property
    def parts(self) -> tuple[str, ...]:
        """The changers by their part in the trusted base, where they have one."""
        return tuple(dict.fromkeys(changer.partition(" (")[0] for changer in self.changers))

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is said of them; what is said alike of several, each by its name, is said once of all of them."""
        alike: dict[tuple[str, ...], list[Verdict]] = {}
        for verdict in self.verdicts:
            alike.setdefault(_around_name(verdict), []).append(verdict)
        return tuple(dict.fromkeys(self._said(said, of) for said, of in alike.items()))

    def _said(self, said: tuple[str, ...], of: list[Verdict]) -> str:
        names = dict.fromkeys(last(verdict.resource or "") for verdict in of)
        if len(names) == 1:
            return of[0].reason
        whose = "them" if len(of) == len(self.verdicts) else ", ".join(names)
        return f"each of {whose}".join(said)


@dataclass(frozen=True)
class About:
    """Resources of one kind that one line declares, or the whole site; each name is the end of a verdict's id."""

    names: tuple[str, ...]
    kind: str
    declared_at: str


@dataclass(frozen=True)
class Row:
    """Both claims of all resources that the same is said of; either may be missing."""

    about: tuple[About, ...]
    holds: Claimed | None
    tamper: Claimed | None

    @property
    def verdict_id(self) -> str:
        """What `clover explain --id` takes; of several, their common begin."""
        claimed = self.holds or self.tamper
        ids = [verdict.id for verdict in claimed.verdicts] if claimed else [""]
        return ids[0] if len(ids) == 1 else f"{_begin(ids[0])}…"


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
    rows: tuple[Row, ...]
    past: tuple[Span, ...]


@dataclass(frozen=True)
class ControlPage:
    """A control at every site where it was decided."""

    control: Control
    sites: tuple[AtSite, ...]


def control_pages(sites: Sequence[SiteFacts], history: History, as_of: str) -> Iterator[ControlPage]:
    """The pages, in the catalogue's order."""
    shown = SHOWN_GROUNDS if len(sites) == 1 else SHOWN_BESIDE_OTHERS
    by_site = [(site, _Answers(site, shown)) for site in sites]
    for control in controls().values():
        found = [_at_site(each, control.id, history, as_of) for site, each in by_site if site.of(control.id)]
        if found:
            yield ControlPage(control, tuple(found))


def _at_site(answers: "_Answers", control: str, history: History, as_of: str) -> AtSite:
    site = answers.site
    outcome, past = worst(site.of(control)), list(history.of(site.name, control))
    spans = _spans([*past, (as_of, outcome.value)]) if past else ()
    return AtSite(site, outcome, tuple(_once(answers.rows(control))), tuple(spans))


def _spans(found: Sequence[tuple[str, str]]) -> Iterator[Span]:
    """Days and outcomes, those in a row that are the same as one."""
    for outcome, same in groupby(found, key=lambda each: each[1]):
        days = [day for day, _ in same]
        yield Span(days[0], days[-1], outcome)


def _once(rows: Iterable[Row]) -> Iterator[Row]:
    """The rows, where a claim whose grounds stand in a row above names that instead."""
    holding: dict[object, str] = {}
    tampering: dict[object, str] = {}
    for row in rows:
        holds, tamper = _referred(row.holds, row, holding), _referred(row.tamper, row, tampering)
        yield replace(row, holds=holds, tamper=tamper)


def _referred(claimed: Claimed | None, row: Row, known: dict[object, str]) -> Claimed | None:
    if claimed is None or not claimed.grounds:
        return claimed
    said = (claimed.verdict.given, claimed.grounds, claimed.changers)
    first = known.setdefault(said, row.verdict_id)
    return claimed if first == row.verdict_id else replace(claimed, as_for=first)


Pair = tuple[Verdict | None, Verdict | None]
"""What holds, and that nobody can change it."""


def _pairs(site: SiteFacts, control: str) -> Iterator[Pair]:
    """Both claims of each answer side by side, where it is plain which belong together; else below each other."""
    holding, tampering = site.of(control, Claim.HOLDS), list(site.of(control, Claim.TAMPER))
    proofs = Counter(each.resource for each in holding if each.verdict is Outcome.PROVED)
    others = Counter(each.resource for each in tampering)
    for verdict in holding:
        pairs = verdict.verdict is Outcome.PROVED and proofs[verdict.resource] == others[verdict.resource]
        partner = next((each for each in tampering if pairs and each.resource == verdict.resource), None)
        if partner:
            tampering.remove(partner)
        yield verdict, partner
    for verdict in tampering:
        yield None, verdict


def _same(pair: Pair) -> object:
    """What two answers have to share to stand in one row; what has a counterexample stands alone."""
    return tuple(one and _shared(one) for one in pair)


def _shared(verdict: Verdict) -> object:
    alone = verdict.id if verdict.counterexample else ""
    return alone, _begin(verdict.id), verdict.verdict, verdict.given, verdict.changeable_by, verdict.fix


def _around_name(verdict: Verdict) -> tuple[str, ...]:
    """What the verdict's reason says before, between and after the name of its resource."""
    name = last(verdict.resource) if verdict.resource else ""
    return tuple(re.split(rf"(?<![\w-]){re.escape(name)}(?![\w-])", verdict.reason)) if name else (verdict.reason,)


def _begin(identifier: str) -> str:
    """A verdict's id up to its resource's name, or up to the number of one that is about no resource."""
    control, at, rest = identifier.partition("@")
    place, slash, _ = rest.partition("/")
    return f"{control}{at}{place if slash else place.partition('~')[0]}{slash}"


def _declared_at(verdict: Verdict) -> str:
    where = verdict.where
    return f"{where.file}{f':{where.line}' if where.line else ''}" if where else ""


class _Answers:
    """A site's answers in rows."""

    def __init__(self, site: SiteFacts, shown: int) -> None:
        self.site, self._shown = site, shown
        self._numbers = {said: each.number for said, each in changing(site)}

    def rows(self, control: str) -> Iterator[Row]:
        """Those of a control, as one where they say the same of different resources."""
        found: dict[object, list[Pair]] = {}
        for pair in _pairs(self.site, control):
            found.setdefault(_same(pair), []).append(pair)
        for pairs in found.values():
            holding, tampering = ([one for one in claims if one] for claims in zip(*pairs, strict=True))
            about = tuple(self._about(holding or tampering))
            yield Row(about, self._claimed(holding), self._claimed(tampering))

    def _about(self, verdicts: Sequence[Verdict]) -> Iterator[About]:
        """What the verdicts are about, resources of one kind and line together."""
        case = self.site.case
        found: dict[tuple[str, str], dict[str, None]] = {}
        for verdict in verdicts:
            resource = case.resources.by_urn.get(verdict.resource or "")
            kind = resource.type.rpartition(":")[2] if resource else ""
            name = verdict.id.removeprefix(_begin(verdict.id)) if verdict.resource else case.site.title
            found.setdefault((kind, _declared_at(verdict)), {})[name] = None
        for (kind, declared_at), names in found.items():
            yield About(tuple(names), kind, declared_at)

    def _claimed(self, verdicts: Sequence[Verdict]) -> Claimed | None:
        if not verdicts:
            return None
        number = self._numbers.get(changed_by(verdicts[0]))
        rests = tuple(grouped(ground for verdict in verdicts for ground in verdict.rests_on))
        every = () if number else rests
        return Claimed(
            verdicts=tuple(verdicts),
            grounds=every,
            shown=tuple(each.first(self._shown) for each in every[: self._shown]),
            changers=changers(self.site, verdicts[0]),
            changing=number,
        )
