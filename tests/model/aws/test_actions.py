"""API operations and the actions that they ask for."""

from typing import Any

import pytest

from clover.model.aws.actions import actions_of


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "expected"),
    [
        ("s3", "HeadBucket", {}, ["s3:ListBucket"]),
        ("s3", "PutBucketEncryption", {}, ["s3:PutEncryptionConfiguration"]),
        ("s3", "CreateBucket", {}, ["s3:CreateBucket"]),
        (
            "s3",
            "CreateBucket",
            {"ObjectLockEnabledForBucket": "true"},
            ["s3:CreateBucket", "s3:PutBucketObjectLockConfiguration", "s3:PutBucketVersioning"],
        ),
        ("ec2", "CreateFlowLogs", {}, ["ec2:CreateFlowLogs", "logs:CreateLogDelivery"]),
        ("kms", "DescribeKey", {}, ["kms:DescribeKey"]),
    ],
)
def test_actions(service: str, operation: str, parameters: dict[str, Any], expected: list[str]) -> None:
    assert [needed.action for needed in actions_of(service, operation, parameters)] == expected


def test_what_belongs_to_no_single_resource_says_so() -> None:
    assert actions_of("ec2", "CreateFlowLogs", {})[1].resource == "*"


def test_a_new_key_is_single_region_and_keeps_the_lockout_check() -> None:
    assert actions_of("kms", "CreateKey", {})[0].context["kms:MultiRegion"] == "false"
    assert actions_of("kms", "CreateKey", {"MultiRegion": True})[0].context["kms:MultiRegion"] == "true"
