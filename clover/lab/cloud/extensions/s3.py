"""S3: today's defaults of new buckets, bucket names, public policies, and locks that moto lets go.

Defaults: https://docs.aws.amazon.com/AmazonS3/latest/userguide/create-bucket-faq.html
Names: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from moto.s3.models import FakeBucket, s3_backends

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.buckets import bucket_named
from clover.lab.cloud.public_policies import is_public, resources_of

_NAME = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)(?!xn--|sthree-|amzn-s3-demo-)[a-z0-9](?:[a-z0-9.-]{1,61})[a-z0-9]")
_RESERVED_ENDS = ("-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3")
_KEY_IN_AES = {"SSEAlgorithm": "AES256"}
_BLOCKS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_ALL_BLOCKED: dict[str, Any] = dict.fromkeys(_BLOCKS, "true")


def check_name(call: Call) -> None:
    """CreateBucket: the general purpose bucket naming rules."""
    name = call.parameters["Bucket"]
    if not _NAME.fullmatch(name) or ".." in name or name.endswith(_RESERVED_ENDS):
        raise Refusal("InvalidBucketName", "The specified bucket is not valid.", 400)


def set_defaults(call: Call) -> None:
    """CreateBucket, afterwards: no public access, encryption with S3's keys, no ACLs; its tags."""
    backend = s3_backends[call.account][call.partition]
    bucket = _bucket(call)
    backend.put_public_access_block(bucket.name, _ALL_BLOCKED)
    bucket.ownership_rule = bucket.ownership_rule or "BucketOwnerEnforced"  # pyright: ignore[reportAttributeAccessIssue]
    encrypt_by_default(call)
    tags = call.parameters.get("CreateBucketConfiguration", {}).get("Tags", ())
    if tags:
        backend.put_bucket_tagging(bucket.name, {tag["Key"]: tag["Value"] for tag in tags})


def encrypt_by_default(call: Call) -> None:
    """DeleteBucketEncryption, afterwards: a bucket is never without encryption."""
    _bucket(call).encryption = {
        "Rule": {"ApplyServerSideEncryptionByDefault": _KEY_IN_AES, "BucketKeyEnabled": "false"}
    }


def check_policy(call: Call) -> None:
    """PutBucketPolicy: its resources lie in the bucket, and it is not public where public policies are blocked."""
    bucket, text = _bucket(call), call.parameters["Policy"]
    own = f"arn:{call.partition}:s3:::{bucket.name}"
    if any(one != own and not one.startswith(f"{own}/") and one != "*" for one in resources_of(text)):
        raise Refusal("MalformedPolicy", "Policy has invalid resource", 400)
    block = bucket.public_access_block
    if block and block.block_public_policy and is_public(text):
        message = f"User: {call.caller.session} is not authorized to perform: s3:PutBucketPolicy on resource: "
        reason = (
            f'"{own}" because public policies are prevented by the BlockPublicPolicy setting in S3 Block Public Access.'
        )
        raise Refusal("AccessDenied", message + reason, 403)


def policy_status(call: Call) -> Mapping[str, Any]:
    """GetBucketPolicyStatus."""
    bucket = _bucket(call)
    if bucket.policy is None:
        raise Refusal("NoSuchBucketPolicy", "The bucket policy does not exist", 404)
    return {"PolicyStatus": {"IsPublic": is_public(bucket.policy.decode())}}


def check_acl(call: Call) -> None:
    """PutBucketAcl: a bucket whose owner owns everything knows no ACL but its own."""
    enforced = _bucket(call).ownership_rule == "BucketOwnerEnforced"  # pyright: ignore[reportUnnecessaryComparison]
    if enforced and call.parameters.get("ACL") not in ("private", "bucket-owner-full-control"):
        raise Refusal("AccessControlListNotSupported", "The bucket does not allow ACLs", 400)


def check_versioning(call: Call) -> None:
    """PutBucketVersioning: a bucket with Object Lock keeps its versions."""
    status = call.parameters.get("VersioningConfiguration", {}).get("Status")
    if _bucket(call).object_lock_enabled and status != "Enabled":
        message = "An Object Lock configuration is present on this bucket, so the versioning state cannot be changed."
        raise Refusal("InvalidBucketState", message, 409)


