"""Several processes of this machine: one that dies costs its task another try."""

import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

ROUNDS = 3
"""How often in a row a pool may break with nothing done before its tasks are tried one by one."""


class Lost:
    """In place of a result: every process that tried the task has died."""


def cores() -> int:
    """How many processes may run at once: the cores that this one may use."""
    allowed = getattr(os, "sched_getaffinity", None)
    return len(allowed(0)) if allowed else os.cpu_count() or 1


def on_processes(
    work: Callable[[Item], Result], items: Sequence[Item], tell: Callable[[int], None]
) -> list[Result | Lost]:
    """The result for each item, in their order; `tell` is called with the number of those that are done."""
    done: dict[int, Result] = {}
    rounds = 0
    while len(done) < len(items) and rounds < ROUNDS:
        before = len(done)
        _one_round(work, {number: item for number, item in enumerate(items) if number not in done}, done, tell)
        rounds = 0 if len(done) > before else rounds + 1
    return [done[number] if number in done else alone(work, item) for number, item in enumerate(items)]


def alone(work: Callable[[Item], Result], item: Item) -> Result | Lost:
    """The result of one item in a process of its own."""
    done: dict[int, Result] = {}
    _one_round(work, {0: item}, done, lambda _: None)
    return done[0] if done else Lost()


def _one_round(
    work: Callable[[Item], Result], items: dict[int, Item], done: dict[int, Result], tell: Callable[[int], None]
) -> None:
    """Do what can be done until all is done, or a process dies."""
    # Processes are begun afresh, not forked: whoever calls may have threads.
    with ProcessPoolExecutor(min(cores(), len(items)), mp_context=get_context("spawn")) as pool:
        waiting: dict[Future[Any], int] = {pool.submit(work, item): number for number, item in items.items()}
        try:
            for future in as_completed(waiting):
                done[waiting[future]] = future.result()
                tell(len(done))
        except BrokenProcessPool:
            done |= {number: each.result() for each, number in waiting.items() if _succeeded(each)}


def _succeeded(future: Future[Any]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None
