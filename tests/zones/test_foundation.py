"""The foundation's documents: read from their folder only, as attested, and what the sample organisation permits."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import boto3
import pytest

from clover.errors import BadInput
from clover.logic.aws import evaluate
from clover.zones.foundation import POLICY_KINDS
from clover.zones.registers import Given
from clover.zones.vocabulary import GivenKind, OrganisationLevel
from clover.zones.zone import Zone, load_zone
from tests.zones import PROJECT
from tests.zones.conftest import Project

ZONE = load_zone(PROJECT / "zones" / "europe.yaml")
SITE = "111122223333"
DEPLOYER = f"arn:aws:sts::{SITE}:assumed-role/deployer/run-1"
DOCUMENT_LIMIT = 5120
"""Characters of one policy (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html)."""
IDENTITY_LIMIT = 6144
"""Characters of one managed policy (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html)."""


def minified(document: Any) -> str:
    return json.dumps(document, separators=(",", ":"))


def givens(*kinds: GivenKind) -> list[Given]:
    return [given for given in ZONE.file.foundation if given.kind in kinds]


def decide(principal: str, action: str, resource: str = "*", **context: str) -> str:
    """The decision of the sample organisation for a caller whose own policies allow everything."""
    everything = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
    service = "." in principal and ":" not in principal
    role = principal.replace(":sts:", ":iam:").replace("assumed-role/", "role/clover/").rsplit("/", 1)[0]
    known = {
        "aws:RequestedRegion": "eu-west-1",
        "aws:SecureTransport": "true",
        "aws:PrincipalIsAWSService": "true" if service else "false",
    }
    if not service:
        known |= {"aws:PrincipalArn": role, "aws:PrincipalAccount": principal.split(":")[4]}
    member = f":{SITE}:" in principal
    request = {
        "principal": principal,
        "action": action,
        "resource": resource,
        "resource_account": SITE,
        "context": known | {key.replace("_", ":", 1): value for key, value in context.items()},
    }
    public = {"Version": "2012-10-17", "Statement": [everything["Statement"][0] | {"Principal": "*"}]}
    policies: dict[str, Any] = {
        "identity": [everything],
        "resource": public,
        "rcp": ZONE.policies_on_path("dublin", GivenKind.RESOURCE_CONTROL_POLICY),
    }
    if member:
        policies["scp"] = ZONE.policies_on_path("dublin", GivenKind.SERVICE_CONTROL_POLICY)
    return evaluate(request, policies).decision


def test_every_level_of_the_path_has_policies_and_allows_something() -> None:
    for kind in (GivenKind.SERVICE_CONTROL_POLICY, GivenKind.RESOURCE_CONTROL_POLICY):
        levels = ZONE.policies_on_path("dublin", kind)
        assert len(levels) == len(OrganisationLevel)
        for level in levels:
            statements = [statement for policy in level for statement in policy["Statement"]]
            assert any(statement["Effect"] == "Allow" and statement["Action"] == "*" for statement in statements)
            assert any(statement["Effect"] == "Deny" for statement in statements)


def test_a_site_without_givens_has_no_levels() -> None:
    assert ZONE.policies_on_path("hamar", GivenKind.SERVICE_CONTROL_POLICY) == ()


@pytest.mark.parametrize("given", givens(*POLICY_KINDS), ids=lambda given: given.id)
def test_a_policy_is_within_its_limit(given: Given) -> None:
    limit = IDENTITY_LIMIT if given.kind is GivenKind.IDENTITY_POLICY else DOCUMENT_LIMIT
    assert len(minified(ZONE.documents[given.id])) <= 0.9 * limit


@pytest.mark.parametrize("given", givens(GivenKind.RESOURCE_CONTROL_POLICY), ids=lambda given: given.id)
def test_a_resource_control_policy_has_the_elements_that_organizations_takes(given: Given) -> None:
    for statement in ZONE.documents[given.id]["Statement"]:
        assert statement["Principal"] == "*"
        assert "NotAction" not in statement
        if given.document != "foundation/rcp-full-access.json":
            assert statement["Effect"] == "Deny"
            assert "*" not in statement["Action"]


@pytest.mark.parametrize("given", givens(GivenKind.IDENTITY_POLICY), ids=lambda given: given.id)
def test_the_deployers_actions_exist_one_by_one(given: Given) -> None:
    named_otherwise = {"s3", "logs"}
    for statement in ZONE.documents[given.id]["Statement"]:
        actions = [statement["Action"]] if isinstance(statement["Action"], str) else statement["Action"]
        assert sorted(actions) == actions
        for action in actions:
            service, operation = action.split(":")
            assert "*" not in action
            if service not in named_otherwise:
                assert operation in boto3.client(service, region_name="eu-west-1").meta.service_model.operation_names


def test_one_run_of_one_runner_becomes_the_deployer() -> None:
    (given,) = givens(GivenKind.TRUST_POLICY)
    (statement,) = ZONE.documents[given.id]["Statement"]
    audience, subject = sorted(statement["Condition"]["StringEquals"])
    assert audience.endswith(":aud")
    assert subject.endswith(":sub")
    assert "*" not in minified(statement)


@pytest.mark.parametrize(
    ("principal", "action", "resource", "context"),
    [
        (DEPLOYER, "s3:PutBucketPolicy", "arn:aws:s3:::clover-dublin-111122223333-user-data-media", {}),
        (DEPLOYER, "s3:ListBucket", "arn:aws:s3:::clover-dublin-111122223333-user-data-media", {}),
        (DEPLOYER, "kms:PutKeyPolicy", f"arn:aws:kms:eu-west-1:{SITE}:key/0a1b", {}),
        (DEPLOYER, "kms:CreateKey", "*", {"kms_MultiRegion": "false"}),
        (DEPLOYER, "ec2:CreateRoute", f"arn:aws:ec2:eu-west-1:{SITE}:route-table/rtb-1", {}),
        (DEPLOYER, "cloudtrail:StopLogging", f"arn:aws:cloudtrail:eu-west-1:{SITE}:trail/clover-dublin", {}),
        (DEPLOYER, "iam:CreateRole", f"arn:aws:iam::{SITE}:role/clover/auditor/x", {"aws_RequestedRegion": "us-east-1"}),
        (f"arn:aws:sts::{SITE}:assumed-role/auditor/x/s", "iam:GetRole", f"arn:aws:iam::{SITE}:role/clover/deployer", {}),
        (f"arn:aws:sts::{SITE}:assumed-role/auditor/x/s", "s3:GetObject",
         "arn:aws:s3:::clover-dublin-111122223333-evidence-logs/a", {"aws_SourceIp": "192.0.2.7"}),
        (f"arn:aws:sts::{SITE}:assumed-role/app/s", "s3:GetObject",
         "arn:aws:s3:::clover-dublin-111122223333-user-data-media/a", {"aws_VpceAccount": SITE}),
        (f"arn:aws:sts::{SITE}:assumed-role/app/s", "kms:Decrypt", f"arn:aws:kms:eu-west-1:{SITE}:key/0a1b",
         {"kms_ViaService": "s3.eu-west-1.amazonaws.com"}),
        ("cloudtrail.amazonaws.com", "s3:PutObject", "arn:aws:s3:::clover-dublin-111122223333-evidence-logs/a",
         {"aws_SourceAccount": SITE}),
        ("delivery.logs.amazonaws.com", "s3:PutObject", "arn:aws:s3:::clover-dublin-111122223333-evidence-logs/a",
         {"aws_SourceAccount": SITE}),
        ("cloudtrail.amazonaws.com", "kms:GenerateDataKey", f"arn:aws:kms:eu-west-1:{SITE}:key/0a1b",
         {"aws_SourceAccount": SITE}),
        ("arn:aws:sts::444455556666:assumed-role/audit/s", "sts:AssumeRole",
         f"arn:aws:iam::{SITE}:role/clover/auditor/clover-dublin-auditor-machine", {}),
    ],
)  # fmt: skip
def test_the_organisation_lets_the_site_work(
    principal: str, action: str, resource: str, context: dict[str, str]
) -> None:
    assert decide(principal, action, resource, **context) == "allow"


ADMINISTRATOR = f"arn:aws:sts::{SITE}:assumed-role/administrator/s"


@pytest.mark.parametrize(
    ("principal", "action", "resource", "context"),
    [
        (ADMINISTRATOR, "s3:PutBucketPolicy", "arn:aws:s3:::clover-dublin-111122223333-user-data-media", {}),
        (f"arn:aws:iam::{SITE}:root", "s3:PutBucketPolicy", "arn:aws:s3:::clover-dublin-111122223333-user-data-media", {}),
        (ADMINISTRATOR, "kms:PutKeyPolicy", f"arn:aws:kms:eu-west-1:{SITE}:key/0a1b", {}),
        (ADMINISTRATOR, "kms:Decrypt", f"arn:aws:kms:eu-west-1:{SITE}:key/0a1b", {}),
        (ADMINISTRATOR, "s3:GetObject", "arn:aws:s3:::clover-dublin-111122223333-user-data-media/a", {}),
        (ADMINISTRATOR, "s3:GetObject", "arn:aws:s3:::clover-dublin-111122223333-evidence-logs/a", {}),
        (ADMINISTRATOR, "iam:UpdateAssumeRolePolicy", f"arn:aws:iam::{SITE}:role/clover/deployer", {}),
        (ADMINISTRATOR, "iam:PutRolePolicy", f"arn:aws:iam::{SITE}:role/clover/auditor/x", {}),
        (ADMINISTRATOR, "iam:PassRole", f"arn:aws:iam::{SITE}:role/clover/deployer", {}),
        (ADMINISTRATOR, "iam:CreateOpenIDConnectProvider", f"arn:aws:iam::{SITE}:oidc-provider/x", {}),
        (ADMINISTRATOR, "ec2:CreateRoute", f"arn:aws:ec2:eu-west-1:{SITE}:route-table/rtb-1", {}),
        (ADMINISTRATOR, "ec2:RunInstances", "*", {"aws_RequestedRegion": "us-east-1"}),
        (ADMINISTRATOR, "cloudtrail:StopLogging", f"arn:aws:cloudtrail:eu-west-1:{SITE}:trail/clover-dublin", {}),
        (ADMINISTRATOR, "organizations:LeaveOrganization", "*", {"aws_RequestedRegion": "us-east-1"}),
        (ADMINISTRATOR, "athena:StartQueryExecution", "*", {}),
        (ADMINISTRATOR, "ssm:StartSession", "*", {}),
        (ADMINISTRATOR, "cloudshell:CreateSession", "*", {}),
        (ADMINISTRATOR, "s3:PutReplicationConfiguration", "arn:aws:s3:::b", {}),
        (DEPLOYER, "kms:ReplicateKey", f"arn:aws:kms:eu-west-1:{SITE}:key/0a1b", {}),
        (DEPLOYER, "kms:CreateKey", "*", {"kms_MultiRegion": "true"}),
        (DEPLOYER, "s3:BypassGovernanceRetention", "arn:aws:s3:::clover-dublin-111122223333-evidence-logs/a", {}),
        (DEPLOYER, "s3:GetObject", "arn:aws:s3:::clover-dublin-111122223333-user-data-media/a", {}),
        (DEPLOYER, "iam:PutRolePolicy", f"arn:aws:iam::{SITE}:role/clover/deployer", {}),
        (DEPLOYER, "s3:PutBucketPolicy", "arn:aws:s3:::b", {"aws_SecureTransport": "false"}),
        ("arn:aws:sts::999999999999:assumed-role/x/s", "s3:GetObject",
         "arn:aws:s3:::clover-dublin-111122223333-user-data-media/a", {"aws_VpceAccount": SITE}),
        ("arn:aws:sts::444455556666:assumed-role/audit/s", "s3:GetObject",
         "arn:aws:s3:::clover-dublin-111122223333-user-data-media/a", {}),
        ("cloudtrail.amazonaws.com", "s3:PutObject", "arn:aws:s3:::clover-dublin-111122223333-evidence-logs/a",
         {"aws_SourceAccount": "999999999999"}),
    ],
)  # fmt: skip
def test_the_organisation_stops_everybody_else(
    principal: str, action: str, resource: str, context: dict[str, str]
) -> None:
    assert decide(principal, action, resource, **context) == "explicit_deny"


def spoil(project: Project, document: str, content: bytes) -> None:
    (project.folder / "zones" / "europe" / document).write_bytes(content)


def attest(project: Project, document: str) -> None:
    """Put the digest of what `document` holds into the zone file."""
    folder = PROJECT / "zones" / "europe"
    old, new = ((where / document).read_bytes() for where in (folder, project.folder / "zones" / "europe"))
    project.replace("zones/europe.yaml", hashlib.sha256(old).hexdigest(), hashlib.sha256(new).hexdigest())


def refusal(project: Project) -> str:
    with pytest.raises(BadInput) as refused:
        project.zone()
    return str(refused.value)


def line_of(project: Project, text: str) -> int:
    before, _, _ = project.zone_file.read_text(encoding="utf-8").partition(text)
    return before.count("\n") + 1


def test_one_changed_byte_is_not_what_was_attested(project: Project) -> None:
    path = project.folder / "zones/europe/foundation/scp-dublin.json"
    content = path.read_bytes()
    attested = hashlib.sha256(content).hexdigest()
    spoil(project, "foundation/scp-dublin.json", content + b" ")
    line = line_of(project, f"sha256: {attested}")
    actual = hashlib.sha256(content + b" ").hexdigest()
    assert refusal(project) == (
        f"zones/europe.yaml:{line}:5: document 'foundation/scp-dublin.json' has the sha256 {actual}: "
        "it is not what was attested"
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b"{}", "is not a policy with Version and a list of Statement"),
        (b'{"Version": "2012-10-17", "Statement": {}}', "is not a policy with Version and a list of Statement"),
        (b'{"Version": "1", "Version": "2", "Statement": []}', "has a key that stands twice"),
        (b"[" * 50_000, "is not JSON"),
        (b" " * 70_000, "is larger than 64 KiB"),
    ],
)
def test_a_document_that_is_no_policy_is_refused_even_when_attested(
    project: Project, content: bytes, words: str
) -> None:
    spoil(project, "foundation/scp-dublin.json", content)
    attest(project, "foundation/scp-dublin.json")
    line = line_of(project, "document: foundation/scp-dublin.json")
    assert refusal(project) == f"zones/europe.yaml:{line}:5: document 'foundation/scp-dublin.json' {words}"


def test_a_link_out_of_the_folder_is_refused(project: Project, tmp_path: Path) -> None:
    path = project.folder / "zones/europe/foundation/scp-dublin.json"
    outside = tmp_path / "outside.json"
    path.rename(outside)
    path.symlink_to(outside)
    assert refusal(project).endswith("document 'foundation/scp-dublin.json' lies outside the zone's folder")


def test_a_pipe_is_not_waited_for(project: Project) -> None:
    path = project.folder / "zones/europe/foundation/scp-dublin.json"
    path.unlink()
    os.mkfifo(path)
    assert refusal(project).endswith("document 'foundation/scp-dublin.json' is not a file in the zone's folder")


def test_the_digest_binds_file_and_documents(project: Project) -> None:
    before = project.zone()
    assert before.digest == hashlib.sha256(project.zone_file.read_bytes()).hexdigest()
    path = project.folder / "zones/europe/foundation/attestation.json"
    path.write_bytes(path.read_bytes() + b"\n")
    text = project.zone_file.read_text(encoding="utf-8")
    old = hashlib.sha256(path.read_bytes()[:-1]).hexdigest()
    project.zone_file.write_text(text.replace(old, hashlib.sha256(path.read_bytes()).hexdigest()), encoding="utf-8")
    after: Zone = project.zone()
    assert after.documents == before.documents
    assert after.digest != before.digest
