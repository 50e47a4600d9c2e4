"""The documented limits of AWS, and the refusal of what comes too close to one."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from components.aws.refusal import Refusal

SHARE = 0.9
"""How much of a limit may be used: room for the next statement, and for what the service adds itself."""


class OverLimit(Refusal):
    """A declaration needs more of a limit than `SHARE` of it."""


@cache
def limits() -> dict[str, dict[str, Any]]:
    """Every limit by name: `value`, `unit` and `source`."""
    return yaml.safe_load(Path(__file__).with_name("limits.yaml").read_text(encoding="utf-8"))


def refuse_over(limit: str, used: int) -> None:
    """Raise OverLimit, naming the limit, when `used` is more than `SHARE` of it; KeyError for an unknown limit."""
    known = limits()[limit]
    allowed = int(known["value"] * SHARE)
    if used > allowed:
        documented = f"{allowed} of the documented {known['value']} {known['unit']}"
        raise OverLimit(f"{limit}: {used} used, allowed are {documented} ({known['source']})")
