from typing import Any

import pytest

from tests.components.answers import ACCOUNT, REGION
from tests.components.asking import ADMINISTRATOR, EVERYTHING, SERVICE, TLS, decide
from tests.components.conftest import policy_of
from tests.components.sample import DEPLOYER
from tests.recorder import World

STORES = {"logs": "evidence", "profiles": "user-data", "drafts": "user-data"}
ENDPOINT = {"aws:SourceVpce": "vpce-egress-endpoint-s3"}
OUTSIDER = "arn:aws:iam::999900001111:role/administrator"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
AUDITOR = f"arn:aws:iam::{ACCOUNT}:role/clover/auditor/clover-dublin-auditor-person"
AT_AUDITOR = {"aws:SourceIp": "198.51.100.7"}
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/clover-dublin"
OWNED = {"s3:x-amz-acl": "bucket-owner-full-control"}
FROM_TRAIL = {**SERVICE, **OWNED, "aws:SourceArn": TRAIL}
FROM_DELIVERY = {
    **SERVICE,
    **OWNED,
    "aws:SourceAccount": ACCOUNT,
    "aws:SourceArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:delivery-source:flows",
}
KEY_HEADER = "s3:x-amz-server-side-encryption-aws-kms-key-id"
SSE_HEADER = "s3:x-amz-server-side-encryption"


def bucket_arn(store: str) -> str:
    return f"arn:aws:s3:::clover-dublin-{ACCOUNT}-{STORES[store]}-{store}"


def store_policy(world: World, store: str) -> dict[str, Any]:
    return policy_of(world.one("aws:s3/bucketPolicy:BucketPolicy", f"{store}-policy"))


def key_arn(world: World, store: str) -> str:
    rule = world.one(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", f"{store}-encryption"
    ).inputs["rules"][0]
    return rule["applyServerSideEncryptionByDefault"]["kmsMasterKeyId"]


def ask(world: World, store: str, principal: str, action: str, context: dict[str, str], *, key: str = "object") -> str:
    of_bucket = action in {"s3:ListBucket", "s3:ListBucketVersions", "s3:GetBucketAcl"} or "Bucket" in action
    of_bucket = of_bucket or action.endswith("Configuration")
    resource = bucket_arn(store) + ("" if of_bucket else f"/{key}")
    return decide(principal, action, resource, store_policy(world, store), {**TLS, **context})


@pytest.mark.parametrize(("store", "role"), STORES.items())
def test_the_name_is_deterministic_and_tags_say_class_and_role(world: World, store: str, role: str) -> None:
    inputs = world.one("aws:s3/bucket:Bucket", f"{store}-bucket").inputs
    assert inputs["bucket"] == f"clover-dublin-{ACCOUNT}-{role}-{store}"
    assert inputs["tags"] == {
        "clover:site": "dublin",
        "clover:zone": "europe",
        "clover:data-class": "restricted",
        "clover:store-role": role,
    }


@pytest.mark.parametrize("store", STORES)
def test_nothing_of_it_can_be_public(world: World, store: str) -> None:
    block = world.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", f"{store}-public-access").inputs
    switches = ("blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets")
    assert all(block[switch] is True for switch in switches)
    ownership = world.one("aws:s3/bucketOwnershipControls:BucketOwnershipControls", f"{store}-ownership").inputs
    assert ownership["rule"] == {"objectOwnership": "BucketOwnerEnforced"}


@pytest.mark.parametrize(("store", "role"), STORES.items())
def test_it_is_encrypted_under_its_roles_key_by_arn(world: World, store: str, role: str) -> None:
    rules = world.one(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration", f"{store}-encryption"
    ).inputs["rules"]
    by_default = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{role}-key"}
    assert rules == [{"applyServerSideEncryptionByDefault": by_default, "bucketKeyEnabled": True}]


@pytest.mark.parametrize("store", STORES)
def test_it_is_versioned(world: World, store: str) -> None:
    versioning = world.one("aws:s3/bucketVersioning:BucketVersioning", f"{store}-versioning").inputs
    assert versioning["versioningConfiguration"] == {"status": "Enabled"}


