"""The auditor's attestation: that they proved a dossier again, from the plan and from readings of the live cloud."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import msgspec

from clover.controls.proof import Proof, ProvedSubject, SiteProof
from clover.controls.verdict import Claim, Outcome, Verdict
from clover.dossier.layout import STATEMENT, canonical, digest
from clover.dossier.site_facts import WORST, worst
from clover.dossier.statement import Attestation, Reading, Statement, attestation
from clover.errors import BadInput


def readings(
    paths: Sequence[Path], beside: Sequence[Path], declared: Proof, zone: str | None, day: date
) -> tuple[Reading, ...]:
    """The live readings, proved like the plan; BadInput where one is no reading, or contradicts the plan.

    `beside` are the declared stacks of the other hands: what a site sends to their vaults is proved with them alone.
    """
    from clover.controls.run import prove
    from clover.sources import read_world

    if not paths:
        return ()
    world = read_world(paths)
    plain = next((one for one in world.subjects if not one.observed), None)
    if plain:
        raise BadInput(f"{plain.source} is no live reading: clover audit SITE --out DIR makes one")
    whole = read_world([*paths, *beside])
    proof = prove(whole, zone, day)
    known = {subject.site: site for subject, site in zip(declared.subjects, declared.sites, strict=True)}
    found = zip(whole.subjects, proof.subjects, proof.sites, strict=True)
    return tuple(_agreeing(subject, site, known) for one, subject, site in found if one.observed)


def _agreeing(subject: ProvedSubject, seen: SiteProof, known: Mapping[str | None, SiteProof]) -> Reading:
    declared = known.get(subject.site)
    if declared is None:
        raise BadInput(f"{subject.source} is a reading of {subject.site}, which the dossier is not about")
    weaker: list[str] = []
    for verdict in _worse(declared, seen):
        if verdict.verdict in CONTRADICTING:
            told = f"{verdict.control} ({verdict.claim.value}) is {verdict.verdict.value}: {verdict.reason}"
            raise BadInput(f"nothing is attested: live, at {subject.site}, {told}")
        weaker.append(f"{verdict.control}.{verdict.claim.value}: {verdict.verdict.value}")
    return Reading(
        site=str(subject.site),
        digest=subject.digest,
        basis=seen.basis.value,
        summary={one.value: sum(each.verdict is one for each in seen.verdicts) for one in WORST},
        weaker=tuple(weaker),
    )


CONTRADICTING = frozenset({Outcome.REFUTED, Outcome.UNKNOWN, Outcome.EXCEPTED})
"""Outcomes of a reading beside which nobody can say that it came to the same."""


def _worse(declared: SiteProof, seen: SiteProof) -> Iterator[Verdict]:
    """The worst live verdict of each claim that stands worse than planned; one that is not answered is unknown."""
    live = _by_claim(seen)
    for (control, claim), expected in _by_claim(declared).items():
        found = live.get((control, claim), [])
        if found and WORST.index(worst(found)) < WORST.index(worst(expected)):
            yield min(found, key=lambda each: WORST.index(each.verdict))
        if not found and claim is Claim.HOLDS:
            yield msgspec.structs.replace(expected[0], verdict=Outcome.UNKNOWN, reason="nothing was seen of it")


def _by_claim(proof: SiteProof) -> Mapping[tuple[str, Claim], list[Verdict]]:
    found: dict[tuple[str, Claim], list[Verdict]] = {}
    for verdict in proof.verdicts:
        found.setdefault((verdict.control, verdict.claim), []).append(verdict)
    return found


def attested(content: bytes, seen: tuple[Reading, ...]) -> bytes:
    """What the auditor signs of the statement in `content`."""
    statement = msgspec.json.decode(content, type=Statement)
    return canonical(msgspec.to_builtins(attestation(statement, STATEMENT, digest(content), seen)))


def read_attestation(payload: bytes | None, statement: Statement, content: bytes) -> Attestation | None:
    """The attestation in a payload, when it is of this statement and says of it what it has to; else None."""
    try:
        found = msgspec.json.decode(payload or b"", type=Attestation)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    about = {site.site for site in statement.predicate.sites}
    seen = found.predicate.readings
    expected = canonical(msgspec.to_builtins(attestation(statement, STATEMENT, digest(content), seen)))
    return found if expected == payload and {one.site for one in seen} <= about else None
