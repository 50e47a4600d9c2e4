"""Hostile texts in every place of a plan: nothing runs, nothing breaks, and what they say can still be read."""

import csv
import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clover.cli import main
from clover.dossier.plain_text import LONGEST, cell, shown
from tests.dossier.asking import report
from tests.dossier.hostile import HOSTILE, SPOILED
from tests.dossier.reading import Page

UNSEEN = re.compile("[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


STACKS = {
    **dict.fromkeys(("dublin", "hamar"), tuple(SPOILED)),
    **dict.fromkeys(("organisation", "auditor", "dublin2"), tuple(kind for kind in SPOILED if ":" not in kind)),
}
"""Each stack, and how it is spoiled; what depends on a store's name is asked of one site of each cloud."""


@pytest.fixture(scope="module", params=[(stack, kind) for stack, kinds in STACKS.items() for kind in kinds], ids=str)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dossier of a spoiled state; whatever is decided of it, it is made."""
    site, kind = request.param
    folder = tmp_path_factory.mktemp("hostile")
    plan = folder / "plan.json"
    plan.write_text(json.dumps(SPOILED[kind](site)), encoding="utf-8")
    assert report(plan, folder / "made", "2026-11-01", {}) in (0, 1, 2), kind
    return folder / "made"


def test_a_hostile_text_neither_runs_nor_breaks_the_page(made: Path) -> None:
    text = (made / "index.html").read_text(encoding="utf-8")
    read = Page(text)
    assert read.open == []
    assert len(read.scripts) == 1
    assert len(read.ids) == len(set(read.ids))
    assert not [one for one in read.attributes if one[1].startswith("on") or one[1] in ("src", "style", "action")]
    targets = [value for tag, name, value in read.attributes if tag == "a" and name == "href"]
    assert all(target.startswith("#") for target in targets)
    assert not UNSEEN.search(text)
    assert len(text.encode()) <= 1_000_000


def test_no_cell_of_the_table_is_a_formula(made: Path) -> None:
    rows = list(csv.reader(io.StringIO((made / "controls.csv").read_text(encoding="utf-8"))))
    assert len({len(row) for row in rows}) == 1
    assert not [value for row in rows for value in row if value.lstrip().startswith(("=", "+", "-", "@"))]
    assert not [value for row in rows for value in row if UNSEEN.search(value)]


def test_the_other_files_stay_what_they_are(made: Path) -> None:
    for path in sorted(made.rglob("*.json")):
        assert isinstance(json.loads(path.read_bytes()), dict), path.name
    assert main(["verify", str(made)]) == 0


def test_the_terminal_is_told_nothing_that_moves_it(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    capsys.readouterr()
    main(["verify", str(made)])
    said = capsys.readouterr()
    assert not UNSEEN.search(said.out + said.err)


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_shown_hides_nothing(kind: str) -> None:
    text = shown(HOSTILE[kind])
    assert not UNSEEN.search(text)
    assert re.sub(r"\\u[0-9a-f]{4}", "", text) == re.sub(UNSEEN.pattern + "|[\n\r\u2028\u202f]", "", HOSTILE[kind])


@given(st.text(max_size=300))
def test_plain_text_stays_as_it_is_and_the_rest_is_written_out(text: str) -> None:
    found = shown(text)
    assert found.isprintable() or not text.isprintable()
    assert shown(found) == found
    assert not cell(text).lstrip().startswith(("=", "+", "-", "@"))


def test_a_text_without_end_is_cut_and_says_so() -> None:
    assert len(shown("x" * 1_000_000)) < LONGEST + 30
    assert "1000000 characters" in shown("x" * 1_000_000)


def test_half_a_character_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spoiled: Callable[[str], Any] = SPOILED["every text"]
    plan = tmp_path / "plan.json"
    plan.write_text(json.dumps(spoiled("hamar")).replace("[31mred", "\\ud83d", 1), encoding="utf-8")
    assert report(plan, tmp_path / "made", "2026-11-01", {}) == 64
    assert "surrogate" in capsys.readouterr().err
