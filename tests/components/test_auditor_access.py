import json
from typing import Any

import pytest

from components.aws import AuditorAccess, AuditorAccessArgs
from tests.components.answers import ACCOUNT, REGION, created
from tests.components.asking import decide
from tests.components.conftest import policy_of, statement
from tests.components.sample import MACHINE, NETWORKS, PERSON, SITE
from tests.recorder import World, declaring

KINDS = ["person", "machine"]
EVIDENCE = f"arn:aws:s3:::clover-dublin-{ACCOUNT}-evidence-logs"
PROFILES = f"arn:aws:s3:::clover-dublin-{ACCOUNT}-user-data-profiles"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1"
VIA_S3 = {"kms:ViaService": f"s3.{REGION}.amazonaws.com"}
OF_LOGS = {"kms:EncryptionContext:aws:s3:arn": EVIDENCE}
OF_TRAIL = {"kms:EncryptionContext:aws:cloudtrail:arn": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/clover-dublin"}
OF_PROFILES = {"kms:EncryptionContext:aws:s3:arn": PROFILES}


def own_policies(world: World, kind: str) -> dict[str, Any]:
    """Everything that the role of a kind is granted and denied, as one document."""
    role = f"clover-dublin-auditor-{kind}"
    found = [one.inputs for one in world.all("aws:iam/rolePolicy:RolePolicy") if one.inputs["role"] == role]
    documents = [json.loads(one["policy"]) for one in found]
    assert len(documents) == 2
    return {"Version": "2012-10-17", "Statement": [one for document in documents for one in document["Statement"]]}


def ask(world: World, kind: str, action: str, resource: str, context: dict[str, str] | None = None) -> str:
    principal = f"arn:aws:iam::{ACCOUNT}:role/clover/auditor/clover-dublin-auditor-{kind}"
    of_key = policy_of(world.one("aws:kms/key:Key", "evidence-key")) if resource == KEY else None
    asked = {"kms:CallerAccount": ACCOUNT, **(context or {})}
    return decide(principal, action, resource, of_key, asked, identity=own_policies(world, kind))


def trust(world: World, kind: str) -> dict[str, Any]:
    return json.loads(world.one("aws:iam/role:Role", f"auditor-{kind}").inputs["assumeRolePolicy"])


@pytest.mark.parametrize("kind", KINDS)
def test_the_roles_have_known_names_and_last_an_hour(world: World, kind: str) -> None:
    role = world.one("aws:iam/role:Role", f"auditor-{kind}").inputs
    assert (role["path"], role["name"]) == ("/clover/auditor/", f"clover-dublin-auditor-{kind}")
    assert role["maxSessionDuration"] == 3600


def test_policies_inside_a_role_have_no_name_of_their_own(world: World) -> None:
    assert all("name" not in one.inputs for one in world.all("aws:iam/rolePolicy:RolePolicy"))


@pytest.mark.parametrize(
    ("principal", "context", "decision"),
    [
        (PERSON, {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60"}, "allow"),
        (PERSON, {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "3600"}, "implicit_deny"),
        (PERSON, {"aws:MultiFactorAuthPresent": "true"}, "implicit_deny"),
        (PERSON, {"aws:MultiFactorAuthAge": "60"}, "implicit_deny"),
        (PERSON, {"aws:MultiFactorAuthPresent": "false", "aws:MultiFactorAuthAge": "60"}, "implicit_deny"),
        (PERSON, {"sts:ExternalId": "dublin-2026"}, "implicit_deny"),
        (
            "arn:aws:iam::444455556666:user/other",
            {"aws:MultiFactorAuthPresent": "true", "aws:MultiFactorAuthAge": "60"},
            "implicit_deny",
        ),
    ],
)
def test_the_person_is_one_principal_with_a_fresh_second_factor(
    world: World, principal: str, context: dict[str, str], decision: str
) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/clover/auditor/clover-dublin-auditor-person"
    assert decide(principal, "sts:AssumeRole", role, trust(world, "person"), context) == decision


@pytest.mark.parametrize(
    ("principal", "context", "decision"),
    [
        (MACHINE, {"sts:ExternalId": "dublin-2026", "aws:SourceIp": "198.51.100.9"}, "allow"),
        (MACHINE, {"sts:ExternalId": "hamar-2026", "aws:SourceIp": "198.51.100.9"}, "implicit_deny"),
        (MACHINE, {"aws:SourceIp": "198.51.100.9"}, "implicit_deny"),
        (MACHINE, {"sts:ExternalId": "dublin-2026", "aws:SourceIp": "203.0.113.9"}, "implicit_deny"),
        (MACHINE, {"sts:ExternalId": "dublin-2026"}, "implicit_deny"),
        (PERSON, {"sts:ExternalId": "dublin-2026", "aws:SourceIp": "198.51.100.9"}, "implicit_deny"),
    ],
)
def test_the_machine_is_one_principal_with_the_external_id_from_the_auditors_networks(
    world: World, principal: str, context: dict[str, str], decision: str
) -> None:
    role = f"arn:aws:iam::{ACCOUNT}:role/clover/auditor/clover-dublin-auditor-machine"
    assert decide(principal, "sts:AssumeRole", role, trust(world, "machine"), context) == decision


@pytest.mark.parametrize("kind", KINDS)
def test_the_trust_grants_nothing_but_assuming(world: World, kind: str) -> None:
    (only,) = trust(world, kind)["Statement"]
    assert only["Action"] == "sts:AssumeRole"
    assert set(only["Principal"]) == {"AWS"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("action", "resource"),
    [
        ("s3:GetBucketPolicy", PROFILES),
        ("s3:GetEncryptionConfiguration", PROFILES),
        ("s3:GetBucketObjectLockConfiguration", EVIDENCE),
        ("s3:GetBucketTagging", PROFILES),
        ("kms:GetKeyPolicy", KEY),
        ("kms:GetKeyRotationStatus", KEY),
        ("cloudtrail:GetEventSelectors", f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/clover-dublin"),
        ("cloudtrail:GetTrailStatus", f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/clover-dublin"),
        ("ec2:DescribeRouteTables", "*"),
        ("ec2:DescribeVpcEndpoints", "*"),
        ("ec2:DescribeFlowLogs", "*"),
        ("network-firewall:DescribeRuleGroup", "*"),
        ("network-firewall:DescribeLoggingConfiguration", "*"),
        ("route53resolver:GetFirewallConfig", "*"),
        ("route53resolver:ListFirewallDomains", "*"),
        ("iam:GetRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/clover/auditor/clover-dublin-auditor-person"),
        ("iam:ListRoles", "*"),
    ],
)
def test_every_control_is_readable(world: World, kind: str, action: str, resource: str) -> None:
    assert ask(world, kind, action, resource) == "allow"


@pytest.mark.parametrize("kind", KINDS)
def test_evidence_is_readable_in_the_sites_own_account(world: World, kind: str) -> None:
    for action, resource in (("s3:GetObject", f"{EVIDENCE}/AWSLogs/x"), ("s3:ListBucket", EVIDENCE)):
        assert ask(world, kind, action, resource, {"aws:ResourceAccount": ACCOUNT}) == "allow"
        assert ask(world, kind, action, resource, {"aws:ResourceAccount": "999900001111"}) == "implicit_deny"
    assert ask(world, kind, "kms:Decrypt", KEY, {**VIA_S3, **OF_LOGS}) == "allow"
    assert ask(world, kind, "kms:Decrypt", KEY, {**VIA_S3, **OF_TRAIL}) == "allow"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("s3:GetObject", f"{PROFILES}/x", {}),
        ("s3:GetObjectAcl", f"{PROFILES}/x", {}),
        ("s3:ListBucket", PROFILES, {}),
        ("s3:ListBucketVersions", PROFILES, {}),
        ("s3:GetObject", "arn:aws:s3:::elsewhere/x", {}),
        ("kms:Decrypt", KEY, {**VIA_S3, **OF_PROFILES}),
        ("kms:Decrypt", KEY, VIA_S3),
        ("kms:Decrypt", KEY, OF_LOGS),
        ("kms:GenerateDataKey", KEY, {**VIA_S3, **OF_LOGS}),
        ("kms:CreateGrant", KEY, {}),
        ("kms:PutKeyPolicy", KEY, {}),
        ("s3:PutObject", f"{EVIDENCE}/x", {}),
        ("s3:DeleteObject", f"{EVIDENCE}/x", {}),
        ("s3:PutBucketPolicy", EVIDENCE, {}),
        ("s3:CreateJob", "*", {}),
        ("ec2:ModifySnapshotAttribute", "*", {}),
        ("ec2:GetConsoleOutput", "*", {}),
        ("ec2:DescribeInstanceAttribute", "*", {}),
        ("ram:CreateResourceShare", "*", {}),
        ("sts:AssumeRole", f"arn:aws:iam::{ACCOUNT}:role/clover/deployer", {}),
        ("dynamodb:GetItem", "*", {}),
        ("secretsmanager:GetSecretValue", "*", {}),
        ("logs:GetLogEvents", "*", {}),
        ("athena:StartQueryExecution", "*", {}),
        ("ssm:StartSession", "*", {}),
        ("ebs:GetSnapshotBlock", "*", {}),
        ("network-firewall:DeleteFirewall", "*", {}),
        ("route53resolver:UpdateFirewallConfig", "*", {}),
        ("iam:UpdateAssumeRolePolicy", "*", {}),
        ("cloudtrail:StopLogging", "*", {}),
    ],
)
def test_nothing_else_is_possible_whoever_grants_it(
    world: World, kind: str, action: str, resource: str, context: dict[str, str]
) -> None:
    principal = f"arn:aws:iam::{ACCOUNT}:role/clover/auditor/clover-dublin-auditor-{kind}"
    granted = own_policies(world, kind)
    granted["Statement"].append({"Effect": "Allow", "Action": "*", "Resource": "*"})
    asked = {"aws:ResourceAccount": ACCOUNT, **context}
    assert decide(principal, action, resource, None, asked, identity=granted) == "explicit_deny"


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_allowed_is_what_is_not_denied(world: World, kind: str) -> None:
    policies = own_policies(world, kind)
    allowed = {*statement(policies, "Controls")["Action"], *statement(policies, "Evidence")["Action"], "kms:Decrypt"}
    assert allowed == set(statement(policies, "NothingBesideTheReads")["NotAction"])


ARGS: AuditorAccessArgs = {
    "site": SITE,
    "person": PERSON,
    "machine": MACHINE,
    "external_id": "dublin-2026",
    "networks": NETWORKS,
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"person": "arn:aws:iam::444455556666:root"}, "person: .* is not the ARN of one exact principal"),
        ({"machine": "arn:aws:iam::444455556666:role/*"}, "machine: .* is not the ARN of one exact principal"),
        ({"machine": "444455556666"}, "machine: .* is not the ARN of one exact principal"),
        ({"networks": []}, "networks: "),
    ],
)
def test_an_auditor_that_could_be_anybody_is_refused(change: dict[str, Any], message: str) -> None:
    args: Any = {**ARGS, **change}
    with pytest.raises(ValueError, match=message), declaring(created):
        AuditorAccess("auditor", args)
