"""S3: the settings of a bucket, each a resource that there is once per bucket. All work alike: put, get, drop."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clover.lab.aws.casing import from_aws, to_aws
from clover.lab.aws.cloud import Call
from clover.lab.aws.documents import plain
from clover.lab.aws.failure import AwsError
from clover.lab.aws.kind import Kind, Update, items, table
from clover.lab.provider.wire import Props

NAMES = {
    "id": "ID",
    "sseAlgorithm": "SSEAlgorithm",
    "kmsMasterKeyId": "KMSMasterKeyID",
    "mfaDelete": "MFADelete",
    "replicaKmsKeyId": "ReplicaKmsKeyID",
}
ACCESS_FLAGS = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")


@dataclass(frozen=True)
class Setting:
    """How one setting is written, read and taken off; `target` is the bucket and, where given, its expected owner."""

    put: Callable[[Call, Props, Props], None]
    get: Callable[[Call, Props, Props], Props | None]
    drop: Callable[[Call, Props, Props], None]


def _target(setting_id: str) -> Props:
    """Return the parameters that name the bucket; the id is `bucket` or `bucket,owner`."""
    bucket, _, owner = setting_id.partition(",")
    return {"Bucket": bucket, "ExpectedBucketOwner": owner} if owner else {"Bucket": bucket}


def _kind(setting: Setting) -> Kind:
    def create(call: Call, inputs: Props) -> str:
        owner = inputs.get("expectedBucketOwner")
        setting_id = f"{inputs['bucket']},{owner}" if owner else inputs["bucket"]
        setting.put(call, _target(setting_id), inputs)
        return setting_id

    def read(call: Call, setting_id: str, said: Props) -> Props | None:
        target = _target(setting_id)
        found = setting.get(call, target, said)
        return {"bucket": target["Bucket"], **found} if found is not None else None

    def update(call: Call, update: Update) -> None:
        if update.changed:
            setting.put(call, _target(update.id), update.new)

    def delete(call: Call, setting_id: str, state: Props) -> None:
        setting.drop(call, _target(setting_id), state)

    return Kind(create=create, read=read, update=update, delete=delete)


def _dropped_by(operation: str) -> Callable[[Call, Props, Props], None]:
    return lambda call, target, _state: call.remove("s3", operation, **target)


def _put_ownership(call: Call, target: Props, inputs: Props) -> None:
    rules = [{"ObjectOwnership": inputs["rule"]["objectOwnership"]}]
    call.do("s3", "put_bucket_ownership_controls", **target, OwnershipControls={"Rules": rules})


def _get_ownership(call: Call, target: Props, _said: Props) -> Props | None:
    found = call.find("s3", "get_bucket_ownership_controls", **target)
    return {"rule": from_aws(found["OwnershipControls"]["Rules"][0], NAMES)} if found else None


def _put_access_block(call: Call, target: Props, inputs: Props) -> None:
    flags = to_aws({name: inputs.get(name, False) for name in ACCESS_FLAGS}, NAMES)
    call.do("s3", "put_public_access_block", **target, PublicAccessBlockConfiguration=flags)


def _get_access_block(call: Call, target: Props, _said: Props) -> Props | None:
    found = call.find("s3", "get_public_access_block", **target)
    if found is None:
        return None
    flags = from_aws(found["PublicAccessBlockConfiguration"], NAMES)
    return {name: flags.get(name, False) for name in ACCESS_FLAGS}


def _drop_access_block(call: Call, target: Props, state: Props) -> None:
    if not state.get("skipDestroy"):
        call.remove("s3", "delete_public_access_block", **target)


def _put_versioning(call: Call, target: Props, inputs: Props) -> None:
    wanted = inputs["versioningConfiguration"]
    if wanted["status"] != "Disabled":
        call.do("s3", "put_bucket_versioning", **target, VersioningConfiguration=to_aws(wanted, NAMES))


def _get_versioning(call: Call, target: Props, said: Props) -> Props | None:
    """Read the status; a bucket that was never versioned has none, and so no such setting unless that was asked for."""
    found: Props = call.find("s3", "get_bucket_versioning", **target) or {}
    asked_for: Props = table(said, "versioningConfiguration")
    if not found.get("Status"):
        return {"versioningConfiguration": {"status": "Disabled"}} if asked_for.get("status") == "Disabled" else None
    wanted = {name: found[name] for name in ("Status", "MFADelete") if found.get(name)}
    if wanted.get("MFADelete") == "Disabled" and "mfaDelete" not in asked_for:
        del wanted["MFADelete"]
    return {"versioningConfiguration": from_aws(wanted, NAMES)}


def _drop_versioning(call: Call, target: Props, state: Props) -> None:
    """Suspend, which is as far back as S3 goes; a bucket with Object Lock stays versioned."""
    if table(state, "versioningConfiguration").get("status") == "Disabled":
        return
    try:
        call.remove("s3", "put_bucket_versioning", **target, VersioningConfiguration={"Status": "Suspended"})
    except AwsError as error:
        if error.code != "InvalidBucketState":
            raise


def _put_encryption(call: Call, target: Props, inputs: Props) -> None:
    rules = to_aws(inputs["rules"], NAMES)
    call.do("s3", "put_bucket_encryption", **target, ServerSideEncryptionConfiguration={"Rules": rules})


def _get_encryption(call: Call, target: Props, _said: Props) -> Props | None:
    found = call.find("s3", "get_bucket_encryption", **target)
    return {"rules": from_aws(found["ServerSideEncryptionConfiguration"]["Rules"], NAMES)} if found else None


def _put_policy(call: Call, target: Props, inputs: Props) -> None:
    call.do("s3", "put_bucket_policy", **target, Policy=inputs["policy"])


def _get_policy(call: Call, target: Props, _said: Props) -> Props | None:
    found = call.find("s3", "get_bucket_policy", **target)
    return {"policy": found["Policy"]} if found else None


def _put_lock(call: Call, target: Props, inputs: Props) -> None:
    lock = to_aws({"objectLockEnabled": inputs["objectLockEnabled"], "rule": inputs.get("rule")}, NAMES)
    call.do("s3", "put_object_lock_configuration", **target, ObjectLockConfiguration=lock)


def _get_lock(call: Call, target: Props, _said: Props) -> Props | None:
    found = call.find("s3", "get_object_lock_configuration", **target)
    return plain(from_aws(found["ObjectLockConfiguration"], NAMES)) if found else None


def _drop_lock(call: Call, target: Props, state: Props) -> None:
    """Take the rule off; the lock itself stays on for the life of the bucket."""
    lock = {"ObjectLockEnabled": state.get("objectLockEnabled", "Enabled")}
    call.remove("s3", "put_object_lock_configuration", **target, ObjectLockConfiguration=lock)


def _put_replication(call: Call, target: Props, inputs: Props) -> None:
    told = to_aws({"role": inputs["role"], "rules": inputs["rules"]}, NAMES)
    call.do("s3", "put_bucket_replication", **target, ReplicationConfiguration=told)


def _get_replication(call: Call, target: Props, _said: Props) -> Props | None:
    found = call.find("s3", "get_bucket_replication", **target)
    return from_aws(found["ReplicationConfiguration"], NAMES) if found else None


def _put_lifecycle(call: Call, target: Props, inputs: Props) -> None:
    rules = [_rule_to_aws(rule) for rule in inputs["rules"]]
    minimum = inputs.get("transitionDefaultMinimumObjectSize")
    call.do(
        "s3",
        "put_bucket_lifecycle_configuration",
        **target,
        LifecycleConfiguration={"Rules": rules},
        TransitionDefaultMinimumObjectSize=minimum,
    )


def _get_lifecycle(call: Call, target: Props, _said: Props) -> Props | None:
    found = call.find("s3", "get_bucket_lifecycle_configuration", **target)
    if found is None:
        return None
    rules = [_rule_from_aws(rule) for rule in found["Rules"]]
    return {"rules": rules, "transitionDefaultMinimumObjectSize": found.get("TransitionDefaultMinimumObjectSize")}


def _put_notification(call: Call, target: Props, inputs: Props) -> None:
    told: Props = {"EventBridgeConfiguration": {}} if inputs.get("eventbridge") else {}
    call.do("s3", "put_bucket_notification_configuration", **target, NotificationConfiguration=told)


def _get_notification(call: Call, target: Props, _said: Props) -> Props | None:
    found = call.find("s3", "get_bucket_notification_configuration", **target)
    return {"eventbridge": True} if found and "EventBridgeConfiguration" in found else None


def _drop_notification(call: Call, target: Props, _state: Props) -> None:
    call.remove("s3", "put_bucket_notification_configuration", **target, NotificationConfiguration={})


def _rule_to_aws(rule: Props) -> Any:
    """Write a lifecycle rule as S3 takes it: a rule without any filter applies to all objects."""
    if "prefix" not in rule and "filter" not in rule:
        rule = {**rule, "filter": {}}
    written = to_aws(rule, NAMES)
    if tags := table(table(table(rule, "filter"), "and"), "tags"):
        written["Filter"]["And"]["Tags"] = [{"Key": key, "Value": value} for key, value in tags.items()]
    return written


def _rule_from_aws(rule: Any) -> Props:
    read: Props = from_aws(rule, NAMES)
    conditions = table(table(read, "filter"), "and")
    if "tags" in conditions:
        conditions["tags"] = {tag["key"]: tag["value"] for tag in items(conditions, "tags")}
    if read.get("filter") in ({}, {"prefix": ""}):
        del read["filter"]
    return read


SETTINGS = {
    "bucketNotification:BucketNotification": Setting(_put_notification, _get_notification, _drop_notification),
    "bucketOwnershipControls:BucketOwnershipControls": Setting(
        _put_ownership, _get_ownership, _dropped_by("delete_bucket_ownership_controls")
    ),
    "bucketPublicAccessBlock:BucketPublicAccessBlock": Setting(
        _put_access_block, _get_access_block, _drop_access_block
    ),
    "bucketVersioning:BucketVersioning": Setting(_put_versioning, _get_versioning, _drop_versioning),
    "bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration": Setting(
        _put_encryption, _get_encryption, _dropped_by("delete_bucket_encryption")
    ),
    "bucketPolicy:BucketPolicy": Setting(_put_policy, _get_policy, _dropped_by("delete_bucket_policy")),
    "bucketObjectLockConfiguration:BucketObjectLockConfiguration": Setting(_put_lock, _get_lock, _drop_lock),
    "bucketReplicationConfig:BucketReplicationConfig": Setting(
        _put_replication, _get_replication, _dropped_by("delete_bucket_replication")
    ),
    "bucketLifecycleConfiguration:BucketLifecycleConfiguration": Setting(
        _put_lifecycle, _get_lifecycle, _dropped_by("delete_bucket_lifecycle")
    ),
}
KINDS = {f"aws:s3/{token}": _kind(setting) for token, setting in SETTINGS.items()}
