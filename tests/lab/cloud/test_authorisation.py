"""What a role that the account keeps may do: its own policies, its boundary, and those of buckets and keys."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from clover.lab.cloud.client import Cloud
from tests.lab.cloud.conftest import Aws, connect

VERSION = "2012-10-17"
OTHER = "444455556666"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": VERSION, "Statement": list(statements)})


def allow(*actions: str, on: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def outcome(call: Any, **parameters: Any) -> tuple[int, str]:
    """Status and code of a call."""
    try:
        answer = call(**parameters)
    except ClientError as error:
        told: Any = error.response
        return told["ResponseMetadata"]["HTTPStatusCode"], told["Error"]["Code"]
    return answer["ResponseMetadata"]["HTTPStatusCode"], ""


@pytest.fixture
def role(aws: Aws, account: str) -> str:
    """A role of the account without a policy; its name."""
    trust = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "sts:AssumeRole"}
    aws("iam").create_role(RoleName="reader", AssumeRolePolicyDocument=document(trust))
    return "reader"


@pytest.fixture
def as_role(cloud: Cloud, account: str, role: str) -> Any:
    """Makes clients of the role."""
    keys = cloud.credentials(account, f"arn:aws:iam::{account}:role/{role}")

    def make(service: str) -> Any:
        return connect(cloud, keys, service)

    return make


def test_a_role_without_a_policy_may_do_nothing_but_ask_who_it_is(as_role: Any) -> None:
    assert outcome(as_role("sts").get_caller_identity)[0] == 200
    assert outcome(as_role("s3").list_buckets) == (403, "AccessDenied")
    assert outcome(as_role("ec2").describe_vpcs) == (403, "UnauthorizedOperation")
    assert outcome(as_role("iam").list_users) == (403, "AccessDenied")
    assert outcome(as_role("kms").list_keys) == (400, "AccessDeniedException")


def test_a_role_does_what_its_policy_says_and_no_more(aws: Aws, role: str, as_role: Any) -> None:
    aws("s3").create_bucket(Bucket="allowed-here", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    aws("s3").create_bucket(Bucket="denied-here", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    policy = document(allow("s3:ListBucket", "s3:GetEncryptionConfiguration", on="arn:aws:s3:::allowed-here"))
    aws("iam").put_role_policy(RoleName=role, PolicyName="some", PolicyDocument=policy)
    s3 = as_role("s3")
    assert outcome(s3.list_objects_v2, Bucket="allowed-here")[0] == 200
    assert outcome(s3.get_bucket_encryption, Bucket="allowed-here")[0] == 200
    assert outcome(s3.list_objects_v2, Bucket="denied-here") == (403, "AccessDenied")
    assert outcome(s3.put_object, Bucket="allowed-here", Key="k", Body=b"x") == (403, "AccessDenied")


def test_a_managed_policy_counts_within_the_boundary_alone(aws: Aws, role: str, as_role: Any, account: str) -> None:
    iam = aws("iam")
    whole = iam.create_policy(PolicyName="all", PolicyDocument=document(allow("ec2:*", "iam:List*")))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName=role, PolicyArn=whole)
    assert outcome(as_role("ec2").describe_vpcs)[0] == 200
    bound = iam.create_policy(PolicyName="bound", PolicyDocument=document(allow("iam:*")))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName=role, PermissionsBoundary=bound)
    assert outcome(as_role("ec2").describe_vpcs) == (403, "UnauthorizedOperation")
    assert outcome(as_role("iam").list_users)[0] == 200


def test_what_a_buckets_policy_denies_is_denied_whoever_allows_it(
    aws: Aws, role: str, as_role: Any, account: str
) -> None:
    s3 = aws("s3")
    s3.create_bucket(Bucket="closed-here", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    aws("iam").put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=document(allow("s3:*")))
    assert outcome(as_role("s3").list_objects_v2, Bucket="closed-here")[0] == 200
    denial = {"Effect": "Deny", "Principal": "*", "Action": "s3:ListBucket", "Resource": "arn:aws:s3:::closed-here"}
    s3.put_bucket_policy(Bucket="closed-here", Policy=document(denial))
    assert outcome(as_role("s3").list_objects_v2, Bucket="closed-here") == (403, "AccessDenied")


def test_a_bucket_of_another_account_lets_in_whom_its_own_policy_does(aws: Aws, cloud: Cloud, account: str) -> None:
    there = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    aws("s3").create_bucket(Bucket="of-the-other", **there)
    trust = allow("sts:AssumeRole", Principal={"AWS": f"arn:aws:iam::{OTHER}:root"})
    del trust["Resource"]
    other = connect(cloud, cloud.credentials(OTHER, f"arn:aws:iam::{OTHER}:role/deployer"), "iam")
    arn = other.create_role(RoleName="stranger", AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    other.put_role_policy(RoleName="stranger", PolicyName="all", PolicyDocument=document(allow("s3:*")))
    stranger = connect(cloud, cloud.credentials(OTHER, arn), "s3")
    assert outcome(stranger.get_bucket_versioning, Bucket="of-the-other") == (403, "AccessDenied")
    assert outcome(stranger.create_bucket, Bucket="of-the-other", **there) == (409, "BucketAlreadyExists")
    let = allow("s3:GetBucketVersioning", on="arn:aws:s3:::of-the-other", Principal={"AWS": arn})
    aws("s3").put_bucket_policy(Bucket="of-the-other", Policy=document(let))
    assert outcome(stranger.get_bucket_versioning, Bucket="of-the-other")[0] == 200
    assert outcome(stranger.list_objects_v2, Bucket="of-the-other") == (403, "AccessDenied")


def test_a_key_is_used_where_its_own_policy_lets(aws: Aws, role: str, as_role: Any, account: str) -> None:
    root = {"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}, "Action": "kms:*", "Resource": "*"}
    denial = {"Effect": "Deny", "Principal": "*", "Action": "kms:GenerateDataKey", "Resource": "*"}
    key = aws("kms").create_key(Policy=document(root, denial))["KeyMetadata"]["KeyId"]
    aws("iam").put_role_policy(RoleName=role, PolicyName="all", PolicyDocument=document(allow("kms:*")))
    assert outcome(as_role("kms").describe_key, KeyId=key)[0] == 200
    refused = (400, "AccessDeniedException")
    assert outcome(as_role("kms").generate_data_key, KeyId=key, KeySpec="AES_256") == refused


def test_a_role_that_no_account_keeps_is_not_asked_about(aws: Aws) -> None:
    assert outcome(aws("s3").list_buckets)[0] == 200
