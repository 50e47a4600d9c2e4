"""The program as the engine's host runs it: all registrations have begun when it ends."""

import asyncio
import runpy
from collections.abc import Awaitable, Callable

import pulumi
import pytest

from infra import program

MAIN = str(program.ROOT / "infra" / "__main__.py")


def test_registrations_have_begun_when_the_program_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    programs: list[Callable[[], Awaitable[None]]] = []

    async def register() -> None:
        begun.append("registration")

    def declare() -> None:
        asyncio.get_running_loop().create_task(register())
        assert begun == []

    monkeypatch.setattr(program, "main", declare)
    monkeypatch.setattr(pulumi, "run", programs.append)
    runpy.run_path(MAIN, run_name="__main__")
    (declared,) = programs

    async def run() -> list[str]:
        await declared()
        return list(begun)

    assert asyncio.run(run()) == ["registration"]