def check_lifecycle(call: Call) -> None:
    """PutBucketLifecycleConfiguration: every rule does something, and their ids differ."""
    rules = call.parameters.get("LifecycleConfiguration", {}).get("Rules", ())
    actions = {
        "AbortIncompleteMultipartUpload",
        "Expiration",
        "NoncurrentVersionExpiration",
        "NoncurrentVersionTransitions",
        "Transitions",
    }
    if any(not actions & set(rule) for rule in rules):
        raise Refusal("InvalidRequest", "At least one action needs to be specified in a rule", 400)
    ids = [rule["ID"] for rule in rules if "ID" in rule]
    if len(ids) != len(set(ids)):
        raise Refusal("InvalidArgument", "Rule ID must be unique. Found same ID for more than one rule", 400)


def lock_configuration(call: Call) -> Mapping[str, Any]:
    """GetObjectLockConfiguration: days or years, whichever was given."""
    bucket = _bucket(call)
    if not bucket.object_lock_enabled:
        message = "Object Lock configuration does not exist for this bucket"
        raise Refusal("ObjectLockConfigurationNotFoundError", message, 404)
    periods = {"Days": bucket.default_lock_days, "Years": bucket.default_lock_years}
    retention = {"Mode": bucket.default_lock_mode, **{name: value for name, value in periods.items() if value}}
    rule = {"Rule": {"DefaultRetention": retention}} if bucket.default_lock_mode else {}
    return {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled", **rule}}


def notifications(call: Call) -> Mapping[str, Any] | None:
    """GetBucketNotificationConfiguration: that EventBridge is told; other receivers are moto's to name."""
    told = _bucket(call).notification_configuration
    if told is None or told.event_bridge is None or told.topic or told.queue or told.cloud_function:
        return None
    return {"EventBridgeConfiguration": {}}


def check_replication(call: Call) -> None:
    """PutBucketReplication: every destination is there and keeps versions; of the source, moto asks that.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html#replication-requirements
    """
    for rule in call.parameters["ReplicationConfiguration"]["Rules"]:
        found = bucket_named(call, rule["Destination"]["Bucket"].rpartition(":::")[2])
        if found is None:
            raise Refusal("InvalidRequest", "Destination bucket must exist.", 400)
        if not found.is_versioned:
            raise Refusal("InvalidRequest", "Destination bucket must have versioning enabled.", 400)


def keep_replication(call: Call) -> None:
    """PutBucketReplication, afterwards: as it was asked for, of which moto keeps a part."""
    _bucket(call).replication = call.parameters["ReplicationConfiguration"]  # pyright: ignore[reportAttributeAccessIssue]


def replication(call: Call) -> Mapping[str, Any]:
    """GetBucketReplication: as it was asked for."""
    found = getattr(_bucket(call), "replication", None)
    if not found:
        raise Refusal("ReplicationConfigurationNotFoundError", "The replication configuration was not found", 404)
    return {"ReplicationConfiguration": found}


def request_payment(call: Call) -> Mapping[str, Any]:
    """GetBucketRequestPayment."""
    return {"Payer": _bucket(call).payer}


def object_retention(call: Call) -> Mapping[str, Any]:
    """GetObjectRetention."""
    asked = call.parameters
    backend = s3_backends[call.account][call.partition]
    found = backend.get_object(_bucket(call).name, asked["Key"], version_id=asked.get("VersionId"))
    if found is None:
        raise Refusal("NoSuchKey", "The specified key does not exist.", 404)
    if not found.lock_mode or not found.lock_until:
        message = "The specified object does not have a ObjectLock configuration"
        raise Refusal("NoSuchObjectLockConfiguration", message, 404)
    return {"Retention": {"Mode": found.lock_mode, "RetainUntilDate": datetime.fromisoformat(found.lock_until)}}


def _bucket(call: Call) -> FakeBucket:
    return s3_backends[call.account][call.partition].get_bucket(call.parameters["Bucket"])


OPERATIONS = {
    "s3.GetBucketNotificationConfiguration": notifications,
    "s3.GetBucketPolicyStatus": policy_status,
    "s3.GetObjectLockConfiguration": lock_configuration,
    "s3.GetBucketReplication": replication,
    "s3.GetBucketRequestPayment": request_payment,
    "s3.GetObjectRetention": object_retention,
}
CHECKS = {
    "s3.CreateBucket": [check_name],
    "s3.PutBucketAcl": [check_acl],
    "s3.PutBucketLifecycleConfiguration": [check_lifecycle],
    "s3.PutBucketPolicy": [check_policy],
    "s3.PutBucketReplication": [check_replication],
    "s3.PutBucketVersioning": [check_versioning],
}
AFTERWARDS = {
    "s3.CreateBucket": set_defaults,
    "s3.DeleteBucketEncryption": encrypt_by_default,
    "s3.PutBucketReplication": keep_replication,
}
