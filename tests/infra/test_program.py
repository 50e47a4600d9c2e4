"""The whole program over the project's own zone and stack files, as a language host runs it."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pulumi
import pytest
import yaml
from pulumi.runtime import config as runtime_config

from clover.errors import BadInput
from clover.zones.admission import admit
from clover.zones.site import read_site
from clover.zones.vocabulary import Lifecycle
from clover.zones.zone import load_zone
from infra import program
from infra.aws_site import deploy as deploy_on_aws
from infra.configuration import read_configuration
from tests.components.answers import ACCOUNT, created, previewed
from tests.recorder import UNKNOWN, World, run
from tests.zones import own_evidence

ROOT = program.ROOT
KEEPING = own_evidence.root()
"""A project in which Dublin keeps its records itself."""
STACK_FILE = KEEPING / "Pulumi.dublin.yaml"
Values = Mapping[str, Any]


def engine_values(path: Path = STACK_FILE) -> dict[str, Any]:
    """The stack file's configuration as the engine hands it over: text, and JSON for what is not."""
    written = yaml.safe_load(path.read_text(encoding="utf-8"))["config"]
    return {key: value if isinstance(value, str) else json.dumps(value) for key, value in written.items()}


def deploying(values: Values, root: Path = KEEPING) -> Callable[[], None]:
    return lambda: program.deploy(root, "dublin", values)


@pytest.fixture(scope="module")
def dublin() -> World:
    return run(deploying(engine_values()), created, stack_name="dublin")


def refused(values: Values, root: Path = KEEPING) -> str:
    """The one line in which the program refuses; nothing was declared before it."""
    declared: list[str] = []

    def recorded(found: Any, world: World) -> Mapping[str, Any]:
        declared.append(found.urn)
        return created(found, world)

    with pytest.raises(BadInput) as caught:
        run(deploying(values, root), recorded, stack_name="dublin")
    assert declared == []
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_every_resource_but_gates_is_protected_and_has_the_sites_own_provider(dublin: World) -> None:
    provider = dublin.one("pulumi:providers:aws")
    assert len(dublin.all()) > 100
    gates = [found for found in dublin.all() if "AccessGate" in found.urn]
    assert len(gates) == 3
    for found in dublin.all():
        assert bool(found.protect) is (found not in gates), found.urn
        if found.custom and found is not provider:
            assert found.provider.startswith(f"{provider.urn}::"), found.urn


def test_the_provider_is_bound_to_the_sites_region_and_account(dublin: World) -> None:
    provider = dublin.one("pulumi:providers:aws", "dublin").inputs
    assert provider["region"] == "eu-west-1"
    assert json.loads(provider["allowedAccountIds"]) == [ACCOUNT]
    assert json.loads(provider["defaultTags"]) == {"tags": {"clover:site": "dublin", "clover:zone": "europe"}}


def test_the_components_of_a_site(dublin: World) -> None:
    assert [(one.type.rsplit(":", 1)[1], one.name) for one in dublin.all() if not one.custom] == [
        ("AuditorAccess", "auditor"),
        ("EncryptionKey", "user-data"),
        ("EncryptionKey", "evidence"),
        ("EncryptionKey", "intake"),
        ("RegionLockedStore", "logs"),
        ("AccessTrail", "trail"),
        ("EgressGateway", "egress"),
        ("RegionLockedStore", "profiles"),
        ("RegionLockedStore", "usage"),
        ("RegionLockedStore", "research"),
        ("RegionLockedStore", "media"),
        ("MigrationIntake", "arrivals"),
        ("RegionLockedStore", "arrivals-store"),
        ("AccessGate", "gate-support"),
    ]


