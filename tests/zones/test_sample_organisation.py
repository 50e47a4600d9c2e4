"""What the sample organisation's policies permit and stop, and whether AWS would take them."""

import importlib
import json
from functools import cache
from typing import Any

import pytest

from clover.logic.aws import evaluate
from clover.zones.foundation import POLICY_KINDS
from clover.zones.registers import Given
from clover.zones.vocabulary import GivenKind, OrganisationLevel
from clover.zones.zone import load_zone
from tests.zones import PROJECT

ZONE = load_zone(PROJECT / "zones" / "europe.yaml")
BOTO3: Any = importlib.import_module("boto3")

Call = tuple[str, str, str, dict[str, str]]
"""Who calls which action on what, and what else the request carries."""

SITE = "111122223333"
DEPLOYER = f"arn:aws:iam::{SITE}:role/clover/deployer"
BREAK_GLASS = f"arn:aws:iam::{SITE}:role/clover/break-glass"
AUDITOR = f"arn:aws:iam::{SITE}:role/clover/auditor/clover-dublin-auditor-machine"
APPLICATION = f"arn:aws:iam::{SITE}:role/application"
COPY = "arn:aws:s3:::clover-dublin-333344445555-user-data-media"
COPIER = f"arn:aws:iam::{SITE}:role/clover/copies/clover-dublin-copies-media"
ADMIN = f"arn:aws:iam::{SITE}:role/administrator"
ROOT = f"arn:aws:iam::{SITE}:root"
AUDITORS_OWN = "arn:aws:iam::444455556666:role/clover/audit"
STRANGER = "arn:aws:iam::999999999999:role/stranger"
MEDIA = "arn:aws:s3:::clover-dublin-111122223333-user-data-media"
LOGS = "arn:aws:s3:::clover-dublin-111122223333-evidence-logs"
KEY = f"arn:aws:kms:eu-west-1:{SITE}:key/0a1b"
ROUTES = f"arn:aws:ec2:eu-west-1:{SITE}:route-table/rtb-1"
TRAIL = f"arn:aws:cloudtrail:eu-west-1:{SITE}:trail/clover-dublin"
HERE = {"aws:VpceAccount": SITE}
GLOBAL = {"aws:RequestedRegion": "us-east-1"}
FOR_SITE = {"aws:SourceAccount": SITE}
FOR_STRANGER = {"aws:SourceAccount": "999999999999"}
THROUGH_S3 = {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}

