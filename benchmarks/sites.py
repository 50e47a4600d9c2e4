"""Stack exports of any size: a real one whose stores are multiplied."""

import json
import re
from typing import Any

STORE = "clover-aws:index:RegionLockedStore"


def multiplied(export: dict[str, Any], resources: int) -> dict[str, Any]:
    """The export with copies of its stores of user data, each with all its parts, until it holds so many resources."""
    own: list[dict[str, Any]] = export["deployment"]["resources"]
    groups = [_parts(own, store) for store in own if store["type"] == STORE and "endpoints" in store["inputs"]]
    found = list(own)
    number = 0
    while len(found) < resources:
        name, parts = groups[number % len(groups)]
        number += 1
        found += _copied(parts, name, f"{name}-{number:05}")
    return {**export, "deployment": {**export["deployment"], "resources": found}}


def _parts(resources: list[dict[str, Any]], store: dict[str, Any]) -> tuple[str, list[dict[str, Any]]]:
    """A store's name, and the resources that it consists of."""
    return store["inputs"]["name"], [each for each in resources if store["urn"] in (each["urn"], each.get("parent"))]


def _copied(parts: list[dict[str, Any]], old: str, new: str) -> list[dict[str, Any]]:
    """The parts under another name: in URNs, and in the name of the bucket wherever it stands."""
    return json.loads(re.sub(rf"(::|-user-data-){old}(?![a-z])", rf"\g<1>{new}", json.dumps(parts)))
