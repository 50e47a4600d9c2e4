"""The auditor's controls on AWS."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from clover.controls.aws_callers import partition
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, allowed, nobody, requests
from clover.controls.case import Case, Question
from clover.controls.residency.aws_reading import AUDITOR_PATH, BECOMING, data_actions, data_of, role_of, stores
from clover.controls.verdict import Answer, Outcome, refuted, unknown
from clover.model.aws import policies
from clover.model.aws.policies import Guarded, Held
from clover.model.aws.principals import Principal, roles
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.tables import read_table
from clover.zones.vocabulary import Cloud


class Auditor(NamedTuple):
    """Whom the zone names as the auditor on the site's cloud, and what its machine sends."""

    person: str
    machine: str
    external_id: str
    network: str


_ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
_KEY_OF_A_STORE = "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId"


def auditor(case: Case) -> Auditor:
    """The auditor of the site's zone, as ARNs; the network is the first address of the first range.

    No external id is sent where the auditor is at home.
    """
    known = case.zone.file.auditor
    region = case.zone.file.region(case.site.cloud, case.site.region)
    found = next(each for each in known.principals if each.cloud is Cloud.AWS)
    prefix = f"arn:{region.partition if region else 'aws'}:iam::{found.account}:"
    sent = next((pairing.external_id for pairing in known.pairings if pairing.site == case.site.name), "")
    address = known.networks[0].partition("/")[0]
    return Auditor(f"{prefix}{found.person}", f"{prefix}{found.machine}", sent, address)


def auditor_roles(case: Case) -> list[Principal]:
    """The auditor's roles that the stack declares."""
    return [role for role in roles(case.resources) if value(role.resource, "path") == AUDITOR_PATH]


@cache
def reads() -> Mapping[str, Mapping[str, Any]]:
    """How each control resource is read; see auditor_reads.yaml."""
    path = Path(policies.__file__).with_name("auditor_reads.yaml")
    return read_table(path)


def reads_every_control(case: Case) -> Iterator[Answer]:
    """AUD-1: each of the auditor's roles is allowed to read every control resource, and the evidence."""
    found = auditor_roles(case)
    if not found:
        example = {"kind": "property", "urn": case.stack, "property": "roles", "value": None, "allowed": AUDITOR_PATH}
        yield refuted("the stack declares no role of the auditor", example)
    for role in found:
        yield from _reads(case, role)


def _reads(case: Case, role: Principal) -> Iterator[Answer]:
    """The first read of the role that is denied, or that is not known; else that every one is allowed."""
    if not isinstance(role.arn, str):
        yield unknown(f"the ARN of {role.resource.name} is not known", resource=role.resource.urn)
        return
    entered = _enters(case, role, role.arn)
    if entered.outcome is not Outcome.PROVED:
        yield entered
        return
    last_answer: Answer | None = None
    waiting: list[str] = []
    for read in _required_reads(case):
        if not isinstance(read.about, str):
            waiting.append(read.resource.name)
            continue
        request = _request(case, role.arn, read.action, read.about)
        request["context"] |= read.context
        last_answer = allowed(case, _met(role, read.policy), request, role.resource.urn)
        if last_answer.outcome is not Outcome.PROVED:
            break
    if waiting and (last_answer is None or last_answer.outcome is Outcome.PROVED):
        told = ", ".join(dict.fromkeys(waiting))
        last_answer = unknown(f"the ARN of {told} is not known", resource=role.resource.urn)
    yield last_answer or unknown("no control resource is known yet", resource=role.resource.urn)


