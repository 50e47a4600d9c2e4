"""AWS policies compared by meaning: what each allows that the other did not, whatever way it is written."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from clover.change.aws_difference import ALLOW_ALL, ANY_IDENTITY, VERSION, Policies, denials, difference
from clover.change.finding import Direction, Finding, undecided
from clover.change.pairing import Sides
from clover.model.aws import policies
from clover.model.aws.policies import Document, Guarded, Held
from clover.model.aws.principals import Principal, roles
from clover.model.resources import Resources, value
from clover.sources import Resource, Unknown

Control = Callable[[Mapping[str, Any]], str]
"""Which control a request that makes the difference is of; asked with nothing where there is none to show."""


class Subject(NamedTuple):
    """One thing with the policies around it, and the questions that are asked about it."""

    resource: Resource
    policies: "Policies | Unknown"
    asked: Sequence[Document]
    holder: str | None = None


class Family(NamedTuple):
    """One kind of policies; `nothing` is what a thing on one side only is compared with, if with anything."""

    subjects: Callable[[Resources], Iterable[Subject]]
    control: Control
    nothing: Policies | None = None


def policy_findings(sides: Sides) -> Iterator[Finding]:
    """How the policies of each thing changed; a role is compared with nobody where it comes or goes."""
    account = _account(sides.after) or _account(sides.before) or DOCUMENTATION
    for family in FAMILIES:
        old = {_now(sides, each.resource): each for each in family.subjects(sides.before)}
        new = {each.resource.urn: each for each in family.subjects(sides.after)}
        for urn in dict.fromkeys((*old, *new)):
            yield from _compared(account, family, old.get(urn), new.get(urn))


DOCUMENTATION = "123456789012"
"""The account id that stands for the site's own where no provider is pinned to one."""


def _account(resources: Resources) -> str | None:
    """The AWS account that the stack's providers are pinned to."""
    return next((each for each in sorted(resources.accounts()) if each.isdecimal()), None)


def _now(sides: Sides, resource: Resource) -> str:
    return sides.renamed.get(resource.urn, resource.urn)


def _compared(account: str, family: Family, old: Subject | None, new: Subject | None) -> Iterator[Finding]:
    """How the policies of one thing changed."""
    subject = new or old
    before, after = (each.policies if each else family.nothing for each in (old, new))
    if subject is None or before is None or after is None:
        return
    name, urn = subject.resource.name, subject.resource.urn
    if isinstance(before, Unknown) or isinstance(after, Unknown):
        yield undecided(family.control({}), urn, f"the policy of {name} is not known")
        return
    if before == after:
        return
    found = difference(account, before, after, subject.asked)
    shown = found.added or found.removed
    if found.open:
        yield undecided(family.control({}), urn, f"how the policy of {name} changed is not decided: {found.open}")
    elif shown:
        witness = {"kind": "request", "request": shown, "policies": {"before": before, "after": after}}
        was, now = ("denied", "allowed") if found.added else ("allowed", "denied")
        why = f"{shown['principal']} may {'now' if found.added else 'no longer'} call {shown['action']} on {name}"
        direction = Direction.NARROWS
        if found.added:
            direction = Direction.MIXED if found.removed else Direction.WIDENS
        yield Finding(family.control(shown), urn, was, now, direction, witness, why, subject.holder)
    else:
        yield from _covers(family, subject, before, after)


def _covers(family: Family, subject: Subject, before: Policies, after: Policies) -> Iterator[Finding]:
    """What is denied once less, or once more, although it is denied anyhow: a second cover that goes or comes."""
    name, urn = subject.resource.name, subject.resource.urn
    found = denials(before, after)
    shown = found.removed or found.added
    if found.open:
        yield undecided(family.control({}), urn, f"what {name} denies is not decided: {found.open}")
    elif shown:
        told = "no longer denies by its own words" if found.removed else "now also denies by its own words"
        why = f"{name} {told} that {shown['principal']} calls {shown['action']}; nothing opens"
        was, now = ("denied twice", "denied once") if found.removed else ("denied once", "denied twice")
        yield Finding(family.control(shown), urn, was, now, Direction.NEUTRAL, None, why, subject.holder)


def _buckets(resources: Resources) -> Iterator[Subject]:
    for bucket in policies.buckets(resources, "aws"):
        arn = bucket.arn
        if isinstance(arn, Unknown):
            yield Subject(bucket.resource, arn, ())
            continue
        objects = f"{arn}/*"
        asked = [_question(["s3:GetObject"], [objects]), _question(["s3:*"], [arn, objects])]
        document = _document(bucket.policy, None)
        yield Subject(bucket.resource, _around("resource", document), asked, _holder(bucket.policy))


