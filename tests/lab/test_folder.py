"""What the lab knows of a stack by its state, before any engine runs."""

import json
from pathlib import Path
from typing import Any

import pytest

from clover.lab.folder import LabFolder

ROOT = {"urn": "urn:pulumi:backups::clover::pulumi:pulumi:Stack::clover-backups", "type": "pulumi:pulumi:Stack"}
KEY = {"urn": "urn:pulumi:backups::clover::aws:kms/key:Key::key", "type": "aws:kms/key:Key", "outputs": {"arn": "x"}}
BEGUN: dict[str, Any] = {**ROOT, "outputs": {}}
EXPORTED = {**ROOT, "outputs": {"backups": "x"}}


def text(*resources: dict[str, Any]) -> str:
    latest = {"resources": list(resources)} if resources else {}
    return json.dumps({"version": 3, "checkpoint": {"latest": latest}})


@pytest.mark.parametrize(
    ("state", "was_up"),
    [
        (None, False),
        (text(), False),
        (text(ROOT), False),
        (text(BEGUN, KEY), False),
        (text(EXPORTED, KEY), True),
        (text(EXPORTED, KEY)[:-9], True),
    ],
    ids=["no state", "initialised", "begun", "cut off", "whole", "state cut off"],
)
def test_a_stack_was_up_once_its_exports_were_written(tmp_path: Path, state: str | None, was_up: bool) -> None:
    folder = LabFolder(tmp_path)
    if state is not None:
        file = folder.state_file("clover", "backups")
        file.parent.mkdir(parents=True)
        file.write_text(state, encoding="utf-8")
    assert folder.was_up("clover", "backups") is was_up


def test_a_stack_whose_up_was_cut_off_after_its_exports_was_not_up(tmp_path: Path) -> None:
    folder = LabFolder(tmp_path)
    file = folder.state_file("clover", "backups")
    file.parent.mkdir(parents=True)
    file.write_text(text(EXPORTED, KEY), encoding="utf-8")
    with pytest.raises(KeyboardInterrupt), folder.bringing_up("clover", "backups"):
        raise KeyboardInterrupt
    assert not folder.was_up("clover", "backups")
    with folder.bringing_up("clover", "backups"):
        assert not folder.was_up("clover", "backups")
    assert folder.was_up("clover", "backups")
