"""One comment for all sites, from the files that `clover diff` takes."""

import json
from pathlib import Path
from typing import Any

import pytest

from clover.change.comment import run
from clover.change.markdown import MARK
from clover.errors import BadInput
from tests.change.worlds import export


def pair(folder: Path, site: str, changes: list[dict[str, Any]]) -> list[str]:
    """The files of a site before and after the changes."""
    files = [folder / f"{site}-{side}.json" for side in ("before", "after")]
    for file, made in zip(files, ([], changes), strict=True):
        file.write_text(json.dumps(export(site, made)), encoding="utf-8")
    return [str(file) for file in files]


def test_sites_without_a_change_are_one_line_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    assert run([*pair(tmp_path, "dublin", []), *pair(tmp_path, "hamar", [])]) == 0
    mark, *lines = capsys.readouterr().out.splitlines()
    assert mark == MARK
    assert [line.split("**")[1] for line in lines] == ["dublin", "hamar"]


def test_what_widens_at_one_site_is_told_once_and_decides_the_exit(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    change = {"set": "user-data-key", "path": "rotationPeriodInDays", "to": 730}
    assert run([*pair(tmp_path, "dublin", [change]), *pair(tmp_path, "hamar", [])]) == 1
    written = capsys.readouterr().out
    assert written.count(MARK) == 1
    assert "rotationPeriodInDays of user-data-key: 365 → 730" in written
    assert "**hamar**: neutral" in written


@pytest.mark.parametrize("words", [[], ["before.json"], ["a.json", "b.json", "c.json"]])
def test_files_come_in_pairs(words: list[str]):
    with pytest.raises(BadInput, match="pairs of files"):
        run(words)
