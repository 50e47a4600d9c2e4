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


@pytest.fixture(scope="module")
def backend() -> World:
    return deployed("backend", FILE)


def test_everything_is_protected_and_has_a_provider_of_the_backends_account(backend: World) -> None:
    provider = backend.one("pulumi:providers:aws").inputs
    assert (provider["region"], json.loads(provider["allowedAccountIds"])) == ("eu-west-1", [ACCOUNT])
    for found in backend.all():
        assert found.protect, found.urn
        if found.custom and not found.type.startswith("pulumi:providers:"):
            assert "pulumi:providers:aws" in found.provider, found.urn


def test_what_pulumi_and_the_runners_are_told_is_exported(backend: World) -> None:
    assert backend.stack_outputs["hand"] == {"kind": "backend", "zone": "europe"}
    told = backend.stack_outputs["backends"]["dublin"]
    assert told["backend_url"] == f"s3://clover-dublin-{ACCOUNT}-state-pulumi?region=eu-west-1&awssdk=v2"
    assert told["secrets_provider"].startswith("awskms:///arn:aws:kms:eu-west-1:")
    assert {told[f"{kind}_identity"].rpartition("/")[2] for kind in ("deploying", "previewing")} == {
        "clover-dublin-deploys",
        "clover-dublin-previews",
    }


def test_subjects_and_networks_are_the_zones(backend: World) -> None:
    (zone,) = yaml.safe_load((ROOT / "zones/europe.yaml").read_text(encoding="utf-8"))["backends"]
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
    file.write_text(file.read_text(encoding="utf-8").replace(given, ""), encoding="utf-8")
    assert "names no backends" in refused(root)


def test_a_backend_on_azure_is_refused_before_anything_is_declared(tmp_path: Path) -> None:
    old = '  - site: dublin\n    account: "222233334444"\n    deployer: role/clover/backend'
    new = "  - site: hamar\n    account: 00000000-0000-0000-0000-000000000119\n"
    root = zone_with(tmp_path, old, f"{new}    deployer: 00000000-0000-0000-0000-000000000139")
    assert "the backend of hamar on azure cannot be declared yet; only aws" in refused(root)
