"""The backends' stack comes up with its state in a file, which then moves into the store that it made."""

import json
from collections.abc import Iterator

import pytest

from tests.e2e.checkout import Checkout

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("backend")]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    found = Checkout(tmp_path_factory.mktemp("checkout"), "backend")
    try:
        found.clover("lab", "up", "backend")
        yield found
    finally:
        found.clover("lab", "stop")


def test_everything_is_proved_of_what_came_up(world: Checkout) -> None:
    file = world.root / "backend.json"
    file.write_text(world.pulumi("stack", "export", "-s", "backend").stdout)
    said = world.clover("prove", str(file)).stdout
    assert "0 refuted" in said
    assert "unknown" not in said


def test_the_state_moves_into_the_store_that_it_made(world: Checkout) -> None:
    export = world.pulumi("stack", "export", "-s", "backend").stdout
    told = json.loads(world.pulumi("stack", "output", "--json", "-s", "backend").stdout)["backends"]["dublin"]
    file = world.root / "moving.json"
    file.write_text(export)
    moved = {**world.lab_environment(), "PULUMI_BACKEND_URL": f"{told['backend_url']}&use_path_style=true"}

    def engine(*words: str) -> str:
        return world.run(["pulumi", *words, "--non-interactive", "--color", "never"], moved, True).stdout

    engine("stack", "init", "backend")
    engine("stack", "import", "-s", "backend", "--file", str(file))
    assert "unchanged" in engine("preview", "-s", "backend", "--expect-no-changes")
    before, after = (json.loads(each)["deployment"]["resources"] for each in (export, engine("stack", "export")))
    assert [each["urn"] for each in after] == [each["urn"] for each in before]
    listed = world.client("s3").list_objects_v2(Bucket=told["backend_url"].partition("?")[0].removeprefix("s3://"))
    assert ".pulumi/stacks/clover/backend.json" in {each["Key"] for each in listed["Contents"]}
