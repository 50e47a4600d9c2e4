"""A dossier of a site and of the auditor's stack beside it: two subjects, each under its own name."""

import json
from pathlib import Path
from typing import Any

import pytest

from clover.cli import main
from clover.dossier.build import VERDICTS
from tests.data import file_of
from tests.dossier.asking import VARIABLES


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hands") / "dossier"
    files = [str(file_of(stack)) for stack in ("dublin2", "auditor")]
    with pytest.MonkeyPatch.context() as patch:
        for variable in VARIABLES:
            patch.delenv(variable, raising=False)
        assert main(["report", *files, "--out", str(folder), "--as-of", "2026-11-24"]) == 0
    return folder


def test_it_is_accepted_and_names_both(both: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(both)]) == 0
    assert capsys.readouterr().out.startswith("accepted: dublin2, auditor,")


def test_the_auditor_s_stack_is_no_site(both: Path) -> None:
    verdicts: Any = json.loads((both / VERDICTS).read_text(encoding="utf-8"))
    assert {each["stack"]: each["site"] for each in verdicts["subjects"]} == {"dublin2": "dublin2", "auditor": None}


def test_the_page_shows_both_and_misses_no_auditor(both: Path) -> None:
    page = (both / "index.html").read_text(encoding="utf-8")
    assert "the auditor&#39;s stack" in page
    assert "Second Irish site" in page
    cover = page.partition('class="missing"')[2].partition("</strong>")[0]
    assert "auditor" not in cover
