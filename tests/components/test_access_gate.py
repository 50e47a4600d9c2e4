"""Approved employees read one class of stores: with a ticket, from the site's network, until a day."""

import json
from typing import Any

import pytest

from clover.zones.vocabulary import DataClass
from components.aws import AccessGate
from components.limits import OverLimit
from components.refusal import Refusal
from tests.components.answers import ACCOUNT, created
from tests.components.asking import TLS, decide
from tests.components.conftest import policy_of
from tests.components.sample import SITE
from tests.recorder import World, declaring

PROVIDER = f"arn:aws:iam::{ACCOUNT}:saml-provider/Workforce"
GATE = f"arn:aws:iam::{ACCOUNT}:role/clover/access/clover-dublin-access-support"
STORE = "arn:aws:s3:::clover-profiles"
BEFORE, AFTER = {"aws:CurrentTime": "2026-12-31T23:59:59Z"}, {"aws:CurrentTime": "2027-01-01T00:00:00Z"}
INSIDE = {**TLS, "aws:SourceVpce": "vpce-1", "aws:PrincipalTag/clover:ticket": "T-1"}
SIGNED_IN = {
    "saml:aud": "https://signin.aws.amazon.com/saml",
    "aws:RequestTag/clover:ticket": "T-1",
    "aws:RequestTag/clover:mfa": "true",
}


def declare(**change: Any) -> World:
    with declaring(created) as world:
        args: Any = {
            "site": SITE,
            "name": "support",
            "data_class": DataClass.RESTRICTED,
            "workforce": PROVIDER,
            "endpoints": ["vpce-1"],
            "stores": {"profiles": STORE},
            "closes": "2027-01-01",
            "declared_at": "zones/europe.yaml:300",
        }
        args.update(change)
        AccessGate("gate-support", args)
    return world


@pytest.fixture(scope="module")
def world() -> World:
    return declare()


READS = [
    ("s3:GetObject", f"{STORE}/object", {**INSIDE, **BEFORE}, "allow"),
    ("s3:ListBucket", STORE, {**INSIDE, **BEFORE}, "allow"),
    ("s3:GetObject", f"{STORE}/object", {**INSIDE, **AFTER}, "implicit_deny"),
    ("s3:GetObject", f"{STORE}/object", {**INSIDE, **BEFORE, "aws:SourceVpce": "vpce-2"}, "implicit_deny"),
    ("s3:GetObject", f"{STORE}/object", {**TLS, **BEFORE, "aws:SourceVpce": "vpce-1"}, "implicit_deny"),
    ("s3:GetObject", "arn:aws:s3:::other/object", {**INSIDE, **BEFORE}, "implicit_deny"),
    ("s3:PutObject", f"{STORE}/object", {**INSIDE, **BEFORE}, "implicit_deny"),
    ("s3:DeleteObject", f"{STORE}/object", {**INSIDE, **BEFORE}, "implicit_deny"),
]


@pytest.mark.parametrize(("action", "resource", "context", "expected"), READS)
def test_what_a_session_may_do(world: World, action: str, resource: str, context: Any, expected: str) -> None:
    policy = policy_of(world.one("aws:iam/rolePolicy:RolePolicy"))
    assert decide(GATE, action, resource, None, context, identity=policy) == expected


OTHER = f"arn:aws:iam::{ACCOUNT}:saml-provider/Other"
ENTRIES = [
    (PROVIDER, "sts:AssumeRoleWithSAML", {**SIGNED_IN, **BEFORE}, "allow"),
    (PROVIDER, "sts:TagSession", {"aws:TagKeys": ["clover:ticket", "clover:mfa"]}, "allow"),
    (PROVIDER, "sts:TagSession", {"aws:TagKeys": ["clover:ticket", "team"]}, "implicit_deny"),
    (PROVIDER, "sts:AssumeRoleWithSAML", {**SIGNED_IN, **AFTER}, "implicit_deny"),
    (PROVIDER, "sts:AssumeRoleWithSAML", {**SIGNED_IN, **BEFORE, "aws:RequestTag/clover:ticket": ""}, "implicit_deny"),
    (
        PROVIDER,
        "sts:AssumeRoleWithSAML",
        {**SIGNED_IN, **BEFORE, "aws:RequestTag/clover:mfa": "false"},
        "implicit_deny",
    ),
    (PROVIDER, "sts:AssumeRoleWithSAML", {**SIGNED_IN, **BEFORE, "saml:aud": "https://other"}, "implicit_deny"),
    (OTHER, "sts:AssumeRoleWithSAML", {**SIGNED_IN, **BEFORE}, "implicit_deny"),
    (f"arn:aws:iam::{ACCOUNT}:role/clover/deployer", "sts:AssumeRole", BEFORE, "implicit_deny"),
    (f"arn:aws:iam::{ACCOUNT}:role/clover/deployer", "sts:TagSession", BEFORE, "implicit_deny"),
]


@pytest.mark.parametrize(("principal", "action", "context", "expected"), ENTRIES)
def test_who_enters(world: World, principal: str, action: str, context: Any, expected: str) -> None:
    trust = json.loads(world.one("aws:iam/role:Role").inputs["assumeRolePolicy"])
    assert decide(principal, action, GATE, trust, context, identity=None) == expected


def test_a_session_lasts_an_hour_at_most(world: World) -> None:
    assert world.one("aws:iam/role:Role").inputs["maxSessionDuration"] == 3600


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"closes": "soon"}, "closes: 'soon' is no day"),
        ({"workforce": f"arn:aws:iam::{ACCOUNT}:saml-provider/*"}, "is no SAML provider of the site's account"),
        ({"workforce": "arn:aws:iam::999988887777:saml-provider/Workforce"}, "is no SAML provider"),
        ({"stores": {}}, "opens nothing"),
    ],
)
def test_what_is_no_gate_is_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(Refusal, match=rf"^zones/europe\.yaml:300: .*{told}"):
        declare(**change)


def test_a_gate_without_an_endpoint_is_refused() -> None:
    with pytest.raises(Exception, match="endpoints: data is read through"):
        declare(endpoints=[])


def stores(count: int) -> dict[str, str]:
    return {f"s{number:04}": f"arn:aws:s3:::s{number}" for number in range(count)}


def test_more_stores_than_the_role_can_name_are_refused_before_anything_is_made() -> None:
    declare(stores=stores(30))
    with pytest.raises(OverLimit, match="iam-role-inline-policies: "):
        declare(stores=stores(60))
