"""Sites that log into the auditor's vault, with the real engine: both hands' stacks up, quiet, apart, and proved."""

import os
import re
from pathlib import Path
from typing import Any, cast

import pytest
import yaml

from clover.model.aws.locations import Ground as AwsGround
from clover.model.aws.locations import outside as outside_on_aws
from clover.model.azure.locations import Ground as AzureGround
from clover.model.azure.locations import classification
from clover.model.azure.locations import outside as outside_on_azure
from clover.zones.attestation import OVERLAY, OVERLAY_SETTING
from tests.e2e.checkout import ROOT, Checkout
from tests.e2e.plans import assert_silent_on_the_machine, declared, name_of, operations, providers, unprotected

pytestmark = pytest.mark.e2e
ON_AZURE, ON_AWS = pytest.mark.xdist_group("dublin2"), pytest.mark.xdist_group("texas")
SITES = [pytest.param("dublin2", marks=ON_AZURE), pytest.param("texas", marks=ON_AWS)]
IN_THE_SITE = "00000000-0000-0000-0000-000000000112"
IN_THE_VAULT = "00000000-0000-0000-0000-000000000310"
IN_THE_WORKSPACE = "00000000-0000-0000-0000-000000000410"
IN_THE_COPIES = "00000000-0000-0000-0000-000000000512"
GROUNDS = {
    "dublin2": AwsGround("eu-west-1", frozenset({"444455556666", "111122223333", "333344445555"})),
    "texas": AwsGround("us-east-2", frozenset({"123456789012", "999999999999"})),
}
"""Where what lies on AWS may lie: beside the second Irish site the auditor's workspace and the records of Dublin."""
TENANT, AUDITORS = "00000000-0000-0000-0000-000000000100", "00000000-0000-0000-0000-000000000400"


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Checkout:
    return request.getfixturevalue(request.param)


def hands(site: Checkout) -> tuple[Checkout, Checkout]:
    """The checkout as the auditor's deployer sees it, and as the site's does."""
    return site.beside(site.others[0]), site


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_a_site_does_not_come_up_before_its_vault(site: Checkout) -> None:
    code, said = site.refused
    assert code == 1
    assert re.search(r"vault|log|storage account", said, re.IGNORECASE), said
    assert "Traceback" not in said


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_a_second_up_changes_nothing(site: Checkout) -> None:
    for each in hands(site):
        answer = site.clover("lab", "up", each.stack)
        counts = next(line for line in answer.stdout.splitlines() if line.startswith(f"{each.stack}: up done"))
        assert re.fullmatch(rf"{each.stack}: up done: \d+ same", counts), answer.stdout


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_refresh_changes_nothing(site: Checkout) -> None:
    for each in hands(site):
        each.pulumi("refresh", "-s", each.stack, "--yes", "--expect-no-changes")


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_plans_have_source_places_and_name_no_machine(site: Checkout) -> None:
    for each in hands(site):
        plan = each.preview()
        assert operations(plan) == {"same"}
        assert_silent_on_the_machine(each, plan)
        assert_silent_on_the_machine(each, each.state())
        for step in plan["steps"]:
            if step["newState"]["type"] != "pulumi:pulumi:Stack":
                assert re.match(r"project:///(infra|components)/\S+\.py#\d+", step["newState"]["sourcePosition"])


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_the_two_hands_share_no_provider_and_everything_is_protected(site: Checkout) -> None:
    auditors, own = hands(site)
    kept = [*auditors.outputs()["vaults"], *(f"assessment-{cloud}" for cloud in auditors.outputs()["workspaces"])]
    assert site.stack in kept
    copies = [f"{site.stack}-copies"] if site.stack == "dublin2" else []
    for each, expected in ((auditors, kept), (own, [site.stack, *copies])):
        resources = each.state()["resources"]
        assert sorted(providers(resources)) == sorted(expected)
        assert unprotected(resources) == {f"clover-{each.stack}"}  # the stack itself


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_the_site_keeps_no_evidence_of_its_own(site: Checkout) -> None:
    outputs, (auditors, _) = site.outputs(), hands(site)
    assert "evidence" not in outputs["keys"]
    assert {store["role"] for store in outputs["stores"].values()} == {"user-data"}
    kept = auditors.outputs()["vaults"][site.stack]
    assert outputs["vault"]["account"] != outputs["site"]["account"]
    assert outputs["vault"]["account"] in kept["key"]


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_raw_destroy_of_the_vault_is_refused(site: Checkout) -> None:
    auditors, _ = hands(site)
    before = auditors.state()["resources"]
    answer = auditors.pulumi("destroy", "-s", auditors.stack, "--yes", check=False)
    assert answer.returncode != 0
    assert "protect" in answer.stdout + answer.stderr
    assert auditors.state()["resources"] == before


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_every_location_bearing_property_lies_in_the_site(site: Checkout) -> None:
    aws = GROUNDS[site.stack]
    subscriptions = frozenset({IN_THE_SITE, IN_THE_VAULT, IN_THE_WORKSPACE, IN_THE_COPIES})
    azure = AzureGround("northeurope", subscriptions, frozenset({TENANT, AUDITORS}), alarms="swedencentral")
    hamars = azure._replace(region="norwayeast")
    for each in hands(site):
        for resource in each.state()["resources"]:
            kind = resource["type"]
            found: list[Any] = []
            for part in ("inputs", "outputs"):
                held = declared(resource.get(part, {}))
                if kind.startswith(("aws:", "pulumi:providers:aws")):
                    found += outside_on_aws(kind, held, aws)
                elif kind.startswith(("azure-native:", "pulumi:providers:azure")):
                    assert kind in classification()["types"]
                    of_hamar = name_of(resource["urn"]).partition("-")[0] == "hamar"
                    found += outside_on_azure(kind, held, hamars if of_hamar else azure)
            assert found == [], resource["urn"]


