"""Measure `clover prove` on a site and on larger ones; write prove.json beside this file and print it.

`python -m benchmarks.prove [RUNS]`: for each size the median of RUNS runs (default 3), each a process of its own.
Beside wall time stand the processor's seconds of that process, which others on the machine disturb less, and its peak
memory. The exponent is that of the processor's time between the two largest sizes: 1 is growth in step with the site.
"""

import json
import math
import os
import platform
import statistics
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.sites import multiplied
from tests.data import file_of
from tests.zones import own_evidence

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "benchmarks" / "prove.json"
SITE = file_of(own_evidence.STACK)
"""A site that keeps its records itself: all of it is decided where no other stack is read."""
SIZES = (0, 1000, 10_000)
"""Resources at least; 0 is the site as it is."""
PROGRAM = "import sys; from clover.cli import main; sys.exit(main())"
ASKED = ("--zone", str(own_evidence.file()), "--as-of", "2026-11-24")


def main() -> None:
    """Measure and write."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    measured = [_measured(size, runs) for size in SIZES]
    before, after = measured[-2:]
    grown = math.log(after["processor seconds"] / before["processor seconds"])
    exponent = round(grown / math.log(after["resources"] / before["resources"]), 2)
    figures = {"machine": _machine(), "runs": runs, "exponent": exponent, "sites": measured}
    FILE.write_text(json.dumps(figures, indent=2) + "\n")
    print(FILE.read_text(), end="")


def _machine() -> dict[str, str | int | None]:
    """What the figures were measured on and with."""
    return {
        "measured": datetime.now(UTC).date().isoformat(),
        "system": platform.system(),
        "architecture": platform.machine(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
    }


def _measured(size: int, runs: int) -> dict[str, Any]:
    """The figures of one size."""
    export = multiplied(json.loads(SITE.read_text(encoding="utf-8")), size)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "site.json"
        path.write_text(json.dumps(export), encoding="utf-8")
        kept = {**os.environ, "PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(Path(folder) / "compiled")}
        _run(SITE, kept)  # compiles the program
        each = [_run(path, kept) for _ in range(runs)]
    wall, processor, memory = (round(statistics.median(taken), 2) for taken in zip(*each, strict=True))
    return {
        "resources": len(export["deployment"]["resources"]),
        "wall seconds": wall,
        "processor seconds": processor,
        "peak MiB": round(memory),
    }


def _run(path: Path, environment: dict[str, str]) -> tuple[float, float, float]:
    """Seconds of wall time, seconds of the processor and MiB of one run; the site has to hold."""
    command = [sys.executable, "-c", PROGRAM, "prove", str(path), *ASKED]
    started = time.monotonic()
    quiet = [(os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0)]
    process = os.posix_spawn(sys.executable, command, environment, file_actions=quiet)
    _, status, used = os.wait4(process, 0)
    if os.waitstatus_to_exitcode(status):
        raise SystemExit(f"clover prove {path} ended with {os.waitstatus_to_exitcode(status)}")
    return time.monotonic() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


if __name__ == "__main__":
    main()
