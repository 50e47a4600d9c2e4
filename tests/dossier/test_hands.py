"""A dossier of a site and of the auditor's stack beside it: two subjects, each under its own name."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from clover.cli import main
from clover.dossier.build import STATEMENT, VERDICTS
from clover.zones.attestation import OVERLAY_SETTING, overlay_file, write_overlay
from tests.controls.handing import attestations, signed, stack_of
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


def test_what_the_auditor_signed_of_its_stack_is_a_given_of_a_lone_site(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    said = attestations("dublin2", signed(stack_of("dublin2")))
    monkeypatch.setenv(OVERLAY_SETTING, str(tmp_path / "overlay"))
    write_overlay(overlay_file("europe"), said)
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    out = tmp_path / "dossier"
    assert main(["report", str(file_of("dublin2")), "--out", str(out), "--as-of", "2026-11-24"]) == 0
    assert main(["verify", str(out)]) == 0
    (site,) = json.loads((out / STATEMENT).read_text(encoding="utf-8"))["predicate"]["sites"]
    assert site["auditor_stack_signed"] == sha256(said.stack or b"").hexdigest()
    page = (out / "index.html").read_text(encoding="utf-8")
    assert "the auditor" in page.partition('class="missing"')[2].partition("</strong>")[0]
    row = page.partition('<tr id="given-A-STACK-auditor">')[2].partition("</tr>")[0]
    assert "What the auditor&#39;s own stack declares" in row
    assert '<a href="#given-A-STACK-auditor">' in page


def test_the_page_shows_both_and_misses_no_auditor(both: Path) -> None:
    page = (both / "index.html").read_text(encoding="utf-8")
    assert "the auditor&#39;s stack" in page
    assert "Second Irish site" in page
    cover = page.partition('class="missing"')[2].partition("</strong>")[0]
    assert "auditor" not in cover
