"""IAM as boto3 sees it."""

from typing import Any

import pytest

from tests.lab.cloud.asking import policy, refused
from tests.lab.cloud.conftest import Aws

TRUST = policy(Effect="Allow", Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole")


@pytest.mark.parametrize(
    "more",
    [
        {"RoleName": "with space"},
        {"RoleName": "x" * 65},
        {"Path": "no-slashes"},
        {"Description": "x" * 1001},
        {"MaxSessionDuration": 43_201},
        {"PermissionsBoundary": "x" * 2049},
    ],
)
def test_parameters_are_held_to_the_service_model(aws: Aws, more: dict[str, Any]) -> None:
    iam = aws("iam")
    asked = {"RoleName": "r", "AssumeRolePolicyDocument": TRUST, **more}
    assert refused(iam.create_role, **asked) == "ValidationError"
    assert iam.list_roles()["Roles"] == []


def test_a_role_round_trips(aws: Aws, account: str) -> None:
    iam, tags = aws("iam"), [{"Key": "site", "Value": "dublin"}]
    asked = {"Path": "/clover/", "Description": "d", "MaxSessionDuration": 7200, "Tags": tags}
    iam.create_role(RoleName="auditor", AssumeRolePolicyDocument=TRUST, **asked)
    role = iam.get_role(RoleName="auditor")["Role"]
    assert role["Arn"] == f"arn:aws:iam::{account}:role/clover/auditor"
    assert {name: role[name] for name in asked} == asked
    inline = policy(Effect="Allow", Action="s3:GetObject", Resource="*")
    iam.put_role_policy(RoleName="auditor", PolicyName="read", PolicyDocument=inline)
    assert iam.get_role_policy(RoleName="auditor", PolicyName="read")["PolicyDocument"]["Statement"]
    assert refused(iam.delete_role, RoleName="auditor") == "DeleteConflict"
    iam.delete_role_policy(RoleName="auditor", PolicyName="read")
    iam.delete_role(RoleName="auditor")
    assert refused(iam.get_role, RoleName="auditor") == "NoSuchEntity"
    assert refused(iam.put_role_policy, RoleName="auditor", PolicyName="p", PolicyDocument=inline) == "NoSuchEntity"
