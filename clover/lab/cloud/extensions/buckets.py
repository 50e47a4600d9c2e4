"""Buckets by name, whoever owns them: the namespace is one for all accounts."""

from moto.s3.exceptions import MissingBucket
from moto.s3.models import FakeBucket, s3_backends

from clover.lab.cloud.call import Call


def bucket_named(call: Call, name: str) -> FakeBucket | None:
    """The bucket `name`, or None where there is none in the call's partition."""
    try:
        return s3_backends[call.account][call.partition].get_bucket(name)
    except MissingBucket:
        return None
