"""The auditor's own store on AWS: who works in it, who does not, what is recorded and what is published."""

import json
from typing import Any

import pytest

from clover.logic.aws import evaluate
from components.assessment import digest
from components.aws import AssessmentWorkspace, SiteArgs
from tests.components.answers import ACCOUNT, REGION, created, previewed
from tests.components.asking import EVERYTHING, SERVICE, TLS
from tests.components.conftest import policy_of
from tests.components.sample import MACHINE, NETWORKS, PERSON
from tests.recorder import World, declaring

KEEPER = "444455556666"
DEPLOYER = f"arn:aws:iam::{KEEPER}:role/clover/auditor-deployer"
PLACE: SiteArgs = {
    "name": "assessment",
    "account": KEEPER,
    "region": REGION,
    "partition": "aws",
    "deployer": DEPLOYER,
    "zone": "europe",
}
BUCKET = f"arn:aws:s3:::clover-assessment-{KEEPER}-auditor-owned-workspace"
RECORDS = f"arn:aws:s3:::clover-assessment-{KEEPER}-evidence-workspace"
OBJECT, KEY = f"{BUCKET}/report.pdf", "the key"
HERE = {**TLS, "aws:SourceIp": "198.51.100.7"}
SHOWN = {**HERE, "aws:MultiFactorAuthPresent": "true"}
OPERATOR = f"arn:aws:iam::{ACCOUNT}:role/administrator"
SOMEBODY = f"arn:aws:iam::{KEEPER}:role/somebody"
THROUGH_S3 = {"kms:ViaService": f"s3.{REGION}.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": BUCKET}
DUBLIN = {
    "site": "dublin",
    "api_hosts": ["api.example.com"],
    "allowed_domains": ["push.example.com"],
    "rule_set_digest": "1" * 64,
}


def args(**change: Any) -> Any:
    told: Any = {
        "site": PLACE,
        "person": PERSON,
        "machine": MACHINE,
        "networks": NETWORKS,
        "retention_days": 400,
        "published": [{**DUBLIN, "site": "hamar"}, DUBLIN],
        "declared_at": "zones/europe.yaml:209",
    }
    return {**told, **change}


@pytest.fixture(scope="module")
def workspace() -> World:
    with declaring(created, stack_name="auditor") as declared:
        AssessmentWorkspace("assessment-aws", args())
    return declared


@pytest.fixture(scope="module")
def policies(workspace: World) -> dict[str, Any]:
    """The policies of the store and of its key."""
    return {
        BUCKET: policy_of(workspace.one("aws:s3/bucketPolicy:BucketPolicy", "assessment-aws-store-policy")),
        KEY: policy_of(workspace.one("aws:kms/key:Key", "assessment-aws-key-key")),
    }


def decide(who: str, action: str, resource: str, policies: dict[str, Any], context: dict[str, Any]) -> str:
    """What is decided of a request whose caller's own policy allows everything."""
    arn = f"arn:aws:kms:{REGION}:{KEEPER}:key/1" if resource == KEY else resource
    request = {"principal": who, "action": action, "resource": arn, "resource_account": KEEPER}
    met: dict[str, Any] = {"resource": policies[KEY if resource == KEY else BUCKET]}
    if who.startswith("arn:"):
        met["identity"] = [EVERYTHING]
        context = {"kms:CallerAccount": who.split(":")[4], **context}
    return evaluate({**request, "context": {"aws:RequestedRegion": REGION, **context}}, met).decision


