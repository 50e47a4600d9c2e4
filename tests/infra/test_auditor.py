"""The auditor's stack and a site with a vault: what the program declares, cloud by cloud, from the zone alone."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from clover.errors import BadInput
from clover.zones.hands import admit_auditor
from clover.zones.zone import load_zone
from components.limits import OverLimit
from infra import azure_auditor, program
from tests.components.answers import created as on_aws
from tests.components.azure.answers import created as on_azure
from tests.data import state
from tests.infra.test_program import ROOT, engine_values
from tests.recorder import Registration, World, run

TWIN = ROOT / "tests" / "zones" / "us"
VAULTS_KEY = "arn:aws:kms:us-east-2:999999999999:key/of-the-vault"
LOOKED_UP = "arn:aws:kms:us-east-2:999999999999:alias/clover-texas-evidence-s3"


def answers(found: Registration, world: World) -> Mapping[str, Any]:
    told = (on_azure if "azure" in found.type else on_aws)(found, world)
    if found.type != "azure-native:network:AzureFirewall":
        return told
    return {
        **told,
        "ipConfigurations": [{"name": "out", "privateIPAddress": "10.48.192.4"}],
    }  # where dublin2's routes lead


def deployed(name: str, file: Path, functions: Mapping[str, Any] | None = None) -> World:
    values = engine_values(file)
    return run(lambda: program.deploy(ROOT, name, values), answers, stack_name=name, functions=functions or {})


@pytest.fixture(scope="module")
def auditor() -> World:
    return deployed("auditor", ROOT / "Pulumi.auditor.yaml")


@pytest.fixture(scope="module")
def texas() -> World:
    def get_key(asked: Mapping[str, Any]) -> Mapping[str, Any]:
        assert asked["keyId"] == LOOKED_UP
        return {"arn": VAULTS_KEY, "id": "of-the-vault"}

    return deployed("texas", TWIN / "Pulumi.texas.yaml", {"aws:kms/getKey:getKey": get_key})


def test_the_auditor_deploys_a_vault_for_each_site_that_the_zone_gives_one(auditor: World) -> None:
    vaults = {one.name: one.inputs for one in auditor.all() if one.type.endswith(":index:EvidenceVault")}
    assert set(vaults) == set(auditor.stack_outputs["vaults"])
    for site, told in vaults.items():
        assert told["site"]["name"] == site
        assert told["account"] != told["site"]["account"]
        assert told["declared_at"].startswith("zones/europe.yaml:")


def test_everything_of_the_auditors_is_protected_and_has_a_provider_of_its_vault(auditor: World) -> None:
    for found in auditor.all():
        assert found.protect, found.urn
        if found.custom and not found.type.startswith("pulumi:providers:"):
            assert "pulumi:providers:" in found.provider, found.urn
    places = {one.name: one.inputs["subscriptionId"] for one in auditor.all("pulumi:providers:azure-native")}
    assert places == {
        "hamar": "00000000-0000-0000-0000-000000000310",
        "dublin2": "00000000-0000-0000-0000-000000000310",
        "assessment-azure": "00000000-0000-0000-0000-000000000410",
    }


def test_settings_for_the_vaults_of_one_subscription_have_names_of_their_own(auditor: World) -> None:
    """What lies on the subscription itself is the same resource for every site."""
    told = [one.inputs for one in auditor.all("azure-native:monitor:DiagnosticSetting")]
    named = [(one["resourceUri"], one["name"]) for one in told]
    assert len(set(named)) == len(named)
    assert sum(source == "/subscriptions/00000000-0000-0000-0000-000000000310" for source, _ in named) == 4


def test_a_third_vault_with_its_monitor_does_not_fit_a_subscription() -> None:
    admitted = admit_auditor(load_zone(ROOT / "zones" / "europe.yaml"))
    third = replace(admitted.vaults[-1], site="oslo")
    crowded = replace(admitted, vaults=(*admitted.vaults, third))
    with pytest.raises(OverLimit, match=r"^diagnostic-settings-per-resource: 6 used, allowed are 4 of"):
        azure_auditor.deploy(crowded, ())


def test_the_auditor_s_workspaces_lie_where_the_zone_says_and_publish_every_site_in_use(auditor: World) -> None:
    handed = auditor.stack_outputs["workspaces"]
    assert {cloud: one["account"] for cloud, one in handed.items()} == {
        "aws": "444455556666",
        "azure": "00000000-0000-0000-0000-000000000410",
    }
    assert handed["aws"]["hosts"] == handed["azure"]["hosts"]
    published = {site["site"]: site for site in handed["aws"]["hosts"]["sites"]}
    assert set(published) == {"dublin", "hamar", "dublin2"}
    assert published["dublin"]["api_hosts"] == ["api.dublin.clover.example.com", "uploads.dublin.clover.example.com"]


@pytest.mark.parametrize("site", ["dublin", "hamar", "dublin2"])
def test_what_is_published_of_a_site_is_what_its_own_stack_hands_out(auditor: World, site: str) -> None:
    egress = state(site)["deployment"]["resources"][0]["outputs"]["egress"]
    sites = auditor.stack_outputs["workspaces"]["azure"]["hosts"]["sites"]
    (published,) = (one for one in sites if one["site"] == site)
    assert published["rule_set_digest"] == egress["rule_set_digest"]
    assert published["allowed_domains"] == sorted(egress["allowed_domains"])


def test_of_a_site_without_a_stack_file_nothing_is_published_but_its_own_hosts() -> None:
    """The twin's site has its stack file elsewhere."""
    world = deployed("texas-auditor", TWIN / "Pulumi.texas-auditor.yaml")
    (site,) = world.stack_outputs["workspaces"]["aws"]["hosts"]["sites"]
    assert (site["api_hosts"], site["allowed_domains"]) == (["api.texas.clover.example.com"], [])
    assert not site["rule_set_digest"]


