"""A site as the dossier sees it, from a state that a test has spoiled."""

import json
from datetime import date
from pathlib import Path
from typing import Any

from clover.controls.run import cases, prove_cases
from clover.dossier.site_facts import SiteFacts, site_facts
from clover.sources import read_world

DAY = date(2026, 11, 1)


def facts(folder: Path, export: Any, zone: str | None = None) -> SiteFacts:
    """What the dossier knows of the site of an export, in the zone that it names or another."""
    path = folder / "state.json"
    path.write_text(json.dumps(export), encoding="utf-8")
    world = read_world([path])
    asked = cases(world, zone, DAY)
    return site_facts(asked[0], prove_cases(world, asked).sites[0], world)


def edited(export: Any, name: str, change: Any) -> Any:
    """The export with `change` made to inputs and outputs of the resource whose URN ends with the name."""
    for resource in export["deployment"]["resources"]:
        if resource["urn"].endswith(f"::{name}"):
            for part in ("inputs", "outputs"):
                change(resource[part])
    return export


def without_statement(sid: str) -> Any:
    """A change that takes a statement out of a bucket's policy."""

    def change(held: Any) -> None:
        policy = json.loads(held["policy"])
        policy["Statement"] = [one for one in policy["Statement"] if one["Sid"] != sid]
        held["policy"] = json.dumps(policy)

    return change
