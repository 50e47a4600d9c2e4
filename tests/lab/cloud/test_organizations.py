"""Organizations as boto3 sees it: the lab's organisation, its policies, and what is refused."""

import json
from typing import Any

import pytest

from clover.lab.cloud.client import Cloud
from tests.lab.cloud.asking import policy, refused
from tests.lab.cloud.conftest import Aws, connect

ROOT, UNIT = "r-exam", "ou-exam-clover00"
SERVICE, RESOURCE = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"
OPT_OUT = "AISERVICES_OPT_OUT_POLICY"
OUT = json.dumps({"services": {"default": {"opt_out_policy": {"@@assign": "optOut"}}}})
DENIAL = policy(Effect="Deny", Action="organizations:LeaveOrganization", Resource="*")
OVER_RESOURCES = policy(Effect="Deny", Principal="*", Action="s3:GetObject", Resource="*")


@pytest.fixture
def member(account: str) -> str:
    return str(int(account) + 500_000_000_000)


@pytest.fixture
def organisation(cloud: Cloud, account: str, member: str) -> dict[str, Any]:
    """An organisation of the test's own, with one member, made twice without harm."""
    made = {"partition": "aws", "account": account, "root": ROOT, "unit": UNIT, "accounts": {"dublin": member}}
    cloud.found_organisation(made)
    cloud.found_organisation(made)
    return made


@pytest.fixture
def organizations(aws: Aws, organisation: dict[str, Any]) -> Any:
    return aws("organizations")


@pytest.fixture
def from_member(cloud: Cloud, organisation: dict[str, Any], member: str) -> Any:
    keys = cloud.credentials(member, f"arn:aws:iam::{member}:role/clover/deployer")
    return connect(cloud, keys, "organizations")


def created(organizations: Any, name: str = "guard", kind: str = SERVICE, content: str = DENIAL) -> str:
    made = organizations.create_policy(Name=name, Description="", Type=kind, Content=content)
    return made["Policy"]["PolicySummary"]["Id"]


def test_the_organisation_has_the_ids_that_it_was_told_and_lets_everything_through(
    organizations: Any, account: str, member: str
) -> None:
    assert organizations.describe_organization()["Organization"]["MasterAccountId"] == account
    (root,) = organizations.list_roots()["Roots"]
    assert root["Id"] == ROOT
    assert {kind["Type"] for kind in root["PolicyTypes"]} == {SERVICE, RESOURCE, OPT_OUT}
    assert organizations.list_parents(ChildId=member)["Parents"] == [{"Id": UNIT, "Type": "ORGANIZATIONAL_UNIT"}]
    assert organizations.list_parents(ChildId=UNIT)["Parents"] == [{"Id": ROOT, "Type": "ROOT"}]
    assert {each["Id"] for each in organizations.list_accounts()["Accounts"]} == {account, member}
    for target in (ROOT, UNIT, member):
        for kind, own in ((SERVICE, "p-FullAWSAccess"), (RESOURCE, "p-RCPFullAWSAccess")):
            attached = organizations.list_policies_for_target(TargetId=target, Filter=kind)["Policies"]
            assert [each["Id"] for each in attached] == [own]


def test_a_policy_is_made_changed_attached_and_taken_away(organizations: Any, member: str) -> None:
    made = created(organizations)
    organizations.attach_policy(PolicyId=made, TargetId=member)
    assert refused(organizations.attach_policy, PolicyId=made, TargetId=member) == "DuplicatePolicyAttachmentException"
    other = policy(Effect="Deny", Action="account:CloseAccount", Resource="*")
    organizations.update_policy(PolicyId=made, Name="renamed", Content=other)
    described = organizations.describe_policy(PolicyId=made)["Policy"]
    assert (described["PolicySummary"]["Name"], described["Content"]) == ("renamed", other)
    assert refused(organizations.delete_policy, PolicyId=made) == "PolicyInUseException"
    organizations.detach_policy(PolicyId=made, TargetId=member)
    assert refused(organizations.detach_policy, PolicyId=made, TargetId=member) == "PolicyNotAttachedException"
    organizations.delete_policy(PolicyId=made)
    assert refused(organizations.describe_policy, PolicyId=made) == "PolicyNotFoundException"


