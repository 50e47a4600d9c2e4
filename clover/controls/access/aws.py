"""The controls of approved employees on AWS."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from clover.controls.access.approvals import attested, closes, counts, missing, none_opens
from clover.controls.access.aws_break_glass import break_glass_is_bound
from clover.controls.access.aws_passing import CONTEXT, FACTOR, TICKET, Gate, works
from clover.controls.access.aws_standing import gates, nobody_stands_inside
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, nobody, requests
from clover.controls.case import Case, Question
from clover.controls.residency.aws_reading import (
    CLASS_TAG,
    known,
    partition,
    role_of,
    site_endpoints,
    stores,
)
from clover.controls.verdict import Answer, Outcome, proved, refuted, unknown
from clover.model.aws import policies
from clover.model.aws.policies import Document, Guarded
from clover.model.aws.principals import Principal
from clover.model.resources import value
from clover.sources import Unknown
from clover.sources.plain import as_object
from clover.zones.registers import Approval

PROVIDERS_WORD = (
    "that the identity provider lets in only who is approved, marks a session only with a ticket that is open and only"
    " after a second factor: a federated session carries no sign of the factor that AWS itself has seen"
)

_ASSUMING = ("sts:AssumeRole", "sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity")
_SHOWN = ("s3:GetObject", "s3:GetObjectTagging", "s3:GetObjectVersion", "s3:GetObjectVersionTagging")
_NAMED = ("s3:ListBucket", "s3:ListBucketVersions")


def approved_access_ends(case: Case) -> Iterator[Answer]:
    """ACC-1: each gate opens to the approved provider, with a ticket, from the site's network, until the zone's day."""
    found, approvals = gates(case), case.zone.file.approved(case.site.name)
    if not found and not any(counts(case, approval) for approval in approvals):
        yield none_opens(case)
    for approval in approvals:
        if counts(case, approval) and _opened(case, approval) and not _gate_of(case, found, approval):
            yield missing(case, approval)
    for role in found:
        yield _decided(case, role, approvals)
    if found:
        yield from attested(PROVIDERS_WORD)


def _decided(case: Case, role: Principal, approvals: Sequence[Approval]) -> Answer:
    """Whether one role that stands where gates do is what an approval says."""
    unclear = next(_unclear(case), None)
    if unclear or isinstance(value(role.resource, "name"), Unknown):
        what = f"the class of {unclear}" if unclear else f"what {role.resource.name} is called"
        return unknown(f"{what} is not known, so not whether it is approved", resource=role.resource.urn)
    approval = next((each for each in approvals if _gate_of(case, [role], each)), None)
    return _gate(case, role, approval) if approval else _unapproved(role)


def _gate_of(case: Case, found: Sequence[Principal], approval: Approval) -> Principal | None:
    """The gate that an approval opens."""
    wanted = f"clover-{case.site.name}-access-{approval.name}"
    return next((role for role in found if value(role.resource, "name") == wanted), None)


def _opened(case: Case, approval: Approval) -> tuple[Guarded, ...]:
    """The stores of user data of the approved class."""
    of_users = (store for store in stores(case) if role_of(store.resource) == "user-data")
    return tuple(store for store in of_users if _class_of(store) == approval.data_class.value)


def _class_of(store: Guarded) -> Any:
    tags = value(store.resource, "tags")
    return tags if isinstance(tags, Unknown) else (as_object(tags) or {}).get(CLASS_TAG, "restricted")


def _unclear(case: Case) -> Iterator[str]:
    """The stores of which it is not known whether a gate opens them."""
    for store in stores(case):
        if isinstance(role_of(store.resource), Unknown) or isinstance(_class_of(store), Unknown):
            yield store.resource.name


def _unapproved(role: Principal) -> Answer:
    urn, name = role.resource.urn, value(role.resource, "name")
    example = {
        "kind": "property",
        "urn": urn,
        "property": "name",
        "value": name,
        "allowed": "a gate that the zone approves",
    }
    return refuted(f"{role.resource.name} opens, and no approval of the zone says so", example, resource=urn)


def _gate(case: Case, role: Principal, approval: Approval) -> Answer:
    """The first of the guarantees that does not hold, or that all do."""
    urn, doors = role.resource.urn, site_endpoints(case)
    provider = f"arn:{partition(case)}:iam::{case.site.account}:{approval.workforce}"
    gate = Gate(role, approval, provider, _opened(case, approval))
    open_ones = isinstance(role.arn, Unknown) or role.trust is None or not all(map(known, gate.opened))
    if open_ones or any(isinstance(door, Unknown) for door in doors):
        return unknown(f"whom {role.resource.name} trusts, or what it opens, is not known", resource=urn)
    answers = [*_entered(case, gate), *_beyond(case, gate, doors), *works(case, gate, doors)]
    failing = next((answer for answer in answers if answer.outcome is not Outcome.PROVED), None)
    if failing:
        return failing
    grounds = tuple(dict.fromkeys(ground for answer in answers for ground in answer.rests_on))
    given = tuple(sorted({each for answer in answers for each in answer.given}))
    told = f"{approval.workforce} reads {approval.data_class.value} data until {approval.until}, with a ticket"
    return proved(f"{told}, through {', '.join(doors)} only", resource=urn, rests_on=grounds, given=given)


def _entered(case: Case, gate: Gate) -> Iterator[Answer]:
    """Who becomes the role: nobody but the provider, and it not without ticket and factor, nor after the day."""
    met, urn, end = Policies(resource=gate.role.trust), gate.role.resource.urn, f"{closes(gate.approval)}Z"
    entering, tagging = Asked(_ASSUMING, [gate.role.arn]), Asked(["sts:TagSession"], [gate.role.arn])
    others = _but(requests([entering, tagging], {}), gate.provider)
    yield nobody(case, met, others, "only the provider opens it", urn)
    for condition, told in (
        ({"Null": {f"aws:RequestTag/{TICKET}": "true"}}, "never without a ticket"),
        ({"StringEquals": {f"aws:RequestTag/{TICKET}": ""}}, "never with an empty ticket"),
        ({"StringNotEquals": {f"aws:RequestTag/{FACTOR}": "true"}}, "never without a second factor"),
        ({"DateGreaterThanEquals": {"aws:CurrentTime": end}}, "never after its day"),
    ):
        yield nobody(case, met, _by(requests([entering], condition), gate.provider), told, urn)
    strange = {"ForAnyValue:StringNotEquals": {"aws:TagKeys": [TICKET, FACTOR]}}
    yield nobody(case, met, _by(requests([tagging], strange), gate.provider), "no other tag comes with it", urn)


def _but(question: Document, provider: str) -> Document:
    """The question of everybody but the provider."""
    return {
        **question,
        "Statement": [_of({"NotPrincipal": {"Federated": provider}}, each) for each in _asked(question)],
    }


def _by(question: Document, provider: str) -> Document:
    """The question of the provider alone."""
    return {**question, "Statement": [_of({"Principal": {"Federated": provider}}, each) for each in _asked(question)]}


def _asked(question: Document) -> Sequence[Mapping[str, Any]]:
    return policies.statements(question)


def _of(who: Mapping[str, Any], statement: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**{name: each for name, each in statement.items() if name != "Principal"}, **who}


def _beyond(case: Case, gate: Gate, doors: Sequence[str]) -> Iterator[Answer]:
    """What a session may not do: anything but the reads, other stores, without ticket, elsewhere, or after the day."""
    identity, urn, end = gate.role.identity, gate.role.resource.urn, f"{closes(gate.approval)}Z"
    itself = {"ArnEquals": {"aws:PrincipalArn": gate.role.arn}}
    for condition, told in (
        ({"Null": {f"aws:PrincipalTag/{TICKET}": "true"}}, "nothing without a ticket"),
        ({"StringEquals": {f"aws:PrincipalTag/{TICKET}": ""}}, "nothing with an empty ticket"),
        ({"DateGreaterThanEquals": {"aws:CurrentTime": end}}, "nothing after its day"),
    ):
        yield nobody(case, Policies(identity), _statements([_ANYTHING], {**itself, **condition}), told, urn)
    elsewhere = {**itself, "StringNotEquals": {"aws:SourceVpce": list(doors)}} if doors else itself
    yield nobody(case, Policies(identity), requests([Asked(["s3:*"], ["*"])], elsewhere), "nothing elsewhere", urn)
    yield nobody(case, Policies(identity), _besides(gate, itself), "nothing but reading the class's stores", urn)
    yield from _of_keys(case, gate, end)


def _of_keys(case: Case, gate: Gate, end: str) -> Iterator[Answer]:
    """What a session may not do with any key: use it without a ticket, after the day, or for another store."""
    itself, arns = {"ArnEquals": {"aws:PrincipalArn": gate.role.arn}}, [str(store.arn) for store in gate.opened]
    others = {CONTEXT: [each for arn in arns for each in (arn, f"{arn}/*")]}
    for key in policies.keys(case.resources):
        if isinstance(key.arn, Unknown):
            yield unknown(f"the ARN of {key.resource.name} is not known", resource=gate.role.resource.urn)
            continue
        for condition in (
            {"Null": {f"aws:PrincipalTag/{TICKET}": "true"}},
            {"StringEquals": {f"aws:PrincipalTag/{TICKET}": ""}},
            {"DateGreaterThanEquals": {"aws:CurrentTime": end}},
            {"StringNotLike": others} if arns else {},
        ):
            question = requests([Asked(["kms:*"], [key.arn])], {**itself, **condition})
            met, told = Policies(gate.role.identity, key.policy), "no key beyond the approval"
            yield nobody(case, met, question, told, gate.role.resource.urn)


_ALWAYS = "sts:GetCallerIdentity"
"""What AWS lets everybody do, whatever a policy says
(https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html)."""
_ANYTHING = {"NotAction": [_ALWAYS], "Resource": "*"}


def _statements(rows: Iterable[Mapping[str, Any]], condition: Mapping[str, Any]) -> Document:
    """A question of several statements, all of anybody under one condition."""
    found = [{"Effect": "Allow", "Principal": "*", **row, "Condition": condition} for row in rows]
    return {"Version": "2012-10-17", "Statement": found}


def _besides(gate: Gate, itself: Mapping[str, Any]) -> Document:
    """Every action that is no read of an approved store, and every read of anything else."""
    arns = [str(store.arn) for store in gate.opened]
    rows = (
        {"NotAction": [*_SHOWN, *_NAMED, "kms:Decrypt", _ALWAYS], "Resource": "*"},
        {"Action": list(_SHOWN), "NotResource": [f"{arn}/*" for arn in arns] or _NOTHING},
        {"Action": list(_NAMED), "NotResource": arns or _NOTHING},
    )
    return _statements(rows, itself)


_NOTHING = "arn:aws:s3:::none"
"""No bucket has so short a name with this purpose: a gate to no store may read none."""


QUESTIONS: Mapping[str, Question] = {
    "ACC-1": approved_access_ends,
    "ACC-2": nobody_stands_inside,
    "ACC-3": break_glass_is_bound,
}
"""Each control's question on whether it holds."""
