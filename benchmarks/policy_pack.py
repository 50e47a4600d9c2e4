"""Measure what the policy pack adds to a preview; write policy_pack.json beside this file and print it.

`python -m benchmarks.policy_pack [RUNS]`: Dublin, and Hamar, up in the lab of a checkout of its own; previews without
changes, without and with the pack in turn, RUNS of each (default 7); the median of each in seconds of wall time.
"""

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from benchmarks.machine import load, machine

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "benchmarks" / "policy_pack.json"
SITES = ("dublin", "hamar")
PARTS = (
    *("Pulumi.yaml", *(path.name for path in ROOT.glob("Pulumi.*.yaml")), "pyproject.toml"),
    *("clover", "components", "infra", "policy", "requirements", "zones"),
)
PACK = ("--policy-pack", "policy")
BESIDE = "auditor.json"
"""The export of the auditor's stack, which takes the sites' records."""


def main() -> None:
    """Measure and write."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 7
    figures = {"machine": machine(), "load": load(), "runs": runs, "sites": _sites(runs)}
    FILE.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    print(FILE.read_text(encoding="utf-8"), end="")


def _sites(runs: int) -> dict[str, Any]:
    """The figures of each site; the lab is ended afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        for part in PARTS:
            source = ROOT / part
            (shutil.copytree if source.is_dir() else shutil.copy2)(source, root / part)
        try:
            _clover(root, "lab", "up", *SITES)
            _shell(root, "pulumi", "stack", "export", "-s", "auditor", "--file", BESIDE)
            return {site: _figures(root, site, runs) for site in SITES}
        finally:
            _clover(root, "lab", "stop")


def _figures(root: Path, site: str, runs: int) -> dict[str, float]:
    """Medians of previews in turn, and how much longer those with the pack take."""
    taken: dict[bool, list[float]] = {False: [], True: []}
    for number in range(runs + 1):
        for judged, seconds in taken.items():
            spent = _preview(root, site, judged)
            if number:  # the first of each compiles the programs
                seconds.append(spent)
    plain, judged = (round(statistics.median(taken[each]), 2) for each in (False, True))
    return {"preview": plain, "with the pack": judged, "added": round(judged - plain, 2)}


def _preview(root: Path, site: str, judged: bool) -> float:
    """Seconds of one preview, which has to pass."""
    return _shell(root, "pulumi", "preview", "-s", site, "--non-interactive", *(PACK if judged else ()))


def _shell(root: Path, *words: str) -> float:
    """Seconds of a command of the engine's in the lab's shell; it has to succeed."""
    exports = _clover(root, "lab", "env")
    script = f"{exports}\ncd {root}\nexport CLOVER_BESIDE={root / BESIDE}\nexec {' '.join(words)}"
    started = time.monotonic()
    answer = subprocess.run(
        ["/bin/sh", "-c", script], env=_environment(root), capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise SystemExit(f"{' '.join(words)} failed: {answer.stdout}{answer.stderr}")
    return time.monotonic() - started


def _clover(root: Path, *words: str) -> str:
    """What a command prints; it has to succeed."""
    program = "import sys; from clover.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", program, *words]
    return subprocess.run(
        command, cwd=root, env=_environment(root), stdout=subprocess.PIPE, text=True, check=True
    ).stdout


def _environment(root: Path) -> dict[str, str]:
    """This process's, with the checkout's modules; Python keeps what it compiles, as it does unless told otherwise."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPATH": str(root)}


if __name__ == "__main__":
    main()
