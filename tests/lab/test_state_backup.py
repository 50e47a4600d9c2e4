"""A state whose writing was cut off is replaced by the last whole one, or the refusal says so."""

from pathlib import Path

import pytest

from clover.errors import BadInput
from clover.lab.kept_state import KeptState
from clover.lab.recovery import drop_cut_notes, restore

WHOLE = '{"version": 3, "checkpoint": {}}'


@pytest.fixture
def state(tmp_path: Path) -> Path:
    made = tmp_path / "state" / ".pulumi" / "stacks" / "clover" / "dublin.json"
    made.parent.mkdir(parents=True)
    return made


@pytest.mark.parametrize("cut", ["", WHOLE[:20], '"text"', "\x00"])
def test_a_state_that_does_not_read_gives_way_to_its_backup(state: Path, cut: str) -> None:
    state.write_text(cut)
    state.with_name("dublin.json.bak").write_text(WHOLE)
    assert restore(state)
    assert state.read_text() == WHOLE


def test_a_state_that_reads_stays_whatever_the_backup_holds(state: Path) -> None:
    state.write_text(WHOLE)
    state.with_name("dublin.json.bak").write_text("{")
    assert not restore(state)
    assert state.read_text() == WHOLE


def test_no_state_is_no_loss(state: Path) -> None:
    assert not restore(state)


@pytest.mark.parametrize("backup", [None, "{"])
def test_without_a_backup_that_reads_the_way_out_is_named(state: Path, backup: str | None) -> None:
    state.write_text("{")
    if backup:
        state.with_name("dublin.json.bak").write_text(backup)
    with pytest.raises(BadInput, match=r"make down.*make up"):
        restore(state)


def test_the_last_whole_state_outlives_state_and_backup(state: Path) -> None:
    with KeptState(state):
        state.write_text(WHOLE)
    with KeptState(state):
        cut = state.with_name("cut")
        cut.write_text(WHOLE[:9])
        cut.replace(state)
    state.with_name("dublin.json.bak").write_text(WHOLE[:7])
    assert restore(state)
    assert state.read_text() == WHOLE


def test_nothing_is_kept_of_a_stack_that_was_never_written(state: Path) -> None:
    with KeptState(state):
        pass
    assert not restore(state)


@pytest.mark.parametrize("cut", ["", '{"user.cac'])
def test_cut_off_notes_hide_no_state(state: Path, cut: str) -> None:
    notes, whole = state.with_name("dublin.json.attrs"), state.with_name("dublin.json.bak.attrs")
    notes.write_text(cut)
    whole.write_text("{}")
    drop_cut_notes(state.parents[3])
    assert not notes.exists()
    assert whole.exists()
