"""Measure `clover report` on every stack of `make up`, as state and as plan; write report.json beside this file.

`python -m benchmarks.report [RUNS]`: the median of RUNS runs (default 3), each a process of its own, with the bytes of
the page and of the whole folder, and the largest of its other files. `all` is one dossier of all stacks.
"""

import json
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.machine import load, machine
from tests.data import FOLDER, STACKS, file_of

FILE = Path(__file__).with_name("report.json")
PROGRAM = "import sys; from clover.cli import main; sys.exit(main())"
WRITTEN = (0, 2)
"""Exit codes of a dossier that was written: a claim may be unknown where another hand's stack is not read."""


def main() -> None:
    """Measure and write."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    asked = {f"{stack}, {kind}": [file_of(stack, kind)] for kind in ("state", "first") for stack in STACKS}
    asked["all, state"] = [file_of(stack) for stack in STACKS]
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": f"{folder}/compiled"}
        _run([file_of(STACKS[0])], Path(folder) / "first")  # compiles the program
        found = {
            name: _measured(files, Path(folder) / name, runs)
            for name, files in asked.items()
            if all(file.exists() for file in files)
        }
    figures = {"machine": machine(), "load": load(), "runs": runs, "dossiers": found}
    FILE.write_text(json.dumps(figures, indent=2) + "\n")
    sys.stdout.write(FILE.read_text())


def _measured(files: list[Path], out: Path, runs: int) -> dict[str, Any]:
    """The figures of one dossier."""
    each = [_run(files, out) for _ in range(runs)]
    wall, processor = (round(statistics.median(taken), 2) for taken in zip(*each, strict=True))
    sizes = {path.relative_to(out).as_posix(): path.stat().st_size for path in out.rglob("*") if path.is_file()}
    page = sizes["index.html"]
    largest = dict(sorted(sizes.items(), key=lambda one: -one[1])[:3])
    return {
        "wall seconds": wall,
        "processor seconds": processor,
        "page bytes": page,
        "folder bytes": sum(sizes.values()),
        "largest": largest,
    }


def _run(files: list[Path], out: Path) -> tuple[float, float]:
    """Seconds of wall time, and of the processor, of one run."""
    names = [str(file.relative_to(FOLDER.parents[1])) for file in files]
    command = [sys.executable, "-c", PROGRAM, "report", *names, "--out", str(out), "--as-of", "2026-11-01"]
    started = time.monotonic()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawn(sys.executable, command, os.environ, file_actions=quiet)
    _, status, used = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status) not in WRITTEN:
        raise SystemExit(f"clover report {names} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - started, used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
