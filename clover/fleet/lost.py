"""What is said of a stack that nobody could decide: nothing is known of it, control by control."""

from clover.controls.catalogue import Control, controls
from clover.controls.proof import ProvedSubject, SiteProof
from clover.controls.verdict import Basis, Claim, Outcome, Verdict
from clover.fleet.task import Decided
from clover.sources import Subject
from clover.zones.zone import Zone

REASON = "nobody decided it: every process that tried has died"


def undecided(subject: Subject, zone: Zone) -> Decided:
    """A stack whose every control is unknown."""
    basis = Basis.LAB if subject.lab else Basis.OBSERVED if subject.observed else Basis.DECLARED
    verdicts = tuple(_unknown(subject.stack, control, basis) for control in controls().values())
    about = ProvedSubject(
        project=subject.project,
        stack=subject.stack,
        site=subject.site,
        zone=zone.name,
        source=subject.source,
        digest=subject.digest,
    )
    proof = SiteProof(stack=subject.stack, basis=basis, verdicts=verdicts, attested={}, weak=(), missing=())
    return Decided(about, proof)


def _unknown(stack: str, control: Control, basis: Basis) -> Verdict:
    return Verdict(
        id=f"{control.id}.{Claim.HOLDS.value}@{stack}",
        control=control.id,
        claim=Claim.HOLDS,
        promise=control.promise,
        resource=None,
        verdict=Outcome.UNKNOWN,
        basis=basis,
        given=(),
        rests_on=(),
        changeable_by=(),
        reason=REASON,
        counterexample=None,
        where=None,
        fix="Prove the stack by itself, with more memory.",
    )
