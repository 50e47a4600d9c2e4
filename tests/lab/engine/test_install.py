"""Which engine is used, and what stands beside it."""

import os
import subprocess
from pathlib import Path

import pytest

from clover.lab.engine import build, install, versions
from clover.lab.progress import Progress

#: A real binary that prints a version of our choosing is not to be had; the checks below need only its first bytes.
SCRIPT = "#!/bin/sh\necho v99.0.0\n"


def _program(folder: Path, text: str = SCRIPT) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "pulumi"
    path.write_text(text)
    path.chmod(0o755)
    return path


def test_the_pin_is_read_from_go_mod() -> None:
    assert versions.parse(versions.pinned_engine()) >= (3, 258, 0)
    assert versions.needed_go() >= (1, 25, 0)


def test_an_official_engine_on_path_is_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = _program(tmp_path / "official")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(install, "_is_program", program.__eq__)
    assert install.official(exclude=tmp_path) == program


def test_an_older_engine_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = _program(tmp_path / "official", "#!/bin/sh\necho v3.1.0\n")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setattr(install, "_is_program", program.__eq__)
    assert install.official(exclude=tmp_path) is None


def test_a_version_switchers_script_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = _program(tmp_path / "shims")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    assert install.official(exclude=tmp_path) is None


def test_the_labs_own_engine_is_not_taken_for_an_official_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = _program(tmp_path / "bin")
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}/usr/bin:/bin")
    monkeypatch.setattr(install, "_is_program", bool)
    assert install.official(exclude=program.parent) is None


def test_the_host_stands_beside_the_engine_and_a_second_install_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = _program(tmp_path / "cache")

    def built(_root: Path, _progress: Progress) -> Path:
        return engine

    monkeypatch.setattr(build, "build", built)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    placed = install.install(tmp_path, tmp_path / "bin", Progress())
    first = placed.stat()
    assert install.install(tmp_path, tmp_path / "bin", Progress()).stat() == first
    host = tmp_path / "bin" / "pulumi-language-python"
    assert os.access(host, os.X_OK)
    assert subprocess.run([str(placed)], capture_output=True, text=True, check=True).stdout == "v99.0.0\n"