def _keys(resources: Resources) -> Iterator[Subject]:
    for key in policies.keys(resources):
        owner = {**ALLOW_ALL, "Principal": {"AWS": _account(resources) or DOCUMENTATION}}
        document = _document(key.policy, {"Version": VERSION, "Statement": [owner]})
        resource = key.arn if isinstance(key.arn, str) else "*"
        asked = [_question(["kms:Decrypt"], [resource]), _question(["kms:*"], [resource])]
        yield Subject(key.resource, _around("resource", document), asked, _holder(key.policy))


def _endpoints(resources: Resources) -> Iterator[Subject]:
    for endpoint in policies.endpoints(resources):
        document = _document(endpoint.policy, ENDPOINT_DEFAULT)
        asked = [_question([f"{_service(endpoint)}:*"], ["*"]), _question(["*"], ["*"])]
        yield Subject(endpoint.resource, _around("vpc_endpoint", document), asked)


def _service(endpoint: Guarded) -> str:
    """The service that an endpoint leads to, as actions name it."""
    name = value(endpoint.resource, "serviceName")
    return name.rpartition(".")[2] if isinstance(name, str) else "s3"


def _trusts(resources: Resources) -> Iterator[Subject]:
    for role in roles(resources):
        arn = role.arn if isinstance(role.arn, str) else "*"
        asked = [_question(["sts:AssumeRole"], [arn]), _question(["sts:*"], [arn])]
        yield Subject(role.resource, _around("resource", _document(role.trust, NOBODY)), asked)


def _permissions(resources: Resources) -> Iterator[Subject]:
    for role in roles(resources):
        asked = [_question(["*"], ["*"], _as_role(role))]
        unknown = next((each.document for each in role.identity if isinstance(each.document, Unknown)), None)
        documents = [each.document for each in role.identity]
        yield Subject(role.resource, {"identity": documents} if unknown is None else unknown, asked)


def _as_role(role: Principal) -> dict[str, Any]:
    """The condition that the role itself calls."""
    return {"ArnEquals": {"aws:PrincipalArn": role.arn}} if isinstance(role.arn, str) else {}


def _holder(policy: Held | None) -> str | None:
    return policy.origin if policy else None


def _document(held: Held | None, default: Document | None) -> "Document | Unknown | None":
    return held.document if held else default


def _around(kind: str, document: "Document | Unknown | None") -> "Policies | Unknown":
    """The document where it is held, beside identity policies that allow everything."""
    if document is None:
        return {"identity": [ANY_IDENTITY]}
    if isinstance(document, Unknown):
        return document
    return {"identity": [ANY_IDENTITY], kind: [document] if kind == "vpc_endpoint" else document}


def _question(actions: list[str], resources: list[str], condition: Mapping[str, Any] | None = None) -> Document:
    held = {"Condition": condition} if condition else {}
    one = {"Effect": "Allow", "Principal": "*", "Action": actions, "Resource": resources, **held}
    return {"Version": VERSION, "Statement": [one]}


def _always(control: str) -> Control:
    """The same control whatever the request."""

    def of(_: Mapping[str, Any]) -> str:
        return control

    return of


def _of_store(request: Mapping[str, Any]) -> str:
    return "RES-3" if _from_outside(request) else "RES-P1"


def _of_key(request: Mapping[str, Any]) -> str:
    if _from_outside(request):
        return "KEY-3"
    return "KEY-4" if str(request.get("action", USE[0])).lower().startswith(USE) else "KEY-5"


USE = ("kms:decrypt", "kms:encrypt", "kms:generatedatakey", "kms:reencrypt", "kms:sign", "kms:verify", "kms:derive")
"""How actions begin that use a key."""


def _from_outside(request: Mapping[str, Any]) -> bool:
    """Whether who calls is of no account, or of another than the resource."""
    return bool(request) and f":{request['resource_account']}:" not in str(request["principal"])


ENDPOINT_DEFAULT: Document = {"Version": VERSION, "Statement": [{**ALLOW_ALL, "Principal": "*"}]}
"""What AWS gives an endpoint without a policy of its own."""
NOBODY: Document = {"Version": VERSION, "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "sts:*"}]}
"""The trust of a role that does not exist."""

FAMILIES = (
    Family(_buckets, _of_store),
    Family(_keys, _of_key),
    Family(_endpoints, _always("NET-4")),
    Family(_trusts, _always("AUD-3"), {"identity": [ANY_IDENTITY], "resource": NOBODY}),
    Family(_permissions, _always("AUD-2"), {"identity": []}),
)
