"""Write what other scanners said in a soak to oracles.json, from the test runner's own record.

Tests of tests/oracles/ leave the figures of each scan as a property `oracle`. A scan that did not run keeps the figures
of the last time that it did, with the day of that run.
"""

import json
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from benchmarks.machine import machine

FILE = Path(__file__).with_name("oracles.json")


def write(record: ElementTree.Element) -> None:
    """Read the record, and write the figures beside those of scans that did not run."""
    told = [json.loads(each.get("value", "")) for each in record.iter("property") if each.get("name") == "oracle"]
    if not told:
        return
    before: list[dict[str, Any]] = json.loads(FILE.read_text(encoding="utf-8"))["scans"] if FILE.exists() else []
    day = machine()["measured"]
    known = {_name(each): each for each in before} | {_name(each): {**each, "scanned": day} for each in told}
    FILE.write_text(json.dumps({"scans": [known[name] for name in sorted(known)]}, indent=2) + "\n", encoding="utf-8")


def _name(scan: dict[str, Any]) -> tuple[str, str, str]:
    return scan["oracle"], scan["stack"], scan["of"]
