"""Write what a soak came to, from the test runner's own record: `python -m benchmarks.soak RECORD.xml`.

Each kill leaves a property `kill` with its test, in JSON: site, created (steps before the kill), seconds (of the
recovery), converged, strays (what the cloud holds and the state does not know).
"""

import json
import statistics
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from benchmarks.machine import load, machine

FILE = Path(__file__).with_name("soak.json")


def main() -> None:
    """Read the record, write the figures and print them."""
    record = ElementTree.parse(sys.argv[1]).getroot()  # noqa: S314  written by the run before
    text = json.dumps({"machine": machine(), "load": load(), **figures(record)}, indent=2) + "\n"
    FILE.write_text(text)
    sys.stdout.write(text)


def figures(record: ElementTree.Element) -> dict[str, Any]:
    """How many tests ran and failed, and what came of the kills of each site."""
    cases = list(record.iter("testcase"))
    failed = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    told = (json.loads(each.get("value", "")) for each in record.iter("property") if each.get("name") == "kill")
    kills = sorted(told, key=lambda kill: (kill["site"], kill["created"]))
    return {
        "tests": len(cases),
        "failed": len(failed),
        "seconds": round(sum(float(case.get("time", 0)) for case in cases)),
        "kills": {site: _of_site(site, kills) for site in sorted({kill["site"] for kill in kills})},
    }


def _of_site(site: str, kills: Iterable[dict[str, Any]]) -> dict[str, Any]:
    own = [kill for kill in kills if kill["site"] == site]
    return {
        "killed after so many creations": [kill["created"] for kill in own],
        "converged": sum(kill["converged"] for kill in own),
        "strays": sum(kill["strays"] for kill in own),
        "median seconds of the recovery": round(statistics.median(kill["seconds"] for kill in own), 1),
    }


if __name__ == "__main__":
    main()
