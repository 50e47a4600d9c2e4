"""Show a person what is being done and how long is left: a live bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Protocol, TextIO

QUIET_SECONDS = 5.0


class Step(Protocol):
    """One piece of work under way."""

    def advance(self, text: str = "") -> None:
        """One more unit is done."""
        ...

    def expect(self, total: int) -> None:
        """Say how many units there are, once that is known; the pace counts from here."""
        ...

    def note(self, text: str) -> None:
        """Say what is being worked on."""
        ...


class Progress:
    """Makes steps; every step prints when it starts and when it ends, with the seconds it took."""

    def __init__(self, stream: TextIO | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """`stream` defaults to standard error, so that standard output stays for results."""
        self._stream = stream or sys.stderr
        self._clock = clock

    @contextmanager
    def step(self, title: str, total: int | None = None) -> Generator[Step, None, None]:
        """Run one step; a failure inside is said by the caller, the step only stops."""
        started = self._clock()
        live = self._stream.isatty()
        step = _Line(title, total, self._stream, self._clock, live)
        step.show()
        yield step
        end = f"{title}: done in {self._clock() - started:.0f} s"
        self._stream.write(f"\r\x1b[K{end}\n" if live else f"{end}\n")
        self._stream.flush()


class _Line:
    """A step drawn as one line of text: redrawn in place on a terminal, repeated sparingly elsewhere."""

    def __init__(self, title: str, total: int | None, stream: TextIO, clock: Callable[[], float], live: bool) -> None:
        self._title, self._total, self._stream, self._clock, self._live = title, total, stream, clock, live
        self._done, self._text, self._started, self._shown = 0, "", clock(), -QUIET_SECONDS

    def advance(self, text: str = "") -> None:
        self._done += 1
        self.note(text or self._text)

    def expect(self, total: int) -> None:
        self._total, self._started = total, self._clock()

    def note(self, text: str) -> None:
        self._text = text
        if self._live or self._clock() - self._shown >= QUIET_SECONDS:
            self.show()

    def show(self) -> None:
        """Write the line: title, count, time left, what is being worked on."""
        self._shown = self._clock()
        line = " ".join(part for part in (f"{self._title}:", self._count(), self._left(), self._text) if part)
        self._stream.write(f"\r\x1b[K{line[:118]}" if self._live else f"{line}\n")
        self._stream.flush()

    def _count(self) -> str:
        """Units done of those expected; an expectation that was passed is not shown as a total."""
        if not self._total:
            return f"{self._done}" if self._done else ""
        return f"{self._done} of {max(self._total, self._done)}"

    def _left(self) -> str:
        """Seconds left at the pace so far, nothing before a pace is known."""
        if not self._total or not self._done or self._done >= self._total:
            return ""
        seconds = (self._clock() - self._started) / self._done * (self._total - self._done)
        return f"(about {seconds:.0f} s left)"
