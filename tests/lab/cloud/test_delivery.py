"""Records that go to another account's bucket, under another account's key: its policies decide, as AWS has it."""

import json
from typing import Any, NamedTuple

import pytest

from clover.lab.cloud.client import Cloud
from tests.lab.cloud.asking import bucket, refused, vpc_with_subnets
from tests.lab.cloud.conftest import Aws, connect
from tests.lab.cloud.test_networkfirewall import destinations, firewall_policy


class Auditor(NamedTuple):
    """The other account: its clients, a bucket and a key of its, which nobody else may use yet."""

    account: str
    s3: Any
    kms: Any
    bucket: str
    key: str


@pytest.fixture
def auditor(cloud: Cloud, account: str) -> Auditor:
    own = str(int(account) + 500_000_000_000)
    keys = cloud.credentials(own, f"arn:aws:iam::{own}:role/clover/auditor-deployer")
    s3, kms = connect(cloud, keys, "s3"), connect(cloud, keys, "kms")
    return Auditor(own, s3, kms, bucket(s3, f"vault-{own}"), kms.create_key()["KeyMetadata"]["Arn"])


def lets(auditor: Auditor, service: str, account: str, *, source: str | None = None, folder: str | None = None) -> None:
    """Put a policy on the bucket that lets a service write the records of one account, from one source."""
    arn = f"arn:aws:s3:::{auditor.bucket}"
    bound = {"aws:SourceAccount": account} | ({"aws:SourceArn": source} if source else {})
    common = {"Effect": "Allow", "Principal": {"Service": service}, "Condition": {"StringEquals": bound}}
    record = {
        "StringEquals": {**bound, "s3:x-amz-acl": "bucket-owner-full-control"},
    }
    statements = [
        {**common, "Action": "s3:GetBucketAcl", "Resource": arn},
        {
            **common,
            "Action": "s3:PutObject",
            "Resource": f"{arn}/AWSLogs/{folder or account}/*",
            "Condition": record,
        },
    ]
    document = json.dumps({"Version": "2012-10-17", "Statement": statements})
    auditor.s3.put_bucket_policy(Bucket=auditor.bucket, Policy=document)


def opens(auditor: Auditor, *statements: dict[str, Any]) -> None:
    """Let the auditor's own account administer the key, and what the statements say besides."""
    own = {"AWS": f"arn:aws:iam::{auditor.account}:root"}
    held = [{"Effect": "Allow", "Principal": own, "Action": "kms:*", "Resource": "*"}, *statements]
    document = json.dumps({"Version": "2012-10-17", "Statement": held})
    auditor.kms.put_key_policy(KeyId=auditor.key, Policy=document, PolicyName="default")


TRAIL = "cloudtrail.amazonaws.com"
LOGS = "delivery.logs.amazonaws.com"


def trail_of(account: str, name: str = "site") -> str:
    return f"arn:aws:cloudtrail:eu-west-1:{account}:trail/{name}"


def test_a_trail_delivers_to_a_bucket_that_names_it(aws: Aws, auditor: Auditor, account: str):
    trails, asked = aws("cloudtrail"), {"Name": "site", "S3BucketName": auditor.bucket}
    assert refused(trails.create_trail, **asked) == "InsufficientS3BucketPolicyException"
    for source, folder in ((trail_of(account, "other"), None), (trail_of(auditor.account), None), (None, "1" * 12)):
        lets(auditor, TRAIL, account, source=source, folder=folder)
        assert refused(trails.create_trail, **asked) == "InsufficientS3BucketPolicyException"
    lets(auditor, TRAIL, account, source=trail_of(account))
    assert trails.create_trail(**asked)["S3BucketName"] == auditor.bucket


def test_a_trail_encrypts_with_a_key_that_lets_it(aws: Aws, auditor: Auditor, account: str):
    lets(auditor, TRAIL, account)
    trails = aws("cloudtrail")
    asked = {"Name": "site", "S3BucketName": auditor.bucket, "KmsKeyId": auditor.key}
    assert refused(trails.create_trail, **asked) == "InsufficientEncryptionPolicyException"
    encrypts = {"Effect": "Allow", "Principal": {"Service": TRAIL}, "Action": "kms:GenerateDataKey*", "Resource": "*"}
    bound = {"StringEquals": {"aws:SourceArn": trail_of(account, "other")}}
    opens(auditor, {**encrypts, "Condition": bound})
    assert refused(trails.create_trail, **asked) == "InsufficientEncryptionPolicyException"
    opens(auditor, {**encrypts, "Condition": {"StringEquals": {"aws:SourceArn": trail_of(account)}}})
    assert trails.create_trail(**asked)["KmsKeyId"] == auditor.key


