"""Run a command, and say how long it took and how much memory its processes held at most."""

import subprocess
import threading
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.machine import load

SAMPLE_SECONDS = 0.5


@dataclass(frozen=True)
class Watched:
    """One run: wall time in seconds, the largest sum of resident memory in MiB, the load of the machine at its end."""

    seconds: float
    memory: int
    load: float


def watch(command: list[str], folder: Path, environment: Mapping[str, str], beside: Iterable[int]) -> Watched:
    """Run the command to its end; SystemExit with what it said when it fails.

    Memory is that of the command, of all processes below it, and of those `beside` it, summed up every half second:
    shared pages count for each process.
    """
    started = time.monotonic()
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    most, ended = [0], threading.Event()
    sampler = threading.Thread(target=_sample, args=({process.pid, *beside}, most, ended))
    sampler.start()
    said, _ = process.communicate()
    seconds = time.monotonic() - started
    ended.set()
    sampler.join()
    if process.returncode:
        raise SystemExit("\n".join(said.splitlines()[-30:]))
    return Watched(round(seconds, 1), most[0], load())


def _sample(roots: set[int], most: list[int], ended: threading.Event) -> None:
    while not ended.wait(SAMPLE_SECONDS):
        most[0] = max(most[0], _resident(roots))


def _resident(roots: set[int]) -> int:
    """MiB of the processes and of all below them."""
    parents, pages = _processes()
    family = set(roots)
    while more := {pid for pid, parent in parents.items() if parent in family} - family:
        family |= more
    return sum(pages.get(pid, 0) for pid in family) // 1024


def _processes() -> tuple[dict[int, int], dict[int, int]]:
    """Each process's parent, and its resident memory in KiB (proc(5), status)."""
    parents: dict[int, int] = {}
    resident: dict[int, int] = {}
    for entry in Path("/proc").glob("[0-9]*/status"):
        try:
            lines = dict(line.split(":\t", 1) for line in entry.read_text().splitlines() if ":\t" in line)
        except OSError:
            continue
        pid = int(entry.parent.name)
        parents[pid] = int(lines["PPid"])
        resident[pid] = int(lines.get("VmRSS", "0 kB").split()[0])
    return parents, resident
