"""Measure `clover prove` on a fleet; write fleet.json beside this file and print it.

`python -m benchmarks.fleet [STATES [RESOURCES]]` (default 500 of 200): one call on all of them with one core, with two,
and with a Dask scheduler of two workers on this machine, the last also while a worker is killed. Every call has to
print the same bytes. Each state is a stack of its own, with stores of other names than those of any other.
"""

import hashlib
import json
import logging
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from benchmarks.machine import load, machine
from benchmarks.sites import multiplied
from tests.data import file_of
from tests.zones import own_evidence

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "benchmarks" / "fleet.json"
SITE = file_of(own_evidence.STACK)
"""A site that keeps its records itself: all of it is decided where no other stack is read."""
PROGRAM = "import sys; from clover.cli import main; sys.exit(main())"
ASKED = ("--zone", str(own_evidence.file()), "--as-of", "2026-11-24", "--format", "json")
WORKERS = 2


KILL_AFTER = 0.06
"""Seconds for each file after which a worker is killed: when some are read and decided, and most are not."""


class Run(NamedTuple):
    """One call on all files: its seconds, and the digest of what it printed."""

    seconds: float
    digest: str


def _run(files: list[str], *words: str, cores: int | None = None, kill: Callable[[], None] | None = None) -> Run:
    """Call `clover prove`, held to some cores; `kill` is called meanwhile."""
    held = f"import os; os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:{cores}]); {PROGRAM}"
    command = [sys.executable, "-c", held if cores else PROGRAM, "prove", *files, *ASKED, *words]
    started = time.monotonic()
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT) as process:
        if kill:
            time.sleep(KILL_AFTER * len(files))
            kill()
        printed, _ = process.communicate()
    if process.returncode:
        raise SystemExit(f"clover prove ended with {process.returncode}")
    return Run(round(time.monotonic() - started, 1), hashlib.sha256(printed).hexdigest())


def main() -> None:
    """Measure and write."""
    states, resources = (int(word) for word in (*sys.argv[1:], "500", "200")[:2])
    with tempfile.TemporaryDirectory() as folder:
        files, size = _made(Path(folder), states, resources)
        seconds = _seconds(files)
    told = {"machine": machine(), "load": load(), "states": states, "resources of each": size, "seconds": seconds}
    FILE.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    print(FILE.read_text(encoding="utf-8"), end="")


def _seconds(files: list[str]) -> dict[str, float]:
    """The seconds of each way, all of which have to say the same."""
    runs = {"one core": _run(files, cores=1), "two cores": _run(files, cores=2)}
    for name, dies in (("two Dask workers", False), ("two Dask workers, one killed", True)):
        with _cluster() as cluster:
            kill = (lambda cluster=cluster: _kill_one(cluster)) if dies else None
            runs[name] = _run(files, "--scheduler", cluster.scheduler_address, kill=kill)
    if len({run.digest for run in runs.values()}) > 1:
        raise SystemExit("the ways disagree")
    return {name: run.seconds for name, run in runs.items()}


def _cluster() -> Any:
    """Two workers, processes of their own, each with a nurse that begins another when it dies."""
    distributed: Any = import_module("distributed")
    settings = {"n_workers": WORKERS, "threads_per_worker": 1, "processes": True, "dashboard_address": "127.0.0.1:0"}
    return distributed.LocalCluster(host="127.0.0.1", silence_logs=logging.CRITICAL, **settings)


def _kill_one(cluster: Any) -> None:
    """Kill the process of one worker."""
    nurse = next(iter(cluster.workers.values()))
    os.kill(nurse.pid, signal.SIGKILL)


def _made(folder: Path, states: int, resources: int) -> tuple[list[str], int]:
    """The files, and how many resources each holds."""
    whole = multiplied(json.loads(SITE.read_text(encoding="utf-8")), resources)
    text, files = json.dumps(whole), list[str]()
    for number in range(states):
        own = text.replace(f"urn:pulumi:{own_evidence.STACK}::", f"urn:pulumi:dublin-{number:04}::")
        own = re.sub(r"(-user-data-[a-z]+)(?![a-z])", rf"\g<1>-{number:04}", own)
        path = folder / f"{number:04}.json"
        path.write_text(own, encoding="utf-8")
        files.append(str(path))
    return files, len(whole["deployment"]["resources"])


if __name__ == "__main__":
    main()
