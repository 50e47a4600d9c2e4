"""KEY-1 and KEY-2 on AWS: what every store is encrypted under, and what form the keys have."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from clover.controls.aws_callers import NOT_A_SERVICE, partition
from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import Asked, either, nobody, requests
from clover.controls.case import Case
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.aws import policies
from clover.model.aws.network_links import referring
from clover.model.aws.policies import Document
from clover.model.resources import declared, value
from clover.sources import Resource, Unknown

ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
KEY_TYPES = ("aws:kms/key:Key", "aws:kms/externalKey:ExternalKey", "aws:kms/replicaKey:ReplicaKey")
APPLIED = "applyServerSideEncryptionByDefault"
DEFAULTS = f"rules[0].{APPLIED}"
INLINE = "serverSideEncryptionConfiguration"
SHORTEST_WINDOW = 30
"""Days: the longest that KMS waits before it deletes a key (KMS API, ScheduleKeyDeletion)."""
DEFAULT_WINDOW = 30
"""Days that KMS waits where nothing is said (same page)."""


def stores_lie_under_keys_of_the_site(case: Case) -> Iterator[Answer]:
    """KEY-1: each bucket's default encryption names the ARN of a key that the site or the auditor holds."""
    for bucket in case.resources.of("aws:s3/bucket:Bucket"):
        rules = referring(case.resources, ENCRYPTION, "bucket", value(bucket, "bucket"))
        own = bucket.inputs if rules.certain else {**bucket.outputs, **bucket.inputs}
        inline = [bucket] if own.get(INLINE) not in (None, [], {}) else []
        yield _encrypted(case, bucket, [*rules.certain, *inline], rules.doubtful)


def _encrypted(case: Case, bucket: Resource, rules: Sequence[Resource], doubtful: Sequence[Resource]) -> Answer:
    if len(rules) > 1 or (doubtful and not rules):
        told = ", ".join(each.name for each in (rules or doubtful))
        return unknown(f"which of {told} counts for {bucket.name} is not known", resource=bucket.urn)
    if not rules:
        example = _property(bucket, "serverSideEncryption", None, "aws:kms under a key of the site")
        return refuted(
            f"{bucket.name} has no encryption of its own: S3's own keys are used", example, resource=bucket.urn
        )
    rule, path = rules[0], DEFAULTS if rules[0].type == ENCRYPTION else f"{INLINE}.rule.{APPLIED}"
    algorithm, key = value(rule, f"{path}.sseAlgorithm"), value(rule, f"{path}.kmsMasterKeyId")
    if isinstance(algorithm, Unknown) or isinstance(key, Unknown):
        return unknown(f"the key of {bucket.name} is not known before the update", resource=bucket.urn)
    if algorithm not in ("aws:kms", "aws:kms:dsse"):
        example = _property(rule, f"{path}.sseAlgorithm", algorithm, "aws:kms")
        return refuted(f"{bucket.name} lies under {algorithm}, no key of the site", example, resource=bucket.urn)
    if not _is_key_of_the_zone(case, key):
        example = _property(rule, f"{path}.kmsMasterKeyId", key, "the ARN of a key of the site or the auditor")
        return refuted(f"{bucket.name} lies under {key}", example, resource=bucket.urn)
    named = [found for found in case.resources.of(*KEY_TYPES) if value(found, "arn") == key]
    grounds = (
        Ground(rule.urn, f"{path}.kmsMasterKeyId={key}"),
        *(Ground(each.urn, f"arn={key}") for each in named),
    )
    return _whatever_is_wished(case, bucket, str(key), grounds)


def _whatever_is_wished(case: Case, bucket: Resource, key: str, grounds: tuple[Ground, ...]) -> Answer:
    """Whether an upload can wish for another key, and lie under that."""
    store = next(each for each in policies.buckets(case.resources, partition(case)) if each.resource.urn == bucket.urn)
    if not isinstance(store.arn, str) or (store.policy and isinstance(store.policy.document, Unknown)):
        return unknown(f"the policy of {bucket.name} is not known before the update", resource=bucket.urn)
    told = f"{bucket.name} lies under {key}, whatever an upload wishes for"
    answer = nobody(case, Policies(resource=store.policy), _wishes(case, store.arn, key), told, bucket.urn)
    return msgspec.structs.replace(answer, rests_on=(*grounds, *answer.rests_on)) if answer.rests_on else answer