Asked = tuple[str, str, str, dict[str, Any]]
WORK: list[Asked] = [
    *((MACHINE, action, OBJECT, HERE) for action in ("s3:GetObject", "s3:PutObject", "s3:GetObjectVersion")),
    *((PERSON, action, OBJECT, SHOWN) for action in ("s3:GetObject", "s3:PutObject")),
    (MACHINE, "s3:ListBucket", BUCKET, HERE),
    *((MACHINE, action, KEY, THROUGH_S3) for action in ("kms:Decrypt", "kms:GenerateDataKey")),
    (DEPLOYER, "s3:ListBucket", BUCKET, TLS),
    (DEPLOYER, "s3:PutBucketPolicy", BUCKET, TLS),
    (DEPLOYER, "kms:PutKeyPolicy", KEY, {}),
]
CLOSED: list[Asked] = [
    *(
        (who, action, OBJECT, SHOWN)
        for who in (OPERATOR, SOMEBODY, DEPLOYER, "anonymous")
        for action in ("s3:GetObject", "s3:PutObject", "s3:DeleteObjectVersion")
    ),
    *((PERSON, action, OBJECT, HERE) for action in ("s3:GetObject", "s3:PutObject")),
    (MACHINE, "s3:GetObject", OBJECT, {**TLS, "aws:SourceIp": "203.0.113.9"}),
    (MACHINE, "s3:GetObject", OBJECT, TLS),
    (MACHINE, "s3:PutObject", OBJECT, {**HERE, "s3:TlsVersion": "1.1"}),
    (MACHINE, "s3:BypassGovernanceRetention", OBJECT, HERE),
    (MACHINE, "s3:PutBucketPolicy", BUCKET, HERE),
    ("athena.amazonaws.com", "s3:GetObject", OBJECT, SERVICE),
    ("cloudtrail.amazonaws.com", "s3:PutObject", OBJECT, SERVICE),
    (OPERATOR, "s3:ListBucket", BUCKET, HERE),
    *((who, "kms:Decrypt", KEY, THROUGH_S3) for who in (OPERATOR, SOMEBODY, DEPLOYER)),
    (MACHINE, "kms:Decrypt", KEY, {}),
    (DEPLOYER, "kms:CreateGrant", KEY, {}),
]


@pytest.mark.parametrize(("who", "action", "resource", "context"), WORK)
def test_the_auditor_works_in_it(policies: Any, who: str, action: str, resource: str, context: Any) -> None:
    # The sample's person and machine are of the keeper's account.
    assert decide(who, action, resource, policies, context) == "allow"


@pytest.mark.parametrize(("who", "action", "resource", "context"), CLOSED)
def test_nobody_else_does(policies: Any, who: str, action: str, resource: str, context: Any) -> None:
    assert decide(who, action, resource, policies, context) != "allow"


def test_both_stores_are_locked_and_lie_under_keys_of_their_own(workspace: World) -> None:
    kinds = {one.inputs["bucket"]: one.inputs["tags"]["clover:store-role"] for one in workspace.all(_BUCKET)}
    assert kinds == {BUCKET.rpartition(":")[2]: "auditor-owned", RECORDS.rpartition(":")[2]: "evidence"}
    locks = workspace.all("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration")
    retained = {"defaultRetention": {"mode": "COMPLIANCE", "days": 400}}
    assert [one.inputs["rule"] for one in locks] == [retained, retained]
    assert len(workspace.all("aws:kms/key:Key")) == 2


_BUCKET = "aws:s3/bucket:Bucket"


def test_who_works_in_it_is_recorded_beside_it(workspace: World) -> None:
    trail = workspace.one("aws:cloudtrail/trail:Trail").inputs
    assert trail["s3BucketName"] == RECORDS.rpartition(":")[2]
    assert trail["name"] == "clover-assessment"


def test_the_trail_is_the_only_service_that_writes_there(workspace: World) -> None:
    records = policy_of(workspace.one("aws:s3/bucketPolicy:BucketPolicy", "assessment-aws-records-policy"))
    sealing = policy_of(workspace.one("aws:kms/key:Key", "assessment-aws-record-key-key"))
    allowing = [each for held in (records, sealing) for each in held["Statement"] if each["Effect"] == "Allow"]
    services = {each["Principal"]["Service"] for each in allowing if "Service" in each["Principal"]}
    assert services == {"cloudtrail.amazonaws.com"}


def test_what_is_published_is_one_document_the_same_in_every_order(workspace: World) -> None:
    (out,) = workspace.one("clover-aws:index:AssessmentWorkspace").outputs
    assert set(out) == {"store", "physical_name", "key", "records", "hosts", "hosts_digest"}
    document = json.loads(out["hosts"])
    assert (document["schema"], document["zone"]) == ("clover.hosts/1", "europe")
    assert [site["site"] for site in document["sites"]] == ["dublin", "hamar"]
    assert out["hosts_digest"] == digest(out["hosts"])
    with declaring(previewed, stack_name="auditor", preview=True) as again:
        AssessmentWorkspace("assessment-aws", args(published=[DUBLIN, {**DUBLIN, "site": "hamar"}]))
    (other,) = again.one("clover-aws:index:AssessmentWorkspace").outputs
    assert other["hosts"] == out["hosts"]