POLICY_LIMIT = 5120
"""Characters of one policy (docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html)."""
IDENTITY_LIMIT = 6144
"""Characters of a managed policy (docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""


def givens(*kinds: GivenKind) -> list[Given]:
    return [given for given in ZONE.file.foundation if given.kind in kinds]


def minified(document: object) -> str:
    return json.dumps(document, separators=(",", ":"))


def decide(caller: str, action: str, resource: str, context: dict[str, str]) -> str:
    """The organisation's decision on a role's, root's or service's call that every other policy allows."""
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    policies: dict[str, Any] = {
        "identity": [{"Version": "2012-10-17", "Statement": [everything]}],
        "resource": {"Version": "2012-10-17", "Statement": [everything | {"Principal": "*"}]},
        "rcp": ZONE.policies_on_path("dublin", GivenKind.RESOURCE_CONTROL_POLICY),
    }
    known = {"aws:RequestedRegion": "eu-west-1", "aws:SecureTransport": "true", "aws:PrincipalIsAWSService": "true"}
    principal = caller
    if caller.startswith("arn:"):
        account, name = caller.split(":")[4], caller.rsplit("/", 1)[-1]
        known |= {"aws:PrincipalIsAWSService": "false", "aws:PrincipalArn": caller, "aws:PrincipalAccount": account}
        principal = f"arn:aws:sts::{account}:assumed-role/{name}/session" if "/" in caller else caller
        if account == SITE:
            policies["scp"] = ZONE.policies_on_path("dublin", GivenKind.SERVICE_CONTROL_POLICY)
    called = {"principal": principal, "action": action, "resource": resource, "resource_account": SITE}
    return evaluate(called | {"context": known | context}, policies).decision


@cache
def operations(service: str) -> list[str]:
    """The operations that the AWS SDK knows of a service."""
    return BOTO3.client(service, region_name="eu-west-1").meta.service_model.operation_names


LET_THROUGH: list[Call] = [
    (DEPLOYER, "s3:PutBucketPolicy", MEDIA, {}),
    (DEPLOYER, "s3:ListBucket", MEDIA, {}),
    (DEPLOYER, "kms:PutKeyPolicy", KEY, {}),
    (DEPLOYER, "kms:CreateKey", "*", {"kms:MultiRegion": "false"}),
    (DEPLOYER, "ec2:CreateRoute", ROUTES, {}),
    (DEPLOYER, "cloudtrail:StopLogging", TRAIL, {}),
    (DEPLOYER, "iam:CreateRole", AUDITOR, GLOBAL),
    (BREAK_GLASS, "iam:UpdateAssumeRolePolicy", DEPLOYER, GLOBAL),
    (AUDITOR, "iam:GetRole", DEPLOYER, GLOBAL),
    (AUDITOR, "ec2:DescribeRouteTables", "*", {}),
    (AUDITOR, "network-firewall:DescribeFirewallPolicy", "*", {}),
    (AUDITOR, "s3:GetObject", f"{LOGS}/a", {"aws:SourceIp": "192.0.2.7"}),
    (AUDITOR, "kms:Decrypt", KEY, THROUGH_S3),
    (AUDITORS_OWN, "sts:AssumeRole", AUDITOR, {}),
    (APPLICATION, "s3:GetObject", f"{MEDIA}/a", HERE),
    (APPLICATION, "kms:Decrypt", KEY, THROUGH_S3),
    (DEPLOYER, "s3:PutReplicationConfiguration", MEDIA, {}),
    (DEPLOYER, "iam:PassRole", COPIER, GLOBAL),
    (COPIER, "s3:GetObjectVersionForReplication", f"{MEDIA}/a", {}),
    (COPIER, "s3:ReplicateObject", f"{COPY}/a", {"aws:ResourceAccount": "333344445555"}),
    ("cloudtrail.amazonaws.com", "s3:PutObject", f"{LOGS}/a", FOR_SITE),
    ("delivery.logs.amazonaws.com", "s3:PutObject", f"{LOGS}/a", FOR_SITE),
    ("cloudtrail.amazonaws.com", "kms:GenerateDataKey", KEY, FOR_SITE),
    ("delivery.logs.amazonaws.com", "kms:GenerateDataKey", KEY, FOR_SITE),
]

STOPPED: list[Call] = [
    (ROOT, "s3:PutBucketPolicy", MEDIA, {}),
    (ROOT, "kms:PutKeyPolicy", KEY, {}),
    (ADMIN, "s3:PutBucketPolicy", MEDIA, {}),
    (ADMIN, "kms:PutKeyPolicy", KEY, {}),
    (ADMIN, "kms:Decrypt", KEY, {}),
    (ADMIN, "s3:GetObject", f"{MEDIA}/a", {}),
    (ADMIN, "s3:GetObject", f"{LOGS}/a", {}),
    (ADMIN, "iam:UpdateAssumeRolePolicy", DEPLOYER, GLOBAL),
    (ADMIN, "iam:AttachRolePolicy", BREAK_GLASS, GLOBAL),
    (ADMIN, "iam:PutRolePolicy", AUDITOR, GLOBAL),
    (ADMIN, "iam:PassRole", DEPLOYER, GLOBAL),
    (ADMIN, "iam:CreateOpenIDConnectProvider", f"arn:aws:iam::{SITE}:oidc-provider/x", GLOBAL),
    (ADMIN, "ec2:CreateRoute", ROUTES, {}),
    (ADMIN, "ec2:RunInstances", "*", GLOBAL),
    (ADMIN, "cloudtrail:StopLogging", TRAIL, {}),
    (ADMIN, "network-firewall:UpdateRuleGroup", "*", {}),
    (ADMIN, "route53resolver:UpdateFirewallConfig", "*", {}),
    (ADMIN, "ec2:DeleteFlowLogs", "*", {}),
    (ADMIN, "organizations:LeaveOrganization", "*", GLOBAL),
    (ADMIN, "account:EnableRegion", "*", GLOBAL),
    (ADMIN, "athena:StartQueryExecution", "*", {}),
    (ADMIN, "ssm:StartSession", "*", {}),
    (ADMIN, "cloudshell:CreateSession", "*", {}),
    (ADMIN, "logs:FilterLogEvents", "*", {}),
    (ADMIN, "s3:PutReplicationConfiguration", MEDIA, {}),
    (ADMIN, "ec2:ModifySnapshotAttribute", "*", {}),
    (COPIER, "s3:GetObject", f"{MEDIA}/a", {}),
    (COPIER, "s3:PutObject", f"{MEDIA}/a", HERE),
    (ADMIN, "iam:PassRole", COPIER, GLOBAL),
    (DEPLOYER, "kms:ReplicateKey", KEY, {}),
    (DEPLOYER, "kms:CreateKey", "*", {"kms:MultiRegion": "true"}),
    (DEPLOYER, "s3:BypassGovernanceRetention", f"{LOGS}/a", {}),
    (DEPLOYER, "s3:GetObject", f"{MEDIA}/a", {}),
    (DEPLOYER, "iam:PutRolePolicy", DEPLOYER, GLOBAL),
    (DEPLOYER, "s3:PutBucketPolicy", MEDIA, {"aws:SecureTransport": "false"}),
    (AUDITOR, "s3:GetObject", f"{MEDIA}/a", {"aws:SourceIp": "192.0.2.7"}),
    (AUDITORS_OWN, "s3:GetObject", f"{MEDIA}/a", {}),
    (STRANGER, "s3:GetObject", f"{MEDIA}/a", HERE),
    (STRANGER, "sts:AssumeRole", AUDITOR, {}),
    ("cloudtrail.amazonaws.com", "s3:PutObject", f"{LOGS}/a", FOR_STRANGER),
]


@pytest.mark.parametrize(("caller", "action", "resource", "context"), LET_THROUGH)
def test_the_organisation_lets_the_site_work(caller: str, action: str, resource: str, context: dict[str, str]) -> None:
    assert decide(caller, action, resource, context) == "allow"


@pytest.mark.parametrize(("caller", "action", "resource", "context"), STOPPED)
def test_the_organisation_stops_the_rest(caller: str, action: str, resource: str, context: dict[str, str]) -> None:
    assert decide(caller, action, resource, context) == "explicit_deny"


def test_every_level_of_the_path_has_policies_and_allows_something() -> None:
    for kind in (GivenKind.SERVICE_CONTROL_POLICY, GivenKind.RESOURCE_CONTROL_POLICY):
        levels = ZONE.policies_on_path("dublin", kind)
        assert len(levels) == len(OrganisationLevel)
        for level in levels:
            effects = [
                (statement["Effect"], statement.get("Action")) for policy in level for statement in policy["Statement"]
            ]
            assert ("Allow", "*") in effects
            assert "Deny" in dict(effects)


def test_a_site_without_givens_has_no_levels() -> None:
    assert ZONE.policies_on_path("hamar", GivenKind.SERVICE_CONTROL_POLICY) == ()


@pytest.mark.parametrize("given", givens(*POLICY_KINDS), ids=lambda given: given.id)
def test_a_policy_is_within_its_limit(given: Given) -> None:
    limit = IDENTITY_LIMIT if given.kind is GivenKind.IDENTITY_POLICY else POLICY_LIMIT
    assert len(minified(ZONE.documents[given.id])) <= 0.9 * limit


@pytest.mark.parametrize("given", givens(GivenKind.RESOURCE_CONTROL_POLICY), ids=lambda given: given.id)
def test_a_resource_control_policy_has_the_elements_that_organizations_takes(given: Given) -> None:
    """docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html."""
    for statement in ZONE.documents[given.id]["Statement"]:
        assert statement["Principal"] == "*"
        assert {"NotAction", "NotPrincipal"}.isdisjoint(statement)
        if given.document != "foundation/rcp-full-access.json":
            assert statement["Effect"] == "Deny"
            assert "*" not in statement["Action"]


@pytest.mark.parametrize("given", givens(GivenKind.IDENTITY_POLICY), ids=lambda given: given.id)
def test_the_deployers_actions_exist_one_by_one(given: Given) -> None:
    named_unlike_operations = {"s3", "logs"}
    for statement in ZONE.documents[given.id]["Statement"]:
        actions: list[str] = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert sorted(actions) == actions
        for action in actions:
            service, operation = action.split(":")
            assert "*" not in action
            if service not in named_unlike_operations and action != "iam:PassRole":  # asked of whoever names a role
                assert operation in operations(service)


def test_one_environment_of_one_runner_becomes_the_deployer() -> None:
    (given,) = (one for one in givens(GivenKind.TRUST_POLICY) if "dublin" in one.scope)
    (statement,) = ZONE.documents[given.id]["Statement"]
    audience, subject = sorted(statement["Condition"]["StringEquals"])
    assert audience.endswith(":aud")
    assert subject.endswith(":sub")
    assert "*" not in minified(statement)