@pytest.mark.parametrize("site", SITES, indirect=True)
def test_both_stacks_are_proved_together_and_the_site_alone_is_not(site: Checkout, tmp_path: Path) -> None:
    files = {each.stack: tmp_path / f"{each.stack}.json" for each in hands(site)}
    for each in hands(site):
        files[each.stack].write_text(each.pulumi("stack", "export", "-s", each.stack).stdout)
    both = site.clover("prove", *map(str, files.values()))
    assert both.stdout.count("0 refuted") == 2
    assert "unknown" not in both.stdout
    assert not re.search("missing hands: .*auditor", both.stdout)
    for overlay, code in ((str(OVERLAY), 0), (os.devnull, 2)):
        shell = site.beside(site.stack)
        shell.environment = {**site.environment, OVERLAY_SETTING: overlay}
        alone = shell.clover("prove", str(files[site.stack]), check=False)
        assert alone.returncode == code, "given what the lab's auditor signed of its own stack, and without that"
        assert re.search("missing hands: .*auditor", alone.stdout)


@pytest.mark.parametrize("name", ["dublin2", "texas"])
def test_no_code_is_about_the_site(name: str) -> None:
    folders = ("clover", "components", "infra", "policy")
    texts = {file: file.read_text(encoding="utf-8") for part in folders for file in (ROOT / part).rglob("*.py")}
    assert len(texts) > 300
    assert [str(file) for file, text in texts.items() if name in text.lower()] == []


def test_the_stack_files_of_the_twin_are_data_alone() -> None:
    for file in sorted((ROOT / "tests" / "zones" / "us").glob("Pulumi.*.yaml")):
        held = cast(dict[str, Any], yaml.safe_load(file.read_text(encoding="utf-8")))
        assert set(held) <= {"config", "encryptionsalt"}
        assert held["config"]["clover:zone"] == "us"
