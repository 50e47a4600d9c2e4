"""A checkout in whose lab the example projects run, as those of another user would."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.checkout import ROOT, Checkout


class Consumer:
    """One example project, deployed in a checkout's lab; what its first preview promised is kept."""

    def __init__(self, checkout: Checkout, name: str) -> None:
        self.checkout = checkout
        self.folder = checkout.root / "examples" / name
        self.environment = checkout.lab_environment()
        self.pulumi("install")
        self.pulumi("stack", "init", "lab")
        self.promised = self.operations()
        self.pulumi("up", "-s", "lab", "--yes", "--skip-preview")

    def pulumi(self, *words: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        """Run raw `pulumi` in the project's folder."""
        command = [shutil.which("pulumi", path=self.environment["PATH"]) or "pulumi", *words]
        answer = subprocess.run(
            [*command, "--non-interactive", "--color", "never"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=280,
        )
        if check:
            assert answer.returncode == 0, f"{words} exited {answer.returncode}: {answer.stdout}\n{answer.stderr}"
        return answer

    def operations(self) -> dict[str, int]:
        """What a preview would do, by operation."""
        return json.loads(self.pulumi("preview", "-s", "lab", "--json", "--show-sames").stdout)["changeSummary"]

    def outputs(self) -> dict[str, Any]:
        """The stack's exports."""
        return json.loads(self.pulumi("stack", "output", "-s", "lab", "--json").stdout)

    def resources(self) -> list[dict[str, Any]]:
        """The stack's state."""
        return json.loads(self.pulumi("stack", "export", "-s", "lab").stdout)["deployment"]["resources"]

    def refused(self, old: str, new: str) -> list[str]:
        """The errors of a preview with one edit of the program, which is taken back."""
        program = next(path for path in (self.folder / "__main__.py", self.folder / "Pulumi.yaml") if path.exists())
        text = program.read_text(encoding="utf-8")
        assert old in text
        program.write_text(text.replace(old, new, 1), encoding="utf-8")
        answer = self.pulumi("preview", "-s", "lab", check=False)
        program.write_text(text, encoding="utf-8")
        assert answer.returncode != 0
        said = answer.stdout + answer.stderr
        assert "Traceback" not in said
        return said.partition("Diagnostics:")[2].splitlines()


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Checkout]:
    """A checkout with the examples, and beside its engine what they need."""
    made = Checkout(tmp_path_factory.mktemp("packages"), "dublin", "hamar")
    shutil.copytree(ROOT / "examples", made.root / "examples", ignore=shutil.ignore_patterns("sdks", "Pulumi.*.yaml"))
    try:
        made.clover("lab", "env")
        build(made.root, made.environment)
        yield made
    finally:
        made.clover("lab", "stop")


def build(root: Path, environment: dict[str, str]) -> None:
    """Compile generator and host where this machine has not yet; minutes, once."""
    command = [sys.executable, "-m", "clover.lab.engine", "sdk", "yaml"]
    answer = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    assert answer.returncode == 0, answer.stderr


@pytest.fixture(scope="session")
def python_project(checkout: Checkout) -> Consumer:
    return Consumer(checkout, "python")


@pytest.fixture(scope="session")
def yaml_project(checkout: Checkout) -> Consumer:
    return Consumer(checkout, "yaml")


@pytest.fixture(scope="session")
def azure_project(checkout: Checkout) -> Consumer:
    return Consumer(checkout.beside("hamar"), "azure")
