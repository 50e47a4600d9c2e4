"""Measure `clover diff` on a change of a thousand resources; write diff.json beside this file and print it.

`python -m benchmarks.diff [RUNS]`: Dublin with its stores multiplied to 1,000 resources, before and after every store
has lost a statement of its policy; the median of RUNS calls (default 3) in seconds of wall time, and the
length of the comment. Aims: 10 s, and fewer than 65,536 characters.
"""

import copy
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.machine import load, machine
from benchmarks.sites import multiplied

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "benchmarks" / "diff.json"
SITE = ROOT / "tests" / "data" / "dublin.state.json"
PROGRAM = "import sys; from clover.cli import main; sys.exit(main())"
RESOURCES = 1000
GUARD = "DataOnlyViaSiteEndpoints"
POLICY = "aws:s3/bucketPolicy:BucketPolicy"


def main() -> None:
    """Measure and write."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    before = multiplied(json.loads(SITE.read_text(encoding="utf-8")), RESOURCES)
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("before.json", "after.json")]
        for file, export in zip(files, (before, changed_everywhere(before)), strict=True):
            file.write_text(json.dumps(export), encoding="utf-8")
        each = [_run(files) for _ in range(runs)]
    figures = {
        "machine": machine(),
        "load": load(),
        "runs": runs,
        "resources": len(before["deployment"]["resources"]),
        "seconds": round(statistics.median(seconds for seconds, _ in each), 2),
        "characters": each[0][1],
    }
    FILE.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(FILE.read_text(encoding="utf-8"), end="")


def changed_everywhere(export: dict[str, Any]) -> dict[str, Any]:
    """The export after a change of every store: its data may be reached from anywhere."""
    after = copy.deepcopy(export)
    for resource in after["deployment"]["resources"]:
        for side in ("inputs", "outputs") if resource["type"] == POLICY else ():
            document = json.loads(resource[side]["policy"])
            document["Statement"] = [each for each in document["Statement"] if each["Sid"] != GUARD]
            resource[side]["policy"] = json.dumps(document)
    return after


def _run(files: list[Path]) -> tuple[float, int]:
    """Seconds of one call, and how long a comment it wrote; something has to widen."""
    command = [sys.executable, "-c", PROGRAM, "diff", *map(str, files), "--as-of", "2026-11-24", "--format", "markdown"]
    started = time.monotonic()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode != 1:
        raise SystemExit(f"clover diff ended with {done.returncode}: {done.stderr}")
    return time.monotonic() - started, len(done.stdout)


if __name__ == "__main__":
    main()
