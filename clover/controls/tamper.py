"""The tamper claim: whoever can change what a proof rests on lies in the trusted base."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache as cached
from typing import Any, Protocol

import msgspec

from clover.controls.aws_callers import partition
from clover.controls.case import Case
from clover.controls.operator.aws_changes import Change, Changes
from clover.controls.operator.azure_changes import Tampering as OnAzure
from clover.controls.questions import questions
from clover.controls.verdict import Answer, Outcome, proved, refuted, unknown
from clover.zones.vocabulary import Cloud, StackKind

FREE = "no policy of the organisation binds any more"
"""What is so once an account has left its organisation."""


class Tampering(Protocol):
    """What a cloud says of the tamper claim of one site."""

    def answers(self, control: str, holding: Sequence[Answer]) -> Iterator[Answer]:
        """The tamper claim of each answer that is proved; a control without a cloud resource behind it has none."""
        ...


def tampering(case: Case) -> Tampering:
    """The tamper claim as the site's cloud decides it, with what a proof rests on in the stacks of other hands."""
    others = [part for part in case.others if part.site.cloud is case.site.cloud]
    return Joined(case, others) if others else _alone(case)


def _alone(case: Case) -> Tampering:
    """The tamper claim about one stack; what stands above every site, no site's own policies decide."""
    if case.hand is StackKind.ORGANISATION:
        return OfTheOrganisation(case)
    return OnAws(case) if case.site.cloud is Cloud.AWS else OnAzure(case)


class Joined:
    """The tamper claim of a site whose proofs rest on another hand's resources too: each hand's part is asked."""

    def __init__(self, case: Case, others: Sequence[Case]) -> None:
        """Take the cases; nothing is decided yet."""
        self._own = _alone(case)
        self._others = [(frozenset(part.resources.by_urn), self._of(case, part)) for part in others]

    @staticmethod
    def _of(case: Case, part: Case) -> Tampering:
        return OfTheOrganisation(case, part) if part.hand is StackKind.ORGANISATION else _alone(part)

    def answers(self, control: str, holding: Sequence[Answer]) -> Iterator[Answer]:
        """The tamper claim of each answer that is proved: the worst that one of the parts says."""
        for answer in holding:
            told = list(self._own.answers(control, [answer]))
            for urns, other in self._others:
                if any(ground.urn in urns for ground in answer.rests_on):
                    told += other.answers(control, [answer])
            if told:
                yield _together(told)


def _together(told: Sequence[Answer]) -> Answer:
    """The worst of several answers on one claim; the proofs as one, where all are."""
    worst = min(told, key=lambda answer: list(Outcome).index(answer.outcome))
    if worst.outcome is not Outcome.PROVED or len(told) == 1:
        return worst
    trusted = tuple(sorted({who for answer in told for who in answer.changeable_by}))
    return proved(
        f"only {', '.join(who.rpartition('/')[2] for who in trusted)} can change what it rests on",
        resource=worst.resource,
        rests_on=tuple(dict.fromkeys(ground for answer in told for ground in answer.rests_on)),
        given=tuple(sorted({given for answer in told for given in answer.given})),
        changeable_by=trusted,
    )


class OfTheOrganisation:
    """The tamper claim of what rests on the organisation's policies: whoever writes them, as GRD-8 answers that."""

    def __init__(self, case: Case, part: Case | None = None) -> None:
        """Take a site's case with the organisation's part, or the part alone; nothing is decided yet."""
        self._case, self._urns = case, frozenset((part or case).resources.by_urn)
        self._writers = cached(lambda: tuple(questions(case.site.cloud, case.hand)["GRD-8"](case)))

    def answers(self, control: str, holding: Sequence[Answer]) -> Iterator[Answer]:  # noqa: ARG002 (of every control the writers are the same)
        """The tamper claim of each answer that is proved by what the organisation's stack declares."""
        for answer in holding:
            if answer.outcome is Outcome.PROVED and any(ground.urn in self._urns for ground in answer.rests_on):
                yield from (msgspec.structs.replace(each, resource=answer.resource) for each in self._writers())


