"""The stack of second copies: what it declares from the zone and the sites' stack files, and what is refused."""

import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from clover.errors import BadInput
from infra import program
from tests.components.answers import created
from tests.components.azure.answers import created as created_on_azure
from tests.infra.test_program import ROOT, engine_values
from tests.recorder import Registration, World, run
from tests.zones import own_evidence

FILE = ROOT / "Pulumi.backups.yaml"
ACCOUNT = "333344445555"
VAULT = "clover-dublin-444455556666-evidence-vault"


def project(folder: Path, *, azure: bool = False) -> Path:
    """The project's zone and stack files, with second copies on AWS alone unless said otherwise."""
    (folder / "zones").mkdir()
    (folder / "zones" / "europe").symlink_to(ROOT / "zones" / "europe")
    (folder / "Pulumi.dublin.yaml").symlink_to(ROOT / "Pulumi.dublin.yaml")
    text = (ROOT / "zones/europe.yaml").read_text(encoding="utf-8")
    on_azure = text[text.index("  - site: hamar\n    at: dublin2\n") : text.index("\nauthorities:")]
    (folder / "zones" / "europe.yaml").write_text(text if azure else text.replace(on_azure, ""), encoding="utf-8")
    return folder


KEY_OF_THE_VAULT = "arn:aws:kms:eu-west-1:444455556666:key/k"


def get_key(_: Any) -> Any:
    """The vault's key, as its alias finds it."""
    return {"arn": KEY_OF_THE_VAULT}


FOUND: Any = {"aws:kms/getKey:getKey": get_key}


def deployed(root: Path, functions: Any = FOUND) -> World:
    deploy = partial(program.deploy, root, "backups", engine_values(FILE))
    return run(deploy, created, stack_name="backups", functions=functions)


@pytest.fixture(scope="module")
def backups(tmp_path_factory: pytest.TempPathFactory) -> World:
    return deployed(project(tmp_path_factory.mktemp("project")))


def test_everything_is_protected_and_has_a_provider_of_the_copies_account(backups: World) -> None:
    provider = backups.one("pulumi:providers:aws").inputs
    assert (provider["region"], json.loads(provider["allowedAccountIds"])) == ("eu-west-1", [ACCOUNT])
    for found in backups.all():
        assert found.protect, found.urn
        if found.custom and not found.type.startswith("pulumi:providers:"):
            assert "pulumi:providers:aws" in found.provider, found.urn


def test_stores_of_the_zones_classes_are_copied_and_no_others(backups: World) -> None:
    named = {found.inputs["bucket"] for found in backups.all("aws:s3/bucket:Bucket")}
    assert named == {f"clover-dublin-{ACCOUNT}-user-data-{store}" for store in ("profiles", "usage", "research")}
    told = backups.stack_outputs["backups"]["dublin"]
    assert set(told["copies"]) == {"profiles", "usage", "research"}
    assert backups.stack_outputs["hand"] == {"kind": "backups", "zone": "europe"}


def test_what_is_done_there_ends_in_the_auditor_s_vault_of_the_site(backups: World) -> None:
    trail = backups.one("aws:cloudtrail/trail:Trail").inputs
    assert (trail["s3BucketName"], trail["kmsKeyId"]) == (VAULT, KEY_OF_THE_VAULT)


def test_the_vault_comes_first(tmp_path: Path) -> None:
    def nothing(_: Any) -> Any:
        return {}, [("keyId", "Alias is not found.")]

    with pytest.raises(BadInput, match="the copies of site dublin: the key of its vault cannot be found; the auditor"):
        deployed(project(tmp_path), {"aws:kms/getKey:getKey": nothing})


def test_a_site_without_a_stack_file_has_nothing_to_copy(tmp_path: Path) -> None:
    root = project(tmp_path)
    (root / "Pulumi.dublin.yaml").unlink()
    with pytest.raises(BadInput, match="says which stores of dublin are copied"):
        deployed(root)


def everywhere(root: Path, functions: Any = FOUND) -> World:
    """What is deployed on both clouds, each resource answered by its own."""

    def answered(found: Registration, world: World) -> Any:
        return (created_on_azure if found.type.startswith("azure-native:") else created)(found, world)

    deploy = partial(program.deploy, root, "backups", engine_values(FILE))
    return run(deploy, answered, stack_name="backups", functions=functions)


@pytest.fixture(scope="module")
def on_azure(tmp_path_factory: pytest.TempPathFactory) -> World:
    root = project(tmp_path_factory.mktemp("project"), azure=True)
    for site in ("hamar", "dublin2"):
        (root / f"Pulumi.{site}.yaml").symlink_to(ROOT / f"Pulumi.{site}.yaml")
    return everywhere(root)


@pytest.mark.parametrize(("site", "account", "region"), [("hamar", 511, "northeurope"), ("dublin2", 512, "norwayeast")])
def test_copies_on_azure_lie_at_another_site_in_a_subscription_of_their_own(
    on_azure: World, site: str, account: int, region: str
) -> None:
    provider = on_azure.one("pulumi:providers:azure-native", f"{site}-backups")
    assert provider.inputs["subscriptionId"] == f"00000000-0000-0000-0000-000000000{account}"
    (vault,) = [one for one in on_azure.all("clover-azure:index:BackupVault") if one.name == site]
    below = [one for one in on_azure.below(vault.urn) if one.custom]
    assert {one.inputs["location"] for one in below if "location" in one.inputs} == {region}
    assert all(provider.urn in one.provider and one.protect for one in below)
    assert set(on_azure.stack_outputs["backups"][site]["copies"]) == {"profiles", "usage", "research"}


def recorded(world: World, site: str) -> list[str]:
    """Where each diagnostic setting of a site's copies delivers."""
    (vault,) = [one for one in world.all("clover-azure:index:BackupVault") if one.name == site]
    settings = [one for one in world.below(vault.urn) if one.type == "azure-native:monitor:DiagnosticSetting"]
    return [one.inputs["storageAccountId"] for one in settings]


@pytest.mark.parametrize(("site", "at"), [("hamar", "dublin2"), ("dublin2", "hamar")])
def test_what_is_done_to_copies_on_azure_ends_in_the_vault_of_the_site_where_they_lie(
    on_azure: World, site: str, at: str
) -> None:
    named = recorded(on_azure, site)
    assert len(named) == 5
    assert all(f"/resourceGroups/clover-{at}-evidence/" in each for each in named)


def test_where_the_zone_gives_a_site_no_vault_nothing_is_recorded_of_the_copies_there() -> None:
    world = everywhere(own_evidence.root(), {})
    assert world.all("aws:cloudtrail/trail:Trail") == []
    assert recorded(world, "dublin2") == []
    assert len(recorded(world, "hamar")) == 5
