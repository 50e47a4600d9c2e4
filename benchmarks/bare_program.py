"""Declare what `resources.json` lists, one resource after the other and without any component.

An input that came from another resource comes from it here too: the places where its outputs stood are filled in anew.
"""

import asyncio
import importlib
import json
import re
from functools import reduce
from pathlib import Path
from typing import Any

import pulumi

Declared = dict[str, pulumi.CustomResource]


async def main() -> None:
    """Declare every resource, in the order of the list, and begin all registrations as `infra` does."""
    listed: dict[str, Any] = json.loads((Path(__file__).parent / "resources.json").read_text())
    package = listed["provider"]["type"].rpartition(":")[2]
    provider = pulumi.ProviderResource(package, "bare", listed["provider"]["inputs"])
    declared: Declared = {}
    for resource in listed["resources"]:
        declared[resource["urn"]] = _declare(resource, declared, provider)
    await asyncio.sleep(0)


def _declare(resource: dict[str, Any], declared: Declared, provider: pulumi.ProviderResource) -> pulumi.CustomResource:
    fills: dict[str, Any] = resource["fills"]
    inputs = {name: _filled(value, fills.get(name, []), declared) for name, value in resource["inputs"].items()}
    options = pulumi.ResourceOptions(
        provider=provider, protect=resource["protect"], depends_on=[declared[urn] for urn in resource["after"]]
    )
    own = getattr(importlib.import_module(resource["module"]), resource["class"])
    return own(resource["name"], **inputs, opts=options)


def _filled(value: Any, fills: list[dict[str, Any]], declared: Declared) -> Any:
    """Return the value with the text of each fill replaced by what the other resource has there."""
    if not fills:
        return value
    sources = [getattr(declared[fill["urn"]], fill["path"][0]) for fill in fills]

    def fill_in(found: list[Any]) -> Any:
        text = json.dumps(value)
        for fill, output in zip(fills, found, strict=True):
            text = text.replace(fill["text"], reduce(_at, fill["path"][1:], output))
        return json.loads(text)

    return pulumi.Output.all(*sources).apply(fill_in)


def _at(value: Any, step: str | int) -> Any:
    """One step into an output: an item of a list or map, or a property, which is called as in Python or as in state."""
    if isinstance(step, int) or step in value:
        return value[step]
    return value[re.sub(r"(?<!^)(?=[A-Z])", "_", step).lower()]


pulumi.run(main)
