"""The bar: on a terminal alone, gone at the end, and whole when everything is done."""

import io

from clover.cli.progress import WIDTH, Bar


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
