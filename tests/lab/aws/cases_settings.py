"""The settings of a bucket, each a resource of its own."""

import json
from collections.abc import Callable
from typing import Any

from clover.lab.provider.wire import Props
from tests.lab.aws.case import Case, Inputs
from tests.lab.aws.cases_storage import tags
from tests.lab.aws.world import DENY_PLAIN_HTTP, World, policy
from tests.lab.provider.engine import Resource


def setting(
    name: str,
    inputs: Inputs,
    seen: Callable[[Any, str], Props],
    changed: Inputs,
    operation: str,
    *,
    locked: bool = False,
    **more: Any,
) -> Case:
    """A setting of a bucket: `operation` takes it off behind the provider's back."""

    def bucket(world: World) -> str:
        return world.locked_bucket.id if locked else world.bucket.id

    return Case(
        token=f"aws:s3/{name[:1].lower()}{name[1:]}:{name}",
        inputs=lambda world: {"bucket": bucket(world), **inputs(world)},
        changed=changed,
        replaced=lambda world: {"bucket": f"{bucket(world)}-other"},
        seen=lambda world, it: seen(world.aws("s3"), bucket(world)),
        drift=lambda world, it: getattr(world.aws("s3"), operation)(Bucket=bucket(world), **more.get("drift", {})),
        drifts=more.get("drifts", frozenset()),
        stays_after_delete=more.get("stays", False),
    )


def see_encryption(s3: Any, bucket: str) -> Props:
    rule = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    usual = rule["ApplyServerSideEncryptionByDefault"]
    default = {"sseAlgorithm": usual["SSEAlgorithm"], "kmsMasterKeyId": usual["KMSMasterKeyID"]}
    return {"rules": [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": rule["BucketKeyEnabled"]}]}


def encryption(key: Resource) -> Props:
    default = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": key["arn"]}
    return {"rules": [{"applyServerSideEncryptionByDefault": default, "bucketKeyEnabled": True}]}


FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


def see_block(s3: Any, bucket: str) -> Props:
    found = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    return {name: found[name[:1].upper() + name[1:]] for name in FLAGS}


def see_lock(s3: Any, bucket: str) -> Props:
    rule = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    return {"rule": {"defaultRetention": {"mode": rule["Mode"], "days": rule["Days"]}}}


def see_lifecycle(s3: Any, bucket: str) -> Props:
    (rule,) = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    conditions = rule["Filter"]["And"]
    filters = {"and": {"prefix": conditions["Prefix"], "tags": tags(conditions["Tags"])}}
    days = {"days": rule["Expiration"]["Days"]}
    return {"rules": [{"id": rule["ID"], "status": rule["Status"], "filter": filters, "expiration": days}]}


def lifecycle(days: int) -> Props:
    filters = {"and": {"prefix": "logs/", "tags": {"class": "restricted", "site": "dublin"}}}
    return {"rules": [{"id": "expire", "status": "Enabled", "filter": filters, "expiration": {"days": days}}]}


def see_news(s3: Any, bucket: str) -> Props:
    found = s3.get_bucket_notification_configuration(Bucket=bucket)
    return {"eventbridge": "EventBridgeConfiguration" in found}


CASES = [
    setting(
        "BucketNotification",
        lambda world: {"eventbridge": True},
        see_news,
        lambda world: {},
        "put_bucket_notification_configuration",
        drift={"NotificationConfiguration": {}},
    ),
    setting(
        "BucketOwnershipControls",
        lambda world: {"rule": {"objectOwnership": "BucketOwnerEnforced"}},
        lambda s3, bucket: {
            "rule": {
                "objectOwnership": s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"][0][
                    "ObjectOwnership"
                ]
            }
        },
        lambda world: {"rule": {"objectOwnership": "BucketOwnerPreferred"}},
        "delete_bucket_ownership_controls",
    ),
    setting(
        "BucketPublicAccessBlock",
        lambda world: dict.fromkeys(FLAGS, True),
        see_block,
        lambda world: {"blockPublicAcls": False},
        "put_public_access_block",
        drift={"PublicAccessBlockConfiguration": {"BlockPublicAcls": True}},
        drifts={"blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"},
    ),
    setting(
        "BucketVersioning",
        lambda world: {"versioningConfiguration": {"status": "Enabled"}},
        lambda s3, bucket: {"versioningConfiguration": {"status": s3.get_bucket_versioning(Bucket=bucket)["Status"]}},
        lambda world: {"versioningConfiguration": {"status": "Suspended"}},
        "put_bucket_versioning",
        drift={"VersioningConfiguration": {"Status": "Suspended"}},
        drifts={"versioningConfiguration"},
        stays=True,
    ),
    setting(
        "BucketServerSideEncryptionConfiguration",
        lambda world: encryption(world.key),
        see_encryption,
        lambda world: encryption(world.other_key),
        "put_bucket_encryption",
        drift={
            "ServerSideEncryptionConfiguration": {
                "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
            }
        },
        drifts={"rules"},
        stays=True,
    ),
    setting(
        "BucketPolicy",
        lambda world: {"policy": policy({**DENY_PLAIN_HTTP, "Resource": [f"{world.bucket['arn']}/*"]})},
        lambda s3, bucket: {"policy": json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])},
        lambda world: {"policy": policy({**DENY_PLAIN_HTTP, "Resource": world.bucket["arn"]})},
        "delete_bucket_policy",
    ),
    setting(
        "BucketObjectLockConfiguration",
        lambda world: {"rule": {"defaultRetention": {"mode": "GOVERNANCE", "days": 30}}},
        see_lock,
        lambda world: {"rule": {"defaultRetention": {"mode": "COMPLIANCE", "days": 60}}},
        "put_object_lock_configuration",
        locked=True,
        drift={"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}},
        drifts={"rule"},
        stays=True,
    ),
    setting(
        "BucketLifecycleConfiguration",
        lambda world: lifecycle(90),
        see_lifecycle,
        lambda world: lifecycle(30),
        "delete_bucket_lifecycle",
    ),
]
