"""Verdicts compared: what was proved and is not any more, what leans on more, and what lost a second cover."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from clover.change.finding import Direction, Finding, undecided
from clover.controls.proof import Proof
from clover.controls.verdict import Claim, Outcome, Verdict

WORST_FIRST = tuple(Outcome)
"""The outcomes as they are declared: the worst first."""


class Key(NamedTuple):
    """A claim about a resource, or about the whole of what is deployed; of the organisation's stack for each cloud."""

    control: str
    claim: Claim
    about: str | None
    part: str


class Renames(NamedTuple):
    """The new URN of each old one, and the URNs whose statements were only rewritten."""

    urns: Mapping[str, str]
    rewritten: frozenset[str]
    there: frozenset[str]

    @property
    def both(self) -> frozenset[str]:
        """What is there on both sides, by the new URNs: only of this can a proof lose or win a cover."""
        return frozenset(self.urns.values())

    def of(self, urn: str) -> str:
        """The URN as it is after the change."""
        return self.urns.get(urn, urn)


def verdict_findings(before: Proof, after: Proof, renames: Renames) -> Iterator[Finding]:
    """Every claim whose outcome, givens or grounds changed."""
    old = _by_claim(before.verdicts, renames)
    new = _by_claim(after.verdicts, Renames({}, frozenset(), frozenset()))
    for key in dict.fromkeys((*old, *new)):
        if key in old and key in new:
            yield from _changed(key, old[key], new[key], renames)
        elif key in new:
            yield from _came(key, new[key], old)
        else:
            yield from _went(key, old[key], new, renames)


def _by_claim(verdicts: Iterable[Verdict], renames: Renames) -> dict[Key, Verdict]:
    """The worst verdict of each claim on each resource."""
    found: dict[Key, Verdict] = {}
    for verdict in sorted(verdicts, key=lambda each: _weakness(each.verdict), reverse=True):
        about = None if verdict.resource is None else renames.of(verdict.resource)
        part = verdict.id.partition("@")[2].partition("~")[0] if about is None else ""
        found.setdefault(Key(verdict.control, verdict.claim, about, part), verdict)
    return found


def _weakness(outcome: Outcome) -> int:
    return len(WORST_FIRST) - WORST_FIRST.index(outcome)


def _changed(key: Key, old: Verdict, new: Verdict, renames: Renames) -> Iterator[Finding]:
    control, about = key.control, key.about
    if old.verdict is new.verdict:
        if new.verdict is Outcome.PROVED:
            yield from _leaning(key, old, new)
            yield from _thinner(key, old, new, renames)
        return
    if new.verdict is Outcome.UNKNOWN:
        yield undecided(control, about, new.reason, _told(old))
    elif _weakness(new.verdict) > _weakness(old.verdict):
        witness = new.counterexample or _words(key, old.verdict.value, new.verdict.value)
        yield Finding(control, about, _told(old), _told(new), Direction.WIDENS, witness, new.reason)
    else:
        yield Finding(control, about, _told(old), _told(new), Direction.NARROWS, None, new.reason)


def _words(key: Key, before: str, after: str | None) -> Mapping[str, str | None]:
    """The witness of a claim that is worse and has no counterexample: what is said of it on either side."""
    return {"kind": "property", "urn": key.about, "property": key.control, "before": before, "after": after}


def _came(key: Key, new: Verdict, old: Mapping[Key, Verdict]) -> Iterator[Finding]:
    """A claim about something new; a tamper claim also comes with the first proof of what it is about."""
    control, claim, about, _ = key
    if claim is Claim.TAMPER and key._replace(claim=Claim.HOLDS) in old:
        return
    if new.verdict is Outcome.UNKNOWN:
        yield undecided(control, about, new.reason)
    elif new.verdict in (Outcome.REFUTED, Outcome.EXCEPTED):
        witness = new.counterexample or _words(key, "not asked", new.verdict.value)
        yield Finding(control, about, None, _told(new), Direction.WIDENS, witness, new.reason)


def _went(key: Key, old: Verdict, new: Mapping[Key, Verdict], renames: Renames) -> Iterator[Finding]:
    """A claim that is no longer made although its resource is there, as when a store no longer counts as evidence."""
    control, claim, about, _ = key
    if claim is Claim.TAMPER or key._replace(claim=Claim.HOLDS) in new:
        return
    if about in renames.there and old.verdict is Outcome.PROVED:
        told = f"{control} is no longer asked of {str(about).rpartition('::')[2]}"
        yield Finding(control, about, _told(old), None, Direction.WIDENS, _words(key, "proved", None), told)
    elif old.verdict is Outcome.REFUTED:
        yield Finding(control, about, _told(old), None, Direction.NARROWS, None, "what failed is gone")


def _leaning(key: Key, old: Verdict, new: Verdict) -> Iterator[Finding]:
    """Givens that the proof needs now and did not need before."""
    control, about = key.control, key.about
    more = sorted(set(new.given) - set(old.given))
    fewer = sorted(set(old.given) - set(new.given))
    if more:
        why = f"the proof now leans on {', '.join(more)}"
        yield Finding(control, about, _told(old), _told(new), Direction.NEUTRAL, None, why)
    elif fewer:
        why = f"the proof no longer leans on {', '.join(fewer)}"
        yield Finding(control, about, _told(old), _told(new), Direction.NEUTRAL, None, why)


def _thinner(key: Key, old: Verdict, new: Verdict, renames: Renames) -> Iterator[Finding]:
    """Grounds that the proof lost, or won, without others in their place: nothing opened, but a cover is gone."""
    control, about = key.control, key.about
    before, after = _grounds(old, renames), _grounds(new, renames)
    for lost, told, kept in (
        (before - after, "rests on less", after < before),
        (after - before, "more", before < after),
    ):
        if kept:
            named = ", ".join(sorted(f"{statement} of {urn.rpartition('::')[2]}" for urn, statement in lost))
            why = f"the proof no longer rests on {named}" if told != "more" else f"the proof also rests on {named}"
            counts = (f"proved on {len(before)} grounds", f"proved on {len(after)} grounds")
            yield Finding(control, about, *counts, Direction.NEUTRAL, None, why)


def _grounds(verdict: Verdict, renames: Renames) -> frozenset[tuple[str, str]]:
    """What a proof rests on; a rewritten policy is one ground, however its statements are cut."""
    found = ((renames.of(ground.urn), ground.statement) for ground in verdict.rests_on)
    found = ((urn, statement) for urn, statement in found if urn in renames.both or not urn.startswith("urn:"))
    return frozenset((urn, "its policy" if urn in renames.rewritten else statement) for urn, statement in found)


def _told(verdict: Verdict) -> str:
    """An outcome in words, with the claim where it is the second one and the givens where there are some."""
    given = f" given {', '.join(sorted(verdict.given))}" if verdict.given else ""
    claim = " (tamper)" if verdict.claim is Claim.TAMPER else ""
    return f"{verdict.verdict.value}{given}{claim}"
