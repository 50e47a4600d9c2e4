"""The organisation in the lab, with the real engine: its guardrails stand, and the sites come up below them."""

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from azure.core.exceptions import HttpResponseError
from botocore.exceptions import ClientError

from tests.e2e.checkout import Checkout
from tests.e2e.plans import operations

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("organisation")]

SITES = ("dublin", "hamar")
ACCOUNT, SUBSCRIPTION = "111122223333", "00000000-0000-0000-0000-000000000111"
GROUPS = "/providers/Microsoft.Management/managementGroups"


class World(Checkout):
    """A checkout with the organisation and two sites below it up; `said` is what bringing them up printed."""

    said: str = ""

    def exports(self, folder: Path) -> list[str]:
        """The exports of all stacks, as files."""
        found: list[str] = []
        for stack in ("organisation", *SITES):
            file = folder / f"{stack}.json"
            file.write_text(self.pulumi("stack", "export", "-s", stack).stdout)
            found.append(str(file))
        return found


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    found = World(tmp_path_factory.mktemp("checkout"), "organisation", *SITES)
    try:
        found.said = found.clover("lab", "up", "organisation", *SITES).stdout
        yield found
    finally:
        found.clover("lab", "stop")


def _boto3(world: World, stack: str, service: str, region: str | None = None) -> Any:
    """A boto3 client as whoever deploys a stack."""
    import boto3

    exports = world.clover("lab", "env", stack).stdout
    told = dict(
        line.removeprefix("export ").split("=", 1) for line in exports.splitlines() if line.startswith("export ")
    )
    settings = {name: value.strip("'\"") for name, value in told.items()}
    factory = cast(Any, boto3).client
    return factory(
        service,
        endpoint_url=settings["AWS_ENDPOINT_URL"],
        region_name=region or settings["AWS_DEFAULT_REGION"],
        aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=settings["AWS_SESSION_TOKEN"],
    )


def test_the_sites_come_up_below_the_guardrails_and_sizes_are_printed(world: World) -> None:
    said = world.said
    assert "up done" in said
    assert "of 5120 characters" in said


def test_another_up_changes_nothing(world: World) -> None:
    for stack in ("organisation", *SITES):
        assert operations(world.beside(stack).preview()) == {"same"}, stack


def test_a_refresh_of_the_organisation_finds_nothing_changed(world: World) -> None:
    world.pulumi("refresh", "-s", "organisation", "--yes", "--expect-no-changes")


def test_the_cloud_holds_what_the_digests_say(world: World) -> None:
    told = world.beside("organisation").outputs()["guardrails"]["aws"]
    organizations = _boto3(world, "organisation", "organizations")
    for name, identifier in told["policies"].items():
        content = organizations.describe_policy(PolicyId=identifier)["Policy"]["Content"]
        assert hashlib.sha256(content.encode()).hexdigest() == told["digests"][name]
    for target in ("r-exam", "ou-exam-clover00", ACCOUNT):
        for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
            held = organizations.list_policies_for_target(TargetId=target, Filter=kind)["Policies"]
            assert any(each["Id"] in told["policies"].values() for each in held), (target, kind)


@pytest.mark.parametrize(
    ("service", "region", "call", "words"),
    [
        ("dynamodb", "us-east-1", "list_tables", {}),
        ("kms", None, "create_key", {"MultiRegion": True}),
        ("organizations", None, "leave_organization", {}),
        ("ram", None, "create_resource_share", {"name": "all"}),
    ],
)
def test_a_deployer_is_bound_by_them(world: World, service: str, region: str | None, call: str, words: Any) -> None:
    client = _boto3(world, "dublin", service, region)
    with pytest.raises(ClientError) as refusal:
        getattr(client, call)(**words)
    assert "AccessDenied" in cast(Any, refusal.value).response["Error"]["Code"]


def test_what_leaves_the_region_is_disallowed_on_azure(world: World) -> None:
    azure = world.beside("hamar").azure()
    with pytest.raises(HttpResponseError) as refusal:
        azure.resources.resource_groups.create_or_update("elsewhere", {"location": "westeurope"})
    assert cast(Any, refusal.value).error.code == "RequestDisallowedByPolicy"


def test_the_subscription_stands_in_the_group_of_its_site(world: World) -> None:
    azure = world.beside("hamar").azure()
    placed = azure.groups.management_group_subscriptions
    found = placed.get_subscriptions_under_management_group("clover-sites-hamar")
    assert [each.name for each in found] == [SUBSCRIPTION]


def test_every_guardrail_is_proved_and_nothing_of_them_is_merely_given(world: World, tmp_path: Path) -> None:
    files = world.exports(tmp_path)
    answer = world.clover("prove", *files, "--format", "json", check=False)
    verdicts = json.loads(answer.stdout)["verdicts"]
    found = [each for each in verdicts if each["control"].startswith("GRD")]
    assert {each["verdict"] for each in found} == {"proved"}
    assert {each["control"] for each in found} == {f"GRD-{number}" for number in range(1, 10)}
    leaning = {
        given for each in found if each["control"] in ("GRD-2", "GRD-3", "GRD-4", "GRD-7") for given in each["given"]
    }
    assert leaning <= {"F-A1", "F-Z2", "F-Z5"}
