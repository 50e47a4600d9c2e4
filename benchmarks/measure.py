"""Measure what a person waits for, in a checkout of its own; write figures.json beside this file and print it.

`python -m benchmarks.measure [RUNS]`: every figure is the median of RUNS runs (default 3), in seconds of wall time.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.machine import machine

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "benchmarks" / "figures.json"
PARTS = (
    "Pulumi.yaml",
    "Pulumi.dublin.yaml",
    "clover",
    "components",
    "infra",
    "zones",
    "requirements",
    "pyproject.toml",
)


def main() -> None:
    """Measure and write."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    figures = {"machine": machine(), "runs": runs, "seconds": _seconds(runs)}
    FILE.write_text(json.dumps(figures, indent=2) + "\n")
    print(FILE.read_text(), end="")


def _seconds(runs: int) -> dict[str, float]:
    """The median of each figure; the cloud and the state are discarded before each `up`."""
    with tempfile.TemporaryDirectory() as folder:
        _copy(Path(folder))

        def clover(*words: str) -> None:
            _run(Path(folder), "clover.cli", *words)

        def fresh_up() -> None:
            clover("lab", "up", "dublin")

        def discard() -> None:
            clover("lab", "destroy", "dublin")

        fresh_up()
        figures = {
            "first up, warm machine": _median(runs, fresh_up, before=discard),
            "preview without changes": _median(runs, lambda: clover("lab", "preview", "dublin")),
            "second up": _median(runs, fresh_up),
            "refresh": _median(runs, lambda: clover("lab", "refresh", "dublin")),
            "command start (clover --version)": _median(runs, lambda: clover("--version")),
        }
        discard()
    return figures


def _copy(folder: Path) -> None:
    """Put what the program needs into a checkout of its own."""
    for part in PARTS:
        source = ROOT / part
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, folder / part)


def _run(folder: Path, module: str, *words: str) -> None:
    """Run the command in that checkout; its output is shown only when it fails."""
    program = f"import sys; from {module} import main; sys.exit(main())"
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    command = [sys.executable, "-c", program, *words]
    answer = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if answer.returncode:
        raise SystemExit(answer.stdout + answer.stderr)


def _median(runs: int, work: Callable[[], None], before: Callable[[], None] | None = None) -> float:
    """Seconds of wall time, the median of several runs."""
    taken: list[float] = []
    for _ in range(runs):
        if before:
            before()
        started = time.monotonic()
        work()
        taken.append(time.monotonic() - started)
    return round(statistics.median(taken), 2)


main()
