"""Measure sites of many stores beside the same resources declared bare; write scale.json beside this file.

`python -m benchmarks.scale [--skip-checkpoints] [SITE:STORES …]`: without cases dublin:10 dublin:100 hamar:10 hamar:100
hamar:200; dublin:1000 is asked for by name. Cases that are measured again replace their figures, the others stay.

The engine writes the whole state twice for every resource and three times for every component, so that `up` takes the
square of their number whoever declares them. `--skip-checkpoints` has it write once, at the end
(PULUMI_SKIP_CHECKPOINTS): a run that is killed then loses its state, so figures alone are made that way.
"""

import json
import math
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from benchmarks import bare
from benchmarks.machine import machine
from benchmarks.watched import Watched, watch
from tests.e2e.checkout import Checkout

FILE = Path(__file__).with_name("scale.json")
CASES = ("dublin:10", "dublin:100", "hamar:10", "hamar:100", "hamar:200")
QUIET = ["--non-interactive", "--color", "never"]
WITHOUT_CHECKPOINTS = {"PULUMI_SKIP_CHECKPOINTS": "true", "PULUMI_EXPERIMENTAL": "true"}
FLAG = "--skip-checkpoints"


def main() -> None:
    """Measure the cases asked for, and write after each."""
    cases: dict[str, Any] = json.loads(FILE.read_text())["cases"] if FILE.exists() else {}
    skips = FLAG in sys.argv
    for case in [word for word in sys.argv[1:] if word != FLAG] or CASES:
        site, _, stores = case.partition(":")
        name = f"{case} without checkpoints" if skips else case
        cases[name] = measured(site, int(stores), WITHOUT_CHECKPOINTS if skips else {})
        figures = {"cases": cases, "preview exponent": exponents(cases)}
        FILE.write_text(json.dumps(figures, indent=2) + "\n")
        sys.stdout.write(f"{name}: {json.dumps(cases[name])}\n")


def measured(site: str, stores: int, settings: Mapping[str, str]) -> dict[str, Any]:
    """Preview and `up` of the site, then of the same resources declared bare in a cloud as fresh."""
    with tempfile.TemporaryDirectory() as folder:
        checkout = Checkout(Path(folder), site)
        try:
            _declare(checkout, stores)
            whole = _run(checkout, checkout.root, site, settings)
            state = checkout.state()
            checkout.clover("lab", "destroy", site)
            checkout.lab_environment()
            bare.write(state, checkout.root / "bare")
            plain = _run(checkout, checkout.root / "bare", site, settings)
        finally:
            checkout.clover("lab", "stop")
    resources: list[Any] = state["resources"]
    custom = sum(each["custom"] for each in resources)
    return {
        "machine": machine(),
        "stores": stores,
        "resources": custom,
        "components": len(resources) - custom,
        "site": {name: asdict(run) for name, run in whole.items()},
        "bare": {name: asdict(run) for name, run in plain.items()},
        "ratio": {name: round(whole[name].seconds / plain[name].seconds, 2) for name in whole},
    }


def exponents(cases: dict[str, Any]) -> dict[str, float]:
    """How the preview's time grows with the number of resources, from each site's smallest case to its largest."""
    found: dict[str, float] = {}
    for site in sorted({case.partition(":")[0] for case in cases}):
        own = sorted((case for name, case in cases.items() if name.startswith(site)), key=lambda case: case["stores"])
        if len(own) > 1:
            times = own[-1]["site"]["preview"]["seconds"] / own[0]["site"]["preview"]["seconds"]
            found[site] = round(math.log(times) / math.log(own[-1]["resources"] / own[0]["resources"]), 2)
    return found


def _declare(checkout: Checkout, stores: int) -> None:
    """Give the site so many stores: its own first, the last of them for evidence, then plain ones.

    They are of a class that no approval opens: a gate on AWS names its stores, and takes some thirty.
    """
    path = checkout.root / f"Pulumi.{checkout.stack}.yaml"
    stack = yaml.safe_load(path.read_text(encoding="utf-8"))
    own = stack["config"]["clover:stores"]
    more = [{"name": f"s{number:04}", "class": "controlled"} for number in range(stores - len(own))]
    stack["config"]["clover:stores"] = [*own, *more]
    path.write_text(yaml.safe_dump(stack, sort_keys=False), encoding="utf-8")


def _run(checkout: Checkout, folder: Path, site: str, settings: Mapping[str, str]) -> dict[str, Watched]:
    """First preview, first `up`, and the preview after it, of the program in the folder."""
    environment = {**checkout.lab_environment(), **settings}
    cloud: int = json.loads((checkout.root / ".lab" / "cloud.json").read_text())["pid"]
    engine = str(checkout.root / ".lab" / "bin" / "pulumi")
    stack = site if folder == checkout.root else "bare"
    if stack == "bare":
        watch([engine, "stack", "init", stack, *QUIET], folder, environment, ())
    commands = {
        "preview": [engine, "preview", "-s", stack],
        "up": [engine, "up", "-s", stack, "--yes", "--skip-preview"],
        "preview without changes": [engine, "preview", "-s", stack, "--expect-no-changes"],
    }
    return {name: watch([*command, *QUIET], folder, environment, [cloud]) for name, command in commands.items()}


if __name__ == "__main__":
    main()
