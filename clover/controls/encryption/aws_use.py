"""KEY-3 to KEY-6 on AWS: who uses keys, through what, and who administers them."""

from collections.abc import Iterator
from typing import Any

from clover.controls.aws_callers import NOT_A_SERVICE, not_trusted, outsiders
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, Asking, allowed, either, nobody, requests
from clover.controls.case import Case
from clover.controls.encryption.aws_form import SHORTEST_WINDOW
from clover.controls.residency.aws_reading import ROLE_TAG, data_actions
from clover.controls.verdict import Answer, unknown
from clover.model.aws import policies
from clover.model.aws.policies import Document, Guarded
from clover.model.resources import value
from clover.sources import Unknown
from clover.sources.plain import as_object
from clover.zones.vocabulary import StoreRole


def no_key_is_used_from_outside(case: Case) -> Iterator[Answer]:
    """KEY-3: no caller of another account uses or administers a key, and nobody hands out grants."""
    yield from _asked(case, "outside", "no other account uses {}, and nobody hands out grants")


def keys_are_used_through_their_service(case: Case) -> Iterator[Answer]:
    """KEY-4: whoever asks, a key decrypts and encrypts for the storage service only."""
    yield from _asked(case, "beside", f"{{}} is used through {_service(case)} only, whoever asks")


def keys_are_administered_by_the_trusted_base(case: Case) -> Iterator[Answer]:
    """KEY-5: with the key policy as it is, nobody outside the trusted base administers a key, or ends it sooner."""
    yield from _asked(
        case,
        "administer",
        "only the trusted base administers {}, nobody who does uses it, or ends it early",
    )


def _shut_out(case: Case, key: Guarded) -> Document:
    """Use by who administers the key; who deploys a backend keeps the state of that under the key of states too."""
    if (as_object(value(key.resource, "tags")) or {}).get(ROLE_TAG) == StoreRole.STATE.value:
        return requests([], {})
    return requests(
        [Asked(data_actions()["kms"]["use"], [key.arn])], {"ArnEquals": {"aws:PrincipalArn": case.deployer}}
    )


def _asked(case: Case, name: str, told: str) -> Iterator[Answer]:
    """The answers to one of the questions about who uses and administers each key."""
    for key in _known_keys(case):
        if isinstance(key, Answer):
            yield key
            continue
        asking = Asking(_questions(case, key), name)
        yield nobody(case, Policies(resource=key.policy), asking, told.format(key.resource.name), key.resource.urn)


def _questions(case: Case, key: Guarded) -> dict[str, Document]:
    """What is asked about a key: all at once, for all is about its one policy."""
    found, arn = data_actions()["kms"], key.arn
    administered = requests([Asked(found["administer"], [arn])], not_trusted(case))
    foreign = requests([Asked([*found["use"], *found["administer"]], [arn])], outsiders(case))
    beside = {"StringNotEquals": {"kms:ViaService": _service(case)}, **NOT_A_SERVICE}
    return {
        "outside": either(foreign, requests([Asked(found["share"], [arn])], {})),
        "beside": requests([Asked(found["use"], [arn])], beside),
        "administer": either(administered, _sooner(arn), _shut_out(case, key)),
    }


def _sooner(arn: str) -> Document:
    """The deletion of a key before its longest wait, by anybody; a call that names no wait gets the longest.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html
    """
    shorter = {"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": str(SHORTEST_WINDOW)}}
    return requests([Asked(["kms:ScheduleKeyDeletion"], [arn])], shorter)


def _service(case: Case) -> str:
    """The storage service of the site's region, as KMS names it."""
    region = case.zone.file.region(case.site.cloud, case.site.region)
    suffix = "amazonaws.eu" if region and region.partition == "aws-eusc" else "amazonaws.com"
    return f"s3.{case.site.region}.{suffix}"


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
