"""Policy documents: documented sizes and grammar, for every call that takes one."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from clover.lab.cloud.documents import problems, size_of
from clover.lab.cloud.tables import table
from tests.lab.cloud.asking import bucket, policy, refused, vpc_with_subnets
from tests.lab.cloud.conftest import Aws

TRUST = policy(Effect="Allow", Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole")
MINE: dict[str, Any] = {
    "resource": {"Effect": "Deny", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"},
    "identity": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
    "trust": {"Effect": "Allow", "Principal": {"AWS": "111122223333"}, "Action": "sts:AssumeRole"},
}


def sized(grammar: str, size: int) -> str:
    """A document of exactly `size`, without white space, valid otherwise."""
    empty = json.dumps({"Version": "2012-10-17", "Id": "", "Statement": [MINE[grammar]]}, separators=(",", ":"))
    return empty.replace('"Id":""', f'"Id":"{"x" * (size - len(empty))}"')


def callers(aws: Aws, account: str) -> dict[str, Callable[[str], Any]]:
    """For each row of the table, what makes that call with a document."""
    s3, kms, iam, ec2 = aws("s3"), aws("kms"), aws("iam"), aws("ec2")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    iam.create_user(UserName="u")
    name, (vpc, _) = bucket(s3, f"documents-{account}"), vpc_with_subnets(ec2)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    asked = {"VpcId": vpc, "ServiceName": "com.amazonaws.eu-west-1.s3"}
    made = ec2.create_vpc_endpoint(**asked)["VpcEndpoint"]["VpcEndpointId"]
    arn = iam.create_policy(PolicyName="p", PolicyDocument=sized("identity", 500))["Policy"]["Arn"]
    return {
        "s3.PutBucketPolicy": lambda text: s3.put_bucket_policy(
            Bucket=name, Policy=text.replace('"Resource":"*"', f'"Resource":"arn:aws:s3:::{name}"')
        ),
        "kms.CreateKey": lambda text: kms.create_key(Policy=text),
        "kms.PutKeyPolicy": lambda text: kms.put_key_policy(KeyId=key, Policy=text),
        "iam.CreateRole": lambda text: iam.create_role(RoleName="new", AssumeRolePolicyDocument=text),
        "iam.UpdateAssumeRolePolicy": lambda text: iam.update_assume_role_policy(RoleName="r", PolicyDocument=text),
        "iam.PutRolePolicy": lambda text: iam.put_role_policy(RoleName="r", PolicyName="p", PolicyDocument=text),
        "iam.PutUserPolicy": lambda text: iam.put_user_policy(UserName="u", PolicyName="p", PolicyDocument=text),
        "iam.CreatePolicy": lambda text: iam.create_policy(PolicyName="q", PolicyDocument=text),
        "iam.CreatePolicyVersion": lambda text: iam.create_policy_version(PolicyArn=arn, PolicyDocument=text),
        "ec2.CreateVpcEndpoint": lambda text: ec2.create_vpc_endpoint(PolicyDocument=text, **asked),
        "ec2.ModifyVpcEndpoint": lambda text: ec2.modify_vpc_endpoint(VpcEndpointId=made, PolicyDocument=text),
    }


@pytest.mark.parametrize("name", sorted(table("documents")))
def test_the_documented_size_is_taken_and_one_more_is_refused(aws: Aws, account: str, name: str) -> None:
    row, call = table("documents")[name], callers(aws, account)[name]
    longer = len(f"arn:aws:s3:::documents-{account}") - 1 if name.startswith("s3.") else 0
    assert refused(call, text=sized(row["grammar"], row["most"] + 1 - longer)) == row["too_large"]["code"]
    call(sized(row["grammar"], row["most"] - longer))


@pytest.mark.parametrize("name", sorted(table("documents")))
@pytest.mark.parametrize("text", ["{", "[]", "{}", "Calling __str__ on an Output[T] is not supported."])
def test_what_is_no_policy_is_refused(aws: Aws, account: str, name: str, text: str) -> None:
    assert refused(callers(aws, account)[name], text=text) == table("documents")[name]["malformed"]["code"]


def test_every_row_has_a_source_and_a_parameter_of_its_operation() -> None:
    import botocore.session

    session: Any = botocore.session.get_session()  # pyright: ignore[reportUnknownMemberType]
    for name, row in table("documents").items():
        service, _, operation = name.partition(".")
        assert row["parameter"] in session.get_service_model(service).operation_model(operation).input_shape.members
        assert row["source"].startswith("https://docs.aws.amazon.com/")


def test_all_inline_policies_of_a_role_share_one_limit(aws: Aws) -> None:
    iam = aws("iam")
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=TRUST)
    half = sized("identity", 5120)
    for name in ("a", "b", "b"):
        iam.put_role_policy(RoleName="r", PolicyName=name, PolicyDocument=half)
    small = sized("identity", 200)
    assert refused(iam.put_role_policy, RoleName="r", PolicyName="c", PolicyDocument=small) == "LimitExceeded"
    iam.delete_role_policy(RoleName="r", PolicyName="a")
    iam.put_role_policy(RoleName="r", PolicyName="c", PolicyDocument=small)


def test_iam_does_not_count_white_space(aws: Aws) -> None:
    iam, text = aws("iam"), sized("trust", 2048)
    spaced = json.dumps(json.loads(text), indent=4)
    assert (size_of(spaced, "significant"), len(spaced) > 2048) == (2048, True)
    iam.create_role(RoleName="r", AssumeRolePolicyDocument=spaced)


@pytest.mark.parametrize("grammar", ["resource", "identity", "trust"])
@pytest.mark.parametrize(
    "change",
    [
        {"Effect": "Permit"},
        {"Effect": None},
        {"Action": None},
        {"Action": "GetObject"},
        {"NotAction": "s3:*"},
        {"Extra": 1},
        {"Condition": []},
        {"Condition": {"StringEqual": {"aws:x": "y"}}},
        {"Condition": {"StringEquals": {"nocolon": "y"}}},
        {"Condition": {"StringEquals": {"aws:x": {}}}},
        {"Condition": {"StringEquals": "aws:x"}},
    ],
)
def test_statements_that_no_service_takes(grammar: str, change: dict[str, Any]) -> None:
    assert not list(problems(policy(**MINE[grammar]), grammar))
    statement = {name: value for name, value in {**MINE[grammar], **change}.items() if value is not None}
    assert list(problems(policy(**statement), grammar))


@pytest.mark.parametrize(
    ("grammar", "change"),
    [
        ("identity", {"Principal": "*"}),
        ("identity", {"Resource": None}),
        ("identity", {"Resource": "bucket"}),
        ("identity", {"Sid": "with-dash"}),
        ("resource", {"Principal": None}),
        ("resource", {"Principal": {"Aws": "*"}}),
        ("resource", {"Principal": {"AWS": "role/x"}}),
        ("resource", {"Principal": "someone"}),
        ("trust", {"Resource": "*"}),
        ("trust", {"Principal": None}),
    ],
)
def test_what_belongs_to_one_kind_of_policy_only(grammar: str, change: dict[str, Any]) -> None:
    statement = {name: value for name, value in {**MINE[grammar], **change}.items() if value is not None}
    assert list(problems(policy(**statement), grammar))


@pytest.mark.parametrize(
    "condition",
    [
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": ["o-1/*"]}},
        {"ForAllValues:StringEqualsIfExists": {"aws:TagKeys": ["a"]}},
        {"StringNotEqualsIfExists": {"aws:SourceVpce": "vpce-1"}, "Null": {"aws:PrincipalArn": "false"}},
        {"NumericLessThanEquals": {"s3:max-keys": 10}, "DateGreaterThan": {"aws:CurrentTime": "2030-01-01T00:00:00Z"}},
        {"NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8"]}, "BoolIfExists": {"aws:ViaAWSService": False}},
        {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/clover/*"}},
    ],
)
def test_conditions_that_every_service_takes(condition: dict[str, Any]) -> None:
    assert not list(problems(policy(Condition=condition, **MINE["resource"]), "resource"))


def test_statement_ids_differ() -> None:
    twice = [{"Sid": "a", **MINE["resource"]}, {"Sid": "a", **MINE["resource"]}]
    assert list(problems(json.dumps({"Version": "2012-10-17", "Statement": twice}), "resource"))
    assert list(problems(json.dumps({"Version": "2012-10-17", "Statement": []}), "resource"))
    assert list(problems(json.dumps({"Version": "2020-01-01", "Statement": twice[:1]}), "resource"))
