"""`clover diff`, as a user calls it: two files in, what the change means out."""

import json
from pathlib import Path
from typing import Any

import pytest

from clover.cli import main
from tests.change.worlds import export
from tests.data import first_preview, preview_of, state

LOOSER = [{"set": "user-data-key", "path": "enableKeyRotation", "to": False}]


def saved(folder: Path, name: str, data: Any) -> str:
    file = folder / f"{name}.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return str(file)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    made = {
        "state": state(),
        "looser": export("dublin", LOOSER),
        "plan": preview_of(state()),
        "first": first_preview(),
        "hamar": state("hamar"),
    }
    return {name: saved(tmp_path, name, data) for name, data in made.items()}


def test_a_state_and_its_plan_without_changes_are_neutral(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", files["state"], files["plan"]]) == 0
    assert capsys.readouterr().out == "dublin: neutral: nothing changes in meaning\n"


def test_a_widening_is_one_with_its_verdict_and_its_setting(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["diff", files["state"], files["looser"], "--as-of", "2026-11-24", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["direction"] == "widens"
    found = {
        (each["control"], each["resource"].rpartition("::")[2], each["before"], each["after"])
        for each in told["changes"]
    }
    assert ("KEY-2", "user-data-key", "true", "false") in found
    assert ("KEY-2", "user-data-key", "proved", "refuted") in found


@pytest.mark.parametrize(
    ("stack", "name", "path"),
    [("dublin", "usage-policy", "policy"), ("dublin", "usage-copies", "policy"), ("hamar", "usage-access", "logs")],
)
def test_what_cannot_be_compared_is_undecided(
    stack: str, name: str, path: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = saved(tmp_path, "whole", state(stack))
    spoiled = saved(tmp_path, "spoiled", export(stack, [{"set": name, "path": path, "to": ["nonsense"]}]))
    for sides in ((whole, spoiled), (spoiled, whole)):
        assert main(["diff", *sides, "--as-of", "2026-11-24", "--format", "json"]) in (1, 2)
        found: list[Any] = [each["witness"] for each in json.loads(capsys.readouterr().out)["changes"]]
        told = [each["what"] for each in found if each and each["kind"] == "unknown"]
        assert any(each.startswith("what is declared cannot be compared: ") for each in told)


def test_what_a_first_preview_does_not_know_is_named(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    again = json.loads(Path(files["first"]).read_text(encoding="utf-8"))
    urn = next(step["urn"] for step in again["steps"] if step["urn"].endswith("::media-bucket"))
    for step in again["steps"]:
        if step["urn"] == urn:
            step["newState"]["inputs"]["tags"]["team"] = "storage"
    other = Path(files["first"]).with_name("again.json")
    other.write_text(json.dumps(again), encoding="utf-8")
    assert main(["diff", files["first"], str(other), "--as-of", "2026-11-24"]) == 2
    assert "the policy of media-bucket is not known" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["state", "hamar"], "two stacks are no change"),
        (["state", "missing.json"], "missing.json: cannot be read"),
        (["state"], "AFTER"),
        (["state", "plan", "--as-of", "tomorrow"], "is not a day"),
        (["state", "plan", "--format", "sarif"], "invalid choice"),
    ],
)
def test_bad_input_is_one_line_and_64(
    files: dict[str, str], capsys: pytest.CaptureFixture[str], words: list[str], told: str
) -> None:
    assert main(["diff", *(files.get(word, word) for word in words)]) == 64
    written = capsys.readouterr()
    assert told in written.err
    assert written.err.count("\n") == 1
    assert written.out == ""
