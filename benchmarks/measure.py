"""Measure what a person waits for, in a checkout of its own; write figures.json beside this file and print it.

`python -m benchmarks.measure [RUNS]`: every figure is the median of RUNS runs (default 3), in seconds of wall time.
"""

import json
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.machine import load, machine
from tests.e2e.checkout import Checkout

FILE = Path(__file__).with_name("figures.json")
SITES = ("dublin", "hamar")
STACKS = ("organisation", "auditor", "backups", *SITES, "dublin2")
"""What `make up` brings up, in its order."""


def main() -> None:
    """Measure and write."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    with tempfile.TemporaryDirectory() as folder:
        checkout = Checkout(Path(folder), *STACKS)
        try:
            seconds = _seconds(checkout, runs)
        finally:
            checkout.clover("lab", "stop")
    figures = {"machine": machine(), "load": load(), "runs": runs, "seconds": seconds}
    FILE.write_text(json.dumps(figures, indent=2) + "\n")
    sys.stdout.write(FILE.read_text())


def _seconds(checkout: Checkout, runs: int) -> dict[str, float]:
    """The median of each figure; the cloud and the state are discarded before each first `up`."""
    checkout.clover("lab", "up", *STACKS)

    def median(*words: str) -> float:
        return _median(runs, lambda: checkout.clover(*words))

    def first(*stacks: str) -> float:
        return _median(
            runs, lambda: checkout.clover("lab", "up", *stacks), lambda: checkout.clover("lab", "destroy", *STACKS)
        )

    return {
        **{f"first up of {site}, warm machine": first(site) for site in SITES},
        "first up of both sites, warm machine": first(*SITES),
        "make up: every hand's stack, warm machine": first(*STACKS),
        **{f"preview of {site} without changes": median("lab", "preview", site) for site in SITES},
        "second make up": median("lab", "up", *STACKS),
        "refresh of both sites": median("lab", "refresh", *SITES),
        "command start (clover --version)": median("--version"),
    }


def _median(runs: int, work: Callable[[], object], before: Callable[[], object] = lambda: None) -> float:
    """Seconds of wall time, the median of several runs."""
    taken: list[float] = []
    for _ in range(runs):
        before()
        started = time.monotonic()
        work()
        taken.append(time.monotonic() - started)
    return round(statistics.median(taken), 2)


if __name__ == "__main__":
    main()
