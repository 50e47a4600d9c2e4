"""How a change is told: as JSON of its schema, as a comment that stays within its limit and harmless."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from clover.change.as_json import as_json
from clover.change.difference import Change
from clover.change.difference import change as compare
from clover.change.finding import Direction, Finding, exit_code, together, undecided
from clover.change.markdown import LIMIT, MARK, comment, escaped, markdown
from clover.change.risks import Risk
from clover.change.schema import PATH, diff_schema, render
from clover.change.text import text
from clover.controls.proof import Proof
from clover.sources import World, read_world
from tests.change.worlds import export

URN = "urn:pulumi:dublin::clover::aws:s3/bucket:Bucket::media"
REQUEST: dict[str, Any] = {
    "principal": "arn:aws:iam::111122223333:root",
    "action": "s3:GetObject",
    "resource": "arn:aws:s3:::a",
    "context": {},
}
WITNESS: dict[str, Any] = {"kind": "request", "request": REQUEST}


def finding(direction: Direction, why: str = "because", urn: str = URN) -> Finding:
    return Finding("RES-3", urn, "denied", "allowed", direction, WITNESS, why)


def change(*findings: Finding) -> Change:
    return Change("dublin", findings, (Risk("delete the store", URN),) if findings else (), None)


def test_the_schema_is_what_the_structure_says():
    assert PATH.read_text(encoding="utf-8") == render(diff_schema())


def test_json_has_the_members_of_the_interface_and_no_other():
    told = json.loads(as_json(change(finding(Direction.WIDENS))))
    assert (told["schema"], told["direction"]) == ("clover.diff/1", "widens")
    assert list(told["changes"][0]) == ["control", "resource", "before", "after", "direction", "witness"]


def test_nothing_changed_is_one_line():
    assert text(change()).count("\n") == 1
    assert json.loads(as_json(change()))["changes"] == []
    assert markdown(change()).splitlines()[0] == MARK
    assert len(markdown(change()).splitlines()) == 2


@pytest.mark.parametrize(
    ("directions", "whole", "code"),
    [
        ([], "neutral", 0),
        (["neutral"], "neutral", 0),
        (["narrows", "neutral"], "narrows", 0),
        (["widens", "neutral"], "widens", 1),
        (["widens", "narrows"], "mixed", 1),
        (["mixed"], "mixed", 1),
    ],
)
def test_the_whole_is_made_of_its_parts(directions: list[str], whole: str, code: int):
    findings = [finding(Direction(each)) for each in directions]
    assert (together(findings).value, exit_code(findings)) == (whole, code)


def test_what_is_not_known_is_two_unless_something_widens():
    unknown = undecided("RES-3", URN, "policy of media is not known")
    assert exit_code([unknown]) == 2
    assert exit_code([unknown, finding(Direction.NARROWS)]) == 2
    assert exit_code([unknown, finding(Direction.WIDENS)]) == 1
    assert "policy of media is not known" in text(change(unknown))


@pytest.mark.parametrize("odd", ["\x1b[2J", "a\u202eb", "a\u200bb"])
def test_nothing_of_a_change_moves_the_cursor_hides_or_turns_a_line_around(odd: str):
    request = {**REQUEST, "resource": odd}
    told = Finding("RES-3", f"{URN}-{odd}", odd, odd, Direction.WIDENS, {**WITNESS, "request": request}, odd)
    for written in (text(change(told)), markdown(change(told))):
        assert odd not in written
        assert all(line.replace("\u200b", "").isprintable() for line in written.splitlines())


def test_risky_operations_come_first():
    for written in (text(change(finding(Direction.WIDENS))), markdown(change(finding(Direction.WIDENS)))):
        assert written.lower().index("risky") < written.index("because")


def test_a_comment_of_a_thousand_resources_stays_within_the_limit_and_says_what_it_left_out():
    many = [finding(Direction.WIDENS, f"reason {n}" * 20, f"{URN}-{n}") for n in range(1000)]
    written = markdown(change(*many))
    assert len(written) < LIMIT
    left = re.search(r"_(\d+) collapsed parts left out", written)
    assert left
    assert written.count("<details>") == written.count("</details>") == 1000 - int(left[1])
    assert "and 940 more" in written


def test_a_prover_that_fails_has_decided_nothing(tmp_path: Path):
    files = [tmp_path / name for name in ("before.json", "after.json")]
    for file, days in zip(files, (400, 800), strict=True):
        changes = [{"set": "logs-lock", "path": "rule/defaultRetention/days", "to": days}]
        file.write_text(json.dumps(export("own-evidence", changes)), encoding="utf-8")

    def broken(_: World) -> Proof:
        raise RuntimeError("out of order")

    worlds = [read_world([file]) for file in files]
    found = compare(worlds[0], worlds[1], broken)
    assert (found.exit_code, found.direction.value) == (2, "mixed")
    assert "out of order" in text(found)


def test_one_comment_is_of_all_stacks():
    written = comment([change(), change(finding(Direction.NARROWS))])
    assert written.count(MARK) == 1
    assert written.count("**dublin**") == 2


HOSTILE = "media`|</code></details>\n\n# @everyone #1 [x](https://evil.example) <script>alert(1)</script> -->"


def test_hostile_names_stay_text():
    bad = finding(Direction.WIDENS, HOSTILE, URN.replace("media", HOSTILE))
    row = next(line for line in markdown(change(bad)).splitlines() if line.startswith("| widens"))
    assert row.count("|") == 7
    assert not re.search(r"@\w|#1 |://|<script|</details>|`|\[x\]", row)
    assert "\n" not in escaped(HOSTILE)


def test_no_fence_is_closed_by_what_it_holds():
    request = {**REQUEST, "resource": "```\n</details>"}
    bad = Finding("RES-3", URN, "denied", "allowed", Direction.WIDENS, {"kind": "request", "request": request}, "why")
    assert "````text\n" in markdown(change(bad))
