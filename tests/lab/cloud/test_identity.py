"""Who a caller is, by the access key."""

from typing import Any

import pytest

from clover.lab.cloud.client import Cloud, CloudError
from tests.lab.cloud.asking import refused
from tests.lab.cloud.conftest import Aws, connect


def test_credentials_act_as_the_role_in_its_account(cloud: Cloud, aws: Aws, account: str) -> None:
    identity = aws("sts").get_caller_identity()
    assert identity["Account"] == account
    assert identity["Arn"] == f"arn:aws:sts::{account}:assumed-role/deployer/lab"
    aws("iam").list_roles()
    assert cloud.calls()[-1]["principal"] == f"arn:aws:iam::{account}:role/clover/deployer"


def test_one_accounts_things_are_not_anothers(cloud: Cloud, aws: Aws) -> None:
    key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    other = connect(cloud, cloud.credentials("444455556666", "arn:aws:iam::444455556666:role/x"), "kms")
    assert refused(other.describe_key, KeyId=key) == "NotFoundException"


def test_one_regions_things_are_not_anothers(aws: Aws) -> None:
    key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    assert refused(aws("kms", region="eu-central-1").describe_key, KeyId=key) == "NotFoundException"


def test_a_role_leads_to_another_account(cloud: Cloud, aws: Aws) -> None:
    answer = aws("sts").assume_role(RoleArn="arn:aws:iam::444455556666:role/auditor", RoleSessionName="audit")
    names = {"AccessKeyId": "AWS_ACCESS_KEY_ID", "SecretAccessKey": "AWS_SECRET_ACCESS_KEY"}
    keys = {names[name]: answer["Credentials"][name] for name in names}
    identity = connect(cloud, keys, "sts").get_caller_identity()
    assert identity["Account"] == "444455556666"
    assert identity["Arn"] == answer["AssumedRoleUser"]["Arn"]


def test_a_users_key_is_the_user_until_it_is_inactive(cloud: Cloud, aws: Aws, account: str) -> None:
    iam: Any = aws("iam")
    iam.create_user(UserName="operator", Path="/people/")
    key = iam.create_access_key(UserName="operator")["AccessKey"]
    keys = {"AWS_ACCESS_KEY_ID": key["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": key["SecretAccessKey"]}
    sts = connect(cloud, keys, "sts")
    assert sts.get_caller_identity()["Arn"] == f"arn:aws:iam::{account}:user/people/operator"
    iam.update_access_key(UserName="operator", AccessKeyId=key["AccessKeyId"], Status="Inactive")
    assert refused(sts.get_caller_identity) == "InvalidClientTokenId"


@pytest.mark.parametrize(
    ("service", "operation", "code"),
    [
        ("iam", "list_roles", "InvalidClientTokenId"),
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("s3", "list_buckets", "InvalidAccessKeyId"),
        ("ec2", "describe_vpcs", "AuthFailure"),
        ("kms", "list_keys", "UnrecognizedClientException"),
        ("network-firewall", "list_firewalls", "UnrecognizedClientException"),
    ],
)
def test_a_key_that_the_cloud_never_gave_out_is_refused(cloud: Cloud, service: str, operation: str, code: str) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE", "AWS_SECRET_ACCESS_KEY": "x"}
    assert refused(getattr(connect(cloud, keys, service), operation)) == code


def test_an_account_id_as_key_is_the_root_user(cloud: Cloud, account: str) -> None:
    keys = {"AWS_ACCESS_KEY_ID": account, "AWS_SECRET_ACCESS_KEY": "x"}
    assert connect(cloud, keys, "sts").get_caller_identity()["Arn"] == f"arn:aws:iam::{account}:root"


@pytest.mark.parametrize(
    "role",
    ["", "deployer", "arn:aws:iam::444455556666:role/x", "arn:aws:iam::111122223333:user/x", "arn:aws:s3:::bucket"],
)
def test_credentials_want_a_role_of_the_account(cloud: Cloud, role: str) -> None:
    with pytest.raises(CloudError, match="role"):
        cloud.credentials("111122223333", role)
