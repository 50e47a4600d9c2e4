"""What the auditor signed of its own stack: it stands in where nobody read that, and proofs name it as a given."""

from hashlib import sha256

import msgspec

from clover.controls.case import Case, Handed
from clover.controls.hands import cases_of, parts
from clover.controls.proof import SiteProof
from clover.controls.verdict import Basis, Outcome, Verdict
from clover.errors import BadInput, Place
from clover.sources.auditor_stack import read_handed_over
from clover.zones.attestation import AuditorStack, UnsignedError, opened_stack, overlay_file
from clover.zones.vocabulary import StackKind

STATES = "What the auditor's own stack declares, as the auditor signed it."


def handed(case: Case) -> Handed | None:
    """What the auditor signed of its stack of the case's zone; None where it signed nothing.

    BadInput for what stands in its place and is not that.
    """
    envelope = case.attestations.stack
    if envelope is None:
        return None
    named = _document(case)
    stack = _opened(case, envelope, Place(named))
    world = read_handed_over(stack, Place(named))
    subject, auditor = world.subjects[0], case.zone.file.auditor
    read = parts(StackKind.AUDITOR, subject.stack, world.of(subject), case.zone)
    return Handed(
        id=f"A-STACK-{subject.stack}",
        kind=StackKind.AUDITOR,
        states=STATES,
        scope=tuple(vault.site for vault in auditor.vaults),
        document=named,
        sha256=sha256(envelope).hexdigest(),
        attested_by=auditor.party,
        attested_on=stack.attested_on,
        valid_until=stack.valid_until,
        parts=cases_of(read, case.zone, case.basis, case.day) if _counts(case, stack) else (),
    )


def _document(case: Case) -> str:
    """Where the envelope lies: in the zone's own folder, or with the lab."""
    signed = case.zone.file.auditor.signed_stack
    if signed and case.attestations == case.zone.attestations:
        return f"{case.zone.name}/{signed}"
    return str(overlay_file(case.zone.name))


def _opened(case: Case, envelope: bytes, place: Place) -> AuditorStack:
    """What is in the envelope; BadInput where the auditor did not sign it, or not for this zone."""
    try:
        stack = opened_stack(envelope, case.attestations.key or "")
    except UnsignedError as error:
        raise BadInput(f"stands for the auditor's signed stack, and is none: {error}", place) from None
    except ImportError:
        raise BadInput("cannot be checked: `cryptography` is not installed", place) from None
    if stack.zone != case.zone.name:
        raise BadInput(f"is the auditor's stack of zone {stack.zone}, not of {case.zone.name}", place)
    if stack.lab and case.basis is not Basis.LAB:
        raise BadInput("is the auditor's stack of a lab, which is evidence of nothing", place)
    return stack


def _counts(case: Case, stack: AuditorStack) -> bool:
    """Whether the signature counts on the day; the lab's auditor signs on whichever day it deploys."""
    return (stack.attested_on <= case.day or case.basis is Basis.LAB) and case.day <= stack.valid_until


def leaning(signed: Handed, alone: SiteProof, beside: SiteProof) -> SiteProof:
    """The proof of a site beside what was signed; what is not said without it names it as a given.

    The hand stays missing: nobody read its stack.
    """
    known = {verdict.id: verdict for verdict in alone.verdicts}
    return msgspec.structs.replace(
        beside,
        verdicts=tuple(each if known.get(each.id) == each else _given(signed, each) for each in beside.verdicts),
        attested={**beside.attested, signed.id: signed.attested_on},
        missing=alone.missing,
    )


def _given(signed: Handed, verdict: Verdict) -> Verdict:
    told = f"{verdict.reason}, given {signed.id}" if verdict.verdict is Outcome.REFUTED else verdict.reason
    return msgspec.structs.replace(verdict, reason=told, given=(*verdict.given, signed.id))