@pytest.mark.parametrize(
    ("store", "lock"),
    [("logs", {"mode": "COMPLIANCE", "days": 400}), ("drafts", {"mode": "GOVERNANCE", "days": 30}), ("profiles", None)],
)
def test_it_is_locked_where_asked_and_evidence_without_asking(world: World, store: str, lock: dict[str, Any]) -> None:
    assert world.one("aws:s3/bucket:Bucket", f"{store}-bucket").inputs["objectLockEnabled"] is (lock is not None)
    kind = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
    found = [one.inputs for one in world.all(kind) if one.name == f"{store}-lock"]
    assert [one["rule"] for one in found] == ([{"defaultRetention": lock}] if lock else [])


@pytest.mark.parametrize("action", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject", "s3:ListBucketVersions"])
@pytest.mark.parametrize("principal", [ADMINISTRATOR, DEPLOYER, ROOT])
def test_user_data_moves_only_through_the_sites_endpoints(world: World, principal: str, action: str) -> None:
    assert ask(world, "profiles", principal, action, ENDPOINT) == "allow"
    assert ask(world, "profiles", principal, action, {}) == "explicit_deny"
    assert ask(world, "profiles", principal, action, {"aws:SourceVpce": "vpce-elsewhere"}) == "explicit_deny"


@pytest.mark.parametrize("relay", [{"aws:ViaAWSService": "true"}, {"aws:PrincipalTag/dp:include:network": "false"}])
def test_no_service_on_behalf_and_no_tag_opens_user_data(world: World, relay: dict[str, str]) -> None:
    assert ask(world, "profiles", ADMINISTRATOR, "s3:GetObject", relay) == "explicit_deny"


def test_a_service_of_its_own_reads_no_user_data(world: World) -> None:
    assert ask(world, "profiles", "cloudtrail.amazonaws.com", "s3:PutObject", FROM_TRAIL) == "explicit_deny"
    assert ask(world, "profiles", "delivery.logs.amazonaws.com", "s3:PutObject", FROM_DELIVERY) == "explicit_deny"


def test_the_deployer_asks_from_outside_whether_a_bucket_exists(world: World) -> None:
    for store in STORES:
        assert ask(world, store, DEPLOYER, "s3:ListBucket", {}) == "allow", store
        assert ask(world, store, ADMINISTRATOR, "s3:ListBucket", {}) == "explicit_deny", store


@pytest.mark.parametrize("store", STORES)
@pytest.mark.parametrize(
    "action",
    [
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutEncryptionConfiguration",
        "s3:PutReplicationConfiguration",
        "s3:PutBucketLogging",
        "s3:PutInventoryConfiguration",
        "s3:PutAnalyticsConfiguration",
        "s3:PutMetricsConfiguration",
        "s3:PutBucketNotification",
        "s3:PutBucketVersioning",
        "s3:PutBucketObjectLockConfiguration",
        "s3:PutLifecycleConfiguration",
        "s3:PutBucketOwnershipControls",
        "s3:PutBucketAcl",
        "s3:PutBucketTagging",
        "s3:PutBucketAbac",
        "s3:PutBucketWebsite",
        "s3:PutBucketCORS",
        "s3:PutAccelerateConfiguration",
        "s3:PutIntelligentTieringConfiguration",
        "s3:CreateBucketMetadataTableConfiguration",
        "s3:DeleteBucket",
        "s3:DeleteBucketWebsite",
    ],
)
def test_only_the_deployer_changes_controls(world: World, store: str, action: str) -> None:
    assert ask(world, store, DEPLOYER, action, {}) == "allow"
    assert ask(world, store, ADMINISTRATOR, action, ENDPOINT) == "explicit_deny"


@pytest.mark.parametrize("store", STORES)
def test_settings_stay_readable_in_the_account(world: World, store: str) -> None:
    assert ask(world, store, ADMINISTRATOR, "s3:GetBucketPolicy", {}) == "allow"
    assert ask(world, store, ADMINISTRATOR, "s3:GetEncryptionConfiguration", {}) == "allow"


@pytest.mark.parametrize("store", STORES)
def test_other_accounts_are_denied(world: World, store: str) -> None:
    for action in ("s3:GetObject", "s3:PutObject", "s3:GetBucketPolicy"):
        assert ask(world, store, OUTSIDER, action, {**ENDPOINT, **AT_AUDITOR}) == "explicit_deny", action


def test_old_tls_is_denied_at_the_floor_that_was_chosen(world: World) -> None:
    for store, floor in {"profiles": "1.3", "drafts": "1.2"}.items():
        decisions = {
            version: ask(world, store, ADMINISTRATOR, "s3:GetObject", {**ENDPOINT, "s3:TlsVersion": version})
            for version in ("1.1", "1.2", "1.3")
        }
        assert decisions == {v: "explicit_deny" if v < floor else "allow" for v in decisions}, store
    plain = {**ENDPOINT, "aws:SecureTransport": "false"}
    assert ask(world, "drafts", ADMINISTRATOR, "s3:GetObject", plain) == "explicit_deny"


@pytest.mark.parametrize(
    ("headers", "decision"),
    [
        pytest.param({}, "allow", id="by default"),
        pytest.param({SSE_HEADER: "aws:kms", KEY_HEADER: "own"}, "allow", id="its own key by name"),
        pytest.param({SSE_HEADER: "aws:kms", KEY_HEADER: "arn:aws:kms:x:y:key/z"}, "explicit_deny", id="another key"),
        pytest.param({SSE_HEADER: "aws:kms"}, "explicit_deny", id="the account's aws/s3 key"),
        pytest.param({SSE_HEADER: "AES256"}, "explicit_deny", id="S3's key"),
        pytest.param({"s3:x-amz-server-side-encryption-customer-algorithm": "AES256"}, "explicit_deny", id="SSE-C"),
    ],
)
def test_no_upload_lies_under_another_key(world: World, headers: dict[str, str], decision: str) -> None:
    own = key_arn(world, "profiles")
    named = {header: own if value == "own" else value for header, value in headers.items()}
    assert ask(world, "profiles", ADMINISTRATOR, "s3:PutObject", {**ENDPOINT, **named}) == decision


def test_nobody_changes_an_objects_key_or_ends_its_retention_early(world: World) -> None:
    for principal in (DEPLOYER, ADMINISTRATOR, ROOT):
        for action in ("s3:UpdateObjectEncryption", "s3:BypassGovernanceRetention"):
            assert ask(world, "drafts", principal, action, ENDPOINT) == "explicit_deny", (principal, action)


@pytest.mark.parametrize(
    ("principal", "action", "context", "key", "decision"),
    [
        ("cloudtrail.amazonaws.com", "s3:GetBucketAcl", FROM_TRAIL, "", "allow"),
        ("cloudtrail.amazonaws.com", "s3:PutObject", FROM_TRAIL, f"AWSLogs/{ACCOUNT}/CloudTrail/x", "allow"),
        ("cloudtrail.amazonaws.com", "s3:PutObject", FROM_TRAIL, "AWSLogs/999900001111/x", "implicit_deny"),
        (
            "cloudtrail.amazonaws.com",
            "s3:PutObject",
            {**FROM_TRAIL, "aws:SourceArn": f"{TRAIL}-other"},
            f"AWSLogs/{ACCOUNT}/CloudTrail/x",
            "implicit_deny",
        ),
        ("cloudtrail.amazonaws.com", "s3:GetObject", FROM_TRAIL, f"AWSLogs/{ACCOUNT}/x", "explicit_deny"),
        ("delivery.logs.amazonaws.com", "s3:ListBucket", FROM_DELIVERY, "", "allow"),
        ("delivery.logs.amazonaws.com", "s3:PutObject", FROM_DELIVERY, f"AWSLogs/{ACCOUNT}/vpcflowlogs/x", "allow"),
        (
            "delivery.logs.amazonaws.com",
            "s3:PutObject",
            {**FROM_DELIVERY, "aws:SourceAccount": "999900001111"},
            f"AWSLogs/{ACCOUNT}/vpcflowlogs/x",
            "implicit_deny",
        ),
        ("config.amazonaws.com", "s3:PutObject", {**SERVICE, **OWNED}, f"AWSLogs/{ACCOUNT}/x", "implicit_deny"),
        ("logging.s3.amazonaws.com", "s3:PutObject", SERVICE, f"AWSLogs/{ACCOUNT}/x", "implicit_deny"),
        (ADMINISTRATOR, "s3:PutObject", {}, f"AWSLogs/{ACCOUNT}/x", "explicit_deny"),
        (DEPLOYER, "s3:PutObject", {}, f"AWSLogs/{ACCOUNT}/x", "explicit_deny"),
        (DEPLOYER, "s3:DeleteObjectVersion", {}, f"AWSLogs/{ACCOUNT}/x", "explicit_deny"),
        (AUDITOR, "s3:DeleteObject", AT_AUDITOR, f"AWSLogs/{ACCOUNT}/x", "explicit_deny"),
        (AUDITOR, "s3:GetObject", AT_AUDITOR, f"AWSLogs/{ACCOUNT}/x", "allow"),
        (AUDITOR, "s3:ListBucketVersions", AT_AUDITOR, "", "allow"),
        (AUDITOR, "s3:ListBucket", AT_AUDITOR, "", "allow"),
        (AUDITOR, "s3:ListBucket", {"aws:SourceIp": "203.0.113.9"}, "", "explicit_deny"),
        (AUDITOR, "s3:GetObject", {"aws:SourceIp": "203.0.113.9"}, f"AWSLogs/{ACCOUNT}/x", "explicit_deny"),
        (AUDITOR, "s3:GetObject", {}, f"AWSLogs/{ACCOUNT}/x", "explicit_deny"),
        (ADMINISTRATOR, "s3:GetObject", AT_AUDITOR, f"AWSLogs/{ACCOUNT}/x", "explicit_deny"),
        (DEPLOYER, "s3:GetObject", AT_AUDITOR, f"AWSLogs/{ACCOUNT}/x", "explicit_deny"),
    ],
)
def test_evidence_is_written_by_log_services_and_read_by_the_auditor(
    world: World, *, principal: str, action: str, context: dict[str, str], key: str, decision: str
) -> None:
    assert ask(world, "logs", principal, action, context, key=key) == decision


def test_a_digest_may_come_under_s3s_own_key_and_a_log_may_not(world: World) -> None:
    asked = {**FROM_TRAIL, SSE_HEADER: "AES256"}
    paths = {"CloudTrail-Digest": "allow", "CloudTrail": "explicit_deny"}
    for path, decision in paths.items():
        key = f"AWSLogs/{ACCOUNT}/{path}/x"
        assert ask(world, "logs", "cloudtrail.amazonaws.com", "s3:PutObject", asked, key=key) == decision, path


def test_evidence_policy_alone_grants_the_auditor_nothing(world: World) -> None:
    resource = f"{bucket_arn('logs')}/AWSLogs/{ACCOUNT}/x"
    policy = store_policy(world, "logs")
    assert decide(AUDITOR, "s3:GetObject", resource, policy, {**TLS, **AT_AUDITOR}, identity=None) == "implicit_deny"
    assert decide(AUDITOR, "s3:GetObject", resource, policy, {**TLS, **AT_AUDITOR}, identity=EVERYTHING) == "allow"


def test_the_component_hands_out_its_names(world: World) -> None:
    store = world.one("clover-aws:index:RegionLockedStore", "profiles")
    assert store.outputs == [
        {"physical_name": f"clover-dublin-{ACCOUNT}-user-data-profiles", "store": bucket_arn("profiles")}
    ]
