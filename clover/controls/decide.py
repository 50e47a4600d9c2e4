"""Decide every control for every site of the world."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, partial

import msgspec

from clover.controls import tamper
from clover.controls.case import Case, Question
from clover.controls.catalogue import Control, controls
from clover.controls.evidence.keepers import in_a_vault, keepers
from clover.controls.exceptions import Register
from clover.controls.handed import leaning
from clover.controls.proof import SiteProof
from clover.controls.questions import questions
from clover.controls.sites import PREFIXES
from clover.controls.verdict import Answer, Claim, Outcome, Verdict, Where, unknown
from clover.sources import World
from clover.zones.registers import Given
from clover.zones.vocabulary import StackKind

Told = Callable[[int, int, str], None]
"""Hears how many of how many controls are decided, and which is next."""


def silently(_done: int, _whole: int, _next: str) -> None:
    """Hear, and say nothing."""


def decide(case: Case, world: World, told: Told = silently) -> SiteProof:
    """Ask every control of the site's cloud its question, and whether anybody untrusted can change the answer.

    Of a stack that another hand runs, the same is asked of each part. Where the auditor signed what its stack declares
    and nobody read that, all is asked without it and with it, so that what leans on the signature says so.
    """
    proof = _proof(case, world, told)
    if case.handed is None or not case.handed.parts:
        return proof
    return leaning(case.handed, proof, _proof(case.beside(case.handed.parts), world, told))


def _proof(case: Case, world: World, told: Told) -> SiteProof:
    """The verdicts on a case, or on the parts of it, with what is known of the givens and the hands."""
    parts = case.parts or (case,)
    found = (verdict for part in parts for verdict in _decided(part, world, Register(part), told))
    return SiteProof(
        stack=case.stack,
        basis=case.basis,
        verdicts=tuple(_named(found)),
        attested={given.id: given.attested_on for part in parts for given in _counting(part)},
        weak=case.weak,
        missing=missing(case),
    )


def _counting(case: Case) -> Iterator[Given]:
    """The givens that a proof of the case may rest on: its own, and those of the other hands' parts."""
    for each in (case, *case.others):
        yield from each.givens.values()


def missing(case: Case) -> tuple[str, ...]:
    """The hands whose stacks a proof of the site leans on and that were not read.

    That of second copies leans on the auditor's, which keeps their records; another hand's leans on none.
    """
    if case.standing:
        kept = any(in_a_vault(part) and not keepers(part) for part in case.parts)
        return (StackKind.AUDITOR.value,) if kept else ()
    needed = [StackKind.AUDITOR] if case.zone.file.auditor.vault(case.site.name) else []
    needed += [StackKind.BACKUPS] if case.zone.file.copies(case.site.name) else []
    needed += [StackKind.ORGANISATION] if _has_organisation(case) else []
    known = {case.hand, *(part.hand for part in case.others)}
    return tuple(hand.value for hand in needed if hand not in known)


def _has_organisation(case: Case) -> bool:
    """Whether the zone names an organisation on the case's cloud; backends and second copies stand below none."""
    return case.hand not in (StackKind.BACKEND, StackKind.BACKUPS) and any(
        each.cloud is case.site.cloud for each in case.zone.file.organisations
    )


def _decided(case: Case, world: World, register: Register, told: Told) -> Iterator[Verdict]:
    """The verdicts on both claims of every control, in the catalogue's order."""
    tampering = cache(lambda: tamper.tampering(case))
    known = questions(case.site.cloud, case.hand)
    asked = {each: known[each] for each in known if _is_asked(case, controls()[each])}
    for done, (control, question) in enumerate(asked.items()):
        told(done, len(asked), f"{case.stack}: {control}")
        answers = tuple(_guarded(_asked(question, case))) or (unknown(f"{case.stack} declares {NOTHING}", fix=REMEDY),)
        answers = answers if _declares(case) else tuple(map(partial(_of_nothing, case), answers))
        for answer in answers:
            yield register.apply(_verdict(case, world, control, Claim.HOLDS, answer))
        for answer in _guarded(_tampered(tampering, control, answers)):
            yield register.apply(_verdict(case, world, control, Claim.TAMPER, answer))