def test_a_trail_takes_the_alias_of_another_account_s_key_and_says_the_key(aws: Aws, auditor: Auditor, account: str):
    auditor.kms.create_alias(AliasName="alias/vault", TargetKeyId=auditor.key)
    lets(auditor, TRAIL, account)
    opens(auditor, {"Effect": "Allow", "Principal": {"Service": TRAIL}, "Action": "kms:*", "Resource": "*"})
    alias = f"arn:aws:kms:eu-west-1:{auditor.account}:alias/vault"
    aws("cloudtrail").create_trail(Name="site", S3BucketName=auditor.bucket, KmsKeyId=alias)
    assert aws("cloudtrail").get_trail(Name="site")["Trail"]["KmsKeyId"] == auditor.key


def test_another_account_looks_at_a_key_where_its_policy_says_so(aws: Aws, auditor: Auditor, account: str):
    kms = aws("kms")
    auditor.kms.create_alias(AliasName="alias/vault", TargetKeyId=auditor.key)
    alias = f"arn:aws:kms:eu-west-1:{auditor.account}:alias/vault"
    for name in (auditor.key, alias):
        assert refused(kms.describe_key, KeyId=name) == "AccessDeniedException"
    named = {"AWS": f"arn:aws:iam::{account}:root"}
    opens(auditor, {"Effect": "Allow", "Principal": named, "Action": "kms:DescribeKey", "Resource": "*"})
    for name in (auditor.key, alias):
        assert kms.describe_key(KeyId=name)["KeyMetadata"]["Arn"] == auditor.key
    assert refused(kms.get_key_policy, KeyId=auditor.key) == "NotFoundException"


def flows_to(aws: Aws, name: str) -> dict[str, Any]:
    vpc, _ = vpc_with_subnets(aws("ec2"))
    asked = {"ResourceIds": [vpc], "ResourceType": "VPC", "TrafficType": "ALL", "LogDestinationType": "s3"}
    return aws("ec2").create_flow_logs(LogDestination=f"arn:aws:s3:::{name}", **asked)


def test_flows_go_to_a_bucket_that_takes_the_account_s_records(aws: Aws, auditor: Auditor, account: str):
    made = flows_to(aws, auditor.bucket)
    assert made["FlowLogIds"] == []
    assert "denied" in made["Unsuccessful"][0]["Error"]["Message"].lower()
    lets(auditor, LOGS, auditor.account)
    assert flows_to(aws, auditor.bucket)["FlowLogIds"] == []
    lets(auditor, LOGS, account)
    assert len(flows_to(aws, auditor.bucket)["FlowLogIds"]) == 1


def test_flows_go_to_a_bucket_of_the_account_s_own_without_being_let(aws: Aws, account: str):
    """The service extends the policy of a bucket of whoever asks."""
    assert len(flows_to(aws, bucket(aws("s3"), f"own-{account}"))["FlowLogIds"]) == 1


def test_look_ups_go_to_a_bucket_that_takes_the_account_s_records(aws: Aws, auditor: Auditor, account: str):
    resolver = aws("route53resolver")
    asked = {"Name": "names", "DestinationArn": f"arn:aws:s3:::{auditor.bucket}", "CreatorRequestId": "r"}
    assert refused(resolver.create_resolver_query_log_config, **asked) == "AccessDeniedException"
    lets(auditor, LOGS, account)
    assert resolver.create_resolver_query_log_config(**asked)["ResolverQueryLogConfig"]["Status"] == "CREATED"


def test_a_firewall_logs_to_a_bucket_that_takes_the_account_s_records(aws: Aws, auditor: Auditor, account: str):
    firewall, (vpc, subnets) = aws("network-firewall"), vpc_with_subnets(aws("ec2"))
    asked = {"FirewallPolicyArn": firewall_policy(firewall), "VpcId": vpc, "SubnetMappings": [{"SubnetId": subnets[0]}]}
    arn = firewall.create_firewall(FirewallName="f", **asked)["Firewall"]["FirewallArn"]
    told = {"FirewallArn": arn, "LoggingConfiguration": destinations(auditor.bucket, "ALERT")}
    assert refused(firewall.update_logging_configuration, **told) == "LogDestinationPermissionException"
    lets(auditor, LOGS, account)
    firewall.update_logging_configuration(**told)
    assert (
        firewall.describe_logging_configuration(FirewallArn=arn)["LoggingConfiguration"]
        == (told["LoggingConfiguration"])
    )
