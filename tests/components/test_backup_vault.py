"""Second copies on AWS: who writes, who reads, who changes; every request put to the policies as they are declared."""

import json
from typing import Any

import pytest

from clover.logic.aws import evaluate
from clover.zones.vocabulary import DataClass
from components.aws import BackupVault, RegionLockedStore
from components.aws import site as names
from components.refusal import Refusal
from tests.components.answers import ACCOUNT, REGION, created
from tests.components.asking import ADMINISTRATOR, EVERYTHING, TLS, decide
from tests.components.conftest import policy_of
from tests.components.sample import DEPLOYER, SITE
from tests.recorder import World, declaring

KEEPER = "333344445555"
KEEPERS_DEPLOYER = f"arn:aws:iam::{KEEPER}:role/clover/backups"
BUCKET = f"arn:aws:s3:::clover-dublin-{KEEPER}-user-data-profiles"
OBJECT = f"{BUCKET}/somebody"
COPIER = f"arn:aws:iam::{ACCOUNT}:role/clover/copies/clover-dublin-copies-profiles"
SOURCE = f"arn:aws:s3:::clover-dublin-{ACCOUNT}-user-data-profiles"
EVIDENCE = "arn:aws:s3:::clover-dublin-444455556666-evidence-vault"
EVIDENCE_KEY = f"arn:aws:kms:{REGION}:444455556666:key/k"
DOOR = "vpce-0a1b2c3d4e5f60718"
RESTORE = {"endpoints": [DOOR], "closes": "2026-12-02"}
THROUGH_S3 = {
    "kms:ViaService": f"s3.{REGION}.amazonaws.com",
    "kms:CallerAccount": ACCOUNT,
    "kms:EncryptionContext:aws:s3:arn": BUCKET,
}


def args(**change: Any) -> Any:
    told: Any = {
        "site": SITE,
        "account": KEEPER,
        "deployer": KEEPERS_DEPLOYER,
        "stores": [{"name": "profiles", "data_class": DataClass.RESTRICTED, "declared_at": "Pulumi.dublin.yaml:18"}],
        "retention_days": 35,
        "evidence": EVIDENCE,
        "evidence_key": EVIDENCE_KEY,
        "declared_at": "zones/europe.yaml:240",
    }
    return {**told, **change}


def declared(**change: Any) -> World:
    with declaring(created, stack_name="backups") as found:
        BackupVault("dublin", args(**change))
    return found


@pytest.fixture(scope="module")
def vault() -> World:
    return declared()


def asked(world: World, principal: str, action: str, resource: str, context: Any) -> str:
    """What is decided of a request on a copy or its key, whose caller's own policy allows everything."""
    kind = "aws:kms/key:Key" if action.startswith("kms:") else "aws:s3/bucketPolicy:BucketPolicy"
    place = {"resource_account": KEEPER, "context": {"aws:RequestedRegion": REGION, **TLS, **context}}
    request: Any = {"principal": principal, "action": action, "resource": resource, **place}
    return evaluate(request, {"identity": [EVERYTHING], "resource": policy_of(world.one(kind))}).decision


def test_copies_are_locked_under_a_key_of_their_own_and_written_by_their_copier_alone(vault: World) -> None:
    lock = vault.one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration").inputs
    assert lock["rule"]["defaultRetention"] == {"mode": "COMPLIANCE", "days": 35}
    assert vault.one("aws:s3/bucket:Bucket").inputs["objectLockEnabled"] is True
    for action in ("s3:ReplicateObject", "s3:ReplicateTags", "s3:ObjectOwnerOverrideToBucketOwner"):
        assert asked(vault, COPIER, action, OBJECT, {}) == "allow"
        assert asked(vault, ADMINISTRATOR, action, OBJECT, {}) == "explicit_deny"
    for action in ("s3:PutObject", "s3:DeleteObject", "s3:GetObject", "s3:ReplicateDelete"):
        assert asked(vault, COPIER, action, OBJECT, {}) != "allow"
    assert asked(vault, KEEPERS_DEPLOYER, "s3:DeleteObjectVersion", OBJECT, {}) == "explicit_deny"


def test_nobody_reads_a_copy_or_opens_one(vault: World) -> None:
    key = f"arn:aws:kms:{REGION}:{KEEPER}:key/k"
    for who in (COPIER, ADMINISTRATOR, DEPLOYER, KEEPERS_DEPLOYER, f"arn:aws:iam::{KEEPER}:role/somebody"):
        assert asked(vault, who, "s3:GetObject", OBJECT, {"aws:SourceVpce": DOOR}) == "explicit_deny"
        assert asked(vault, who, "kms:Decrypt", key, THROUGH_S3) != "allow"
    assert asked(vault, COPIER, "kms:Encrypt", key, THROUGH_S3) == "allow"
    assert asked(vault, ADMINISTRATOR, "kms:Encrypt", key, THROUGH_S3) != "allow"
    assert asked(vault, COPIER, "kms:Encrypt", key, {**THROUGH_S3, "kms:CallerAccount": "999999999999"}) != "allow"


