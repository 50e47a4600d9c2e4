"""The auditor's controls on AWS."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, allowed, nobody, requests
from clover.controls.case import Case
from clover.controls.residency.aws_reading import AUDITOR_PATH, BECOMING, data_actions, data_of, role_of, stores
from clover.controls.verdict import Answer, refuted, unknown
from clover.model.aws import policies
from clover.model.aws.policies import Held
from clover.model.aws.principals import Principal, roles
from clover.model.resources import value
from clover.sources import Unknown
from clover.tables import read_table
from clover.zones.vocabulary import Cloud


class Auditor(NamedTuple):
    """Whom the zone names as the auditor on the site's cloud, and what its machine sends."""

    person: str
    machine: str
    external_id: str
    network: str


def auditor(case: Case) -> Auditor:
    """The auditor of the site's zone, as ARNs; the network is the first address of the first range."""
    known = case.zone.file.auditor
    region = case.zone.file.region(case.site.cloud, case.site.region)
    found = next(each for each in known.principals if each.cloud is Cloud.AWS)
    prefix = f"arn:{region.partition if region else 'aws'}:iam::{found.account}:"
    sent = next(pairing.external_id for pairing in known.pairings if pairing.site == case.site.name)
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
    """The first read of the role that is denied, or that every one is allowed."""
    last_answer: Answer | None = None
    for action, resource, held in _required_reads(case):
        request = _request(case, role, action, resource)
        last_answer = allowed(case, _met(role, held), request, role.resource.urn)
        if last_answer.outcome.value != "proved":
            break
    if last_answer is None:
        yield unknown("no control resource is known yet", resource=role.resource.urn)
    else:
        yield last_answer


def _met(role: Principal, held: Held | None) -> Policies:
    """The policies that a request of the role meets, of its own and of what it is about."""
    return Policies(identity=role.identity, resource=held, boundary=role.boundary)


def _required_reads(case: Case) -> Iterator[tuple[str, str, Held | None]]:
    """Action, ARN and policy of every read that the auditor has to be allowed."""
    guards = {store.arn: store.policy for store in stores(case) if not isinstance(store.arn, Unknown)}
    guards |= {key.arn: key.policy for key in policies.keys(case.resources) if not isinstance(key.arn, Unknown)}
    for kind, row in reads().items():
        for resource in case.resources.of(kind):
            arn = "*" if row["about"] == "*" else value(resource, row["about"])
            if not isinstance(arn, Unknown):
                yield from ((action, arn, guards.get(arn)) for action in row["actions"])
    for store in stores(case):
        if role_of(store.resource) == "evidence" and not isinstance(store.arn, Unknown):
            yield "s3:GetObject", f"{store.arn}/AWSLogs/{case.site.account}/record", store.policy


def _request(case: Case, role: Principal, action: str, resource: str) -> dict[str, Any]:
    context = {
        "aws:SecureTransport": "true",
        "aws:SourceIp": auditor(case).network,
        "aws:RequestedRegion": case.site.region,
        "s3:TlsVersion": "1.3",
    }
    return {
        "principal": role.arn,
        "action": action,
        "resource": resource,
        "resource_account": case.site.account,
        "context": context,
    }


def reads_no_user_data(case: Case) -> Iterator[Answer]:
    """AUD-2: no role of the auditor is allowed any request for user data, for its keys, or to share it."""
    found = data_actions()["kms"]
    for role in auditor_roles(case):
        if isinstance(role.arn, Unknown):
            yield unknown(f"the ARN of {role.resource.name} is not known", resource=role.resource.urn)
            continue
        for store in stores(case):
            if role_of(store.resource) == "evidence" or isinstance(store.arn, Unknown):
                continue
            who = {"ArnEquals": {"aws:PrincipalArn": role.arn}}
            question = requests(data_of(store.arn, names=True), who)
            told = f"{role.resource.name} reaches nothing of {store.resource.name}"
            yield nobody(
                case, Policies(role.identity, store.policy, boundary=role.boundary), question, told, role.resource.urn
            )
        for key in policies.keys(case.resources):
            if isinstance(key.arn, Unknown) or _serves_evidence(case, key.arn):
                continue
            who = {"ArnEquals": {"aws:PrincipalArn": role.arn}}
            question = requests([Asked([*found["use"], *found["share"]], [key.arn])], who)
            told = f"{role.resource.name} does not use {key.resource.name}"
            yield nobody(
                case, Policies(role.identity, key.policy, boundary=role.boundary), question, told, role.resource.urn
            )


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
