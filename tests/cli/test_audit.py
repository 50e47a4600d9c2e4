"""`clover audit`: what it refuses before it asks any cloud, each in one line."""

import json
import os
from pathlib import Path

import pytest

from clover.cli import main
from tests.data import HAMAR_STATE, STATE


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["dublin", "--declared", str(HAMAR_STATE)], "is of site hamar, and dublin is audited"),
        (["dublin", "--declared", "nowhere.json"], "nowhere.json: cannot be read"),
        (["dublin", "--declared", __file__], "is not JSON"),
        (["dubln"], "did you mean 'dublin'"),
        (["hamar\x1b[2J"], "cannot be told"),
        ([], "the following arguments are required: SITE"),
        (["dublin", "--nothing"], "unrecognized arguments"),
    ],
)
def test_what_cannot_be_audited_is_refused_in_one_line(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["audit", *words]) == 64
    said = capsys.readouterr()
    assert told in said.err
    assert "\x1b" not in said.err
    assert said.err.count("clover: ") == 1
    assert said.out == ""


def test_a_reading_declares_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    export = json.loads(STATE.read_text())
    file = tmp_path / "observed.json"
    file.write_text(json.dumps({**export, "observed": {"lab": True, "gaps": []}}))
    assert main(["audit", "dublin", "--declared", str(file)]) == 64
    assert "declares nothing" in capsys.readouterr().err


def test_a_folder_without_zones_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["audit", "dublin"]) == 64
    assert "there is no zone file in zones/" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"AWS_PROFILE": "nowhere"}, "The config profile (nowhere) could not be found"),
        ({"AWS_ACCESS_KEY_ID": "half"}, "missing: AWS_SECRET_ACCESS_KEY"),
        (
            {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_ENDPOINT_URL": "nonsense"},
            "Invalid endpoint: nonsense",
        ),
    ],
)
def test_settings_that_the_sdk_cannot_use_are_refused_in_one_line(
    settings: dict[str, str], told: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in [each for each in os.environ if each.startswith("AWS_")]:
        monkeypatch.delenv(name)
    alone = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    for name, value in {**alone, **settings}.items():
        monkeypatch.setenv(name, value)
    assert main(["audit", "dublin"]) == 64
    said = capsys.readouterr()
    assert told in said.err
    assert (said.out, said.err.count("\n")) == ("", 1)
