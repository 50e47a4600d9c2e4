"""KMS as boto3 sees it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.lab.cloud.asking import policy, refused
from tests.lab.cloud.conftest import Aws


@pytest.fixture
def kms(aws: Aws) -> Any:
    return aws("kms")


@pytest.fixture
def key(kms: Any) -> str:
    return kms.create_key()["KeyMetadata"]["KeyId"]


def test_a_rotation_period_is_kept(kms: Any, key: str) -> None:
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False
    kms.enable_key_rotation(KeyId=key, RotationPeriodInDays=180)
    status = kms.get_key_rotation_status(KeyId=key)
    assert (status["KeyRotationEnabled"], status["RotationPeriodInDays"]) == (True, 180)
    days = status["NextRotationDate"] - datetime.now(UTC)
    assert timedelta(days=179) < days < timedelta(days=181)
    kms.disable_key_rotation(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is False


def test_a_key_rotates_every_year_unless_told_otherwise(kms: Any, key: str) -> None:
    kms.enable_key_rotation(KeyId=key)
    assert kms.get_key_rotation_status(KeyId=key)["RotationPeriodInDays"] == 365
    assert refused(kms.enable_key_rotation, KeyId=key, RotationPeriodInDays=2561) == "ValidationException"


def test_a_key_that_waits_for_deletion_cannot_be_changed(kms: Any, key: str) -> None:
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "PendingDeletion"
    assert refused(kms.enable_key, KeyId=key) == "KMSInvalidStateException"
    assert refused(kms.enable_key_rotation, KeyId=key) == "KMSInvalidStateException"
    tags = [{"TagKey": "a", "TagValue": "b"}]
    assert refused(kms.tag_resource, KeyId=key, Tags=tags) == "KMSInvalidStateException"
    kms.cancel_key_deletion(KeyId=key)
    kms.enable_key(KeyId=key)
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"] == "Enabled"


def test_aliases_keep_off_awss_own_names(kms: Any, key: str) -> None:
    kms.create_alias(AliasName="alias/clover-profiles", TargetKeyId=key)
    assert refused(kms.create_alias, AliasName="alias/clover-profiles", TargetKeyId=key) == "AlreadyExistsException"
    assert refused(kms.create_alias, AliasName="alias/aws/mine", TargetKeyId=key) == "NotAuthorizedException"
    assert refused(kms.create_alias, AliasName="clover", TargetKeyId=key) == "ValidationException"
    assert kms.describe_key(KeyId="alias/clover-profiles")["KeyMetadata"]["KeyId"] == key


def test_no_key_policy_is_enforced(kms: Any, account: str) -> None:
    locked = policy(Effect="Deny", Principal="*", Action=["kms:*"], Resource="*", Condition={"Bool": {"aws:x": "true"}})
    key = kms.create_key(Policy=locked)["KeyMetadata"]["KeyId"]
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["AWSAccountId"] == account
    assert kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"] == locked


def test_a_key_has_one_policy_whose_name_need_not_be_given(kms: Any, key: str) -> None:
    changed = policy(Effect="Allow", Principal="*", Action="kms:*", Resource="*")
    kms.put_key_policy(KeyId=key, Policy=changed)
    assert kms.get_key_policy(KeyId=key)["Policy"] == kms.get_key_policy(KeyId=key, PolicyName="default")["Policy"]
    assert kms.get_key_policy(KeyId=key)["Policy"] == changed
    assert refused(kms.put_key_policy, KeyId=key, PolicyName="second", Policy=changed) == "NotFoundException"


@pytest.mark.parametrize("unknown", ["1234abcd-12ab-34cd-56ef-1234567890ab", "alias/none"])
def test_unknown_keys_are_not_found(kms: Any, unknown: str) -> None:
    assert refused(kms.get_key_rotation_status, KeyId=unknown) == "NotFoundException"
    assert refused(kms.enable_key_rotation, KeyId=unknown) == "NotFoundException"
    assert refused(kms.describe_key, KeyId=unknown) == "NotFoundException"
