"""Measure `clover prove` beside Checkov on the same resources; write beside_checkov.json beside this file and print it.

`python -m benchmarks.beside_checkov CHECKOV [RUNS]`: CHECKOV is the command of an environment of its own (README.md).
Checkov reads no Pulumi state, so it is given the same resources as the plan that Terraform would write. Both take
turns, each run a process of its own. They answer different questions; what is compared is how long a person waits.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from benchmarks.machine import load, machine
from benchmarks.sites import multiplied
from tests.data import file_of
from tests.oracles.terraform import as_terraform
from tests.zones import own_evidence

ROOT = Path(__file__).resolve().parents[1]
FILE = Path(__file__).with_name("beside_checkov.json")
SITE = file_of(own_evidence.STACK)
"""A site that keeps its records itself: all of it is decided where no other stack is read."""
SIZES = (0, 1000)
"""Resources at least; 0 is the site as it is."""
CLOVER = (sys.executable, "-c", "import sys; from clover.cli import main; sys.exit(main())")


def main() -> None:
    """Measure and write."""
    checkov = sys.argv[1]
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 3
    measured = [_measured(size, checkov, runs) for size in SIZES]
    told = subprocess.run([checkov, "--version"], capture_output=True, text=True, check=True).stdout.strip()
    figures = {"machine": machine(), "load": load(), "checkov": told, "runs": runs, "sites": measured}
    FILE.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    sys.stdout.write(FILE.read_text(encoding="utf-8"))


def _measured(size: int, checkov: str, runs: int) -> dict[str, Any]:
    """The figures of one size: both commands in turn."""
    export = multiplied(json.loads(SITE.read_text(encoding="utf-8")), size)
    with tempfile.TemporaryDirectory() as folder:
        state, plan = Path(folder) / "site.json", Path(folder) / "tfplan.json"
        state.write_text(json.dumps(export), encoding="utf-8")
        plan.write_text(json.dumps(as_terraform(export)), encoding="utf-8")
        commands: Mapping[str, Sequence[str]] = {
            "clover": [*CLOVER, "prove", str(state), "--zone", str(own_evidence.file()), "--as-of", "2026-11-24"],
            "checkov": [checkov, "-f", str(plan), "--framework", "terraform_plan", "--quiet", "--skip-download"],
        }
        taken = [{name: _seconds(command) for name, command in commands.items()} for _ in range(runs + 1)][1:]
    found = len(export["deployment"]["resources"])
    return {
        "resources": found,
        **{f"{name} wall seconds": round(statistics.median(each[name] for each in taken), 2) for name in commands},
    }


def _seconds(command: Sequence[str]) -> float:
    """Seconds of wall time; Checkov ends with 1 where it finds something."""
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    taken = time.monotonic() - started
    if done.returncode not in (0, 1) or "Traceback" in done.stderr:
        raise SystemExit(f"{command[0]} ended with {done.returncode}: {done.stderr[-500:]}")
    return taken


if __name__ == "__main__":
    main()