def test_the_auditor_exports_whose_stack_it_is(auditor: World) -> None:
    assert auditor.stack_outputs["hand"] == {"kind": "auditor", "zone": "europe"}
    for handed in auditor.stack_outputs["vaults"].values():
        assert set(handed) == {"vault", "physical_name", "key", "alias", "channel", "monitor"}


def test_the_twins_auditor_needs_no_other_program() -> None:
    world = deployed("texas-auditor", TWIN / "Pulumi.texas-auditor.yaml")
    for provider in (one.inputs for one in world.all("pulumi:providers:aws")):
        assert (provider["region"], json.loads(provider["allowedAccountIds"])) == ("us-east-2", ["999999999999"])
    assert {one.inputs["bucket"] for one in world.all("aws:s3/bucket:Bucket")} == {
        "clover-texas-999999999999-evidence-vault",
        "clover-assessment-999999999999-evidence-workspace",
        "clover-assessment-999999999999-auditor-owned-workspace",
    }


def test_a_site_with_a_vault_keeps_nothing_and_logs_there(texas: World) -> None:
    vault = "clover-texas-999999999999-evidence-vault"
    assert {one.inputs["role"] for one in texas.all("clover-aws:index:EncryptionKey")} == {"user-data"}
    assert {one.inputs["role"] for one in texas.all("clover-aws:index:RegionLockedStore")} == {"user-data"}
    trail = texas.one("aws:cloudtrail/trail:Trail").inputs
    assert (trail["s3BucketName"], trail["kmsKeyId"]) == (vault, VAULTS_KEY)
    assert texas.one("aws:ec2/flowLog:FlowLog").inputs["logDestination"] == f"arn:aws:s3:::{vault}"
    assert texas.stack_outputs["vault"] == {"account": "999999999999", "region": "us-east-2"}


def test_a_site_on_azure_with_a_vault_keeps_nothing_and_logs_there(auditor: World) -> None:
    world = deployed("dublin2", ROOT / "Pulumi.dublin2.yaml")
    assert {one.inputs["role"] for one in world.all("clover-azure:index:EncryptionKey")} == {"user-data"}
    vault = auditor.stack_outputs["vaults"]["dublin2"]["vault"]
    settings = world.all("azure-native:monitor:DiagnosticSetting")
    assert {one.inputs["storageAccountId"] for one in settings} == {vault}
    assert world.one("azure-native:network:FlowLog").inputs["storageId"] == vault
    sources = {one.inputs["resourceUri"] for one in settings}
    assert not any("000000000310" in source for source in sources)  # what lies there is its keeper's to record


def test_a_site_whose_vault_is_not_there_declares_no_store() -> None:
    values = engine_values(TWIN / "Pulumi.texas.yaml")

    def get_key(_: Mapping[str, Any]) -> Any:
        return {}, [("keyId", "Alias is not found.")]

    world = World()
    with pytest.raises(BadInput, match="site texas: the key of its vault cannot be found; the auditor's stack first"):
        run(
            lambda: program.deploy(ROOT, "texas", values),
            lambda found, known: world.registrations.setdefault(found.urn, found) and answers(found, known),
            stack_name="texas",
            functions={"aws:kms/getKey:getKey": get_key},
        )
    assert not any(one.type == "aws:s3/bucket:Bucket" for one in world.all())


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"clover:site": "dublin"}, "unknown key 'clover:site'"),
        ({"clover:zone": "asia"}, "zone 'asia' is not known"),
        ({"clover:kind": "organisation", "clover:stores": "[1]"}, "unknown key 'clover:stores'"),
    ],
)
def test_what_does_not_belong_to_a_hands_stack_is_refused(change: dict[str, str], says: str) -> None:
    values = {**engine_values(ROOT / "Pulumi.auditor.yaml"), **change}
    with pytest.raises(BadInput, match=says):
        program.deploy(ROOT, "auditor", values)


def test_what_the_engine_fills_in_for_a_hands_stack_is_left_out_again() -> None:
    filled = {"clover:site": "", "clover:network": "{}", "clover:stores": "[]"}
    values = {**engine_values(ROOT / "Pulumi.auditor.yaml"), **filled}
    world = run(lambda: program.deploy(ROOT, "auditor", values), answers, stack_name="auditor")
    assert world.stack_outputs["hand"]["kind"] == "auditor"
