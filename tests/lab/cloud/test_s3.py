"""S3 as boto3 sees it: today's defaults, names, policies, locks."""

from typing import Any

import pytest

from clover.lab.cloud.client import Cloud
from clover.lab.cloud.public_policies import is_public
from tests.lab.cloud.asking import bucket, policy, refused
from tests.lab.cloud.conftest import Aws, connect


@pytest.fixture
def s3(aws: Aws) -> Any:
    return aws("s3")


@pytest.fixture
def name(s3: Any, account: str) -> str:
    return bucket(s3, f"store-{account}")


def test_a_new_bucket_is_closed_encrypted_and_without_acls(s3: Any, name: str) -> None:
    block = s3.get_public_access_block(Bucket=name)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    assert len(block) == 4
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules == [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}]
    controls = s3.get_bucket_ownership_controls(Bucket=name)["OwnershipControls"]
    assert controls == {"Rules": [{"ObjectOwnership": "BucketOwnerEnforced"}]}
    assert refused(s3.put_bucket_acl, Bucket=name, ACL="public-read") == "AccessControlListNotSupported"
    assert s3.get_bucket_request_payment(Bucket=name)["Payer"] == "BucketOwner"


def test_encryption_that_is_taken_away_falls_back_to_s3s_own_keys(aws: Aws, s3: Any, name: str) -> None:
    key = aws("kms").create_key()["KeyMetadata"]["Arn"]
    default = {"SSEAlgorithm": "aws:kms", "KMSMasterKeyID": key}
    rules = [{"ApplyServerSideEncryptionByDefault": default, "BucketKeyEnabled": True}]
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": rules})
    assert s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"] == rules
    s3.delete_bucket_encryption(Bucket=name)
    rules = s3.get_bucket_encryption(Bucket=name)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


@pytest.mark.parametrize(
    "wrong", ["ab", "Upper", "under_score", "-first", "last-", "a..b", "10.0.0.1", "xn--x", "x-s3alias", "a" * 64]
)
def test_bucket_names_are_checked(cloud: Cloud, wrong: str) -> None:
    keys = cloud.credentials("300000000000", "arn:aws:iam::300000000000:role/x")
    s3 = connect(cloud, keys, "s3")
    assert refused(bucket, s3=s3, name=wrong) in {"InvalidBucketName", "MethodNotAllowed"}
    assert s3.list_buckets()["Buckets"] == []


def test_a_name_belongs_to_one_account(cloud: Cloud, s3: Any, name: str) -> None:
    other = connect(cloud, cloud.credentials("444455556666", "arn:aws:iam::444455556666:role/x"), "s3")
    assert refused(bucket, s3=other, name=name) == "BucketAlreadyExists"
    assert refused(bucket, s3=s3, name=name) == "BucketAlreadyOwnedByYou"


def test_tags_given_at_creation_are_kept(s3: Any, account: str) -> None:
    wanted = {"LocationConstraint": "eu-west-1", "Tags": [{"Key": "class", "Value": "restricted"}]}
    s3.create_bucket(Bucket=f"tagged-{account}", CreateBucketConfiguration=wanted)
    assert s3.get_bucket_tagging(Bucket=f"tagged-{account}")["TagSet"] == wanted["Tags"]


