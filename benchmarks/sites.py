"""Stack exports of any size: a real one whose stores are multiplied."""

import json
import re
from typing import Any

STORE, GATE = "clover-aws:index:RegionLockedStore", "clover-aws:index:AccessGate"


def multiplied(export: dict[str, Any], resources: int) -> dict[str, Any]:
    """The export with copies of its stores of user data, each with all its parts, until it holds so many resources.

    A store that a gate leads to is not copied: the gate would have to lead to the copies as well.
    """
    own: list[dict[str, Any]] = export["deployment"]["resources"]
    gated = {store for gate in own if gate["type"] == GATE for store in gate["inputs"]["stores"]}
    stores = [each for each in own if each["type"] == STORE and each["inputs"]["role"] == "user-data"]
    groups = [_parts(own, store) for store in stores if store["inputs"]["name"] not in gated]
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
