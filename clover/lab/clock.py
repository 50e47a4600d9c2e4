"""The lab's clock: it goes on with the machine's, and waits that nobody sits through move it ahead.

The cloud has one. A provider's process has its own, and each call tells the cloud how far waits have moved that one
since the call before: the cloud's clock moves as far.
"""

import math
import threading
import time

WAITED = "X-Lab-Waited"
"""The header of a call that says how many seconds its caller's clock was moved ahead since the call before."""

SHRINK = 20
"""A wait takes one so-many-th of its seconds."""


class Clock:
    """Seconds since some moment, as `time.monotonic` counts them; safe to use from several threads."""

    def __init__(self) -> None:
        """Agree with the machine's clock until something is waited for."""
        self._lock = threading.Lock()
        self._ahead = 0.0
        self._told = 0.0

    def now(self) -> float:
        """The time by this clock."""
        return time.monotonic() + self._ahead

    def move(self, seconds: float) -> None:
        """Go ahead by so many seconds."""
        with self._lock:
            self._ahead += seconds

    def reach(self, moment: float) -> None:
        """Go ahead to a moment, unless it has passed: who waited for it at the same time waited no longer."""
        with self._lock:
            self._ahead = max(self._ahead, moment - time.monotonic())

    def untold(self) -> float:
        """How far the clock went ahead since this was asked before."""
        with self._lock:
            seconds, self._told = self._ahead - self._told, self._ahead
            return seconds


def waited(header: str) -> float:
    """The seconds that a call's header says; none where it says nothing that could be."""
    try:
        seconds = float(header or 0)
    except ValueError:
        return 0.0
    return seconds if math.isfinite(seconds) and seconds > 0 else 0.0