def statement(name: str, **more: Any) -> str:
    resource = f"arn:aws:s3:::{name}/*"
    return policy(**{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": resource, **more})


def test_a_public_policy_is_refused_while_it_is_blocked(s3: Any, name: str) -> None:
    public = statement(name)
    assert refused(s3.put_bucket_policy, Bucket=name, Policy=public) == "AccessDenied"
    s3.delete_public_access_block(Bucket=name)
    s3.put_bucket_policy(Bucket=name, Policy=public)
    assert s3.get_bucket_policy_status(Bucket=name)["PolicyStatus"]["IsPublic"] is True
    assert s3.get_bucket_policy(Bucket=name)["Policy"] == public


def test_a_policy_speaks_of_its_own_bucket(s3: Any, name: str) -> None:
    for other in (f"{name}x", "another/*"):
        denied = statement(name, Effect="Deny", Resource=f"arn:aws:s3:::{other}")
        assert refused(s3.put_bucket_policy, Bucket=name, Policy=denied) == "MalformedPolicy"
    own = statement(name, Effect="Deny", Resource=[f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"])
    s3.put_bucket_policy(Bucket=name, Policy=own)
    assert s3.get_bucket_policy_status(Bucket=name)["PolicyStatus"]["IsPublic"] is False


def test_no_policy_is_enforced(s3: Any, name: str) -> None:
    outside = {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}
    s3.put_bucket_policy(Bucket=name, Policy=statement(name, Effect="Deny", Action="s3:*", Condition=outside))
    s3.put_object(Bucket=name, Key="k", Body=b"x")
    assert s3.get_object(Bucket=name, Key="k")["Body"].read() == b"x"


@pytest.mark.parametrize(
    ("more", "public"),
    [
        ({}, True),
        ({"Principal": {"AWS": ["*"]}}, True),
        ({"Effect": "Deny"}, False),
        ({"Principal": {"AWS": "arn:aws:iam::111122223333:root"}}, False),
        ({"Principal": {"Service": "cloudtrail.amazonaws.com"}}, False),
        ({"Condition": {"Bool": {"aws:SecureTransport": "true"}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceVpce": "vpce-1"}}}, False),
        ({"Condition": {"StringEquals": {"AWS:sourcevpce": ["vpce-1", "vpce-2"]}}}, False),
        ({"Condition": {"StringLike": {"aws:SourceVpce": "vpce-*"}}}, True),
        ({"Condition": {"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}}, True),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}}}, False),
        ({"Condition": {"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": "${aws:PrincipalAccount}"}}}, True),
    ],
)
def test_what_makes_a_policy_public(more: dict[str, Any], public: bool) -> None:
    assert is_public(statement("store", **more)) is public


def test_a_locked_bucket_keeps_its_versions(s3: Any, account: str) -> None:
    name = bucket(s3, f"locked-{account}", ObjectLockEnabledForBucket=True)
    assert s3.get_bucket_versioning(Bucket=name)["Status"] == "Enabled"
    suspended = {"Status": "Suspended"}
    assert refused(s3.put_bucket_versioning, Bucket=name, VersioningConfiguration=suspended) == "InvalidBucketState"
    lock = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": {"Mode": "COMPLIANCE", "Days": 30}}}
    s3.put_object_lock_configuration(Bucket=name, ObjectLockConfiguration=lock)
    assert s3.get_object_lock_configuration(Bucket=name)["ObjectLockConfiguration"] == lock
    version = s3.put_object(Bucket=name, Key="k", Body=b"x")["VersionId"]
    assert s3.get_object_retention(Bucket=name, Key="k")["Retention"]["Mode"] == "COMPLIANCE"
    assert refused(s3.delete_object, Bucket=name, Key="k", VersionId=version) == "AccessDenied"
    assert refused(s3.delete_bucket, Bucket=name) == "BucketNotEmpty"


def test_what_is_not_locked_says_so(s3: Any, name: str) -> None:
    s3.put_object(Bucket=name, Key="k", Body=b"x")
    assert refused(s3.get_object_lock_configuration, Bucket=name) == "ObjectLockConfigurationNotFoundError"
    assert refused(s3.get_object_retention, Bucket=name, Key="k") == "NoSuchObjectLockConfiguration"
    assert refused(s3.get_object_retention, Bucket=name, Key="none") == "NoSuchKey"


def test_lifecycle_rules_do_something_under_their_own_names(s3: Any, name: str) -> None:
    rules: list[dict[str, Any]] = [
        {"ID": "old", "Status": "Enabled", "Filter": {}, "NoncurrentVersionExpiration": {"NoncurrentDays": 30}},
        {"ID": "logs", "Status": "Enabled", "Filter": {"Prefix": "logs/"}, "Expiration": {"Days": 400}},
        {
            "ID": "parts",
            "Status": "Enabled",
            "Filter": {},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
        },
    ]
    s3.put_bucket_lifecycle_configuration(Bucket=name, LifecycleConfiguration={"Rules": rules})
    assert s3.get_bucket_lifecycle_configuration(Bucket=name)["Rules"] == rules
    idle: list[dict[str, Any]] = [{"Status": "Enabled", "Filter": {}}]
    put = s3.put_bucket_lifecycle_configuration
    assert refused(put, Bucket=name, LifecycleConfiguration={"Rules": rules[:1] * 2}) == "InvalidArgument"
    assert refused(put, Bucket=name, LifecycleConfiguration={"Rules": idle}) == "InvalidRequest"


def test_anonymous_readers_need_a_public_bucket(cloud: Cloud, s3: Any, name: str) -> None:
    import http.client

    def read() -> int:
        connection = http.client.HTTPConnection("127.0.0.1", cloud.port, timeout=30)
        connection.request("GET", f"/{name}/k")
        return connection.getresponse().status

    s3.put_object(Bucket=name, Key="k", Body=b"x")
    assert read() == 403
    s3.delete_public_access_block(Bucket=name)
    s3.put_bucket_policy(Bucket=name, Policy=statement(name))
    assert read() == 200


def copying(to: str) -> dict[str, Any]:
    rule: dict[str, Any] = {"ID": "all", "Status": "Enabled", "Priority": 1, "Filter": {"Prefix": "some/"}}
    rule |= {"DeleteMarkerReplication": {"Status": "Enabled"}, "Destination": {"Bucket": f"arn:aws:s3:::{to}"}}
    return {"Role": "arn:aws:iam::111122223333:role/copies", "Rules": [rule]}


def test_a_replication_needs_a_destination_that_keeps_versions(s3: Any, name: str, account: str) -> None:
    s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    missing = copying(f"missing-{account}")
    assert refused(s3.put_bucket_replication, Bucket=name, ReplicationConfiguration=missing) == "InvalidRequest"
    target = bucket(s3, f"target-{account}")
    told = copying(target)
    assert refused(s3.put_bucket_replication, Bucket=name, ReplicationConfiguration=told) == "InvalidRequest"
    s3.put_bucket_versioning(Bucket=target, VersioningConfiguration={"Status": "Enabled"})
    s3.put_bucket_replication(Bucket=name, ReplicationConfiguration=told)
    assert s3.get_bucket_replication(Bucket=name)["ReplicationConfiguration"] == told
    s3.delete_bucket_replication(Bucket=name)
    assert refused(s3.get_bucket_replication, Bucket=name) == "ReplicationConfigurationNotFoundError"