def test_a_member_account_changes_nothing_and_may_leave(from_member: Any, organizations: Any, member: str) -> None:
    made = created(organizations)
    for call, parameters in (
        (from_member.create_policy, {"Name": "own", "Description": "", "Type": SERVICE, "Content": DENIAL}),
        (from_member.update_policy, {"PolicyId": made, "Name": "other"}),
        (from_member.attach_policy, {"PolicyId": made, "TargetId": ROOT}),
        (from_member.detach_policy, {"PolicyId": "p-FullAWSAccess", "TargetId": ROOT}),
        (from_member.delete_policy, {"PolicyId": made}),
        (from_member.list_roots, {}),
    ):
        assert refused(call, **parameters) == "AccessDeniedException"
    assert from_member.describe_organization()["Organization"]["FeatureSet"] == "ALL"
    from_member.leave_organization()
    assert refused(from_member.describe_organization) == "AWSOrganizationsNotInUseException"
    assert member not in {each["Id"] for each in organizations.list_accounts()["Accounts"]}


def test_an_account_without_an_organisation_has_none(aws: Aws) -> None:
    assert refused(aws("organizations").list_roots) == "AWSOrganizationsNotInUseException"


@pytest.mark.parametrize(("kind", "most"), [(SERVICE, 10240), (RESOURCE, 5120), (OPT_OUT, 2500)])
def test_a_policy_that_is_too_long_is_refused_when_made_and_when_changed(
    organizations: Any, kind: str, most: int
) -> None:
    short = {SERVICE: DENIAL, RESOURCE: OVER_RESOURCES, OPT_OUT: OUT}[kind]
    fitting = short + " " * (most - len(short))
    made = created(organizations, kind=kind, content=fitting)
    asked = {"Name": "long", "Description": "", "Type": kind, "Content": fitting + " "}
    assert refused(organizations.create_policy, **asked) == "ConstraintViolationException"
    assert refused(organizations.update_policy, PolicyId=made, Content=fitting + " ") == "ConstraintViolationException"


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        (SERVICE, {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}),
        (SERVICE, {"Effect": "Deny", "Action": "s3:*"}),
        (RESOURCE, {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}),
        (RESOURCE, {"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"}),
        (RESOURCE, {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}),
        (RESOURCE, {"Effect": "Deny", "Principal": "*", "NotAction": "s3:*", "Resource": "*"}),
        (RESOURCE, {"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": "*"}),
    ],
)
def test_a_text_that_is_no_policy_of_its_type_is_refused(
    organizations: Any, kind: str, statement: dict[str, Any]
) -> None:
    asked = {"Name": "odd", "Description": "", "Type": kind, "Content": policy(**statement)}
    assert refused(organizations.create_policy, **asked) == "MalformedPolicyDocumentException"


@pytest.mark.parametrize(
    "services",
    [
        {},
        {"@@operators_allowed_for_child_policies": ["@@none"]},
        {"default": {}},
        {"default": {"opt_out_policy": {"@@assign": "optout"}}},
        {"default": {"opt_out_policy": {"@@assign": "optOut", "@@append": "optOut"}}},
        {"lex": {"opt_out_policy": {"@@assign": "optOut"}, "@@operators_allowed_for_child_policies": "@@none"}},
    ],
)
def test_a_choice_about_ai_services_is_made_in_these_very_letters(organizations: Any, services: Any) -> None:
    asked = {"Name": "odd", "Description": "", "Type": OPT_OUT, "Content": json.dumps({"services": services})}
    assert refused(organizations.create_policy, **asked) == "MalformedPolicyDocumentException"


def test_the_last_choice_about_ai_services_may_be_taken_back(organizations: Any) -> None:
    made = created(organizations, kind=OPT_OUT, content=OUT)
    organizations.attach_policy(PolicyId=made, TargetId=ROOT)
    organizations.detach_policy(PolicyId=made, TargetId=ROOT)
    organizations.delete_policy(PolicyId=made)


