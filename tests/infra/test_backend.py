"""The backends' stack: what the program declares from the zone alone, and what it refuses."""

import json
from pathlib import Path

import pytest
import yaml

from clover.errors import BadInput
from infra import program
from tests.components.answers import created
from tests.infra.test_auditor import deployed
from tests.infra.test_program import ROOT, engine_values
from tests.recorder import World, run

FILE = ROOT / "Pulumi.backend.yaml"
ACCOUNT = "222233334444"
SUBSCRIPTIONS = {
    "hamar": "00000000-0000-0000-0000-000000000611",
    "dublin2": "00000000-0000-0000-0000-000000000612",
}
ZONES = {
    each["site"]: each for each in yaml.safe_load((ROOT / "zones/europe.yaml").read_text(encoding="utf-8"))["backends"]
}


@pytest.fixture(scope="module")
def backend() -> World:
    return deployed("backend", FILE)


def test_everything_is_protected_and_has_a_provider_of_a_backends_account(backend: World) -> None:
    provider = backend.one("pulumi:providers:aws").inputs
    assert (provider["region"], json.loads(provider["allowedAccountIds"])) == ("eu-west-1", [ACCOUNT])
    azure = {each.name: each.inputs["subscriptionId"] for each in backend.all("pulumi:providers:azure-native")}
    assert azure == {f"{site}-backend": account for site, account in SUBSCRIPTIONS.items()}
    for found in backend.all():
        assert found.protect, found.urn
        if found.custom and not found.type.startswith("pulumi:providers:"):
            assert f"pulumi:providers:{found.type.partition(':')[0]}" in found.provider, found.urn


def test_what_pulumi_and_the_runners_are_told_is_exported(backend: World) -> None:
    assert backend.stack_outputs["hand"] == {"kind": "backend", "zone": "europe"}
    assert backend.stack_outputs["backends"].keys() == {"dublin", *SUBSCRIPTIONS}
    told = backend.stack_outputs["backends"]["dublin"]
    assert told["backend_url"] == f"s3://clover-dublin-{ACCOUNT}-state-pulumi?region=eu-west-1&awssdk=v2"
    assert told["secrets_provider"].startswith("awskms:///arn:aws:kms:eu-west-1:")
    assert {told[f"{kind}_identity"].rpartition("/")[2] for kind in ("deploying", "previewing")} == {
        "clover-dublin-deploys",
        "clover-dublin-previews",
    }


@pytest.mark.parametrize("site", SUBSCRIPTIONS)
def test_a_runner_on_azure_is_told_a_container_a_version_of_a_key_and_a_client(backend: World, site: str) -> None:
    told = backend.stack_outputs["backends"][site]
    account = backend.one("azure-native:storage:StorageAccount", f"{site}-store-account").inputs["accountName"]
    vault = backend.one("azure-native:keyvault:Vault", f"{site}-secrets-vault").inputs["vaultName"]
    assert told["backend_url"] == f"azblob://data?storage_account={account}"
    assert told["secrets_provider"] == f"azurekeyvault://{vault}.vault.azure.net/keys/secrets/1"
    assert told["deploying_identity"] == f"client-of-{site}-deploys"
    assert told["previewing_identity"] == f"client-of-{site}-previews"


def test_subjects_and_networks_are_the_zones(backend: World) -> None:
    zone = ZONES["dublin"]
    for kind in ("deploys", "previews"):
        role = next(one for one in backend.all("aws:iam/role:Role") if one.name == f"dublin-{kind}")
        (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        exact = {f"{zone['issuer']}:aud": zone["audience"], f"{zone['issuer']}:sub": zone[kind]}
        assert statement["Condition"] == {"StringEquals": exact}
    assert backend.one("aws:iam/openIdConnectProvider:OpenIdConnectProvider").inputs["clientIdLists"] == [
        zone["audience"]
    ]
    assert json.dumps(zone["networks"]) in backend.one("aws:s3/bucketPolicy:BucketPolicy").inputs["policy"].replace(
        ",", ", "
    )


@pytest.mark.parametrize("site", SUBSCRIPTIONS)
def test_tokens_and_networks_on_azure_are_the_zones(backend: World, site: str) -> None:
    zone = ZONES[site]
    for kind in ("deploys", "previews"):
        token = backend.one("azure-native:managedidentity:FederatedIdentityCredential", f"{site}-{kind}-token").inputs
        assert (token["subject"], token["audiences"]) == (zone[kind], [zone["audience"]])
        assert token["issuer"] == f"https://{zone['issuer']}"
    rules = backend.one("azure-native:storage:StorageAccount", f"{site}-store-account").inputs["networkRuleSet"]
    assert [each["iPAddressOrRange"] for each in rules["ipRules"]] == zone["networks"]


@pytest.mark.parametrize("site", SUBSCRIPTIONS)
def test_a_backend_on_azure_lies_in_a_group_of_its_own(backend: World, site: str) -> None:
    (group,) = [one for one in backend.all("azure-native:resources:ResourceGroup") if one.name.startswith(f"{site}-")]
    assert group.inputs["resourceGroupName"] == f"clover-{site}"
    placed = [one for one in backend.all() if one.name.startswith(f"{site}-") and "resourceGroupName" in one.inputs]
    assert {one.inputs["resourceGroupName"] for one in placed} == {f"clover-{site}"}
    assert group.urn in backend.before(backend.one("azure-native:keyvault:Vault", f"{site}-secrets-vault").urn)


def refused(root: Path) -> str:
    with pytest.raises(BadInput) as caught:
        run(lambda: program.deploy(root, "backend", engine_values(FILE)), created, stack_name="backend")
    return str(caught.value)


def zone_with(folder: Path, old: str, new: str) -> Path:
    (folder / "zones").mkdir()
    (folder / "zones" / "europe").symlink_to(ROOT / "zones" / "europe")
    text = (ROOT / "zones/europe.yaml").read_text(encoding="utf-8")
    assert old in text
    (folder / "zones" / "europe.yaml").write_text(text.replace(old, new), encoding="utf-8")
    return folder


def test_a_zone_without_backends_has_no_such_stack(tmp_path: Path) -> None:
    text = (ROOT / "zones/europe.yaml").read_text(encoding="utf-8")
    whole = text[text.index("backends: ") : text.index("backups: ")]
    given = text[text.index("  # The backends' account, which lies") : text.index("  # The accounts of second copies")]
    root = zone_with(tmp_path, whole, "")
    file = root / "zones" / "europe.yaml"
    left = file.read_text(encoding="utf-8").replace(given, "").replace(", organisation, backend", ", organisation")
    file.write_text(left, encoding="utf-8")
    assert "names no backends" in refused(root)
