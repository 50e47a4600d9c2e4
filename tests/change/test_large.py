"""A change of a thousand resources is one comment, within its limit, which says what it leaves out."""

import json
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from benchmarks.diff import changed_everywhere
from benchmarks.sites import multiplied
from clover.change.difference import change
from clover.change.markdown import LIMIT, MARK, markdown
from clover.controls.run import prove
from clover.sources import World, read_world
from tests.data import state

DAY = date(2026, 11, 24)
BUCKET = "aws:s3/bucket:Bucket"


def world(folder: Path, name: str, export: Any) -> World:
    file = folder / name
    file.write_text(json.dumps(export), encoding="utf-8")
    return read_world([file])


def test_a_thousand_resources_in_one_comment(tmp_path: Path) -> None:
    before = multiplied(state(), 1000)
    assert len(before["deployment"]["resources"]) >= 1000
    sides = [world(tmp_path, name, data) for name, data in (("a", before), ("b", changed_everywhere(before)))]
    found = change(sides[0], sides[1], partial(prove, zone=None, day=DAY))
    stores = {each.resource for each in found.findings if each.control == "RES-P1" and each.worsens}
    assert stores == {each["urn"] for each in before["deployment"]["resources"] if each["type"] == BUCKET}
    assert len(stores) > 90
    written = markdown(found)
    assert written.startswith(MARK)
    assert len(written) < LIMIT
    assert "left out: a comment is limited to" in written
    assert "_and " in written
    assert written.count("<details>") == written.count("</details>") > 0
