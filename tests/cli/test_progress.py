"""The bar: on a terminal alone, gone at the end, and whole when everything is done."""

import io

import pytest

from clover.cli import main
from clover.cli.progress import WIDTH, Bar
from tests.data import STATE


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_nothing_is_shown_where_nobody_looks() -> None:
    out = io.StringIO()
    with Bar(out, "dublin") as bar:
        bar.step(1, 2, "storage", 7)
    assert out.getvalue() == ""


def test_the_bar_grows_and_goes() -> None:
    out = Terminal()
    with Bar(out, "dublin") as bar:
        bar.step(1, 2, "storage", 7)
        half = out.getvalue()
        bar.step(2, 2, "trail", 9)
    assert half.count("█") == WIDTH // 2
    assert "dublin" in half
    assert "storage, 7 calls" in half
    assert "\n" not in out.getvalue()
    assert out.getvalue().endswith("\r\x1b[K")


def test_without_calls_only_what_is_under_way_is_told() -> None:
    out = Terminal()
    with Bar(out, "prove") as bar:
        bar.step(0, 2, "dublin: RES-1")
    assert out.getvalue().startswith(f"\r\x1b[Kprove {'·' * WIDTH} dublin: RES-1\r")


def test_proving_shows_each_control_on_a_terminal_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    assert main(["prove", str(STATE), "--as-of", "2026-11-20"]) == 2
    shown = terminal.getvalue()
    assert shown.index(" reading") < shown.index("dublin: RES-1") < shown.index("dublin: KEY-1")
    assert shown.endswith("\r\x1b[K")
