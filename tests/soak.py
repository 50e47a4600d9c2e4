"""The same tests with larger numbers: `make soak` sets CLOVER_SOAK, an integer of 2 or more."""

import os
from typing import TypeVar

T = TypeVar("T")


def _asked(value: str) -> int:
    if not value.isdigit() or int(value) < 2:
        raise ValueError(f"CLOVER_SOAK is an integer of 2 or more, not {value!r}")
    return int(value)


SOAK = _asked(os.environ["CLOVER_SOAK"]) if "CLOVER_SOAK" in os.environ else 1
"""How many times the usual number of examples property tests try; 1 in a usual run."""

IS_SOAK = SOAK > 1
"""Whether the long run is asked for."""


def soaked(usual: T, long: T) -> T:
    """What a usual run takes, or the long one: numbers, or cases."""
    return long if IS_SOAK else usual
