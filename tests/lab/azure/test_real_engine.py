"""One of each type under the real engine: up, up again, refresh, drift repaired, destroy."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clover.lab.azure import plugin
from clover.lab.azure.model import resource_types
from clover.lab.cloud.client import Cloud
from clover.lab.engine import install
from clover.lab.progress import Progress
from tests.lab.azure.conftest import deployer
from tests.lab.azure.witness import Witness

PROGRAM = Path(__file__).parent / "program"
ROOT = Path(__file__).parents[3]
ARM = "azure-native:"
OF_THE_ORGANISATION = {
    f"{ARM}authorization:PolicyAssignment",
    f"{ARM}authorization:PolicyDefinitionAtManagementGroup",
    f"{ARM}management:HierarchySetting",
    f"{ARM}management:ManagementGroup",
    f"{ARM}management:ManagementGroupSubscription",
}
"""Types of the zone's organisation stack, which `make up` deploys; the program declares what a site has."""


class Stack:
    """A stack of the program in a home of its own."""

    def __init__(self, folder: Path, cloud: Cloud) -> None:
        self.program = shutil.copytree(PROGRAM, folder / "program")
        self.engine = install.install(ROOT, folder / "bin", Progress())
        plugin.install(folder / "home", sys.executable)
        (folder / "state").mkdir()
        self.environment = {
            **os.environ,
            **deployer(cloud),
            "PATH": os.pathsep.join((str(folder / "bin"), os.environ["PATH"])),
            "PYTHONPATH": str(ROOT),
            "PULUMI_HOME": str(folder / "home"),
            "PULUMI_BACKEND_URL": (folder / "state").as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_ERROR_OUTPUT_STRING": "1",
        }
        self.run("stack", "init", "every")

    def run(self, *arguments: str) -> str:
        command = [str(self.engine), *arguments, "--non-interactive"]
        done = subprocess.run(
            command, cwd=self.program, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def changes(self, *arguments: str) -> dict[str, int]:
        """Run an operation and count its steps, those that do nothing left out."""
        told = self.run(*arguments, "--json")
        summary: dict[str, int] = json.loads(told.strip().splitlines()[-1] if "\n{" in told else told)["changeSummary"]
        return {kind: count for kind, count in summary.items() if kind not in ("same", "read")}

    def resources(self) -> list[dict[str, Any]]:
        exported = json.loads(self.run("stack", "export"))["deployment"].get("resources", [])
        return [one for one in exported if one["type"].startswith(ARM)]


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, cloud: Cloud) -> Stack:
    made = Stack(tmp_path_factory.mktemp("engine"), cloud)
    made.run("up", "--yes", "--skip-preview")
    return made


@pytest.mark.e2e
def test_one_of_each_type_comes_up_and_stays_as_it_is(stack: Stack, witness: Witness) -> None:
    resources = {one["type"] for one in stack.resources()}
    assert resources == set(resource_types()) - OF_THE_ORGANISATION
    for one in stack.resources():
        witness.get(one["id"], resource_types()[one["type"]].version)
    assert stack.changes("preview") == {}
    assert "unchanged" in stack.run("up", "--yes", "--skip-preview")
    before = {one["urn"]: one["inputs"] for one in stack.resources()}
    stack.run("refresh", "--yes", "--expect-no-changes", "--skip-preview")
    assert {one["urn"]: one["inputs"] for one in stack.resources()} == before


@pytest.mark.e2e
def test_a_change_behind_its_back_is_found_and_repaired(stack: Stack, witness: Witness) -> None:
    store = json.loads(stack.run("stack", "output", "--json"))["store"]
    version = resource_types()[f"{ARM}storage:StorageAccount"].version
    witness.change(store, version, "properties.allowSharedKeyAccess", True)
    stack.run("refresh", "--yes", "--skip-preview")
    assert stack.changes("preview") == {"update": 1}
    stack.run("up", "--yes", "--skip-preview")
    assert witness.get(store, version)["properties"]["allowSharedKeyAccess"] is False
    assert stack.changes("preview") == {}


@pytest.mark.e2e
def test_it_is_all_taken_down(stack: Stack, witness: Witness) -> None:
    made = [(one["id"], resource_types()[one["type"]].version) for one in stack.resources()]
    assert {witness.ask("GET", *one)[0] for one in made} == {200}
    stack.run("destroy", "--yes", "--skip-preview")
    assert stack.resources() == []
    assert {witness.ask("GET", *one)[0] for one in made} == {404}
