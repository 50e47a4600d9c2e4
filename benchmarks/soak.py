"""Write what a soak came to, from the test runner's own record: `python -m benchmarks.soak RECORD.xml [PART]`.

PART is what of the tests ran, as the runner was told; without it they all did. Figures of a part stay until that part
runs again. Tests leave JSON with the record, as properties: `kill` (site, created: steps before the kill, seconds of
the recovery, converged, strays: what the cloud holds and the state does not know), `refactors` (site, done, calls:
those of the `up` that declared anything), `faults` (site, rounds: how many `up` it took while things went wrong) and
`oracle` (what another scanner said, for oracles.json).
"""

import json
import statistics
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from benchmarks import oracles
from benchmarks.machine import load, machine

FILE = Path(__file__).with_name("soak.json")
WHOLE = "all tests"


def main() -> None:
    """Read the record, write the figures beside those of other parts, and print them."""
    record, part = ElementTree.parse(sys.argv[1]).getroot(), " ".join(sys.argv[2:]) or WHOLE  # noqa: S314  our own
    oracles.write(record)
    parts: dict[str, Any] = json.loads(FILE.read_text())["parts"] if FILE.exists() else {}
    parts[part] = {"machine": machine(), "load": load(), **figures(record)}
    FILE.write_text(json.dumps({"parts": parts}, indent=2) + "\n")
    sys.stdout.write(f"{part}: {json.dumps(parts[part], indent=2)}\n")


def figures(record: ElementTree.Element) -> dict[str, Any]:
    """How many tests ran and failed, and what came of the kills and refactors of each site."""
    cases = list(record.iter("testcase"))
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    return {
        "tests": len(cases),
        "failed": len(failed),
        "skipped": sum(case.find("skipped") is not None for case in cases),
        "seconds": round(sum(float(case.get("time", 0)) for case in cases)),
        "kills": {site: _kills(told) for site, told in _told(record, "kill").items()},
        "refactors": {site: _refactors(told) for site, told in _told(record, "refactors").items()},
        "up until it converged": {site: told[-1]["rounds"] for site, told in _told(record, "faults").items()},
    }


def _told(record: ElementTree.Element, name: str) -> dict[str, list[dict[str, Any]]]:
    """What tests left under one name, by site."""
    told = [json.loads(each.get("value", "")) for each in record.iter("property") if each.get("name") == name]
    return {site: [one for one in told if one["site"] == site] for site in sorted({one["site"] for one in told})}


def _kills(kills: Iterable[dict[str, Any]]) -> dict[str, Any]:
    own = sorted(kills, key=lambda kill: kill["created"])
    return {
        "killed after so many creations": [kill["created"] for kill in own],
        "converged": sum(kill["converged"] for kill in own),
        "strays": sum(kill["strays"] for kill in own),
        "median seconds of the recovery": round(statistics.median(kill["seconds"] for kill in own), 1),
    }


def _refactors(rounds: list[dict[str, Any]]) -> dict[str, int]:
    return {"rounds": len(rounds), "done": sum(each["done"] for each in rounds)} | {
        "calls that declared anything": sum(each["calls"] for each in rounds)
    }


if __name__ == "__main__":
    main()
