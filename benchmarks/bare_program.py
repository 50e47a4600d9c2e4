"""Declare what `resources.json` lists, one resource after the other and without any component.

An input that came from another resource comes from it here too: the places where its outputs stood are filled in anew.
"""

import importlib
import json
from functools import reduce
from operator import getitem
from pathlib import Path
from typing import Any

import pulumi

Declared = dict[str, pulumi.CustomResource]


def main() -> None:
    """Declare every resource, in the order of the list."""
    listed: dict[str, Any] = json.loads((Path(__file__).parent / "resources.json").read_text())
    for module in sorted({resource["type"].split(":")[1].partition("/")[0] for resource in listed["resources"]}):
        importlib.import_module(f"{listed['sdk']}.{module}")  # as a program does that names the SDK's classes
    package = listed["provider"]["type"].rpartition(":")[2]
    provider = pulumi.ProviderResource(package, "bare", listed["provider"]["inputs"])
    declared: Declared = {}
    for resource in listed["resources"]:
        declared[resource["urn"]] = _declare(resource, declared, provider)


def _declare(resource: dict[str, Any], declared: Declared, provider: pulumi.ProviderResource) -> pulumi.CustomResource:
    fills: dict[str, Any] = resource["fills"]
    inputs = {name: _filled(value, fills.get(name, []), declared) for name, value in resource["inputs"].items()}
    outputs = dict.fromkeys(resource["outputs"])
    options = pulumi.ResourceOptions(
        provider=provider, protect=resource["protect"], depends_on=[declared[urn] for urn in resource["after"]]
    )
    return pulumi.CustomResource(resource["type"], resource["name"], {**outputs, **inputs}, options)


def _filled(value: Any, fills: list[dict[str, Any]], declared: Declared) -> Any:
    """Return the value with the text of each fill replaced by what the other resource has there."""
    if not fills:
        return value
    sources = [getattr(declared[fill["urn"]], fill["path"][0]) for fill in fills]

    def fill_in(found: list[Any]) -> Any:
        text = json.dumps(value)
        for fill, output in zip(fills, found, strict=True):
            text = text.replace(fill["text"], reduce(getitem, fill["path"][1:], output))
        return json.loads(text)

    return pulumi.Output.all(*sources).apply(fill_in)


main()
