"""Prowler on the AWS accounts after `up`: every failure is explained, and a conflict is one both ways."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, cast

import boto3
import pytest

from tests.e2e.checkout import Checkout
from tests.oracles import prowler
from tests.oracles.asked import command
from tests.oracles.explained import Entry, Satisfied, blind, entries, stale, unexplained
from tests.oracles.prowler import SERVICES, Told
from tests.oracles.scan import Scan

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("oracles"), pytest.mark.timeout(3600)]
STACKS = {"dublin": (55, 20), "auditor": (40, 8), "organisation": (15, 6), "backups": (40, 8)}
"""The stacks with an AWS account, and how many checks are answered at least, about how many resources."""
TWIN = {"texas-auditor": (40, 8), "texas": (55, 20)}
"""The same of the American twin, in the order in which they come up."""
CONFLICTS = tuple(each for each in entries("prowler") if each.register)
ELSEWHERE = "eu-central-1"
FAR = "clover-elsewhere"


@pytest.fixture(scope="module")
def told(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Told]:
    """What it says of each account, in the region of the stack."""
    command("prowler")
    held: Checkout = request.getfixturevalue("held")
    found = {stack: _told(held.beside(stack), tmp_path_factory.mktemp(stack)) for stack in STACKS}
    twin = Checkout(tmp_path_factory.mktemp("twin"), *TWIN)
    try:
        twin.clover("lab", "up", *TWIN)
        return found | {stack: _told(twin.beside(stack), tmp_path_factory.mktemp(stack)) for stack in TWIN}
    finally:
        twin.clover("lab", "stop")


def _told(checkout: Checkout, folder: Path) -> Told:
    """What it says of the account of a stack that is up."""
    shell = checkout.lab_environment()
    return prowler.ask(shell, folder, ["--service", *SERVICES, "--region", shell["AWS_DEFAULT_REGION"]])


@pytest.fixture(scope="module")
def scans(told: dict[str, Told]) -> list[Scan]:
    """The same, without what rests on what was not answered."""
    return [prowler.scan(stack, each, blind("prowler")) for stack, each in told.items()]


def test_every_failure_is_explained_and_every_explanation_is_of_one(
    scans: list[Scan], left: Callable[[Scan], None]
) -> None:
    for scan in scans:
        left(scan)
    assert unexplained(scans, entries("prowler")) == []
    assert list(stale(scans, entries("prowler"))) == []


def test_what_was_not_evaluated_is_written_down_and_nothing_else_is(told: dict[str, Told]) -> None:
    known = blind("prowler")
    assert [trouble for each in told.values() for trouble in prowler.surprising(each, known)] == []
    troubles = [trouble for each in told.values() for trouble in each.troubles]
    assert [each.error for each in known if not any(each.met_by(trouble) for trouble in troubles)] == []


def test_something_was_asked_about_many_resources(told: dict[str, Told], scans: list[Scan]) -> None:
    assert {stack: each.checks for stack, each in told.items() if each.checks < 100} == {}
    assert [scan.stack for scan in scans if not scan.has(*{**STACKS, **TWIN}[scan.stack])] == []


@pytest.fixture(scope="module")
def given_in(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """Dublin without the organisation's guardrails, which would deny it, with a copy and a network elsewhere."""
    command("prowler")
    checkout = Checkout(tmp_path_factory.mktemp("given-in"), "dublin")
    try:
        checkout.clover("lab", "up", "dublin")
        _replicate(checkout)
        _client(checkout, "ec2").create_vpc(CidrBlock="10.99.0.0/16")
        yield checkout
    finally:
        checkout.clover("lab", "stop")


def _replicate(checkout: Checkout) -> None:
    store = checkout.outputs()["stores"]["media"]["physical_name"]
    far = _client(checkout, "s3")
    far.create_bucket(Bucket=FAR, CreateBucketConfiguration={"LocationConstraint": ELSEWHERE})
    far.put_bucket_versioning(Bucket=FAR, VersioningConfiguration={"Status": "Enabled"})
    rule = {"ID": "elsewhere", "Status": "Enabled", "Prefix": "", "Destination": {"Bucket": f"arn:aws:s3:::{FAR}"}}
    role = "arn:aws:iam::111122223333:role/copies"
    checkout.client("s3").put_bucket_replication(Bucket=store, ReplicationConfiguration={"Role": role, "Rules": [rule]})


def _client(checkout: Checkout, service: str) -> Any:
    """A client of the deployer's in the other region."""
    settings = checkout.lab_environment()
    return cast(Any, boto3).client(
        service,
        endpoint_url=settings["AWS_ENDPOINT_URL"],
        region_name=ELSEWHERE,
        aws_access_key_id=settings["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=settings["AWS_SECRET_ACCESS_KEY"],
        aws_session_token=settings["AWS_SESSION_TOKEN"],
    )


@pytest.mark.parametrize("entry", CONFLICTS, ids=lambda entry: str(entry.check))
def test_a_site_as_the_scanner_wants_it_passes(entry: Entry, given_in: Checkout, tmp_path: Path) -> None:
    assert isinstance(entry.satisfied, Satisfied)
    shell = given_in.lab_environment()
    regions = ["--region", shell["AWS_DEFAULT_REGION"], ELSEWHERE]
    answer = prowler.ask(shell, tmp_path, ["--check", entry.check, *regions])
    scan = prowler.scan("dublin", answer, ())
    passed = {each.resource for each in scan.findings if each.passed}
    assert f"dublin/{entry.satisfied.resource}" in passed
