"""Until when an operation may try again, and how it waits meanwhile."""

import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from clover.lab.clock import SHRINK, Clock
from clover.lab.provider.failure import Refusal

T = TypeVar("T")
#: The clock of this process: waits move it ahead.
CLOCK = Clock()

FIRST_WAIT_SECONDS = 0.1
LONGEST_WAIT_SECONDS = 3.0
#: How long a whole operation may take where the program sets no customTimeouts.
OPERATION_SECONDS = 900.0


@dataclass(frozen=True)
class Deadline:
    """When an operation has to end (by this process's clock), and the engine's wish to end it at once."""

    at: float
    cancelled: threading.Event = field(default_factory=threading.Event)

    @classmethod
    def after(cls, seconds: float, cancelled: threading.Event) -> "Deadline":
        """Return the deadline that many seconds from now; 0 stands for the usual time."""
        return cls(CLOCK.now() + (seconds or OPERATION_SECONDS), cancelled)

    @classmethod
    def within(cls, seconds: float) -> "Deadline":
        """Return the deadline that many seconds from now, of something that the engine cannot cancel."""
        return cls(CLOCK.now() + seconds)

    def sooner(self, seconds: float) -> "Deadline":
        """Return a deadline for a part of the operation."""
        return Deadline(min(self.at, CLOCK.now() + seconds), self.cancelled)

    def left(self) -> float:
        """Return the seconds until the deadline; negative when it has passed."""
        return self.at - CLOCK.now()

    def waits(self, seconds: float) -> bool:
        """Wait, by the clock; False when the time is up instead. Refusal when the engine cancels."""
        moment = CLOCK.now() + seconds
        if moment > self.at:
            return False
        if self.cancelled.wait(seconds / SHRINK):
            raise Refusal("cancelled")
        CLOCK.reach(moment)
        return True


def until(deadline: Deadline, attempt: Callable[[], T | None]) -> T | None:
    """Return what `attempt` finds once it finds something; None when the time is up."""
    pause = FIRST_WAIT_SECONDS
    while (found := attempt()) is None and deadline.waits(spread(pause)):
        pause = longer(pause)
    return found


def longer(pause: float) -> float:
    """Return the next waiting time after one of `pause` seconds."""
    return min(pause * 2, LONGEST_WAIT_SECONDS)


def spread(seconds: float) -> float:
    """Spread waiting times so that many resources do not come back at the same instant."""
    return seconds * random.uniform(0.5, 1.0)  # noqa: S311  no secret
