"""How the pack is told what it cannot see: by its policy's configuration, else by the environment."""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from clover.errors import BadInput

KEYS: Mapping[str, str] = {
    "zone": "The zone's name, or its file; by default the one that the stack names",
    "site": "The site that the stack stands for; by default the one that the stack names, or that has its account",
    "asOf": "The day that givens and exceptions are judged on (YYYY-MM-DD); by default today",
    "firstPreview": "`advise`: what is unknown before anything has been made is told and stops nothing",
}
"""The keys of the configuration."""

VARIABLES: Mapping[str, str] = {"zone": "CLOVER_ZONE", "site": "CLOVER_SITE", "asOf": "CLOVER_AS_OF"}
"""The environment's variables for some of them."""

ADVISE = "advise"


class Settings(NamedTuple):
    """What the pack was told; `zone` is a file where the name was found in a folder `zones`."""

    zone: str | None
    site: str | None
    day: date
    advises_first: bool


def read_settings(config: Mapping[str, Any]) -> Settings:
    """The settings; BadInput for a key or a value that is none."""
    if strange := sorted(set(config) - set(KEYS)):
        raise BadInput(f"{strange[0]!r} configures nothing here; known: {', '.join(KEYS)}")
    told = {name: config.get(name) or os.environ.get(VARIABLES.get(name, ""), None) for name in KEYS}
    first = told["firstPreview"]
    if first not in (None, ADVISE):
        raise BadInput(f"firstPreview is {first!r}; known: {ADVISE}")
    return Settings(told["zone"], told["site"], _day(told["asOf"]), first == ADVISE)


def zone_file(name: str | None, stack: str) -> str:
    """The file of a stack's zone, looked for in `zones` of this folder, of those above it and beside the pack."""
    if name is None:
        raise BadInput(f"stack {stack} names no zone: name it in this policy's configuration, or in CLOVER_ZONE")
    if Path(name).suffix == ".yaml":
        return name
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[1]):
        if (found := folder / "zones" / f"{name}.yaml").is_file():
            return str(found)
    raise BadInput(f"zone {name!r} has no file in zones/ of {here.name} or above it")


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except (TypeError, ValueError):
        raise BadInput(f"asOf {text!r} is not a day such as 2026-10-01") from None