class OnAws:
    """The tamper claim of a site on AWS: what its policies, and those of the organisation, let somebody else change."""

    def __init__(self, case: Case) -> None:
        """Take the case; nothing is decided yet."""
        self._case, self._changes = case, Changes(case)

    def answers(self, control: str, holding: Sequence[Answer]) -> Iterator[Answer]:
        """The tamper claim of each answer that is proved; a control without a cloud resource behind it has none."""
        for answer in holding:
            if answer.outcome is Outcome.PROVED:
                found = _of(self._case, control, answer, self._changes)
                if found:
                    yield found


def _of(case: Case, control: str, answer: Answer, changes: Changes) -> Answer | None:
    known = case.resources.by_urn
    behind = [known[urn] for urn in dict.fromkeys(ground.urn for ground in answer.rests_on) if urn in known]
    alone = changes.stands_alone(control)
    adding = changes.adding(control)
    found = [adding] if adding else []
    found += [] if alone else [change for _, change in changes.of(behind)]
    for change in found:
        if not change.finding.empty:
            return _changed(answer, [change])
    unclear = None if alone else changes.unclear(behind)
    if unclear:
        return unknown(unclear, resource=answer.resource)
    return _freed(case, answer, changes, found) if found else None


def _freed(case: Case, answer: Answer, changes: Changes, found: Sequence[Change]) -> Answer:
    """The answer where nobody may call anything as things are: whether somebody becomes free to."""
    trusted, leaving = changes.becoming_trusted(), changes.leaving()
    if not trusted.finding.empty:
        return _changed(answer, [trusted, found[0]], case)
    grounds = tuple(sorted({ground for change in (*found, trusted) for ground in change.finding.grounds}))
    given = changes.givens_in(grounds)
    if given:
        grounds = tuple(sorted({*grounds, *leaving.finding.grounds}))
        if not leaving.finding.empty:
            return _left(answer, leaving, found[0], case)
    told = f"only {', '.join(_names(case))} can change what it rests on"
    return proved(
        told,
        resource=answer.resource,
        rests_on=grounds,
        given=changes.givens_in(grounds),
        changeable_by=tuple(sorted(case.trusted)),
    )


def _changed(answer: Answer, steps: Sequence[Change], case: Case | None = None) -> Answer:
    """Refuted with the calls that lead there; unknown where no call was found that shows it."""
    first = steps[0].finding
    if first.request is None:
        return unknown(str(first.undecided), resource=answer.resource)
    chain = [dict(first.request), *_as_trusted(steps[1:], case)]
    tells = "makes it one of the trusted base" if len(steps) > 1 else "changes what the control rests on"
    return refuted(
        f"{_told(first.request)}, which {tells}", {"kind": "chain", "requests": chain}, resource=answer.resource
    )


def _left(answer: Answer, leaving: Change, change: Change, case: Case) -> Answer:
    """Refuted: whoever takes the account out of the organisation is then stopped by none of its policies."""
    first = leaving.finding.request
    if first is None:
        return unknown(str(leaving.finding.undecided), resource=answer.resource)
    root = f"arn:{partition(case)}:iam::{case.site.account}:root"
    then = {**_place(case), "principal": root, "action": change.actions[0], "resource": change.about}
    chain = {
        "kind": "chain",
        "requests": [dict(first), {**then, "after": "no policy of the organisation binds any more"}],
    }
    told = f"{_told(first)}, after which none of the organisation's policies binds"
    return refuted(told, chain, resource=answer.resource)


def _told(request: Mapping[str, Any]) -> str:
    return f"{request['principal']} may call {request['action']} on {request['resource']}"


def _place(case: Case) -> dict[str, Any]:
    """What of a call in the site's account is the same for all."""
    here = {"aws:RequestedRegion": case.site.region, "aws:SecureTransport": "true"}
    return {"resource_account": case.site.account, "context": here}


def _as_trusted(steps: Sequence[Change], case: Case | None) -> Iterator[Mapping[str, Any]]:
    """The calls that whoever has become the deployer makes: take its role, then change the resource."""
    for change in steps if case else ():
        deployer, place = (case.deployer, _place(case)) if case else ("", {})
        yield {"principal": "the caller before", "action": "sts:AssumeRole", "resource": deployer, **place}
        yield {"principal": deployer, "action": change.actions[0], "resource": change.about, **place}


def _names(case: Case) -> list[str]:
    """The trusted base by the names of its roles."""
    return sorted(principal.rpartition("/")[2] for principal in case.trusted)
