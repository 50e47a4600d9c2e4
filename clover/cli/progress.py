"""A bar on a terminal for what takes a while; nothing where nobody looks."""

from typing import TextIO

WIDTH = 24


class Bar:
    """How far something is: which of its parts, and how many calls so far where it makes any."""

    def __init__(self, out: TextIO, title: str) -> None:
        """Show the bar on `out` where that is a terminal."""
        self._out, self._title = out, title
        self._shown = out.isatty()

    def __enter__(self) -> "Bar":
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Take the bar away again."""
        if self._shown:
            self._out.write("\r\x1b[K")
            self._out.flush()

    def step(self, done: int, whole: int, what: str, calls: int | None = None) -> None:
        """Show that `done` parts of the `whole` are done and `what` is under way."""
        if self._shown:
            filled = WIDTH * done // max(whole, 1)
            bar = "█" * filled + "·" * (WIDTH - filled)
            told = what if calls is None else f"{what}, {calls} calls"
            self._out.write(f"\r\x1b[K{self._title} {bar} {told}")
            self._out.flush()
