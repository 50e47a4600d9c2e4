"""The documented limits of the clouds, and the refusal of what comes too close to one."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml

from clover.zones.vocabulary import Cloud
from components.refusal import Refusal

SHARE = 0.9
"""How much of a limit may be used: room for the next statement, and for what the service adds itself."""


class OverLimit(Refusal):
    """A declaration needs more of a limit than `SHARE` of it."""


@cache
def limits(cloud: Cloud) -> dict[str, dict[str, Any]]:
    """Every limit of a cloud by name: `value`, `unit` and `source`."""
    path = Path(__file__).parent / cloud.value / "limits.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def allowed(cloud: Cloud, limit: str) -> int:
    """How much of a limit a declaration may use; KeyError for an unknown limit."""
    return int(limits(cloud)[limit]["value"] * SHARE)


def refuse_over(cloud: Cloud, limit: str, used: int) -> None:
    """Raise OverLimit, naming the limit, when `used` is more than `SHARE` of it; KeyError for an unknown limit."""
    known, most = limits(cloud)[limit], allowed(cloud, limit)
    if used > most:
        documented = f"{most} of the documented {known['value']} {known['unit']}"
        raise OverLimit(f"{limit}: {used} used, allowed are {documented} ({known['source']})")
