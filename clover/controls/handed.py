"""What the auditor signed of its own stack: it stands in where nobody read that, and proofs name it as a given."""

from datetime import date
from hashlib import sha256

import msgspec

from clover.controls.case import Case, Handed
from clover.controls.hands import cases_of, parts
from clover.controls.proof import SiteProof
from clover.controls.verdict import Basis, Outcome, Verdict
from clover.errors import BadInput, Place
from clover.sources.auditor_stack import read_handed_over
from clover.zones.attestation import Attestations, AuditorStack, UnsignedError, opened_stack, overlay_file
from clover.zones.vocabulary import StackKind
from clover.zones.zone import Zone

STATES = "What the auditor's own stack declares, as the auditor signed it."


def handed(case: Case, lent: Attestations) -> Handed | None:
    """What the auditor signed of its stack of the case's zone; None where it signed nothing.

    In place of nothing stands what a lab's auditor `lent`. BadInput for what stands in its place and is not that.
    """
    signed = case.attestations if case.attestations.stack else lent
    if signed.stack is None:
        return None
    lab, named = case.basis is Basis.LAB or signed is lent, _document(case, signed)
    stack = _opened(case.zone, signed, lab, Place(named))
    world = read_handed_over(stack, Place(named))
    subject, auditor = world.subjects[0], case.zone.file.auditor
    read = parts(StackKind.AUDITOR, subject.stack, world.of(subject), case.zone)
    return Handed(
        id=f"A-STACK-{subject.stack}",
        kind=StackKind.AUDITOR,
        states=STATES,
        scope=tuple(vault.site for vault in auditor.vaults),
        document=named,
        sha256=sha256(signed.stack).hexdigest(),
        attested_by=auditor.party,
        attested_on=stack.attested_on,
        valid_until=stack.valid_until,
        parts=cases_of(read, case.zone, case.basis, case.day) if _counts(stack, lab, case.day) else (),
        lab=lab,
    )


def _document(case: Case, signed: Attestations) -> str:
    """Where the envelope lies: in the zone's own folder, or with the lab."""
    within = case.zone.file.auditor.signed_stack
    if within and signed == case.zone.attestations:
        return f"{case.zone.name}/{within}"
    return str(overlay_file(case.zone.name))


def _opened(zone: Zone, signed: Attestations, lab: bool, place: Place) -> AuditorStack:
    """What is in the envelope; BadInput where the auditor did not sign it, or not for this zone."""
    try:
        stack = opened_stack(signed.stack or b"", signed.key or "")
    except UnsignedError as error:
        raise BadInput(f"stands for the auditor's signed stack, and is none: {error}", place) from None
    except ImportError:
        raise BadInput("cannot be checked: `cryptography` is not installed", place) from None
    if stack.zone != zone.name:
        raise BadInput(f"is the auditor's stack of zone {stack.zone}, not of {zone.name}", place)
    if stack.lab and not lab:
        raise BadInput("is the auditor's stack of a lab, which is evidence of nothing", place)
    return stack


def _counts(stack: AuditorStack, lab: bool, day: date) -> bool:
    """Whether the signature counts on the day; the lab's auditor signs on whichever day it deploys."""
    return (stack.attested_on <= day or lab) and day <= stack.valid_until


def leaning(signed: Handed, alone: SiteProof, beside: SiteProof) -> SiteProof:
    """The proof of a site beside what was signed; what is not said without it names it as a given.

    The hand stays missing: nobody read its stack. Beside what a lab's auditor signed, the proof is a lab's.
    """
    known = {verdict.id: verdict for verdict in alone.verdicts}
    return msgspec.structs.replace(
        beside,
        basis=Basis.LAB if signed.lab else beside.basis,
        verdicts=tuple(each if known.get(each.id) == each else _given(signed, each) for each in beside.verdicts),
        attested={**beside.attested, signed.id: signed.attested_on},
        missing=alone.missing,
    )


def _given(signed: Handed, verdict: Verdict) -> Verdict:
    told = f"{verdict.reason}, given {signed.id}" if verdict.verdict is Outcome.REFUTED else verdict.reason
    basis = Basis.LAB if signed.lab else verdict.basis
    return msgspec.structs.replace(verdict, reason=told, given=(*verdict.given, signed.id), basis=basis)
