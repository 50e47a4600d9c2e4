"""Plans and states of the sample sites, as the engine wrote them in the lab."""

import copy
import json
from functools import cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent
STATE = FOLDER / "dublin.state.json"
FIRST_PREVIEW = FOLDER / "dublin.first.json"
HAMAR_STATE = FOLDER / "hamar.state.json"
HAMAR_FIRST_PREVIEW = FOLDER / "hamar.first.json"
STACKS = ("organisation", "auditor", "backups", "dublin", "hamar", "dublin2")
"""The stacks that `make up` brings up, in its order."""


def file_of(stack: str, kind: str = "state") -> Path:
    """The export of a stack, or with `first` the preview of one that does not exist yet."""
    return FOLDER / f"{stack}.{kind}.json"


@cache
def _read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def state(site: str = "dublin") -> Any:
    """A copy of the stack export of a site, to be spoiled."""
    return copy.deepcopy(_read(file_of(site)))


def preview_of(export: Any) -> Any:
    """The preview without changes that the engine would print for the stack of an export."""
    resources = export["deployment"]["resources"]
    steps = [
        {
            "op": "same",
            "urn": resource["urn"],
            "oldState": resource,
            "newState": {name: value for name, value in resource.items() if name != "outputs"},
        }
        for resource in resources
    ]
    return {"config": {}, "steps": steps, "duration": 1, "changeSummary": {"same": len(steps)}}


def first_preview(site: str = "dublin") -> Any:
    """A copy of the preview of a site that does not exist yet."""
    return copy.deepcopy(_read(file_of(site, "first")))
