"""What a soak came to is read from the test runner's record."""

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

from benchmarks import oracles, soak
from benchmarks.soak import figures

RECORD = """<testsuites><testsuite>
<testcase name="a" time="30.0"><properties>
  <property name="kill" value='{"site": "hamar", "created": 5, "seconds": 20, "converged": true, "strays": 0}'/>
</properties></testcase>
<testcase name="c" time="1"><skipped/></testcase>
<testcase name="d" time="9"><properties>
  <property name="refactors" value='{"site": "dublin", "done": 8, "calls": 1}'/>
</properties></testcase>
<testcase name="e" time="8"><properties>
  <property name="refactors" value='{"site": "dublin", "done": 7, "calls": 0}'/>
</properties></testcase>
<testcase name="f" time="0"><properties>
  <property name="faults" value='{"site": "auditor", "rounds": 20}'/>
  <property name="faults" value='{"site": "dublin2", "rounds": 14}'/>
</properties></testcase>
<testcase name="b" time="31.2"><properties>
  <property name="kill" value='{"site": "hamar", "created": 1, "seconds": 30, "converged": false, "strays": 2}'/>
</properties><failure/></testcase>
</testsuite></testsuites>"""


def test_kills_are_summed_up_for_each_site():
    assert figures(ElementTree.fromstring(RECORD)) == {  # noqa: S314  the text above
        "tests": 6,
        "failed": 1,
        "skipped": 1,
        "seconds": 79,
        "kills": {
            "hamar": {
                "killed after so many creations": [1, 5],
                "converged": 1,
                "strays": 2,
                "median seconds of the recovery": 25.0,
            }
        },
        "refactors": {"dublin": {"rounds": 2, "done": 15, "calls that declared anything": 1}},
        "up until it converged": {"auditor": 20, "dublin2": 14},
    }


def test_a_part_that_runs_again_replaces_its_own_figures_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    record, file = tmp_path / "record.xml", tmp_path / "soak.json"
    monkeypatch.setattr(soak, "FILE", file)
    for part, text in (("", RECORD), ("tests/e2e -k hamar", RECORD), ("tests/e2e -k hamar", "<testsuites/>")):
        record.write_text(text)
        monkeypatch.setattr("sys.argv", ["soak", str(record), *part.split()])
        soak.main()
    parts = json.loads(file.read_text())["parts"]
    assert {part: found["tests"] for part, found in parts.items()} == {soak.WHOLE: 6, "tests/e2e -k hamar": 0}


def test_what_scanners_said_stays_until_they_say_something_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(oracles, "FILE", tmp_path / "oracles.json")
    oracles.write(ElementTree.fromstring(RECORD))  # noqa: S314  the text above
    assert not oracles.FILE.exists()
    for stack, passed in (("dublin", 1), ("auditor", 2), ("dublin", 3)):
        told = ElementTree.Element("testsuites")
        said = json.dumps({"oracle": "checkov", "stack": stack, "of": "arm", "passed": passed})
        ElementTree.SubElement(told, "property", name="oracle", value=said)
        oracles.write(told)
    scans = json.loads(oracles.FILE.read_text())["scans"]
    assert [(each["stack"], each["passed"]) for each in scans] == [("auditor", 2), ("dublin", 3)]
    assert all(each["scanned"] for each in scans)
