"""Whether a service that delivers records may write to a bucket and use a key, decided by the plain evaluator.

A bucket of the caller's own account is not asked about by the log services: they extend its policy themselves
(https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html).
"""

import json
from collections.abc import Mapping
from typing import Any

from moto.kms.models import Key, kms_backends
from moto.s3.models import FakeBucket

from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.buckets import bucket_named
from clover.logic.aws import evaluate

LOGS = "delivery.logs.amazonaws.com"
_OWNED = {"s3:x-amz-acl": "bucket-owner-full-control"}


def key_of_arn(arn: str) -> Key | None:
    """The key that an ARN, of a key or of an alias, names in any account; None where there is none."""
    _, _, _, region, account, _ = arn.split(":", 5)
    backend = kms_backends[account][region]
    found = backend.get_key_id(arn) if ":key/" in arn else backend.get_key_id_from_alias(backend.get_alias_name(arn))
    return backend.keys.get(found or "")


def trail_may_write(call: Call, bucket: FakeBucket, trail: str, prefix: str | None) -> bool:
    """Whether CloudTrail, for a trail by its ARN, may look at the bucket and write below its prefix."""
    arn, folder = f"arn:{call.partition}:s3:::{bucket.name}", f"{prefix}/" if prefix else ""
    file = f"{arn}/{folder}AWSLogs/{call.account}/CloudTrail/{call.region}/record"
    context = {"aws:SourceArn": trail, "aws:SourceAccount": call.account}
    asked = (("s3:GetBucketAcl", arn, context), ("s3:PutObject", file, {**context, **_OWNED}))
    return all(_of_bucket(bucket, "cloudtrail.amazonaws.com", *each) for each in asked)


def trail_may_encrypt(call: Call, key: Key, trail: str) -> bool:
    """Whether CloudTrail may make a data key for a trail by its ARN."""
    context = {"aws:SourceArn": trail, "kms:EncryptionContext:aws:cloudtrail:arn": trail}
    return _allowed("cloudtrail.amazonaws.com", "kms:GenerateDataKey", key.arn, key.account_id, key.policy, context)


def logs_may_be_written(call: Call, name: str) -> bool:
    """Whether the log services may write to a bucket by its name; one of the account's own they open themselves."""
    bucket = bucket_named(call, name)
    if bucket is None or bucket.account_id == call.account:
        return bucket is not None
    arn = f"arn:{call.partition}:s3:::{bucket.name}"
    context = {"aws:SourceArn": call.arn("logs", "*"), "aws:SourceAccount": call.account}
    asked = (
        ("s3:GetBucketAcl", arn, context),
        ("s3:PutObject", f"{arn}/AWSLogs/{call.account}/record", {**context, **_OWNED}),
    )
    return all(_of_bucket(bucket, LOGS, *each) for each in asked)


def may_describe(call: Call, key: Key) -> bool:
    """Whether the policy of a key of another account lets the caller look at it."""
    principal = call.caller.session
    own = {"identity": [{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}]}
    return _allowed(principal, "kms:DescribeKey", key.arn, key.account_id, key.policy, {}, own)


def _of_bucket(bucket: FakeBucket, service: str, action: str, resource: str, context: Mapping[str, Any]) -> bool:
    policy = bucket.policy.decode() if bucket.policy else None
    return _allowed(service, action, resource, bucket.account_id, policy, context)


def _allowed(
    principal: str,
    action: str,
    resource: str,
    account: str,
    policy: str | None,
    context: Mapping[str, Any],
    more: Mapping[str, Any] | None = None,
) -> bool:
    service = principal.endswith(".amazonaws.com")
    known = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.2", "aws:PrincipalIsAWSService": str(service).lower()}
    if not service:
        known |= {"kms:CallerAccount": principal.split(":")[4]}
    request = {"principal": principal, "action": action, "resource": resource, "resource_account": account}
    met = {"resource": json.loads(policy) if policy else None, **(more or {})}
    return evaluate({**request, "context": {**known, **context}}, met).decision == "allow"
