"""A dossier that anybody has touched is refused for the right reason, by both checkers; the untouched is accepted."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from clover.cli import main
from clover.dossier.layout import STATEMENT, digest
from tests.data import HAMAR_STATE
from tests.dossier.asking import INDEPENDENT, independent, report
from tests.dossier.conftest import Keys
from tests.dossier.tamperings import TAMPERINGS, append


def _said(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["verify", *words])
    return code, capsys.readouterr().out


def refused_by_the_short_one(folder: Path, *known: str) -> bool:
    """Whether the second checker refuses it too, with a reason in one line."""
    command = [sys.executable, "-W", "ignore", str(INDEPENDENT), str(folder), *known]
    answer = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    return answer.returncode == 1 and answer.stderr.startswith("refused: ") and answer.stderr.count("\n") == 1


@pytest.mark.parametrize("name", TAMPERINGS)
def test_a_dossier_that_was_touched_is_refused_by_its_reason(
    name: str, folder: Path, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    spoil, reason = TAMPERINGS[name]
    spoil(folder / "second")
    code, said = _said(capsys, str(folder / "second"), "--key", keys.public("operator"))
    assert code == 1
    assert reason in said
    assert all(line.startswith("refused: ") for line in said.splitlines())
    assert refused_by_the_short_one(folder / "second", keys.public("operator"), keys.public("auditor"))


def test_there_are_as_many_tamperings_as_were_promised() -> None:
    assert len(TAMPERINGS) >= 40


@pytest.mark.parametrize(
    ("who", "worth"), [("operator", "self-declared by the operator"), ("auditor", "attested by the auditor")]
)
def test_the_untouched_one_is_accepted_by_both_checkers_for_what_it_is(
    made: Path, keys: Keys, capsys: pytest.CaptureFixture[str], who: str, worth: str
) -> None:
    words = [str(made / "second"), "--key", keys.public(who), "--site", "hamar", "--zone", "europe"]
    code, said = _said(capsys, *words, "--chain", str(made / "first"))
    assert code == 0
    lines = said.splitlines()
    assert lines[:2] == [
        f"accepted: hamar, judged on 2026-11-01: {worth}",
        "lab, not evidence: it is about an emulated cloud",
    ]
    for signer in ("operator", "auditor"):
        whose = "a key that was given" if signer == who else "a key that came with it"
        assert any(line.startswith(f"signature of the {signer}: {whose}, ") for line in lines)
    assert "proved again by the auditor: from the plan, without a live reading" in lines
    assert lines[-1] == f"head of the chain: {digest((made / 'second' / STATEMENT).read_bytes())}"
    assert independent(made / "second", keys.public(who)) == 0


def test_a_key_that_came_with_the_dossier_vouches_for_little(made: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = _said(capsys, str(made / "second"))
    assert code == 0
    assert "nobody has checked" in said
    assert "chain not checked" in said


def test_an_unsigned_one_says_so_and_satisfies_no_key(
    made: Path, keys: Keys, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said = _said(capsys, str(made / "unsigned"))
    assert (code, "unsigned" in said) == (0, True)
    code, said = _said(capsys, str(made / "unsigned"), "--key", keys.public("operator"))
    assert (code, "unsigned: nobody vouches" in said) == (1, True)
    assert independent(made / "unsigned", keys.public("operator"))


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--site", "dublin"], "it is about hamar, not 'dublin'"),
        (["--site", ""], "it is about hamar, not ''"),
        (["--zone", "us"], "judged in zone europe, not 'us'"),
        (["--zone", ""], "judged in zone europe, not ''"),
        (["--max-age", "0"], "stale"),
        (["--max-age", "1d"], "stale"),
        (["--key", "stranger"], "wrong key"),
        (["--chain", "other"], "broken chain"),
        (["--chain", "first", "other"], "broken chain"),
        (["--chain", "spoiled"], "broken chain: index.html was altered"),
    ],
)
def test_another_dossier_than_was_asked_for_is_refused(
    folder: Path, keys: Keys, capsys: pytest.CaptureFixture[str], words: list[str], reason: str
) -> None:
    shutil.copytree(folder / "first", folder / "spoiled")
    append("index.html")(folder / "spoiled")
    flag, *values = words
    paths = {
        "stranger": keys.public("stranger"),
        **{name: str(folder / name) for name in ("first", "other", "spoiled")},
    }
    code, said = _said(capsys, str(folder / "second"), flag, *(paths.get(value, value) for value in values))
    assert code == 1
    assert reason in said


def test_a_day_to_come_is_refused(folder: Path, keys: Keys, capsys: pytest.CaptureFixture[str]) -> None:
    report(HAMAR_STATE, folder / "future", "2999-01-01", {})
    code, said = _said(capsys, str(folder / "future"))
    assert (code, "yet to come" in said) == (1, True)


def test_what_a_dossier_names_does_not_move_the_cursor(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = folder / "state\x1b[2J\u202e.json"
    source.write_bytes(HAMAR_STATE.read_bytes())
    report(source, folder / "odd", "2026-11-20", {})
    code, said = _said(capsys, str(folder / "odd"))
    assert (code, "state\\x1b[2J\\u202e.json" in said) == (0, True)
    assert all(line.isprintable() for line in said.splitlines())


@pytest.mark.parametrize(
    "words",
    [
        ["nowhere"],
        ["second", "--key", "nowhere"],
        ["second", "--max-age", "soon"],
        ["second", "--zone", "nowhere.yaml"],
        [],
    ],
)
def test_bad_input_is_one_line_and_64(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    monkeypatch.chdir(folder)
    assert main(["verify", *words]) == 64
    captured = capsys.readouterr()
    assert captured.out == ""
    assert len(captured.err.splitlines()) == 1


def test_a_lodged_head_has_to_be_of_the_chain(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    heads = {name: digest((folder / name / STATEMENT).read_bytes()) for name in ("first", "second", "other")}
    lodged = folder / "lodged.txt"
    lodged.write_text(f"{heads['first']}  October\n{heads['second']}\n")
    code, said = _said(capsys, str(folder / "second"), "--chain", str(lodged))
    assert code == 0, said
    lodged.write_text(f"{heads['other']}\n")
    code, said = _said(capsys, str(folder / "second"), "--chain", str(lodged))
    assert (code, f"broken chain: the lodged head {heads['other']}" in said) == (1, True)
    lodged.write_text("soon\n")
    assert main(["verify", str(folder / "second"), "--chain", str(lodged)]) == 64


def test_who_holds_one_key_is_not_two(folder: Path, keys: Keys, capsys: pytest.CaptureFixture[str]) -> None:
    both = {"CLOVER_OPERATOR_KEY": keys.private("operator"), "CLOVER_AUDITOR_KEY": keys.private("operator")}
    report(HAMAR_STATE, folder / "alone", "2026-11-01", both)
    code, said = _said(capsys, str(folder / "alone"), "--key", keys.public("operator"))
    assert (code, "signed with one key" in said) == (1, True)


def test_the_second_checker_is_short_and_needs_nothing_of_clover() -> None:
    text = INDEPENDENT.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 100
    assert "clover." not in text
