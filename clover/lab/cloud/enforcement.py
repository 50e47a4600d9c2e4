"""moto decides nothing: who may make a call is asked of the plain evaluator (authorisation.py), which says so.

moto enforces key and bucket policies in part: without their conditions, so that one conditional deny locks everybody
out. What is left is that anonymous readers need a public bucket policy or ACL.
"""

from typing import Any

from moto.iam.access_control import PermissionResult
from moto.kms import responses as kms_responses
from moto.s3.models import FakeBucket

from clover.lab.cloud.public_policies import is_public


def lift() -> None:
    """Take moto's partial checks of key and bucket policies away."""
    key_calls: Any = kms_responses
    key_calls.validate_policy = _decide_nothing
    buckets: Any = FakeBucket
    buckets.get_permission = _for_anonymous


def _decide_nothing(_key: Any, _action: str) -> None:
    """Stand where moto's check of key policies stood."""


def _for_anonymous(bucket: FakeBucket, _action: str, _resource: str) -> PermissionResult:
    """Never a denial; a permission where the bucket is public, which matters to anonymous callers only."""
    public = bucket.policy is not None and is_public(bucket.policy.decode())
    return PermissionResult.PERMITTED if public else PermissionResult.NEUTRAL
