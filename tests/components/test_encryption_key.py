from typing import Any

import pytest

from clover.zones.vocabulary import StoreRole
from components.aws.policies.keys import user_data_key
from tests.components.answers import ACCOUNT, REGION
from tests.components.asking import ADMINISTRATOR, EVERYTHING, decide
from tests.components.conftest import policy_of, statement
from tests.components.sample import DEPLOYER, SITE
from tests.recorder import World

KEYS = ["evidence", "user-data"]
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
VIA_S3 = {"kms:ViaService": f"s3.{REGION}.amazonaws.com", "kms:CallerAccount": ACCOUNT}
PROFILES = {"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::clover-dublin-{ACCOUNT}-user-data-profiles"}
LOGS = {"kms:EncryptionContext:aws:s3:arn": f"arn:aws:s3:::clover-dublin-{ACCOUNT}-evidence-logs"}
AUDITOR = f"arn:aws:iam::{ACCOUNT}:role/clover/auditor/clover-dublin-auditor-machine"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/clover-dublin"


def key_policy(world: World, role: str) -> dict[str, Any]:
    return policy_of(world.one("aws:kms/key:Key", f"{role}-key"))


@pytest.mark.parametrize("role", KEYS)
def test_a_key_is_single_region_rotates_and_takes_30_days_to_delete(world: World, role: str) -> None:
    inputs = world.one("aws:kms/key:Key", f"{role}-key").inputs
    assert inputs["multiRegion"] is False
    assert inputs["enableKeyRotation"] is True
    assert inputs["deletionWindowInDays"] == 30
    assert inputs["bypassPolicyLockoutSafetyCheck"] is False
    assert inputs["customerMasterKeySpec"] == "SYMMETRIC_DEFAULT"
    assert inputs["tags"] == {"clover:site": "dublin", "clover:zone": "europe", "clover:store-role": role}


@pytest.mark.parametrize("role", KEYS)
def test_the_alias_points_at_the_key_under_a_known_name(world: World, role: str) -> None:
    alias = world.one("aws:kms/alias:Alias", f"{role}-alias")
    assert alias.inputs["name"] == f"alias/clover-dublin-{role}-s3"
    assert alias.inputs["targetKeyId"] == f"{role}-key-id"


@pytest.mark.parametrize("role", KEYS)
@pytest.mark.parametrize("action", ["kms:PutKeyPolicy", "kms:ScheduleKeyDeletion", "kms:DisableKey", "kms:UpdateAlias"])
def test_only_the_deployer_administers(world: World, role: str, action: str) -> None:
    policy, context = key_policy(world, role), {"kms:CallerAccount": ACCOUNT}
    assert decide(DEPLOYER, action, KEY, policy, context) == "allow"
    assert decide(ADMINISTRATOR, action, KEY, policy, context) == "explicit_deny"
    assert decide(f"arn:aws:iam::{ACCOUNT}:root", action, KEY, policy, context) == "explicit_deny"


@pytest.mark.parametrize("role", KEYS)
def test_a_deletion_cannot_be_hurried(world: World, role: str) -> None:
    policy, window = key_policy(world, role), "kms:ScheduleKeyDeletionPendingWindowInDays"
    for days, decision in (("7", "explicit_deny"), ("30", "allow")):
        context = {"kms:CallerAccount": ACCOUNT, window: days}
        assert decide(DEPLOYER, "kms:ScheduleKeyDeletion", KEY, policy, context) == decision


@pytest.mark.parametrize("role", KEYS)
@pytest.mark.parametrize("action", ["kms:CreateGrant", "kms:ReplicateKey", "kms:ImportKeyMaterial"])
def test_nobody_makes_grants_or_copies_not_even_the_deployer(world: World, role: str, action: str) -> None:
    policy = key_policy(world, role)
    assert decide(DEPLOYER, action, KEY, policy, {"kms:CallerAccount": ACCOUNT}) == "explicit_deny"
    assert decide(ADMINISTRATOR, action, KEY, policy, VIA_S3) == "explicit_deny"


@pytest.mark.parametrize("role", KEYS)
def test_anybody_in_the_account_may_look_at_the_settings(world: World, role: str) -> None:
    policy = key_policy(world, role)
    assert decide(ADMINISTRATOR, "kms:GetKeyPolicy", KEY, policy, {"kms:CallerAccount": ACCOUNT}) == "allow"
    outsider = "arn:aws:iam::999900001111:role/reader"
    assert decide(outsider, "kms:GetKeyPolicy", KEY, policy, {"kms:CallerAccount": "999900001111"}) == "explicit_deny"


@pytest.mark.parametrize(
    ("change", "decision"),
    [
        pytest.param({}, "allow", id="through S3 on the role's own stores"),
        pytest.param({"kms:ViaService": "s3.eu-central-1.amazonaws.com"}, "explicit_deny", id="through S3 elsewhere"),
        pytest.param({"kms:ViaService": "secretsmanager.eu-west-1.amazonaws.com"}, "explicit_deny", id="other service"),
        pytest.param({"kms:CallerAccount": "999900001111"}, "explicit_deny", id="another account"),
        pytest.param(LOGS, "implicit_deny", id="a store of another role"),
        pytest.param({"kms:EncryptionContext:aws:s3:arn": "arn:aws:s3:::elsewhere"}, "implicit_deny", id="foreign"),
    ],
)
def test_the_key_of_user_data_is_used_through_s3_alone(world: World, change: dict[str, str], decision: str) -> None:
    context = {**VIA_S3, **PROFILES, **change}
    assert decide(ADMINISTRATOR, "kms:Decrypt", KEY, key_policy(world, "user-data"), context) == decision


