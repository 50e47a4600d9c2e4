"""A Dask scheduler decides the same; a worker that is killed costs a retry, and no verdict."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clover.cli import main
from clover.cli.prove import read_proof
from clover.errors import BadInput
from clover.fleet import scheduler
from clover.fleet.processes import Lost
from clover.report.as_json import as_json
from tests.fleet.dying import Errand, double, refuse
from tests.fleet.stacks import files

distributed: Any = pytest.importorskip("distributed")
DAY = "2026-11-24"


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two workers, each a process of its own with a nurse that begins another when it dies."""
    settings = {"n_workers": 2, "threads_per_worker": 1, "processes": True, "dashboard_address": "127.0.0.1:0"}
    with distributed.LocalCluster(host="127.0.0.1", silence_logs=logging.CRITICAL, **settings) as found:
        yield found


def run(cluster: Any, errands: list[Errand], work: Any = double) -> list[Any]:
    done: list[int] = []
    items = [lambda errand=errand: errand for errand in errands]
    found = scheduler.on_scheduler(cluster.scheduler_address, work, items, done.append)
    assert done == list(range(1, len(errands) + 1))
    return found


def test_the_workers_say_what_one_process_says(
    cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stacks = files(tmp_path)
    words = ["prove", *map(str, stacks), "--as-of", DAY, "--format", "json"]
    assert main([*words, "--scheduler", cluster.scheduler_address]) == 1
    assert capsys.readouterr().out == as_json(read_proof(stacks, None, DAY)[0].in_order())


def test_two_files_are_enough_for_a_scheduler(cluster: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stacks = [each for each in files(tmp_path) if each.stem in ("dublin", "hamar")]
    words = ["prove", *map(str, stacks), "--as-of", DAY]
    assert (
        main([*words, "--scheduler", cluster.scheduler_address.removeprefix("tcp://")]) == 2
    )  # Dublin without its vault
    headlines = [line for line in capsys.readouterr().out.splitlines() if " proved (" in line]
    assert [line.partition(":")[0] for line in headlines] == ["dublin", "hamar"]


def test_results_come_in_the_order_of_their_items(cluster: Any) -> None:
    assert run(cluster, [Errand(number) for number in range(20)]) == list(range(0, 40, 2))


def test_a_worker_that_dies_costs_a_retry(cluster: Any, tmp_path: Path) -> None:
    errands = [Errand(number, str(tmp_path / str(number)) if number in (2, 9) else None) for number in range(12)]
    assert run(cluster, errands) == list(range(0, 24, 2))
    assert len(list(tmp_path.iterdir())) == 2


def test_only_the_task_that_all_workers_die_of_is_lost(cluster: Any) -> None:
    found = run(cluster, [Errand(1), Errand(2, always=True), Errand(3)])
    assert [each if isinstance(each, int) else type(each) for each in found] == [2, Lost, 6]


def test_a_worker_that_fails_is_told_in_one_line(cluster: Any) -> None:
    with pytest.raises(BadInput, match=r"a worker of the scheduler failed: ValueError: 7 is not wanted"):
        run(cluster, [Errand(7)], refuse)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("tcp://", "is no address"),
        ("127.0.0.1", "is no address"),
        ("http://127.0.0.1:8786", "is no address"),
        ("tcp://127.0.0.1:99999", "is no address"),
        ("inproc://127.0.0.1:1", "is no address"),
        ("tcp://192.0.2.1:8786", "has to be tls://"),
        ("scheduler.example.com:8786", "has to be tls://"),
    ],
)
def test_an_address_that_is_none_or_open_is_refused_before_anything_is_read(
    address: str, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["prove", "missing.json", "--scheduler", address]) == 64
    written = capsys.readouterr()
    assert told in written.err
    assert (written.out, written.err.count("\n")) == ("", 1)


def test_a_scheduler_that_does_not_answer_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scheduler, "SECONDS", 1)
    stack = files(tmp_path)[5]
    for address in ("tcp://127.0.0.1:9", "tls://127.0.0.1:9"):
        assert main(["prove", str(stack), "--scheduler", address]) == 64
        written = capsys.readouterr()
        assert "nobody answers there" in written.err
        assert written.err.count("\n") == 1


def test_a_scheduler_without_workers_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(scheduler, "SECONDS", 2)
    with distributed.LocalCluster(n_workers=0, host="127.0.0.1", dashboard_address="127.0.0.1:0") as empty:
        assert main(["prove", str(files(tmp_path)[5]), "--scheduler", empty.scheduler_address]) == 64
    assert "has no worker" in capsys.readouterr().err
