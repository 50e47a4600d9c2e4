"""KEY-3 to KEY-6 on AWS: who uses keys, through what, and who administers them."""

from collections.abc import Iterator
from typing import Any

from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, allowed, nobody, not_trusted, requests
from clover.controls.case import Case
from clover.controls.residency.aws_reading import NOT_A_SERVICE, data_actions
from clover.controls.verdict import Answer, unknown
from clover.model.aws import policies
from clover.model.aws.policies import Document, Guarded
from clover.sources import Unknown


def no_key_is_used_from_outside(case: Case) -> Iterator[Answer]:
    """KEY-3: no caller of another account uses or administers a key, and nobody hands out grants."""
    found = data_actions()["kms"]
    outside = {"StringNotEquals": {"aws:PrincipalAccount": sorted(case.accounts)}, **NOT_A_SERVICE}
    for key in _known_keys(case):
        if isinstance(key, Answer):
            yield key
            continue
        foreign = requests([Asked([*found["use"], *found["administer"]], [key.arn])], outside)
        grants = requests([Asked(found["share"], [key.arn])], {})
        question: Document = {**foreign, "Statement": [*foreign["Statement"], *grants["Statement"]]}
        told = f"no other account uses {key.resource.name}, and nobody hands out grants"
        yield nobody(case, Policies(resource=key.policy), question, told, key.resource.urn)


def keys_are_used_through_their_service(case: Case) -> Iterator[Answer]:
    """KEY-4: whoever asks, a key decrypts and encrypts for the storage service only."""
    region = case.zone.file.region(case.site.cloud, case.site.region)
    suffix = "amazonaws.eu" if region and region.partition == "aws-eusc" else "amazonaws.com"
    service = f"s3.{case.site.region}.{suffix}"
    condition = {"StringNotEquals": {"kms:ViaService": service}, **NOT_A_SERVICE}
    for key in _known_keys(case):
        if isinstance(key, Answer):
            yield key
            continue
        question = requests([Asked(data_actions()["kms"]["use"], [key.arn])], condition)
        told = f"{key.resource.name} is used through {service} only, whoever asks"
        yield nobody(case, Policies(resource=key.policy), question, told, key.resource.urn)


def keys_are_administered_by_the_trusted_base(case: Case) -> Iterator[Answer]:
    """KEY-5: with the key policy as it is, nobody outside the trusted base administers a key."""
    for key in _known_keys(case):
        if isinstance(key, Answer):
            yield key
            continue
        question = requests([Asked(data_actions()["kms"]["administer"], [key.arn])], not_trusted(case))
        told = f"nobody outside the trusted base administers {key.resource.name}"
        yield nobody(case, Policies(resource=key.policy), question, told, key.resource.urn)


def no_key_is_locked_out(case: Case) -> Iterator[Answer]:
    """KEY-6: the deployer may still change every key's policy."""
    for key in _known_keys(case):
        if isinstance(key, Answer):
            yield key
            continue
        request = _request(case, "kms:PutKeyPolicy", key.arn)
        yield allowed(case, Policies(resource=key.policy), request, key.resource.urn)


def _request(case: Case, action: str, resource: str) -> dict[str, Any]:
    deployer = case.deployer
    return {
        "principal": deployer,
        "action": action,
        "resource": resource,
        "resource_account": case.site.account,
        "context": {"aws:SecureTransport": "true", "aws:RequestedRegion": case.site.region},
    }


def _known_keys(case: Case) -> Iterator[Guarded | Answer]:
    """Each key whose ARN and policy are known, an answer for each that is not."""
    for key in policies.keys(case.resources):
        open_policy = key.policy is None or isinstance(key.policy.document, Unknown)
        if isinstance(key.arn, Unknown) or key.arn is None or open_policy:
            yield unknown(f"the policy or the ARN of {key.resource.name} is not known", resource=key.resource.urn)
        else:
            yield key
