"""Work that takes its process along: once, or every time."""

import os
import signal
from pathlib import Path
from typing import NamedTuple


class Errand(NamedTuple):
    """A number to be doubled; `marker` is a file that is written before the first death, `always` dies every time."""

    number: int
    marker: str | None = None
    always: bool = False


def double(errand: Errand) -> int:
    """Twice the number, unless the process is to die."""
    first = errand.marker is not None and not Path(errand.marker).exists()
    if first and errand.marker:
        Path(errand.marker).touch()
    if first or errand.always:
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * errand.number


def refuse(errand: Errand) -> int:
    """Work that fails in its own words."""
    raise ValueError(f"{errand.number} is not wanted")