def test_a_restore_opens_copies_through_its_endpoint_until_its_day() -> None:
    world, key = declared(restore=RESTORE), f"arn:aws:kms:{REGION}:{KEEPER}:key/k"
    before, after = {"aws:CurrentTime": "2026-12-01T23:59:59Z"}, {"aws:CurrentTime": "2026-12-02T00:00:00Z"}
    inside = {"aws:SourceVpce": DOOR}
    assert asked(world, ADMINISTRATOR, "s3:GetObject", OBJECT, {**inside, **before}) == "allow"
    assert asked(world, ADMINISTRATOR, "kms:Decrypt", key, {**THROUGH_S3, **before}) == "allow"
    assert asked(world, ADMINISTRATOR, "s3:GetObject", OBJECT, before) == "explicit_deny"
    assert asked(world, ADMINISTRATOR, "s3:GetObject", OBJECT, {**inside, **after}) == "explicit_deny"
    assert asked(world, ADMINISTRATOR, "kms:Decrypt", key, {**THROUGH_S3, **after}) != "allow"
    assert asked(world, COPIER, "s3:GetObject", OBJECT, {**inside, **before}) == "explicit_deny"
    assert asked(world, ADMINISTRATOR, "s3:ListBucket", BUCKET, {**inside, **before}) == "allow"
    assert asked(world, ADMINISTRATOR, "s3:ListBucket", BUCKET, before) == "explicit_deny"
    assert asked(world, ADMINISTRATOR, "s3:ListBucket", BUCKET, {**inside, **after}) == "explicit_deny"


def test_every_call_on_a_copy_is_recorded_in_the_vault_before_there_is_one(vault: World) -> None:
    trail = vault.one("aws:cloudtrail/trail:Trail")
    assert (trail.inputs["s3BucketName"], trail.inputs["kmsKeyId"]) == (EVIDENCE.rpartition(":")[2], EVIDENCE_KEY)
    assert (trail.inputs["isMultiRegionTrail"], trail.inputs["includeGlobalServiceEvents"]) == (True, True)
    assert {selector["name"] for selector in trail.inputs["advancedEventSelectors"]} >= {"Management", "Objects"}
    assert trail.urn in vault.before(vault.one("aws:s3/bucket:Bucket").urn)


def test_without_a_vault_nothing_is_recorded_and_a_vault_comes_with_its_key() -> None:
    told = args()
    del told["evidence"], told["evidence_key"]
    with declaring(created, stack_name="backups") as found:
        BackupVault("dublin", told)
    assert found.all("aws:cloudtrail/trail:Trail") == []
    told["evidence"] = EVIDENCE
    with pytest.raises(Refusal, match="evidence: a vault is given without its key"), declaring(created):
        BackupVault("dublin", told)


def test_copies_do_not_lie_in_the_sites_own_account() -> None:
    with pytest.raises(Refusal, match="is the site's own, no place for second copies"):
        declared(account=ACCOUNT)


def source(**change: Any) -> World:
    told: Any = {
        "site": SITE,
        "name": "profiles",
        "data_class": "restricted",
        "role": "user-data",
        "key": f"arn:aws:kms:{REGION}:{ACCOUNT}:key/k",
        "endpoints": [DOOR],
        "recorded_by": "arn:aws:cloudtrail:eu-west-1:111122223333:trail/clover-dublin",
        "second_copy": {"account": KEEPER, "retention_days": 35},
    }
    told |= change
    with declaring(created) as found:
        RegionLockedStore("profiles", told)
    return found


def test_a_store_is_replicated_whole_as_a_role_that_s3_alone_becomes() -> None:
    world = source()
    (rule,) = world.one("aws:s3/bucketReplicationConfig:BucketReplicationConfig").inputs["rules"]
    assert (rule["status"], rule["filter"], rule["deleteMarkerReplication"]) == (
        "Enabled",
        {"prefix": ""},
        {"status": "Disabled"},
    )
    to = rule["destination"]
    assert (to["bucket"], to["account"], to["accessControlTranslation"]) == (BUCKET, KEEPER, {"owner": "Destination"})
    alias = f"arn:aws:kms:{REGION}:{KEEPER}:alias/clover-dublin-user-data-s3"
    assert to["encryptionConfiguration"] == {"replicaKmsKeyId": alias}
    (trusted,) = json.loads(world.one("aws:iam/role:Role").inputs["assumeRolePolicy"])["Statement"]
    assert trusted["Principal"] == {"Service": "s3.amazonaws.com"}


def test_the_copier_may_read_nothing_before_the_store_is_guarded() -> None:
    world = source()
    before = world.before(world.one("aws:iam/rolePolicy:RolePolicy").urn)
    guards = [each for each in world.all() if each.type.startswith("aws:s3/") and "eplication" not in each.type]
    assert len(guards) >= 5
    assert [each.name for each in guards if each.urn not in before] == []


def test_the_copier_copies_without_an_endpoint_and_does_nothing_else() -> None:
    policy = policy_of(source().one("aws:s3/bucketPolicy:BucketPolicy"))
    for action in ("s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"):
        assert decide(COPIER, action, f"{SOURCE}/somebody", policy, TLS) == "allow"
        assert decide(ADMINISTRATOR, action, f"{SOURCE}/somebody", policy, TLS) == "explicit_deny"
    for action in ("s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:DeleteObject"):
        inside = {**TLS, "aws:SourceVpce": DOOR}
        assert decide(COPIER, action, f"{SOURCE}/somebody", policy, inside) == "explicit_deny"
        assert decide(ADMINISTRATOR, action, f"{SOURCE}/somebody", policy, TLS) == "explicit_deny"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"second_copy": {"account": ACCOUNT, "retention_days": 35}}, "no place for a second copy"),
        ({"immutability": "governance", "retention_days": 400}, "weaker than 35 days"),
        ({"immutability": "compliance", "retention_days": 34}, "weaker than 35 days"),
    ],
)
def test_a_weaker_copy_is_refused(change: Any, told: str) -> None:
    with pytest.raises(Refusal, match=told):
        source(**change)


def test_the_names_at_both_ends_agree(vault: World) -> None:
    place = names.copies_place(SITE, KEEPER)
    assert names.copies_key_alias(place).endswith(vault.one("aws:kms/alias:Alias").inputs["name"])
    assert names.copier_arn(SITE, "profiles") == COPIER
