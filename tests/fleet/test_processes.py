"""Processes of this machine: results in order; a death costs another try, not a result."""

from pathlib import Path

import pytest

from clover.fleet.processes import Lost, alone, on_processes
from tests.fleet.dying import Errand, double, refuse


def told(_: int) -> None:
    """Nobody is told."""


def test_results_come_in_the_order_of_their_items() -> None:
    done: list[int] = []
    assert on_processes(double, [Errand(number) for number in range(9)], done.append) == list(range(0, 18, 2))
    assert done == list(range(1, 10))


def test_nothing_to_do_is_done() -> None:
    assert on_processes(double, [], told) == []


def test_a_process_that_dies_costs_another_try(tmp_path: Path) -> None:
    errands = [Errand(number, str(tmp_path / str(number)) if number in (1, 4) else None) for number in range(6)]
    assert on_processes(double, errands, told) == [0, 2, 4, 6, 8, 10]
    assert len(list(tmp_path.iterdir())) == 2


def test_only_the_task_that_everybody_dies_of_is_lost() -> None:
    found = on_processes(double, [Errand(1), Errand(2, always=True), Errand(3)], told)
    assert [each if isinstance(each, int) else type(each) for each in found] == [2, Lost, 6]
    assert isinstance(alone(double, Errand(2, always=True)), Lost)


def test_a_result_that_is_nothing_is_a_result() -> None:
    assert alone(double, Errand(0)) == 0


def test_work_that_fails_says_so() -> None:
    with pytest.raises(ValueError, match="7 is not wanted"):
        on_processes(refuse, [Errand(7)], told)