def test_what_comes_from_the_stack_file_says_on_which_line(dublin: World) -> None:
    lines = STACK_FILE.read_text(encoding="utf-8").splitlines()
    for store in dublin.all("clover-aws:index:RegionLockedStore"):
        file, line = store.inputs["declared_at"].split(":")
        assert file == "Pulumi.dublin.yaml"
        assert f"- name: {store.inputs['name']}" in lines[int(line) - 1]
    gate = dublin.one("clover-aws:index:AccessGate").inputs
    file, line = gate["declared_at"].split(":")
    assert "site: dublin" in (KEEPING / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
    network = dublin.one("clover-aws:index:EgressGateway").inputs
    domain = network["allowed_domains"][0]
    assert domain["name"] in lines[int(domain["declared_at"].split(":")[1]) - 1]
    assert "clover:network" in lines[int(network["declared_at"].split(":")[1]) - 1]


def test_the_log_target_is_the_evidence_store_with_the_declared_lock(dublin: World) -> None:
    lock = dublin.one("aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration", "logs-lock").inputs
    assert lock["rule"] == {"defaultRetention": {"mode": "COMPLIANCE", "days": 400}}
    assert dublin.one("aws:cloudtrail/trail:Trail").inputs["s3BucketName"] == f"clover-dublin-{ACCOUNT}-evidence-logs"


def test_what_the_stack_hands_out(dublin: World) -> None:
    out = dublin.stack_outputs
    assert set(out) == {"site", "zone_digest", "stores", "keys", "trail", "egress", "auditor", "gates"}
    assert out["site"] == {
        "name": "dublin",
        "cloud": "aws",
        "region": "eu-west-1",
        "country": "IE",
        "account": ACCOUNT,
        "zone": "europe",
        "lifecycle": "live",
    }
    assert out["zone_digest"] == load_zone(KEEPING / "zones" / "europe.yaml").digest
    assert set(out["stores"]) == {"profiles", "usage", "research", "media", "logs", "arrivals"}
    assert out["stores"]["profiles"] == {
        "physical_name": f"clover-dublin-{ACCOUNT}-user-data-profiles",
        "store": f"arn:aws:s3:::clover-dublin-{ACCOUNT}-user-data-profiles",
        "class": "restricted",
        "role": "user-data",
        "key": out["keys"]["user-data"]["key"],
    }
    assert out["keys"]["evidence"]["alias"] == "alias/clover-dublin-evidence-s3"
    assert set(out["auditor"]) == {"person_access", "machine_access"}
    assert set(out["egress"]) == {"network_id", "endpoint_ids", "rule_set_digest", "allowed_domains"}
    assert out["trail"].startswith("arn:aws:cloudtrail:")
    assert out["gates"] == {"support": f"arn:aws:iam::{ACCOUNT}:role/clover/access/clover-dublin-access-support"}


def test_a_first_preview_knows_names_domains_and_digest() -> None:
    out = run(deploying(engine_values()), previewed, stack_name="dublin", preview=True).stack_outputs
    assert out["stores"]["profiles"]["physical_name"] == f"clover-dublin-{ACCOUNT}-user-data-profiles"
    assert out["egress"]["rule_set_digest"] != UNKNOWN
    assert out["egress"]["allowed_domains"] == ["push.notifications.example.com", "ocsp.certificates.example.org"]


def test_a_site_that_is_given_up_is_no_longer_protected() -> None:
    configuration = read_configuration(KEEPING, "dublin", engine_values())
    zone = load_zone(KEEPING / "zones" / "europe.yaml")
    admitted = admit(read_site(configuration.values, configuration.place, zone), date(2026, 6, 1))
    assert admitted.protected
    retired = msgspec.structs.replace(admitted, protected=False)
    world = run(lambda: deploy_on_aws(retired), created, stack_name="dublin")
    assert admitted.lifecycle is Lifecycle.LIVE
    assert [one.urn for one in world.all() if one.protect] == []
    assert world.one("aws:networkfirewall/firewall:Firewall").inputs["deleteProtection"] is False


def changed(key: str, value: Any) -> dict[str, Any]:
    return {**engine_values(), key: value if isinstance(value, str) else json.dumps(value)}


def without(key: str) -> dict[str, Any]:
    return {name: value for name, value in engine_values().items() if name != key}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (
            changed("clover:kind", "visitor"),
            "stacks of kind 'visitor' are not deployable; known here: auditor, backend, backups, organisation, site",
        ),
        (changed("clover:kind", "sote"), "stacks of kind 'sote' are not deployable; did you mean 'site'?"),
        (changed("clover:zone", "eurpoe"), "zone 'eurpoe' is not known; did you mean 'europe'?"),
        (changed("clover:zone", "../europe"), "zone '../europe' is not known"),
        (changed("clover:site", "dublim"), "site 'dublim' is not of zone europe; did you mean 'dublin'?"),
        (changed("clover:stroes", []), "unknown key 'clover:stroes'; did you mean 'clover:stores'?"),
        (changed("aws:region", "us-east-1"), "aws:region: only clover: keys configure a stack of this project"),
        (changed("clover:stores", [{"name": "a"}]), "missing"),
        (changed("clover:stores", "{"), "clover:stores: '{' is neither data nor JSON"),
        (
            without("clover:kind"),
            "stack 'dublin' has no clover:kind; known kinds: site, auditor, organisation, backend, backups",
        ),
        (without("clover:zone"), "the stack has no clover:zone"),
        (without("clover:network"), "key 'clover:network' is missing"),
    ],
)
def test_input_that_does_not_fit_is_refused_in_one_line(values: Values, message: str) -> None:
    assert message in refused(values)


