"""The lab's clock, and how waits move it."""

import time
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from clover.lab.clock import SHRINK, Clock, waited
from clover.lab.provider import deadline
from clover.lab.provider.deadline import Deadline


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """A clock of the test's own, that providers wait by."""
    own = Clock()
    monkeypatch.setattr(deadline, "CLOCK", own)
    return own


def test_a_wait_moves_the_clock_by_its_seconds_and_takes_fewer(clock: Clock) -> None:
    began, by_machine = clock.now(), time.monotonic()
    assert Deadline.within(10).waits(4)
    assert clock.now() - began >= 4
    assert time.monotonic() - by_machine < 4
    assert clock.untold() == pytest.approx(4 - 4 / SHRINK, abs=0.2)
    assert clock.untold() == 0


def test_waits_at_the_same_time_move_it_once(clock: Clock) -> None:
    began = clock.now()
    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(Deadline.within(20).waits, [8] * 8))
    assert 8 <= clock.now() - began < 16


def test_nobody_waits_past_the_end(clock: Clock) -> None:
    began = clock.now()
    assert not Deadline(began + 10, Event()).waits(11)
    assert clock.untold() == 0


@pytest.mark.parametrize("said", ["", "soon", "-1", "nan", "inf", "-inf"])
def test_what_is_no_wait_moves_nothing(said: str) -> None:
    assert waited(said) == 0


def test_a_call_says_how_long_was_waited() -> None:
    assert waited("2.5") == 2.5
