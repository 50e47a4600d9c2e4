"""How the pack is told what it cannot see: by its policy's configuration, else by the environment."""

import os
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from clover.errors import BadInput

ADVISE = "advise"

TEXT = {"type": "string"}
SCHEMA: Mapping[str, dict[str, Any]] = {
    "zone": {**TEXT, "description": "The zone's name, or its file; by default the one that the stack names"},
    "site": {
        **TEXT,
        "description": "The site that the stack stands for; by default the one that it names, or that fits",
    },
    "beside": {
        "type": "array",
        "items": TEXT,
        "description": "Exports of the stacks of other hands that its proofs lean on, such as the auditor's",
    },
    "asOf": {**TEXT, "description": "The day that givens and exceptions are judged on (YYYY-MM-DD); by default today"},
    "firstPreview": {
        **TEXT,
        "enum": [ADVISE],
        "description": "What is unknown before anything has been made is told and stops nothing",
    },
}
"""The keys of the configuration."""

VARIABLES: Mapping[str, str] = {
    "zone": "CLOVER_ZONE",
    "site": "CLOVER_SITE",
    "beside": "CLOVER_BESIDE",
    "asOf": "CLOVER_AS_OF",
}
"""The environment's variables for some of them; files stand in one as folders stand in PATH."""


class Settings(NamedTuple):
    """What the pack was told; `zone` is a file where the name was found in a folder `zones`."""

    zone: str | None
    site: str | None
    beside: tuple[Path, ...]
    day: date
    advises_first: bool


def read_settings(config: Mapping[str, Any]) -> Settings:
    """The settings; BadInput for a key or a value that is none."""
    if strange := sorted(set(config) - set(SCHEMA)):
        raise BadInput(f"{strange[0]!r} configures nothing here; known: {', '.join(SCHEMA)}")
    told = {name: config.get(name) or os.environ.get(VARIABLES.get(name, "")) for name in SCHEMA}
    first = told["firstPreview"]
    if first not in (None, ADVISE):
        raise BadInput(f"firstPreview is {first!r}; known: {ADVISE}")
    return Settings(told["zone"], told["site"], _files(told["beside"]), _day(told["asOf"]), first == ADVISE)


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


def _files(told: Any) -> tuple[Path, ...]:
    named: list[str] = told.split(os.pathsep) if isinstance(told, str) else list(told or ())
    return tuple(Path(name) for name in named)


def _day(text: Any) -> date:
    try:
        return date.fromisoformat(text) if text else datetime.now(UTC).date()
    except (TypeError, ValueError):
        raise BadInput(f"asOf {text!r} is not a day such as 2026-10-01") from None
