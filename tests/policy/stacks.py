"""The sites' stacks as they were deployed, to be changed and shown to the pack."""

import copy
from typing import Any

from tests.data import state
from tests.policy.engine import Pack

DAY = "2026-11-24"
"""A day on which the sample foundation counts."""
JUDGED = "stack-is-judged"
States = list[dict[str, Any]]


def pack(**settings: Any) -> Pack:
    return Pack({JUDGED: {"asOf": DAY, **settings}})


def states(site: str = "dublin") -> States:
    return state(site)["deployment"]["resources"]


def named(found: States, name: str) -> dict[str, Any]:
    return next(each for each in found if each.get("custom") and each["urn"].endswith(f"::{name}"))


def put(resource: dict[str, Any], name: str, value: Any) -> None:
    for side in ("inputs", "outputs"):
        resource[side][name] = copy.deepcopy(value)
