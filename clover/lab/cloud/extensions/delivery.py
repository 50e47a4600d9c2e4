"""Whether a service that delivers records may write to a bucket and use a key, decided by the plain evaluator.

A bucket of the caller's own account is not asked about by the log services: they extend its policy themselves
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html).
"""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from moto.kms.models import Key, kms_backends
from moto.s3.models import FakeBucket

from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.buckets import bucket_named
from clover.logic.aws import evaluate

LOGS = "delivery.logs.amazonaws.com"
TRAILS = "cloudtrail.amazonaws.com"
_OWNED = {"s3:x-amz-acl": "bucket-owner-full-control"}
_EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}


class _Guarded(NamedTuple):
    """A bucket or key: its ARN, its account, and the text of its policy."""

    arn: str
    account: str
    policy: str | None

    def allows(self, principal: str, action: str, below: str, context: Mapping[str, Any]) -> bool:
        """Whether a service, or a principal with any identity policy, may do something there or below."""
        service = principal.endswith(".amazonaws.com")
        known = {"aws:SecureTransport": "true", "aws:PrincipalIsAWSService": str(service).lower(), **context}
        place = {"resource": f"{self.arn}{below}", "resource_account": self.account}
        met = {"resource": json.loads(self.policy) if self.policy else None}
        identity = {} if service else {"identity": [_EVERYTHING]}
        request = {"principal": principal, "action": action, **place, "context": known}
        return evaluate(request, {**met, **identity}).decision == "allow"


def key_of_arn(arn: str) -> Key | None:
    """The key that an ARN, of a key or of an alias, names in any account; None where there is none."""
    _, _, _, region, account, _ = arn.split(":", 5)
    backend = kms_backends[account][region]
    found = backend.get_key_id(arn) if ":key/" in arn else backend.get_key_id_from_alias(backend.get_alias_name(arn))
    return backend.keys.get(found or "")


def trail_may_write(call: Call, bucket: FakeBucket, trail: str, prefix: str | None) -> bool:
    """Whether CloudTrail, for a trail by its ARN, may look at the bucket and write below its prefix."""
    folder = f"/{prefix}" if prefix else ""
    file = f"{folder}/AWSLogs/{call.account}/CloudTrail/{call.region}/record"
    return _may_write(_bucket(call, bucket), TRAILS, file, {"aws:SourceArn": trail, "aws:SourceAccount": call.account})


def trail_may_encrypt(key: Key, trail: str) -> bool:
    """Whether CloudTrail may make a data key for a trail by its ARN."""
    context = {"aws:SourceArn": trail, "kms:EncryptionContext:aws:cloudtrail:arn": trail}
    return _key(key).allows(TRAILS, "kms:GenerateDataKey", "", context)


def logs_are_kept_out(call: Call, name: str) -> bool:
    """Whether the log services may not write to a bucket of another account; one of its own they open themselves."""
    bucket = bucket_named(call, name)
    if bucket is None or bucket.account_id == call.account:
        return False
    context = {"aws:SourceArn": call.arn("logs", "*"), "aws:SourceAccount": call.account}
    return not _may_write(_bucket(call, bucket), LOGS, f"/AWSLogs/{call.account}/record", context)


def may_describe(call: Call, key: Key) -> bool:
    """Whether the policy of a key of another account lets the caller look at it."""
    return _key(key).allows(call.caller.session, "kms:DescribeKey", "", {"kms:CallerAccount": call.account})


def _may_write(bucket: _Guarded, service: str, file: str, context: Mapping[str, Any]) -> bool:
    looks = bucket.allows(service, "s3:GetBucketAcl", "", context)
    return looks and bucket.allows(service, "s3:PutObject", file, {**context, **_OWNED, "s3:TlsVersion": "1.2"})


def _bucket(call: Call, bucket: FakeBucket) -> _Guarded:
    policy = bucket.policy.decode() if bucket.policy else None
    return _Guarded(f"arn:{call.partition}:s3:::{bucket.name}", bucket.account_id, policy)


def _key(key: Key) -> _Guarded:
    return _Guarded(key.arn, key.account_id, key.policy)
