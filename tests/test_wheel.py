"""What is installed: the wheel holds every data file, and proves a site by itself."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.data import file_of

ROOT = Path(__file__).parents[1]
BUILD = "import sys, hatchling.build; print(hatchling.build.build_wheel(sys.argv[1]))"
PROVE = "import sys; from clover.cli import main; sys.exit(main())"
FILES = (str(file_of("dublin")), str(file_of("auditor")))


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built by the build backend itself: nothing is fetched."""
    pytest.importorskip("hatchling", reason="NOT TESTED: hatchling is not installed, so no wheel was built")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-c", BUILD, str(folder)]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return zipfile.ZipFile(folder / built.stdout.split()[-1])


def test_every_file_of_the_package_is_in_the_wheel(wheel: zipfile.ZipFile) -> None:
    found = (path for path in (ROOT / "clover").rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    wanted = {path.relative_to(ROOT).as_posix() for path in found}
    assert len([name for name in wanted if name.endswith((".yaml", ".json"))]) > 20
    assert wanted - set(wheel.namelist()) == set()


def test_the_wheel_alone_proves_a_site(wheel: zipfile.ZipFile, tmp_path: Path) -> None:
    wheel.extractall(tmp_path)
    command = [sys.executable, "-P", "-c", PROVE, "prove", *FILES, "--as-of", "2026-11-20"]
    environment = {**os.environ, "PYTHONPATH": str(tmp_path)}
    answer = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert answer.stderr == ""
    assert answer.returncode == 0
    assert [line.partition(":")[0] for line in answer.stdout.splitlines()] == ["auditor", "dublin"]
