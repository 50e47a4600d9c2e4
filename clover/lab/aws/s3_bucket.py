"""S3: the bucket itself. Its settings are resources of their own (`s3_settings`)."""

from typing import Any

from clover.lab.aws import tagging
from clover.lab.aws.cloud import Call
from clover.lab.aws.failure import AwsError
from clover.lab.aws.kind import Kind, Tagger, given, items, table
from clover.lab.aws.partitions import partition_of
from clover.lab.provider.failure import Refusal
from clover.lab.provider.wire import Props

#: The region whose buckets have no location constraint (S3 API: CreateBucket).
UNCONSTRAINED_REGION = "us-east-1"
#: DeleteObjects takes so many keys at once.
DELETE_BATCH = 1000


def _create(call: Call, inputs: Props) -> str:
    bucket: str = inputs["bucket"]
    constraint = {"LocationConstraint": call.region} if call.region != UNCONSTRAINED_REGION else None
    lock = inputs.get("objectLockEnabled")
    call.do(
        "s3",
        "create_bucket",
        **given(Bucket=bucket, CreateBucketConfiguration=constraint, ObjectLockEnabledForBucket=lock),
    )
    return bucket


def _complete(call: Call, bucket: str, inputs: Props) -> None:
    call.wait_until_visible(f"bucket {bucket}", lambda: call.find("s3", "head_bucket", Bucket=bucket))
    if inputs.get("tagsAll"):
        _put_tags(call, bucket, inputs["tagsAll"])


def _read(call: Call, bucket: str, _said: Props) -> Props | None:
    found = call.find("s3", "head_bucket", Bucket=bucket)
    if found is None:
        return None
    region = found.get("BucketRegion") or call.region
    lock: Props = call.find("s3", "get_object_lock_configuration", Bucket=bucket) or {}
    suffix = partition_of(call.region)[1]
    return {
        "bucket": bucket,
        "arn": f"arn:{call.partition}:s3:::{bucket}",
        "bucketRegion": region,
        "bucketDomainName": f"{bucket}.s3.{suffix}",
        "bucketRegionalDomainName": f"{bucket}.s3.{region}.{suffix}",
        "objectLockEnabled": table(lock, "ObjectLockConfiguration").get("ObjectLockEnabled") == "Enabled",
        "tagsAll": _tags(call, bucket),
    }


def _tags(call: Call, bucket: str) -> Props:
    found = call.find("s3", "get_bucket_tagging", Bucket=bucket)
    return tagging.from_list(found["TagSet"]) if found else {}


def _put_tags(call: Call, bucket: str, tags: Props) -> None:
    """Write the whole set: S3 has no call that changes a single tag of a bucket."""
    if tags:
        call.do("s3", "put_bucket_tagging", Bucket=bucket, Tagging={"TagSet": tagging.as_list(tags)})
    else:
        call.remove("s3", "delete_bucket_tagging", Bucket=bucket)


def _drop_tags(call: Call, bucket: str, keys: list[str]) -> None:
    present = _tags(call, bucket)
    _put_tags(call, bucket, {key: value for key, value in present.items() if key not in keys})


def _delete(call: Call, bucket: str, state: Props) -> None:
    if state.get("forceDestroy"):
        _empty(call, bucket)
    try:
        call.remove("s3", "delete_bucket", Bucket=bucket)
    except AwsError as error:
        if error.code == "BucketNotEmpty":
            raise Refusal(f"bucket {bucket} holds objects; empty it, or set forceDestroy, before it goes") from None
        raise


def _empty(call: Call, bucket: str) -> None:
    """Delete every version of every object; a locked one stops it."""
    while found := _versions(call, bucket):
        answer = call.do("s3", "delete_objects", Bucket=bucket, Delete={"Objects": found, "Quiet": True})
        if errors := answer.get("Errors"):
            first = errors[0]
            raise Refusal(
                f"bucket {bucket} cannot be emptied: {len(errors)} objects are kept, "
                f"the first is {first.get('Key')} ({first.get('Code')}: {first.get('Message')})"
            )


def _versions(call: Call, bucket: str) -> list[Any]:
    page: Props = call.find("s3", "list_object_versions", Bucket=bucket, MaxKeys=DELETE_BATCH) or {}
    entries = [*items(page, "Versions"), *items(page, "DeleteMarkers")]
    return [{"Key": entry["Key"], "VersionId": entry["VersionId"]} for entry in entries]


KINDS = {
    "aws:s3/bucket:Bucket": Kind(
        create=_create,
        complete=_complete,
        read=_read,
        delete=_delete,
        tagger=Tagger(
            add=lambda call, bucket, tags: _put_tags(call, bucket, {**_tags(call, bucket), **tags}),
            remove=_drop_tags,
        ),
    )
}
