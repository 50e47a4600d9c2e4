"""The stack of second copies: what it declares from the zone and the sites' stack files, and what is refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from clover.errors import BadInput
from infra import program
from tests.components.answers import created
from tests.components.azure.answers import created as created_on_azure
from tests.infra.test_program import ROOT, engine_values
from tests.recorder import Registration, World, run

FILE = ROOT / "Pulumi.backups.yaml"
ACCOUNT = "333344445555"


def project(folder: Path, *, azure: bool = False) -> Path:
    """The project's zone and stack files, with second copies on AWS alone unless said otherwise."""
    (folder / "zones").mkdir()
    (folder / "zones" / "europe").symlink_to(ROOT / "zones" / "europe")
    (folder / "Pulumi.dublin.yaml").symlink_to(ROOT / "Pulumi.dublin.yaml")
    text = (ROOT / "zones/europe.yaml").read_text(encoding="utf-8")
    on_azure = text[text.index("  - site: hamar\n    at: dublin2\n") : text.index("\nauthorities:")]
    (folder / "zones" / "europe.yaml").write_text(text if azure else text.replace(on_azure, ""), encoding="utf-8")
    return folder


def deployed(root: Path) -> World:
    return run(lambda: program.deploy(root, "backups", engine_values(FILE)), created, stack_name="backups")


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


def test_a_site_without_a_stack_file_has_nothing_to_copy(tmp_path: Path) -> None:
    root = project(tmp_path)
    (root / "Pulumi.dublin.yaml").unlink()
    with pytest.raises(BadInput, match="says which stores of dublin are copied"):
        deployed(root)


@pytest.fixture(scope="module")
def on_azure(tmp_path_factory: pytest.TempPathFactory) -> World:
    root = project(tmp_path_factory.mktemp("project"), azure=True)
    for site in ("hamar", "dublin2"):
        (root / f"Pulumi.{site}.yaml").symlink_to(ROOT / f"Pulumi.{site}.yaml")

    def answered(found: Registration, world: World) -> Any:
        """The answer of the resource's own cloud."""
        return (created_on_azure if found.type.startswith("azure-native:") else created)(found, world)

    return run(lambda: program.deploy(root, "backups", engine_values(FILE)), answered, stack_name="backups")


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
