"""What the lab's own auditor signs: gateways' rules and its own stack, in one overlay that keeps both."""

from pathlib import Path
from typing import Any

import pytest

from clover.errors import BadInput
from clover.lab import auditor
from clover.lab.folder import LabFolder
from clover.zones.attestation import OVERLAY_SETTING, Attestations, opened, opened_stack, overlay_file, read_overlay
from tests.data import state


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LabFolder:
    monkeypatch.delenv(OVERLAY_SETTING)
    made = LabFolder(tmp_path)
    made.path.mkdir()
    return made


def outputs(site: str) -> dict[str, Any]:
    return state(site)["deployment"]["resources"][0]["outputs"]


def held(folder: LabFolder) -> Attestations:
    found = read_overlay(overlay_file("europe", folder.root))
    assert found
    return found


def test_the_auditor_s_own_stack_is_signed_in_the_overlay(folder: LabFolder) -> None:
    auditor.hand_over(folder, state("auditor"))
    found = held(folder)
    stack = opened_stack(found.stack or b"", found.key or "")
    declared = state("auditor")["deployment"]["resources"]
    assert (stack.zone, stack.lab, len(stack.resources)) == ("europe", True, len(declared))
    assert (stack.valid_until - stack.attested_on).days == auditor.VALID_DAYS


def test_neither_signature_takes_the_other_away(folder: LabFolder) -> None:
    digest = auditor.attest(folder, outputs("dublin2"))
    auditor.hand_over(folder, state("auditor"))
    stack = held(folder).stack
    assert auditor.signed_digest(folder, outputs("dublin2")) == digest
    auditor.attest(folder, outputs("dublin"))
    found = held(folder)
    assert found.stack == stack
    assert {site: opened(raw, found.key or "").site for site, raw in found.envelopes.items()} == {
        "dublin2": "dublin2",
        "dublin": "dublin",
    }


def test_the_newest_stack_is_the_one_that_is_signed(folder: LabFolder) -> None:
    export = state("auditor")
    auditor.hand_over(folder, export)
    export["deployment"]["resources"][-1]["outputs"]["name"] = "another"
    auditor.hand_over(folder, export)
    stack = opened_stack(held(folder).stack or b"", held(folder).key or "")
    assert stack.resources[-1]["outputs"]["name"] == "another"


def test_no_other_stack_is_signed_as_the_auditor_s(folder: LabFolder) -> None:
    with pytest.raises(BadInput, match="which is no auditor's"):
        auditor.hand_over(folder, state("dublin"))
    assert read_overlay(overlay_file("europe", folder.root)) is None