def _wishes(case: Case, store: str, key: str) -> Document:
    """Uploads under another key, the caller's own or one that they do not name, and changes of the key.

    Services are asked about where trails write; what their digests come under is said in two ways by the guide.
    """
    header = "s3:x-amz-server-side-encryption"
    wished = (
        {"Null": {f"{header}-aws-kms-key-id": "false"}, "StringNotEquals": {f"{header}-aws-kms-key-id": key}},
        {"Null": {f"{header}-customer-algorithm": "false"}},
        {"Null": {header: "false", f"{header}-aws-kms-key-id": "true"}},
    )
    delivered = {"Bool": {"aws:PrincipalIsAWSService": "true"}}
    records = [f"{store}/AWSLogs/{account}/CloudTrail/*" for account in sorted(case.accounts)]
    asked = [
        each
        for condition in wished
        for each in (
            requests([Asked(["s3:PutObject"], [f"{store}/*"])], {**condition, **NOT_A_SERVICE}),
            requests([Asked(["s3:PutObject"], records)], {**condition, **delivered}),
        )
    ]
    return either(*asked, requests([Asked(["s3:UpdateObjectEncryption"], [f"{store}/*"])], {}))


def _is_key_of_the_zone(case: Case, key: Any) -> bool:
    """Whether it is the ARN of a key of the site, or of one in its region of an account of insiders; never an alias."""
    parts = str(key).split(":")
    if len(parts) != 6 or parts[2] != "kms" or not parts[5].startswith("key/") or parts[3] != case.site.region:
        return False
    if parts[4] == case.site.account:
        return any(value(found, "arn") == key for found in case.resources.of(*KEY_TYPES))
    return parts[4] in case.insiders


def keys_stay_in_their_region(case: Case) -> Iterator[Answer]:
    """KEY-2: each key is single-region, of KMS's own making, rotated, and slow to delete."""
    for key in case.resources.of(*KEY_TYPES):
        yield _formed(key)


def _formed(key: Resource) -> Answer:
    if key.type != "aws:kms/key:Key":
        example = _property(key, "type", key.type, "aws:kms/key:Key")
        return refuted(f"{key.name} holds material that was made elsewhere", example, resource=key.urn)
    wanted: tuple[tuple[str, Any, Any, str], ...] = (
        ("multiRegion", False, False, "a key of one region"),
        ("isEnabled", True, True, "a key that answers"),
        ("enableKeyRotation", False, True, "rotation"),
        ("deletionWindowInDays", DEFAULT_WINDOW, SHORTEST_WINDOW, "the longest wait before a deletion"),
        ("customKeyStoreId", None, None, "KMS's own key store"),
        ("xksKeyId", None, None, "KMS's own key material"),
        ("bypassPolicyLockoutSafetyCheck", False, False, "the check against locking oneself out"),
    )
    for name, default, allowed, what in wanted:
        found = declared(key, name, default)
        if isinstance(found, Unknown):
            return unknown(f"{name} of {key.name} is not known", resource=key.urn)
        if (found or None) != (allowed or None):
            example = _property(key, name, found, f"{allowed!r}: {what}")
            return refuted(f"{key.name} has {name} {found!r}", example, resource=key.urn)
    grounds = tuple(Ground(key.urn, f"{name}={allowed}") for name, _, allowed, _ in wanted)
    return proved(f"{key.name} is single-region, rotated and slow to delete", resource=key.urn, rests_on=grounds)


def _property(resource: Resource, name: str, content: Any, allowed: str) -> dict[str, Any]:
    return {"kind": "property", "urn": resource.urn, "property": name, "value": content, "allowed": allowed}
