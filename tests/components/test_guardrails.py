"""The organisation's policies on AWS: what they deny, request by request, how they are packed, and whom they bind."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clover.logic.aws import evaluate
from clover.zones.vocabulary import Cloud
from components.aws import Guardrails
from components.aws.guardrails import GuardrailsArgs, targets
from components.aws.packing import PER_TARGET, Target, packed
from components.aws.policies.document import deny
from components.aws.site import SiteArgs
from components.limits import SHARE, OverLimit, limits
from components.refusal import Refusal
from tests.components.answers import ACCOUNT, REGION, created, previewed
from tests.components.sample import DEPLOYER, SITE
from tests.recorder import UNKNOWN, World, declaring

MANAGEMENT = "777788889999"
CONTROLLER = f"arn:aws:iam::{MANAGEMENT}:role/clover/organisation"
BREAK_GLASS = f"arn:aws:iam::{ACCOUNT}:role/clover/break-glass"
SOMEBODY = f"arn:aws:iam::{ACCOUNT}:role/somebody"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
MEDIA = f"arn:aws:s3:::clover-dublin-{ACCOUNT}-user-data-media"
ANYTHING: dict[str, Any] = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
ANYBODY: dict[str, Any] = {**ANYTHING, "Statement": [{**ANYTHING["Statement"][0], "Principal": "*"}]}
ATTACHMENT = "aws:organizations/policyAttachment:PolicyAttachment"
PLACES = ("r-exam", "ou-exam-clover00", ACCOUNT)
CHARACTERS = {"SERVICE_CONTROL_POLICY": 5120, "RESOURCE_CONTROL_POLICY": 5120, "AISERVICES_OPT_OUT_POLICY": 2500}
AWAY = {"aws:RequestedRegion": "us-east-1"}
HERE = {"aws:RequestedRegion": REGION, "aws:SecureTransport": "true", "aws:VpceAccount": ACCOUNT}


def args(*sites: SiteArgs, **change: Any) -> GuardrailsArgs:
    told: Any = {
        "organisation": {
            "zone": "europe",
            "account": MANAGEMENT,
            "root": "r-exam",
            "unit": "ou-exam-clover00",
            "region": REGION,
            "partition": "aws",
            "controller": CONTROLLER,
        },
        "sites": [{"site": site, "break_glass": BREAK_GLASS} for site in sites or (SITE,)],
        "trusted_accounts": ["444455556666"],
        "evidence_accounts": ["555566667777"],
        "declared_at": "zones/europe.yaml:198",
    }
    told |= change
    return told


def another(number: int, region: str = "eu-central-1", name: str = "") -> SiteArgs:
    account = f"{number:012d}"
    return {
        **SITE,
        "name": name or f"site{number}",
        "account": account,
        "region": region,
        "deployer": f"{DEPLOYER}{number}",
    }


@pytest.fixture(scope="module")
def organisation() -> World:
    with declaring(created, stack_name="organisation") as declared:
        Guardrails("guardrails", args())
    return declared


def decide(principal: str, action: str, resource: str = "*", owner: str = ACCOUNT, **context: str) -> str:
    """The decision of the policies as they are packed, where everything else allows the request."""
    policies: dict[str, Any] = {"identity": [ANYTHING], "resource": ANYBODY}
    for kind, named in (("service", "scp"), ("resource", "rcp")):
        every = [target for target in targets(args()) if target.kind == kind]
        policies[named] = [[ANYBODY if named == "rcp" else ANYTHING, *map(json.loads, packed(each))] for each in every]
    policies = (
        policies if f"::{ACCOUNT}:" in principal else {name: policies[name] for name in policies if name != "scp"}
    )
    request = {"principal": principal, "action": action, "resource": resource, "resource_account": owner}
    return evaluate({**request, "context": {**HERE, **context}}, policies).decision


@pytest.mark.parametrize(
    ("principal", "action", "resource", "context"),
    [
        (SOMEBODY, "dynamodb:PutItem", "*", AWAY),
        (DEPLOYER, "s3:CreateBucket", "*", AWAY),
        (BREAK_GLASS, "kms:CreateKey", "*", AWAY),
        (SOMEBODY, "kms:ReplicateKey", "*", {}),
        (SOMEBODY, "s3:CreateMultiRegionAccessPoint", "*", {}),
        (SOMEBODY, "cloudfront:CreateDistribution", "*", {}),
        (SOMEBODY, "ram:CreateResourceShare", "*", {}),
        (SOMEBODY, "vpce:AllowMultiRegion", "*", {}),
        (DEPLOYER, "organizations:LeaveOrganization", "*", {}),
        (DEPLOYER, "account:CloseAccount", "*", {}),
        (DEPLOYER, "account:EnableRegion", "*", {}),
        (ROOT, "s3:ListBucket", MEDIA, {}),
        (SOMEBODY, "athena:StartQueryExecution", "*", {}),
        (SOMEBODY, "iam:UpdateAssumeRolePolicy", DEPLOYER, {}),
        (SOMEBODY, "s3:GetObject", f"{MEDIA}/one", {"aws:VpceAccount": "999999999999"}),
        (SOMEBODY, "s3:GetObject", f"{MEDIA}/one", {"aws:SecureTransport": "false"}),
        ("arn:aws:iam::999999999999:role/stranger", "s3:GetObject", f"{MEDIA}/one", {}),
    ],
)
def test_what_is_denied_to_everybody(principal: str, action: str, resource: str, context: dict[str, str]) -> None:
    assert decide(principal, action, resource, **context) == "explicit_deny"


@pytest.mark.parametrize(
    ("principal", "action", "resource", "context"),
    [
        (SOMEBODY, "s3:GetObject", f"{MEDIA}/one", {}),
        (SOMEBODY, "iam:GetRole", "*", AWAY),
        (DEPLOYER, "s3:CreateBucket", "*", {}),
        (DEPLOYER, "kms:CreateKey", "*", {"kms:MultiRegion": "false"}),
        (BREAK_GLASS, "iam:UpdateAssumeRolePolicy", DEPLOYER, {}),
    ],
)
def test_what_the_site_needs_is_not(principal: str, action: str, resource: str, context: dict[str, str]) -> None:
    assert decide(principal, action, resource, **context) == "allow"


def test_nobody_writes_data_into_an_account_that_is_not_the_zones() -> None:
    for owner, decision in (("999999999999", "explicit_deny"), ("555566667777", "allow"), (ACCOUNT, "allow")):
        said = decide(SOMEBODY, "s3:PutObject", "arn:aws:s3:::somewhere/one", owner, **{"aws:ResourceAccount": owner})
        assert said == decision, owner


def test_every_policy_is_attached_where_it_says_and_printed_with_its_digest_and_size(organisation: World) -> None:
    policies = organisation.all("aws:organizations/policy:Policy")
    attached = organisation.all(ATTACHMENT)
    assert sorted(each.inputs["targetId"] for each in attached) == sorted(["r-exam", *PLACES, *PLACES])
    assert {each.inputs["type"] for each in policies} == set(CHARACTERS)
    (told,) = organisation.one("clover-aws:index:Guardrails").outputs
    for each in policies:
        name, text = each.inputs["name"], each.inputs["content"]
        assert told["sizes"][name] == f"{len(text)} of {CHARACTERS[each.inputs['type']]}"
        assert len(told["digests"][name]) == 64
        assert name in told["policies"]
        assert each.inputs["tags"]["clover:zone"] == "europe"


def test_no_ai_service_keeps_anything_and_nobody_below_the_root_changes_that(organisation: World) -> None:
    policy = organisation.one("aws:organizations/policy:Policy", "guardrails-root-ai-services-1")
    attachment = organisation.one(ATTACHMENT, "guardrails-root-ai-services-1-attachment")
    nobody = {"@@operators_allowed_for_child_policies": ["@@none"]}
    choice = {**nobody, "@@assign": "optOut"}
    assert json.loads(policy.inputs["content"]) == {
        "services": {**nobody, "default": {**nobody, "opt_out_policy": choice}}
    }
    assert attachment.inputs["targetId"] == "r-exam"


def test_a_first_preview_knows_every_text() -> None:
    with declaring(previewed, stack_name="organisation", preview=True) as declared:
        Guardrails("guardrails", args())
    for each in declared.all("aws:organizations/policy:Policy"):
        assert UNKNOWN not in each.inputs["content"]


REGIONS = st.sampled_from(["eu-west-1", "eu-central-1", "eu-north-1", "eu-south-1"])


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(REGIONS, st.text("abcdefghij", min_size=3, max_size=16)), min_size=1, max_size=8))
def test_every_policy_fits_whatever_the_sites_are(sites: list[tuple[str, str]]) -> None:
    declared = [another(number + 1, region, f"{name}{number}") for number, (region, name) in enumerate(sites)]
    try:
        texts = [(target, packed(target)) for target in targets(args(*declared))]
    except OverLimit:
        assert len(declared) > 5, "five sites of a zone fit"
        return
    for _, held in texts:
        assert len(held) < limits(Cloud.AWS)[PER_TARGET]["value"]
        for text in held:
            assert len(text) <= 5120 * SHARE
            assert text == json.dumps(json.loads(text), separators=(",", ":"))
    assert {target.id for target, _ in texts} == {"r-exam", "ou-exam-clover00", *(each["account"] for each in declared)}


@settings(max_examples=30, deadline=None)
@given(REGIONS, REGIONS, st.sampled_from(["eu-west-1", "eu-central-1", "us-east-1", "ap-south-1"]))
def test_an_account_is_held_to_its_own_region_whatever_the_others_are(first: str, second: str, asked: str) -> None:
    one, other = another(1, first, "one"), another(2, second, "other")
    levels = [
        [ANYTHING, *map(json.loads, packed(each))]
        for each in targets(args(one, other))
        if each.kind == "service" and each.id in ("r-exam", "ou-exam-clover00", one["account"])
    ]
    request: dict[str, Any] = {
        "principal": f"arn:aws:iam::{one['account']}:role/x",
        "action": "dynamodb:ListTables",
        "resource": "*",
        "resource_account": one["account"],
        "context": {"aws:RequestedRegion": asked},
    }
    decision = evaluate(request, {"identity": [ANYTHING], "scp": levels}).decision
    assert decision == ("allow" if asked == first else "explicit_deny")


def test_statements_are_packed_in_order_and_none_is_lost() -> None:
    held = [deny(f"Number{number}", [f"s3:Get{'x' * 400}{number}"], "*") for number in range(25)]
    texts = packed(Target("unit", "ou-1", "service", held))
    assert len(texts) > 1
    assert [each["Sid"] for text in texts for each in json.loads(text)["Statement"]] == [each["Sid"] for each in held]


def test_a_statement_that_fills_a_policy_by_itself_is_refused() -> None:
    with pytest.raises(OverLimit):
        packed(Target("unit", "ou-1", "service", [deny("Large", [f"s3:Get{'x' * 6000}"], "*")]))


def test_more_policies_than_a_place_takes_are_refused() -> None:
    held = [deny(f"Number{number}", [f"s3:Get{'x' * 4000}{number}"], "*") for number in range(12)]
    with pytest.raises(OverLimit):
        packed(Target("unit", "ou-1", "service", held))


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"sites": []}, "there is none whose account could be bound"),
        ({"sites": [{"site": SITE}, {"site": {**SITE, "account": "1" * 12}}]}, "name 'dublin' stands twice"),
        ({"sites": [{"site": SITE}, {"site": {**SITE, "name": "other"}}]}, f"account '{ACCOUNT}' stands twice"),
        ({"organisation": {**args()["organisation"], "controller": DEPLOYER}}, "deploys a site, whose own guardrails"),
    ],
)
def test_nobody_to_bind_and_a_controller_that_deploys_are_refused(change: dict[str, Any], told: str) -> None:
    with pytest.raises(Refusal, match=told), declaring(created, stack_name="organisation"):
        Guardrails("guardrails", args(**change))
