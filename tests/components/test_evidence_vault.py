"""The vault on AWS: who writes, who reads, who changes; every request put to the policies as they are declared."""

import re
from typing import Any

import pytest

from components.aws import EvidenceVault
from components.aws import site as names
from components.refusal import Refusal
from tests.components.answers import ACCOUNT, REGION, created, previewed
from tests.components.asking import EVERYTHING, SERVICE, TLS
from tests.components.conftest import policy_of
from tests.components.sample import DEPLOYER, MACHINE, NETWORKS, PERSON, SITE
from tests.recorder import World, declaring

KEEPER = "444455556666"
KEEPERS_DEPLOYER = f"arn:aws:iam::{KEEPER}:role/clover/auditor-deployer"
BUCKET = f"arn:aws:s3:::clover-dublin-{KEEPER}-evidence-vault"
KEY = f"arn:aws:kms:{REGION}:{KEEPER}:key/dublin-key-key"
FILE = f"{BUCKET}/AWSLogs/{ACCOUNT}/record"
SITES_TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/clover-dublin"
KEEPERS_TRAIL = f"arn:aws:cloudtrail:{REGION}:{KEEPER}:trail/clover-dublin"
COPIES = "333344445555"
COPIES_DEPLOYER = f"arn:aws:iam::{COPIES}:role/clover/backups"
COPIES_TRAIL = f"arn:aws:cloudtrail:{REGION}:{COPIES}:trail/clover-dublin"
COPIES_FILE = f"{BUCKET}/AWSLogs/{COPIES}/record"
OWNED = {**SERVICE, "s3:x-amz-acl": "bucket-owner-full-control"}
CLOUDTRAIL, LOGS = "cloudtrail.amazonaws.com", "delivery.logs.amazonaws.com"
OF_SITE = {"aws:SourceArn": SITES_TRAIL, "aws:SourceAccount": ACCOUNT}
OF_LOGS = {"aws:SourceArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:delivery-source:1", "aws:SourceAccount": ACCOUNT}
OF_COPIES = {"aws:SourceArn": COPIES_TRAIL, "kms:EncryptionContext:aws:cloudtrail:arn": COPIES_TRAIL}
HERE = {**TLS, "aws:SourceIp": "198.51.100.7"}
SHOWN = {**HERE, "aws:MultiFactorAuthPresent": "true"}
OPERATOR = f"arn:aws:iam::{ACCOUNT}:role/administrator"
SOMEBODY = f"arn:aws:iam::{KEEPER}:role/somebody"
THROUGH_S3 = {
    "kms:ViaService": f"s3.{REGION}.amazonaws.com",
    "kms:CallerAccount": KEEPER,
    "kms:EncryptionContext:aws:s3:arn": BUCKET,
}


def args(**change: Any) -> Any:
    told: Any = {
        "site": SITE,
        "account": KEEPER,
        "deployer": KEEPERS_DEPLOYER,
        "person": PERSON,
        "machine": MACHINE,
        "networks": NETWORKS,
        "retention_days": 400,
        "copies": [{"site": "dublin", "account": COPIES, "deployer": COPIES_DEPLOYER}],
        "declared_at": "zones/europe.yaml:195",
    }
    return {**told, **change}


@pytest.fixture(scope="module")
def vault() -> World:
    with declaring(created, stack_name="auditor") as declared:
        EvidenceVault("dublin", args())
    return declared


@pytest.fixture(scope="module")
def policies(vault: World) -> dict[str, Any]:
    """The policies of the vault's store and of its key, by ARN."""
    return {
        BUCKET: policy_of(vault.one("aws:s3/bucketPolicy:BucketPolicy")),
        KEY: policy_of(vault.one("aws:kms/key:Key")),
    }


def decide(principal: str, action: str, resource: str, policies: dict[str, Any], context: dict[str, Any]) -> str:
    """What is decided of a request on the vault, whose caller's own policy allows everything."""
    from clover.logic.aws import evaluate

    request = {"principal": principal, "action": action, "resource": resource, "resource_account": KEEPER}
    met: dict[str, Any] = {"resource": policies[KEY if resource == KEY else BUCKET]}
    if principal.startswith("arn:"):
        met["identity"] = [EVERYTHING]
        context = {"kms:CallerAccount": principal.split(":")[4], **context}
    return evaluate({**request, "context": {"aws:RequestedRegion": REGION, **context}}, met).decision


Asked = tuple[str, str, str, dict[str, Any]]