def _is_asked(case: Case, control: Control) -> bool:
    """Whether a control is asked of a stack of its hand's: it may leave the auditor's workspaces out."""
    return control.workspaces or not case.is_workspace


NOTHING = "nothing that this control is about, so nothing says whether it holds"
REMEDY = "Declare what the control is about, or prove the stack that does."
LATER = " Or prove the state after the update."


def _declares(case: Case) -> bool:
    """Whether the stack has any resource of the site's cloud."""
    return any(resource.type.startswith(PREFIXES[case.site.cloud]) for resource in case.resources.all)


def _of_nothing(case: Case, answer: Answer) -> Answer:
    """The answer for a stack without a resource of the site's cloud: no proof follows from what is not there."""
    if answer.outcome is not Outcome.PROVED:
        return answer
    return unknown(
        f"{case.stack} declares no resource on {case.site.cloud.value}", resource=answer.resource, fix=REMEDY
    )


def _asked(question: Question, case: Case) -> Iterator[Answer]:
    """The question's answers, asked when the first is wanted: a question may throw before it answers anything."""
    yield from question(case)


def _tampered(tampering: Callable[[], tamper.Tampering], control: str, holding: Sequence[Answer]) -> Iterator[Answer]:
    """The tamper claims of a control's answers."""
    yield from tampering().answers(control, holding)


def _guarded(found: Iterator[Answer]) -> Iterator[Answer]:
    """The answers; a rule that throws has not been answered, whatever it said before."""
    try:
        yield from found
    except ValueError as error:  # such as a policy that the cloud could not have accepted
        yield unknown(f"what is declared cannot be judged: {error}")
    except Exception as error:  # noqa: BLE001 (whatever goes wrong in a rule, the claim is not proved)
        yield unknown(f"the rule failed: {type(error).__name__}: {error}")


def _verdict(case: Case, world: World, control: str, claim: Claim, answer: Answer) -> Verdict:
    known = controls()[control]
    place = world.where(answer.resource) if answer.resource else None
    return Verdict(
        id=_identifier(case, control, claim, answer),
        control=control,
        claim=claim,
        promise=known.promise,
        resource=answer.resource,
        verdict=answer.outcome,
        basis=case.basis,
        given=answer.given,
        rests_on=answer.rests_on,
        changeable_by=answer.changeable_by,
        reason=answer.reason,
        counterexample=answer.counterexample,
        where=Where(place.file, place.line) if place else None,
        fix=answer.fix or _mending(case, known, answer),
    )


def _mending(case: Case, control: Control, answer: Answer) -> str | None:
    """What mends a verdict: for what a plan is still to make, the state after the update may, too."""
    if answer.outcome not in (Outcome.REFUTED, Outcome.UNKNOWN):
        return None
    about = case.resources.by_urn.get(answer.resource or "")
    open_yet = answer.outcome is Outcome.UNKNOWN and about is not None and not about.settled
    return f"{control.fix_on(case.site.cloud)}{LATER if open_yet else ''}"


def _identifier(case: Case, control: str, claim: Claim, answer: Answer) -> str:
    """A name that stays the same as long as the resource does: control, claim, stack, resource."""
    about = f"/{answer.resource.rpartition('::')[2]}" if answer.resource else ""
    return f"{control}.{claim.value}@{case.stack}{about}"


def _named(verdicts: Iterable[Verdict]) -> Iterator[Verdict]:
    """The verdicts with ids that are unique: a second one of the same name is numbered."""
    seen: dict[str, int] = {}
    for verdict in verdicts:
        number = seen[verdict.id] = seen.get(verdict.id, 0) + 1
        yield verdict if number == 1 else msgspec.structs.replace(verdict, id=f"{verdict.id}~{number}")
