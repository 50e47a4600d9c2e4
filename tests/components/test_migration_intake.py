"""Historic data lands from one writer until a day: on AWS by the store's policy, on Azure by the writer's one role."""

from typing import Any

import pytest

from clover.zones.vocabulary import DataClass, StoreRole
from components.aws import EncryptionKey, MigrationIntake
from components.refusal import Refusal
from tests.components.answers import ACCOUNT, created
from tests.components.asking import TLS, decide
from tests.components.conftest import policy_of
from tests.components.sample import SITE
from tests.recorder import World, declaring

WRITER = f"arn:aws:iam::{ACCOUNT}:role/clover/migration"
WORKLOAD = f"arn:aws:iam::{ACCOUNT}:role/workload"
BUCKET = f"arn:aws:s3:::clover-dublin-{ACCOUNT}-intake-historic"
BEFORE, AFTER = {"aws:CurrentTime": "2026-12-31T23:59:59Z"}, {"aws:CurrentTime": "2027-01-01T00:00:00Z"}
INSIDE = {**TLS, "aws:SourceVpce": "vpce-1"}


def declare(**change: Any) -> World:
    with declaring(created) as world:
        key = EncryptionKey("intake", {"site": SITE, "role": StoreRole.INTAKE})
        args: Any = {
            "site": SITE,
            "name": "historic",
            "data_class": DataClass.RESTRICTED,
            "key": key.key,
            "endpoints": ["vpce-1"],
            "recorded_by": f"arn:aws:cloudtrail:eu-west-1:{ACCOUNT}:trail/clover-dublin",
            "writer": WRITER,
            "closes": "2027-01-01",
            "declared_at": "Pulumi.dublin.yaml:30",
        }
        args.update(change)
        MigrationIntake("historic", args)
    return world


@pytest.fixture(scope="module")
def policy() -> dict[str, Any]:
    return policy_of(declare().one("aws:s3/bucketPolicy:BucketPolicy"))


CASES = [
    (WRITER, "s3:PutObject", {**INSIDE, **BEFORE}, "allow"),
    (WRITER, "s3:PutObjectTagging", {**INSIDE, **BEFORE}, "allow"),
    (WRITER, "s3:PutObject", {**INSIDE, **AFTER}, "explicit_deny"),
    (WRITER, "s3:PutObject", {**TLS, **BEFORE}, "explicit_deny"),
    (WRITER, "s3:PutObject", {**INSIDE, **BEFORE, "s3:x-amz-content-sha256": "UNSIGNED-PAYLOAD"}, "explicit_deny"),
    (WRITER, "s3:GetObject", {**INSIDE, **BEFORE}, "explicit_deny"),
    (WRITER, "s3:ListBucket", {**INSIDE, **BEFORE}, "explicit_deny"),
    (WRITER, "s3:DeleteObject", {**INSIDE, **BEFORE}, "explicit_deny"),
    (WRITER, "s3:PutObjectAcl", {**INSIDE, **BEFORE}, "explicit_deny"),
    (WORKLOAD, "s3:PutObject", {**INSIDE, **BEFORE}, "explicit_deny"),
    (WORKLOAD, "s3:GetObject", {**INSIDE, **AFTER}, "allow"),
    (WORKLOAD, "s3:DeleteObject", {**INSIDE, **AFTER}, "allow"),
    (WORKLOAD, "s3:GetObject", {**TLS, **BEFORE}, "explicit_deny"),
]


@pytest.mark.parametrize(("principal", "action", "context", "expected"), CASES)
def test_who_may_do_what(policy: dict[str, Any], principal: str, action: str, context: Any, expected: str) -> None:
    resource = BUCKET if action == "s3:ListBucket" else f"{BUCKET}/object"
    assert decide(principal, action, resource, policy, context) == expected


def test_the_store_is_one_of_role_intake_below_the_landing() -> None:
    world = declare()
    store = world.one("clover-aws:index:RegionLockedStore")
    assert store.name == "historic-store"
    assert world.one("aws:s3/bucket:Bucket").inputs["tags"]["clover:store-role"] == "intake"


@pytest.mark.parametrize("closes", ["2027-02-30", "soon", ""])
def test_it_closes_on_a_day(closes: str) -> None:
    with pytest.raises(Refusal, match=r"^Pulumi\.dublin\.yaml:30: closes: "):
        declare(closes=closes)