DELIVERIES: list[Asked] = [
    (CLOUDTRAIL, "s3:GetBucketAcl", BUCKET, {**SERVICE, **OF_SITE}),
    (CLOUDTRAIL, "s3:PutObject", FILE, {**OWNED, **OF_SITE}),
    (CLOUDTRAIL, "kms:GenerateDataKey", KEY, {**OF_SITE, "kms:EncryptionContext:aws:cloudtrail:arn": SITES_TRAIL}),
    (CLOUDTRAIL, "kms:DescribeKey", KEY, OF_SITE),
    (CLOUDTRAIL, "s3:GetBucketAcl", BUCKET, {**SERVICE, "aws:SourceArn": KEEPERS_TRAIL}),
    (CLOUDTRAIL, "s3:PutObject", f"{BUCKET}/AWSLogs/{KEEPER}/record", {**OWNED, "aws:SourceArn": KEEPERS_TRAIL}),
    (CLOUDTRAIL, "s3:GetBucketAcl", BUCKET, {**SERVICE, "aws:SourceArn": COPIES_TRAIL}),
    (CLOUDTRAIL, "s3:PutObject", COPIES_FILE, {**OWNED, "aws:SourceArn": COPIES_TRAIL}),
    (CLOUDTRAIL, "kms:GenerateDataKey", KEY, OF_COPIES),
    (LOGS, "s3:GetBucketAcl", BUCKET, {**SERVICE, **OF_LOGS}),
    (LOGS, "s3:ListBucket", BUCKET, {**SERVICE, **OF_LOGS}),
    (LOGS, "s3:PutObject", FILE, {**OWNED, **OF_LOGS}),
    (LOGS, "kms:GenerateDataKey", KEY, OF_LOGS),
]
READS: list[Asked] = [
    (MACHINE, "s3:GetObject", FILE, HERE),
    (MACHINE, "s3:ListBucket", BUCKET, HERE),
    (MACHINE, "kms:Decrypt", KEY, THROUGH_S3),
    (PERSON, "s3:GetObject", FILE, SHOWN),
    (KEEPERS_DEPLOYER, "s3:PutBucketPolicy", BUCKET, TLS),
    (KEEPERS_DEPLOYER, "kms:PutKeyPolicy", KEY, {}),
    (DEPLOYER, "kms:DescribeKey", KEY, {}),
    (COPIES_DEPLOYER, "kms:DescribeKey", KEY, {}),
]
OTHER_TRAIL = {"aws:SourceArn": SITES_TRAIL.replace(ACCOUNT, "999999999999"), "aws:SourceAccount": "999999999999"}
OTHER_LOGS = {"aws:SourceArn": OF_LOGS["aws:SourceArn"].replace(ACCOUNT, "999999999999"), "aws:SourceAccount": ACCOUNT}
CLOSED: list[Asked] = [
    # services on behalf of somebody else, or beyond their own folder
    (CLOUDTRAIL, "s3:PutObject", FILE, {**OWNED, **OTHER_TRAIL}),
    (CLOUDTRAIL, "s3:PutObject", f"{BUCKET}/AWSLogs/{ACCOUNT}/record", {**OWNED, "aws:SourceArn": KEEPERS_TRAIL}),
    (CLOUDTRAIL, "s3:PutObject", FILE, {**OWNED, "aws:SourceArn": COPIES_TRAIL}),
    (CLOUDTRAIL, "s3:PutObject", COPIES_FILE, {**OWNED, **OF_SITE}),
    (CLOUDTRAIL, "s3:GetObject", FILE, {**SERVICE, **OF_SITE}),
    (LOGS, "s3:PutObject", FILE, {**OWNED, **OTHER_LOGS}),
    (LOGS, "s3:PutObject", f"{BUCKET}/AWSLogs/999999999999/record", {**OWNED, **OF_LOGS}),
    (LOGS, "kms:GenerateDataKey", KEY, OTHER_LOGS),
    ("config.amazonaws.com", "s3:PutObject", FILE, {**OWNED, **OF_LOGS}),
    # the operator, whatever its own policies allow
    *((who, action, BUCKET, TLS) for who in (OPERATOR, DEPLOYER) for action in ("s3:PutBucketPolicy", "s3:ListBucket")),
    *((who, action, FILE, HERE) for who in (OPERATOR, DEPLOYER) for action in ("s3:GetObject", "s3:DeleteObject")),
    *((OPERATOR, action, KEY, THROUGH_S3) for action in ("kms:Decrypt", "kms:ScheduleKeyDeletion", "kms:DisableKey")),
    (DEPLOYER, "kms:PutKeyPolicy", KEY, {}),
    (DEPLOYER, "kms:GenerateDataKey", KEY, {}),
    # who deploys second copies, for all that its trail is kept
    *((COPIES_DEPLOYER, action, COPIES_FILE, HERE) for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObject")),
    *((COPIES_DEPLOYER, action, KEY, THROUGH_S3) for action in ("kms:Decrypt", "kms:GenerateDataKey")),
    (COPIES_DEPLOYER, "kms:PutKeyPolicy", KEY, {}),
    # others of the auditor's own account, and the auditor from elsewhere
    (SOMEBODY, "s3:GetObject", FILE, HERE),
    (SOMEBODY, "s3:PutBucketObjectLockConfiguration", BUCKET, TLS),
    (SOMEBODY, "kms:ScheduleKeyDeletion", KEY, {}),
    (MACHINE, "s3:GetObject", FILE, {**TLS, "aws:SourceIp": "203.0.113.9"}),
    (MACHINE, "s3:PutObject", FILE, HERE),
    (MACHINE, "s3:DeleteObjectVersion", FILE, HERE),
    (PERSON, "s3:GetObject", FILE, HERE),
    (KEEPERS_DEPLOYER, "s3:GetObject", FILE, HERE),
    (KEEPERS_DEPLOYER, "kms:Decrypt", KEY, THROUGH_S3),
    (KEEPERS_DEPLOYER, "kms:CreateGrant", KEY, {}),
    ("anonymous", "s3:GetObject", FILE, TLS),
]


@pytest.mark.parametrize(("who", "action", "resource", "context"), [*DELIVERIES, *READS])
def test_what_has_to_be_allowed_is(
    policies: dict[str, Any], who: str, action: str, resource: str, context: dict[str, Any]
) -> None:
    assert decide(who, action, resource, policies, context) == "allow"


@pytest.mark.parametrize(("who", "action", "resource", "context"), CLOSED)
def test_all_else_is_closed(
    policies: dict[str, Any], who: str, action: str, resource: str, context: dict[str, Any]
) -> None:
    assert decide(who, action, resource, policies, context) != "allow"


def test_it_lies_in_the_keepers_account_and_the_sites_region(vault: World) -> None:
    bucket = vault.one("aws:s3/bucket:Bucket").inputs
    assert bucket["bucket"] == BUCKET.rpartition(":")[2]
    assert bucket["tags"] == {
        "clover:site": "dublin",
        "clover:zone": "europe",
        "clover:store-role": "evidence",
        "clover:data-class": "restricted",
    }
    place = names.vault_place(SITE, KEEPER, KEEPERS_DEPLOYER)
    assert names.vault_arn(place) == BUCKET
    assert (
        names.vault_key_alias(place)
        == f"arn:aws:kms:{REGION}:{KEEPER}:{vault.one('aws:kms/alias:Alias').inputs['name']}"
    )


def test_what_arrives_is_locked_against_everybody(vault: World) -> None:
    lock = vault.one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration").inputs
    assert lock["rule"] == {"defaultRetention": {"mode": "COMPLIANCE", "days": 400}}


def test_its_own_reading_is_recorded_in_it(vault: World) -> None:
    trail = vault.one("aws:cloudtrail/trail:Trail").inputs
    assert trail["s3BucketName"] == BUCKET.rpartition(":")[2]
    assert trail["kmsKeyId"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:key/dublin-key-key"  # as the answers know accounts
    assert {selector["name"] for selector in trail["advancedEventSelectors"]} == {"Management", "Objects", "Evidence"}


def test_what_it_hands_out(vault: World) -> None:
    (out,) = vault.one("clover-aws:index:EvidenceVault").outputs
    assert set(out) == {"vault", "physical_name", "key", "alias"}
    assert out["vault"] == BUCKET
    assert out["alias"] == "alias/clover-dublin-evidence-s3"


def test_it_is_told_where_it_is_declared_and_its_children_are_named_after_it(vault: World) -> None:
    told = vault.one("clover-aws:index:EvidenceVault").inputs
    assert told["declared_at"] == "zones/europe.yaml:195"
    assert all(re.match(r"dublin(-|$)", one.name) for one in vault.all())
    assert {one.name for one in vault.all() if not one.custom} == {
        "dublin",
        "dublin-key",
        "dublin-store",
        "dublin-trail",
    }


def test_names_are_known_in_a_first_preview() -> None:
    with declaring(previewed, stack_name="auditor", preview=True) as declared:
        EvidenceVault("dublin", args())
    (out,) = declared.one("clover-aws:index:EvidenceVault").outputs
    assert (out["vault"], out["physical_name"]) == (BUCKET, BUCKET.rpartition(":")[2])


def test_a_vault_in_the_sites_own_account_is_refused() -> None:
    with (
        pytest.raises(Refusal, match=rf"zones/europe.yaml:195: account: {ACCOUNT} is the site's own"),
        declaring(created),
    ):
        EvidenceVault("dublin", args(account=ACCOUNT))