def test_direct_use_and_use_by_the_administrator_are_denied(world: World) -> None:
    policy = key_policy(world, "user-data")
    assert decide(ADMINISTRATOR, "kms:Decrypt", KEY, policy, {"kms:CallerAccount": ACCOUNT}) == "explicit_deny"
    assert decide(DEPLOYER, "kms:Decrypt", KEY, policy, {**VIA_S3, **PROFILES}) == "explicit_deny"
    assert decide(DEPLOYER, "kms:GenerateDataKey", KEY, policy, {**VIA_S3, **PROFILES}) == "explicit_deny"


def test_the_key_of_user_data_admits_no_service(world: World) -> None:
    policy = key_policy(world, "user-data")
    principals = [one["Principal"] for one in policy["Statement"] if one["Effect"] == "Allow"]
    assert principals == [{"AWS": f"arn:aws:iam::{ACCOUNT}:root"}] * len(principals)
    context = {"aws:PrincipalIsAWSService": "true", "aws:SourceAccount": ACCOUNT, **PROFILES}
    assert decide("delivery.logs.amazonaws.com", "kms:Decrypt", KEY, policy, context) == "explicit_deny"


@pytest.mark.parametrize(
    ("service", "action", "context", "decision"),
    [
        (
            "cloudtrail",
            "kms:GenerateDataKey",
            {"aws:SourceArn": TRAIL, "kms:EncryptionContext:aws:cloudtrail:arn": TRAIL},
            "allow",
        ),
        ("cloudtrail", "kms:DescribeKey", {"aws:SourceArn": TRAIL}, "allow"),
        ("cloudtrail", "kms:Decrypt", {"aws:SourceArn": TRAIL}, "allow"),
        ("cloudtrail", "kms:Decrypt", {"aws:SourceArn": f"{TRAIL}-other"}, "implicit_deny"),
        ("cloudtrail", "kms:GenerateDataKey", {"aws:SourceArn": TRAIL}, "implicit_deny"),
        (
            "delivery.logs",
            "kms:GenerateDataKey",
            {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": f"arn:aws:logs:{REGION}:{ACCOUNT}:*"},
            "allow",
        ),
        (
            "delivery.logs",
            "kms:GenerateDataKey",
            {"aws:SourceAccount": "999900001111", "aws:SourceArn": f"arn:aws:logs:{REGION}:999900001111:*"},
            "implicit_deny",
        ),
        ("athena", "kms:Decrypt", {"aws:SourceAccount": ACCOUNT}, "implicit_deny"),
    ],
)
def test_the_key_of_evidence_admits_log_services_bound_by_source(
    world: World, service: str, action: str, context: dict[str, str], decision: str
) -> None:
    asked = {**context, "aws:PrincipalIsAWSService": "true"}
    assert decide(f"{service}.amazonaws.com", action, KEY, key_policy(world, "evidence"), asked) == decision


@pytest.mark.parametrize(
    ("principal", "context", "decision"),
    [
        pytest.param(AUDITOR, {**VIA_S3, **LOGS}, "allow", id="what was delivered"),
        pytest.param(AUDITOR, {**VIA_S3, "kms:EncryptionContext:aws:cloudtrail:arn": TRAIL}, "allow", id="the trail"),
        pytest.param(AUDITOR, {"kms:CallerAccount": ACCOUNT, **LOGS}, "explicit_deny", id="not through S3"),
        pytest.param(AUDITOR, {**VIA_S3, **PROFILES}, "implicit_deny", id="not evidence"),
        pytest.param(ADMINISTRATOR, {**VIA_S3, **LOGS}, "implicit_deny", id="an administrator"),
        pytest.param(DEPLOYER, {**VIA_S3, **LOGS}, "explicit_deny", id="the deployer"),
    ],
)
def test_evidence_is_decrypted_by_the_auditor_alone(
    world: World, principal: str, context: dict[str, str], decision: str
) -> None:
    asked = decide(principal, "kms:Decrypt", KEY, key_policy(world, "evidence"), context, identity=EVERYTHING)
    assert asked == decision


def test_key_policies_hold_on_another_partition() -> None:
    policy = user_data_key({**SITE, "partition": "aws-eusc", "region": "eusc-de-east-1"}, StoreRole.USER_DATA)
    use = statement(policy, "UseThroughItsServiceOnly")
    assert use["Principal"] == {"AWS": f"arn:aws-eusc:iam::{ACCOUNT}:root"}
    assert use["Condition"]["StringEquals"]["kms:ViaService"] == "s3.eusc-de-east-1.amazonaws.eu"


def test_a_partition_that_nobody_described_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="'aws-moon' is not one of aws, aws-eusc"):
        user_data_key({**SITE, "partition": "aws-moon"}, StoreRole.USER_DATA)