def a_project(folder: Path, text: str) -> Path:
    """A project folder with the real zones and a stack file of its own."""
    (folder / "zones").symlink_to(KEEPING / "zones")
    (folder / "Pulumi.dublin.yaml").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("clover:kind: site", "clover:kind: sight", "stacks of kind 'sight'"),
        ("clover:zone: europe", "clover:zone: asia", "zone 'asia'"),
        ("clover:site: dublin", "clover:site: dublim", "site 'dublim'"),
        ("name: media", "nmae: media", "unknown key 'nmae'"),
        ("class: public", "class: pubic", "clover:stores[3].class: 'pubic'"),
        ("cidr: 10.16.0.0/16", "cidr: 8.8.0.0/16", "cidr '8.8.0.0/16' is not a private range"),
        ("interface_endpoints: [sts, logs]", "interface_endpoints: [sts, sts]", "endpoint 'sts' stands twice"),
    ],
)
def test_a_refusal_names_file_line_and_column(tmp_path: Path, before: str, after: str, message: str) -> None:
    text = STACK_FILE.read_text(encoding="utf-8")
    assert text.count(before) == 1
    root = a_project(tmp_path, text.replace(before, after))
    line = text[: text.index(before)].count("\n") + 1
    said = refused(engine_values(root / "Pulumi.dublin.yaml"), root)
    assert re.match(rf"Pulumi\.dublin\.yaml:{line}:\d+: {re.escape(message)}", said), said


def test_a_key_that_the_stack_file_lacks_is_missed_in_that_file(tmp_path: Path) -> None:
    root = a_project(tmp_path, STACK_FILE.read_text(encoding="utf-8").replace("  clover:kind: site\n", ""))
    said = refused(engine_values(root / "Pulumi.dublin.yaml"), root)
    known = "site, auditor, organisation, backend, backups"
    assert said == f"Pulumi.dublin.yaml: stack 'dublin' has no clover:kind; known kinds: {known}"


def test_no_place_is_claimed_in_a_file_that_another_one_replaced() -> None:
    assert refused(changed("clover:site", "dublim")).startswith("site 'dublim'")
    same = read_configuration(KEEPING, "dublin", changed("clover:site", "dublim"))
    assert same.place("clover:site") is None
    assert str(same.place("clover:stores[0].class")).startswith("Pulumi.dublin.yaml:")


def test_a_stack_without_a_file_has_no_places() -> None:
    configuration = read_configuration(KEEPING, "elsewhere", engine_values())
    assert configuration.place("clover:site") is None
    assert configuration.place("clover:nothing") is None


def test_the_engine_is_told_in_one_line_and_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime_config.set_all_config(changed("clover:site", "dublim"))
    monkeypatch.setattr(pulumi, "get_stack", lambda: "dublin")
    with pytest.raises(pulumi.RunError) as caught:
        run(program.main, created, stack_name="dublin")
    assert str(caught.value) == "site 'dublim' is not of zone europe; did you mean 'dublin'?"
    assert caught.value.__suppress_context__


def test_configuration_is_read_from_the_environment_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime_config.set_all_config({})
    monkeypatch.setenv("PULUMI_CONFIG", json.dumps(engine_values(ROOT / "Pulumi.dublin.yaml")))

    def get_key(_: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"arn": "arn:aws:kms:eu-west-1:444455556666:key/of-the-vault"}

    world = run(program.main, created, stack_name="dublin", functions={"aws:kms/getKey:getKey": get_key})
    assert world.one("pulumi:providers:aws").name == "dublin"


def test_secret_configuration_is_refused_by_name_and_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    runtime_config.set_all_config(changed("clover:site", "canary-value"), ["clover:site"])
    monkeypatch.setattr(pulumi, "get_stack", lambda: "dublin")
    with pytest.raises(pulumi.RunError) as caught:
        run(program.main, created, stack_name="dublin")
    assert str(caught.value) == "clover:site is a secret; what configures a site is declared in the open"
    runtime_config.set_all_config({}, [])
