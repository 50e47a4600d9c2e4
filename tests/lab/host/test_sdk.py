"""Generated SDKs: who writes them, and how a program finds them."""

import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import pytest

from clover.errors import BadInput
from clover.lab.engine import programs
from clover.lab.host import sdk


def _generator(folder: Path, script: str) -> None:
    folder.mkdir()
    program = folder / programs.SDK_FILE
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)


def test_without_a_generator_the_command_that_makes_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(BadInput, match=r"python -m clover\.lab\.engine sdk"):
        sdk.generate("python", "{}", tmp_path, "127.0.0.1:1")


def test_the_generator_gets_language_folder_loader_and_schema(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _generator(tmp_path / "bin", 'printf "%s %s " "$1" "$3" > "$2/told"; cat >> "$2/told"')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    sdk.generate("python", '{"name": "x"}', tmp_path, "127.0.0.1:1")
    assert (tmp_path / "told").read_text() == 'python 127.0.0.1:1 {"name": "x"}'


def test_what_the_generator_says_against_a_schema_is_passed_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _generator(tmp_path / "bin", 'cat > "$2/read"; echo "types: no such thing" >&2; exit 1')
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(BadInput, match=r"^types: no such thing$"):
        sdk.generate("python", "{}", tmp_path, "127.0.0.1:1")


def test_a_linked_sdk_is_found_by_the_program_and_knows_its_version(tmp_path: Path) -> None:
    folder = tmp_path / sdk.FOLDER / "clover-aws"
    folder.mkdir(parents=True)
    name = sdk.link(folder, "clover-aws", "0.1.0")
    assert name == "pulumi_clover_aws"
    assert sdk.folders(tmp_path) == [str(folder)]
    (found,) = importlib.metadata.distributions(name=name, path=sdk.folders(tmp_path))
    assert found.version == "0.1.0"


def test_a_project_without_sdks_adds_nothing_to_the_path(tmp_path: Path) -> None:
    assert sdk.folders(tmp_path) == []


def test_a_plugin_runs_as_a_program_of_its_folder_with_the_arguments_after_it(tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text("import sys\nprint(__name__, sys.argv[1:], sys.path[0])\n")
    command = [sys.executable, "-m", "clover.lab.host.plugin", str(tmp_path), "127.0.0.1:7"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert printed == f"__main__ ['127.0.0.1:7'] {tmp_path}\n"
