"""The same tests with larger numbers: `make soak`."""

import os

SOAK = "CLOVER_SOAK" in os.environ
"""Whether the long run is asked for."""


def soaked(usual: int, long: int) -> int:
    """The number of a usual run, or of the long one."""
    return long if SOAK else usual