def test_what_is_not_json_or_of_another_type_is_refused(organizations: Any) -> None:
    odd = {"Name": "odd", "Description": "", "Content": "{"}
    assert refused(organizations.create_policy, **odd, Type=SERVICE) == "MalformedPolicyDocumentException"
    tags = {**odd, "Content": json.dumps({"tags": {}}), "Type": "TAG_POLICY"}
    assert refused(organizations.create_policy, **tags) == "PolicyTypeNotAvailableForOrganizationException"


def test_aws_own_policies_stay_as_they_are(organizations: Any, member: str) -> None:
    own = "p-FullAWSAccess"
    assert refused(organizations.update_policy, PolicyId=own, Content=DENIAL) == "AccessDeniedException"
    assert refused(organizations.delete_policy, PolicyId=own) == "AccessDeniedException"
    assert refused(organizations.detach_policy, PolicyId=own, TargetId=member) == "ConstraintViolationException"
    over_resources = {"PolicyId": "p-RCPFullAWSAccess", "TargetId": member}
    assert refused(organizations.detach_policy, **over_resources) == "AccessDeniedException"


def test_a_target_takes_so_many_policies_and_has_to_be_there(organizations: Any, member: str) -> None:
    made = [created(organizations, f"guard-{number}") for number in range(10)]
    for policy_id in made[:9]:
        organizations.attach_policy(PolicyId=policy_id, TargetId=member)
    assert refused(organizations.attach_policy, PolicyId=made[9], TargetId=member) == "ConstraintViolationException"
    assert refused(organizations.attach_policy, PolicyId=made[9], TargetId="r-none") == "TargetNotFoundException"


def test_a_type_that_is_not_enabled_is_not_attached(organizations: Any, member: str) -> None:
    made = created(organizations, kind=RESOURCE, content=OVER_RESOURCES)
    organizations.disable_policy_type(RootId=ROOT, PolicyType=RESOURCE)
    assert refused(organizations.attach_policy, PolicyId=made, TargetId=member) == "PolicyTypeNotEnabledException"


@pytest.fixture
def as_member(cloud: Cloud, organisation: dict[str, Any], member: str) -> Any:
    """A client of a service as somebody of the member account, whom no IAM keeps."""

    def client(service: str, *, root: bool = False) -> Any:
        own = {"AWS_ACCESS_KEY_ID": member, "AWS_SECRET_ACCESS_KEY": "root"}
        held = own if root else cloud.credentials(member, f"arn:aws:iam::{member}:role/clover/deployer")
        return connect(cloud, held, service)

    return client


@pytest.mark.parametrize("target", ["root", "unit", "account"])
def test_what_a_service_control_policy_denies_nobody_below_does(
    organizations: Any, as_member: Any, member: str, target: str
) -> None:
    as_member("sqs").list_queues()
    made = created(organizations, content=policy(Effect="Deny", Action="sqs:ListQueues", Resource="*"))
    place = {"root": ROOT, "unit": UNIT, "account": member}[target]
    organizations.attach_policy(PolicyId=made, TargetId=place)
    assert refused(as_member("sqs").list_queues).startswith("AccessDenied")
    assert refused(as_member("sqs", root=True).list_queues).startswith("AccessDenied")
    as_member("s3").list_buckets()
    organizations.detach_policy(PolicyId=made, TargetId=place)
    as_member("sqs").list_queues()


def test_the_management_account_is_bound_by_none(organizations: Any, aws: Aws) -> None:
    made = created(organizations, content=policy(Effect="Deny", Action="sqs:ListQueues", Resource="*"))
    organizations.attach_policy(PolicyId=made, TargetId=ROOT)
    aws("sqs").list_queues()


def test_a_resource_control_policy_binds_whoever_calls(organizations: Any, as_member: Any, member: str) -> None:
    content = policy(Effect="Deny", Principal="*", Action="s3:ListBucket", Resource="*")
    as_member("s3").create_bucket(Bucket="bound", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    as_member("s3").list_objects_v2(Bucket="bound")
    made = created(organizations, kind=RESOURCE, content=content)
    organizations.attach_policy(PolicyId=made, TargetId=member)
    assert refused(as_member("s3").list_objects_v2, Bucket="bound") == "AccessDenied"
