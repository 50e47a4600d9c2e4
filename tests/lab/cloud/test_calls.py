"""The call log: every call, by whom, on what, in order."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from clover.lab.cloud.client import Cloud
from tests.lab.cloud.asking import bucket, policy, refused
from tests.lab.cloud.conftest import Aws


def told(call: dict[str, Any]) -> tuple[Any, ...]:
    return call["service"], call["operation"], call.get("resource"), call["status"]


def test_each_protocol_is_logged_with_botocores_names_and_the_resource(cloud: Cloud, aws: Aws, account: str) -> None:
    before = cloud.status()["calls"]
    s3, iam, name = aws("s3"), aws("iam"), f"log-{account}"
    bucket(s3, name)
    denied = policy(Effect="Deny", Principal="*", Action="s3:*", Resource=f"arn:aws:s3:::{name}")
    s3.put_bucket_policy(Bucket=name, Policy=denied)
    refused(s3.get_bucket_lifecycle_configuration, Bucket=name)
    s3.put_object(Bucket=name, Key="a/b c", Body=b"payload")
    trust = policy(Effect="Allow", Principal={"AWS": account}, Action="sts:AssumeRole")
    iam.create_role(RoleName="auditor", Path="/clover/", AssumeRolePolicyDocument=trust)
    iam.get_role(RoleName="auditor")
    aws("ec2").describe_vpcs()
    key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    aws("kms").enable_key_rotation(KeyId=key)
    aws("network-firewall").list_firewalls()
    aws("route53resolver").list_firewall_configs()
    role = f"arn:aws:iam::{account}:role/clover/auditor"
    assert [told(call) for call in cloud.calls(before)] == [
        ("s3", "CreateBucket", f"arn:aws:s3:::{name}", 200),
        ("s3", "PutBucketPolicy", f"arn:aws:s3:::{name}", 200),
        ("s3", "GetBucketLifecycleConfiguration", f"arn:aws:s3:::{name}", 404),
        ("s3", "PutObject", f"arn:aws:s3:::{name}/a/b c", 200),
        ("iam", "CreateRole", role, 200),
        ("iam", "GetRole", role, 200),
        ("ec2", "DescribeVpcs", None, 200),
        ("kms", "CreateKey", None, 200),
        ("kms", "EnableKeyRotation", f"arn:aws:kms:eu-west-1:{account}:key/{key}", 200),
        ("network-firewall", "ListFirewalls", None, 200),
        ("route53resolver", "ListFirewallConfigs", None, 200),
    ]


def test_a_record_says_who_called_where_and_with_what(cloud: Cloud, aws: Aws, account: str) -> None:
    before = cloud.status()["calls"]
    aws("kms", region="eu-central-1").create_key(Description="d", Tags=[{"TagKey": "a", "TagValue": "b"}])
    (record,) = cloud.calls(before)
    assert record.pop("time").endswith("+00:00")
    assert record == {
        "n": before + 1,
        "account": account,
        "principal": f"arn:aws:iam::{account}:role/clover/deployer",
        "region": "eu-central-1",
        "service": "kms",
        "operation": "CreateKey",
        "parameters": {"Description": "d", "Tags": [{"TagKey": "a", "TagValue": "b"}]},
        "status": 200,
    }


def test_payloads_and_secrets_are_not_logged(cloud: Cloud, aws: Aws, account: str) -> None:
    before = cloud.status()["calls"]
    name = bucket(aws("s3"), f"secret-{account}")
    aws("s3").put_object(Bucket=name, Key="k", Body=b"canary-payload")
    key = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    aws("kms").encrypt(KeyId=key, Plaintext=b"canary-plaintext")
    text = json.dumps(cloud.calls(before))
    assert '"Body": {"bytes": 14}' in text
    assert '"Plaintext": "(sensitive)"' in text
    assert "canary" not in text


def test_refused_calls_are_logged_with_their_status(cloud: Cloud, aws: Aws) -> None:
    before = cloud.status()["calls"]
    refused(aws("kms").describe_key, KeyId="alias/none")
    refused(aws("iam").get_role, RoleName="none")
    assert [told(call)[1::2] for call in cloud.calls(before)] == [("DescribeKey", 400), ("GetRole", 404)]


def test_eight_threads_at_once_lose_nothing(cloud: Cloud, aws: Aws) -> None:
    before = cloud.status()["calls"]
    ec2, kms, iam = aws("ec2"), aws("kms"), aws("iam")
    trust = policy(Effect="Allow", Principal={"Service": "ec2.amazonaws.com"}, Action="sts:AssumeRole")

    def make(number: int) -> None:
        iam.create_role(RoleName=f"role-{number}", AssumeRolePolicyDocument=trust)
        kms.create_key(Description=str(number))
        ec2.create_vpc(CidrBlock=f"10.{number}.0.0/16")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(make, range(24)))
    assert {role["RoleName"] for role in iam.list_roles()["Roles"]} == {f"role-{number}" for number in range(24)}
    assert len(kms.list_keys()["Keys"]) == 24
    assert len({vpc["CidrBlock"] for vpc in ec2.describe_vpcs()["Vpcs"]} - {"172.31.0.0/16"}) == 24
    calls = cloud.calls(before)
    assert [call["n"] for call in calls] == list(range(before + 1, before + 1 + len(calls)))
    assert sorted(call["operation"] for call in calls[:72]) == sorted(["CreateRole", "CreateKey", "CreateVpc"] * 24)


def test_the_log_is_a_file_of_lines(cloud: Cloud, aws: Aws) -> None:
    aws("iam").list_roles()
    lines = (cloud.folder / "calls.jsonl").read_text().splitlines()
    assert [json.loads(line) for line in lines] == cloud.calls()
    assert len(lines) == cloud.status()["calls"]
