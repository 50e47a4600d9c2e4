"""Second copies of Dublin's stores come up before the stores do; a restore opens them until its day."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.e2e.checkout import Checkout

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("backups")]

STACKS = ("organisation", "backups", "dublin")
DEPLOYER = "    deployer: role/clover/backups\n"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    found = Checkout(tmp_path_factory.mktemp("checkout"), "dublin", "organisation", "backups")
    zone = found.root / "zones" / "europe.yaml"
    text = zone.read_text(encoding="utf-8")
    on_azure = text[text.index("  - site: hamar\n    at: dublin2\n") : text.index("\nauthorities:")]
    zone.write_text(text.replace(on_azure, ""), encoding="utf-8")
    try:
        away = (found.root / "Pulumi.backups.yaml").rename(found.root / "backups.away")
        refused = found.clover("lab", "up", "organisation", "dublin", check=False)
        away.rename(found.root / "Pulumi.backups.yaml")
        assert refused.returncode != 0
        assert "Destination bucket must exist" in refused.stdout + refused.stderr
        found.clover("lab", "up", *STACKS)
        yield found
    finally:
        found.clover("lab", "stop")


def proved(world: Checkout) -> str:
    files = [world.root / f"{stack}.json" for stack in STACKS]
    for stack, file in zip(STACKS, files, strict=True):
        file.write_text(world.pulumi("stack", "export", "-s", stack).stdout, encoding="utf-8")
    return world.clover("prove", *map(str, files), check=False).stdout


def test_everything_is_proved_of_what_came_up_and_nothing_is_left_to_do(world: Checkout) -> None:
    said = proved(world)
    assert said.count(" 0 refuted") == len(STACKS)
    assert "unknown" not in said
    for stack in STACKS[1:]:
        assert "unchanged" in world.beside(stack).pulumi("preview", "-s", stack, "--expect-no-changes").stdout


def test_the_cloud_has_the_replication_that_was_declared(world: Checkout) -> None:
    told = json.loads(world.pulumi("stack", "output", "--json", "-s", "backups").stdout)["backups"]["dublin"]["copies"]
    for store in ("profiles", "usage", "research"):
        bucket = world.outputs()["stores"][store]["physical_name"]
        found = world.client("s3").get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
        assert [rule["Destination"]["Bucket"] for rule in found["Rules"]] == [told[store]]
        assert found["Role"].endswith(f"/clover-dublin-copies-{store}")


def test_a_restore_is_declared_for_days_and_proved_to_be_no_more(world: Checkout) -> None:
    zone = world.root / "zones" / "europe.yaml"
    before, day = zone.read_text(encoding="utf-8"), datetime.now(UTC).date() + timedelta(days=3)
    restore = f"    restore: {{until: {day}, endpoints: [vpce-0a1b2c3d4e5f60718], why: A drill}}\n"
    zone.write_text(before.replace(DEPLOYER, f"{DEPLOYER}{restore}"), encoding="utf-8")
    world.clover("lab", "up", "backups")
    assert " 0 refuted" in proved(world).partition("backups: ")[2].partition("\n")[0]
    zone.write_text(before, encoding="utf-8")
    assert "BAK-2.holds@backups.dublin" in proved(world)
    world.clover("lab", "up", "backups")
    assert "BAK-2" not in proved(world)
