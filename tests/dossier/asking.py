"""Ask for a dossier and for its check, as a person does."""

import subprocess
import sys
from pathlib import Path

import pytest

from clover.cli import main

INDEPENDENT = Path(__file__).resolve().parents[2] / "docs" / "verify_dossier.py"

VARIABLES = (
    "CLOVER_OPERATOR_KEY",
    "CLOVER_AUDITOR_KEY",
    "CLOVER_AUDITOR_READINGS",
    "CLOVER_COMMIT",
    "CLOVER_LANGUAGE",
)
"""What the command reads from the environment; a test starts without any."""


def report(source: Path, out: Path, day: str, settings: dict[str, str], *words: str) -> int:
    """Run `clover report`; the exit code of the proof."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in VARIABLES:
            patch.delenv(variable, raising=False)
        for name, value in settings.items():
            patch.setenv(name, value)
        return main(["report", str(source), *words, "--out", str(out), "--as-of", day])


def independent(folder: Path, *keys: str) -> int:
    """The exit code of the short second checker."""
    command = [sys.executable, "-W", "ignore", str(INDEPENDENT), str(folder), *keys]
    return subprocess.run(command, capture_output=True, check=False, timeout=60).returncode
