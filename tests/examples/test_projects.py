"""The example projects, deployed in the lab by the real engine through the packages."""

import json
from typing import Any

import pytest

from tests.e2e.checkout import Checkout
from tests.examples.conftest import Consumer
from tests.examples.test_schema import agreed

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("packages"), pytest.mark.timeout(1800)]
SPOKEN = "clover-aws:index:"


def _positions(resources: list[dict[str, Any]]) -> set[str]:
    traces = [frame["sourcePosition"] for each in resources for frame in each.get("stackTrace", ())]
    return {*traces, *(each["sourcePosition"] for each in resources if "sourcePosition" in each)}


@pytest.mark.parametrize("cloud", ["aws", "azure"])
def test_the_engine_prints_the_documented_schema_of_the_folder(
    checkout: Checkout, python_project: Consumer, cloud: str
) -> None:
    printed = json.loads(
        python_project.pulumi("package", "get-schema", str(checkout.root / "components" / cloud)).stdout
    )
    components: dict[str, Any] = printed["resources"]
    assert {token.rpartition(":")[2] for token in components} == set(agreed(cloud))
    for token, described in components.items():
        assert described["description"], token
        for name, each in (*described["inputProperties"].items(), *described["properties"].items()):
            assert each["description"], f"{token}.{name}"


def test_a_python_project_comes_up_through_the_package_and_stays(python_project: Consumer) -> None:
    resources = python_project.resources()
    own = [each for each in resources if not each["urn"].rsplit("::", 1)[-1].startswith("default")]
    assert python_project.promised == {"create": len(own)}
    assert {each["type"].removeprefix(SPOKEN) for each in resources if each["type"].startswith(SPOKEN)} == {
        "AccessTrail",
        "EgressGateway",
        "EncryptionKey",
        "RegionLockedStore",
    }
    assert set(python_project.operations()) == {"same"}


def test_what_the_package_declares_is_in_the_cloud(checkout: Checkout, python_project: Consumer) -> None:
    storage, bucket = checkout.client("s3"), python_project.outputs()["store"].rsplit(":", 1)[-1]
    policy = json.loads(storage.get_bucket_policy(Bucket=bucket)["Policy"])
    assert {statement["Effect"] for statement in policy["Statement"]} >= {"Deny"}
    assert storage.get_bucket_location(Bucket=bucket)["LocationConstraint"] == "eu-west-1"
    rules = storage.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rules[0]["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"


def test_children_belong_to_their_component_and_to_the_projects_own_provider(python_project: Consumer) -> None:
    resources = python_project.resources()
    components = {each["urn"] for each in resources if each["type"].startswith(SPOKEN)}
    children = [each for each in resources if each["type"].startswith("aws:")]
    assert len(children) > 50
    assert {each["parent"] for each in children} == components
    assert all("pulumi:providers:aws::orders::" in each["provider"] for each in children)


def test_the_state_names_files_of_the_checkout_and_no_machine(python_project: Consumer) -> None:
    positions = _positions(python_project.resources())
    assert any("/components/aws/" in position for position in positions)
    outside = [each for each in positions if each.startswith("project:///..") and "/components/aws/" not in each]
    assert outside == []


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("retention_days=30,", "", "store logs: immutability needs retention_days and versioning"),
        ('cidr="10.60.0.0/20"', 'cidr="10.60.0.0/28"', "10.60.0.0/28: a site's network needs a range of at least /22"),
        ('cidr="10.60.0.0/20"', "cidr=evidence_key.alias", "cidr: has to be a plain value"),
        ("role=clover.StoreRole.EVIDENCE,\n    key", 'role="evidnce",\n    key', "role: Invalid value evidnce"),
    ],
)
def test_what_a_component_refuses_is_one_line(python_project: Consumer, old: str, new: str, reason: str) -> None:
    said = [
        line for line in python_project.refused(old, new) if "error:" in line and "connection is closing" not in line
    ]
    assert len(said) == 1
    assert reason in said[0]


def test_a_yaml_project_comes_up_through_the_package_and_stays(checkout: Checkout, yaml_project: Consumer) -> None:
    outputs = yaml_project.outputs()
    bucket = outputs["store"].rsplit(":", 1)[-1]
    lock = checkout.client("s3").get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    assert lock["Rule"]["DefaultRetention"] == {"Mode": "COMPLIANCE", "Days": 30}
    assert outputs["trail"].endswith("trail/clover-archive")
    assert (
        checkout.client("iam").get_role(RoleName=outputs["person"].rsplit("/", 1)[-1])["Role"]["Arn"]
        == outputs["person"]
    )
    assert set(yaml_project.operations()) == {"same"}


def test_a_project_on_azure_comes_up_through_the_package_and_stays(azure_project: Consumer) -> None:
    azure, outputs = azure_project.checkout.azure(), azure_project.outputs()
    account = azure.storage.storage_accounts.get_properties("clover-records-evidence", outputs["physical_name"])
    assert account.id == outputs["store"]
    assert account.location == "norwayeast"
    assert account.allow_shared_key_access is False
    assert (
        account.immutable_storage_with_versioning.immutability_policy.immutability_period_since_creation_in_days == 30
    )
    assert (
        azure.resources.resources.get_by_id(outputs["trail"], api_version="2021-05-01-preview").id == outputs["trail"]
    )
    resources = azure_project.resources()
    components = {each["urn"]: each["type"] for each in resources if each["type"].startswith("clover-azure:")}
    assert {kind.rpartition(":")[2] for kind in components.values()} == {
        "AccessTrail",
        "EncryptionKey",
        "RegionLockedStore",
    }
    children = [each for each in resources if each["type"].startswith("azure-native:") and each["parent"] in components]
    assert len(children) > 9
    assert all("pulumi:providers:azure-native::records::" in each["provider"] for each in children)
    assert set(azure_project.operations()) == {"same"}


def test_a_wrong_word_in_yaml_is_refused_with_its_line(yaml_project: Consumer) -> None:
    said = "\n".join(yaml_project.refused("dataClass: restricted", "dataClass: secret"))
    assert "on Pulumi.yaml line " in said
    assert 'Restricted ("restricted")' in said