def _enters(case: Case, role: Principal, arn: str) -> Answer:
    """Whether the auditor's person, with a second factor, or its machine, with the id, becomes the role at all."""
    known, machine = auditor(case), "machine" in role.resource.name
    request = _request(case, known.machine if machine else known.person, "sts:AssumeRole", arn)
    shown = {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60"}
    request["context"] |= {"sts:ExternalId": known.external_id} if machine else shown
    return allowed(case, Policies(resource=role.trust), request, role.resource.urn)


def _met(role: Principal, held: Held | None) -> Policies:
    """The policies that a request of the role meets, of its own and of what it is about."""
    return Policies(identity=role.identity, resource=held, boundary=role.boundary)


class Read(NamedTuple):
    """A read that the auditor has to be allowed: the action, the ARN that it is about, and that thing's policy."""

    action: str
    about: Any
    resource: Resource
    policy: Held | None
    context: Mapping[str, str] = MappingProxyType({})


def _required_reads(case: Case) -> Iterator[Read]:
    """Every read that the auditor has to be allowed."""
    guarded = (*stores(case), *policies.keys(case.resources))
    guards = {each.arn: each.policy for each in guarded if isinstance(each.arn, str)}
    arns = {each.resource.urn: each.arn for each in guarded}  # a store's follows from its name, before it exists
    for kind, row in reads().items():
        for resource in case.resources.of(kind):
            own = arns.get(resource.urn) if row["about"] == "arn" else None
            arn = "*" if row["about"] == "*" else own or value(resource, row["about"])
            policy = guards.get(arn) if isinstance(arn, str) else None
            yield from (Read(action, arn, resource, policy) for action in row["actions"])
    for store in stores(case):
        if role_of(store.resource) == "evidence":
            record = f"{store.arn}/AWSLogs/{case.site.account}/record" if isinstance(store.arn, str) else store.arn
            yield Read("s3:GetObject", record, store.resource, store.policy)
            yield from _opened(case, store, guards)


def _opened(case: Case, store: Guarded, guards: Mapping[Any, Held | None]) -> Iterator[Read]:
    """That a record is decrypted through the store: what was delivered to it, and what a trail wrote there."""
    settings = case.resources.having(_ENCRYPTION, "bucket", value(store.resource, "bucket"))
    key = value(settings, _KEY_OF_A_STORE) if settings else None
    suffix = "amazonaws.eu" if partition(case) == "aws-eusc" else "amazonaws.com"
    through = {"kms:ViaService": f"s3.{case.site.region}.{suffix}", "kms:CallerAccount": case.site.account}
    delivered = {"kms:EncryptionContext:aws:s3:arn": str(store.arn)}
    trails = [str(value(each, "arn")) for each in case.resources.of("aws:cloudtrail/trail:Trail")]
    for context in (delivered, *({"kms:EncryptionContext:aws:cloudtrail:arn": trail} for trail in trails)):
        if isinstance(key, str):
            yield Read("kms:Decrypt", key, store.resource, guards.get(key), {**through, **context})


def _request(case: Case, principal: str, action: str, resource: str) -> dict[str, Any]:
    context = {
        "aws:SecureTransport": "true",
        "aws:SourceIp": auditor(case).network,
        "aws:RequestedRegion": case.site.region,
        "s3:TlsVersion": "1.3",
    }
    return {
        "principal": principal,
        "action": action,
        "resource": resource,
        "resource_account": case.site.account,
        "context": context,
    }


def reads_no_user_data(case: Case) -> Iterator[Answer]:
    """AUD-2: no role of the auditor is allowed any request for user data, for its keys, or to share it."""
    found = data_actions()["kms"]
    for role in auditor_roles(case):
        if not isinstance(role.arn, str):
            yield unknown(f"the ARN of {role.resource.name} is not known", resource=role.resource.urn)
            continue
        for store in stores(case):
            if role_of(store.resource) != "evidence":
                told = f"{role.resource.name} reaches nothing of {store.resource.name}"
                yield _asked(case, role, store, data_of(str(store.arn), names=True), told)
        for key in policies.keys(case.resources):
            if not _serves_evidence(case, key.arn):
                told = f"{role.resource.name} does not use {key.resource.name}"
                yield _asked(case, role, key, [Asked([*found["use"], *found["share"]], [str(key.arn)])], told)


def _asked(case: Case, role: Principal, about: Guarded, asked: Sequence[Asked], told: str) -> Answer:
    """Whether the role is allowed any of the calls on a store or a key."""
    if not isinstance(about.arn, str):
        return unknown(f"the ARN of {about.resource.name} is not known", resource=role.resource.urn)
    question = requests(asked, {"ArnEquals": {"aws:PrincipalArn": role.arn}})
    return nobody(case, _met(role, about.policy), question, told, role.resource.urn)


def _serves_evidence(case: Case, arn: Any) -> bool:
    """Whether the key is that of an evidence store."""
    rule = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    evidence = {value(store.resource, "bucket") for store in stores(case) if role_of(store.resource) == "evidence"}
    path = "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId"
    return any(value(each, path) == arn and value(each, "bucket") in evidence for each in case.resources.of(rule))


def nobody_else_becomes_the_auditor(case: Case) -> Iterator[Answer]:
    """AUD-3: only the auditor's exact person, with a second factor, or exact machine, with the id, assumes a role."""
    known = auditor(case)
    for role in auditor_roles(case):
        if isinstance(role.arn, Unknown) or role.trust is None:
            yield unknown(f"the trust of {role.resource.name} is not known", resource=role.resource.urn)
            continue
        machine = "machine" in role.resource.name
        exact = known.machine if machine else known.person
        factor = {"StringNotEquals": {"sts:ExternalId": known.external_id}}
        factor = factor if machine else {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}
        asked = [Asked(BECOMING, [role.arn])]
        others = requests(asked, {"ArnNotEquals": {"aws:PrincipalArn": exact}})
        unproven = requests(asked, factor)
        question = {**others, "Statement": [*others["Statement"], *unproven["Statement"]]}
        told = f"only {exact} becomes {role.resource.name}, {'with the id' if machine else 'with a second factor'}"
        yield nobody(case, Policies(resource=role.trust), question, told, role.resource.urn)


QUESTIONS: Mapping[str, Question] = {
    "AUD-1": reads_every_control,
    "AUD-2": reads_no_user_data,
    "AUD-3": nobody_else_becomes_the_auditor,
}
"""Each control's question on whether it holds."""
