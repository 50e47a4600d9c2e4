"""EVD-3 on AWS: nobody but the auditor reads the evidence, and the auditor from its own networks."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from clover.controls.audit.aws import auditor, auditor_roles
from clover.controls.aws_callers import NOT_A_SERVICE, SERVICE_LINKED
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, nobody, requests
from clover.controls.case import Case
from clover.controls.evidence.keepers import UNREAD, keepers
from clover.controls.residency.aws_reading import data_actions, known, role_of, stores
from clover.controls.verdict import Answer, unknown
from clover.model.aws import policies
from clover.model.aws.policies import Document, Guarded
from clover.model.resources import value
from clover.sources import Unknown
from clover.zones.vocabulary import StackKind, StoreRole

ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
KEY_OF_A_STORE = "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId"
Condition = Mapping[str, Any]


class Readers(NamedTuple):
    """The ARNs that read, and the person among them whom the store itself has to ask for a second factor."""

    arns: tuple[Any, ...]
    person: str | None


def only_the_auditor_reads(case: Case) -> Iterator[Answer]:
    """EVD-3: one answer for each evidence store of the site or of its vault, and one for each key of one."""
    if not keepers(case):
        yield unknown(f"who reads the vault is not known: {UNREAD}")
    for keeper in dict.fromkeys((case, *keepers(case))):
        yield from _held_by(keeper)


def _held_by(case: Case) -> Iterator[Answer]:
    readers = _readers(case)
    evidence = [store for store in stores(case) if role_of(store.resource) == StoreRole.EVIDENCE.value]
    for store in evidence:
        yield _of_store(case, store, readers)
    wanted = {value(each, KEY_OF_A_STORE) for each in case.resources.of(ENCRYPTION) if _is_of(each, evidence)}
    for key in policies.keys(case.resources):
        if key.arn in wanted or isinstance(key.arn, Unknown):
            yield _of_key(case, key, readers)


def _is_of(configuration: Any, evidence: list[Guarded]) -> bool:
    return value(configuration, "bucket") in {value(store.resource, "bucket") for store in evidence}


def _readers(case: Case) -> Readers:
    """In a site's account the auditor's roles; in the auditor's own the principals that the zone names."""
    if case.hand is StackKind.AUDITOR:
        named = auditor(case)
        return Readers((named.person, named.machine), named.person)
    return Readers(tuple(role.arn for role in auditor_roles(case)), None)


def _of_store(case: Case, store: Guarded, readers: Readers) -> Answer:
    urn, found = store.resource.urn, data_actions()["s3"]
    if not known(store) or any(isinstance(arn, Unknown) for arn in readers.arns):
        return unknown(f"the policy of {store.resource.name}, or who reads it, is not known", resource=urn)
    asked = [Asked(found["read"], [f"{store.arn}/*"]), Asked(found["list"], [store.arn])]
    told = f"nobody but the auditor, from its networks, reads {store.resource.name}"
    question = any_of(asked, others(case, readers))
    return nobody(case, Policies(resource=store.policy), question, told, urn)


def _of_key(case: Case, key: Guarded, readers: Readers) -> Answer:
    urn = key.resource.urn
    if not known(key) or key.policy is None or any(isinstance(arn, Unknown) for arn in readers.arns):
        return unknown(f"the policy of {key.resource.name}, or who reads with it, is not known", resource=urn)
    question = requests([Asked(["kms:Decrypt", "kms:ReEncryptFrom"], [key.arn])], strangers(readers))
    told = f"nobody but the auditor reads with {key.resource.name}"
    return nobody(case, Policies(resource=key.policy), question, told, urn)


def others(case: Case, readers: Readers) -> Iterator[Condition]:
    """Whoever is no reader; a service; a reader from elsewhere; the person without a second factor."""
    yield strangers(readers)
    yield {"Bool": {"aws:PrincipalIsAWSService": "true"}}
    yield {"NotIpAddress": {"aws:SourceIp": list(case.zone.file.auditor.networks)}, **NOT_A_SERVICE}
    if readers.person:
        alone = {"aws:MultiFactorAuthPresent": "false"}
        yield {"ArnEquals": {"aws:PrincipalArn": readers.person}, "BoolIfExists": alone}


def strangers(readers: Readers) -> Condition:
    """The condition that whoever calls is none of the readers, and no service."""
    who = {"StringNotLike": {"aws:PrincipalArn": SERVICE_LINKED}, **NOT_A_SERVICE}
    return {"ArnNotEquals": {"aws:PrincipalArn": sorted(readers.arns)}, **who} if readers.arns else who


def any_of(asked: list[Asked], conditions: Iterator[Condition]) -> Document:
    """The requests that one of the conditions fits."""
    statements = [each for condition in conditions for each in requests(asked, condition)["Statement"]]
    return {"Version": "2012-10-17", "Statement": statements}
