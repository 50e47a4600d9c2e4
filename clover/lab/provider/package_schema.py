"""The schema by which other people's programs, in YAML above all, name a plugin's provider and resources."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

PLAIN = {"string", "boolean", "integer", "number"}


def package_schema(name: str, version: str, inputs: Mapping[str, str], tokens: Iterable[str]) -> str:
    """Return the least that a program can be checked against: the provider's inputs, and which resources there are.

    `inputs` are types as `shapes` writes them. What a resource takes is not said: the plugin's own Check knows.
    """
    described: dict[str, Any] = {
        "name": name,
        "version": version,
        "provider": {"inputProperties": {each: _described(kind) for each, kind in inputs.items()}},
        "resources": {token: {} for token in tokens},
    }
    return json.dumps(described)


def _described(kind: str) -> dict[str, Any]:
    """A type as a schema has it; an object's properties are not spelt out."""
    if kind.startswith("["):
        return {"type": "array", "items": _described(kind[1:-1])}
    if kind.startswith("{"):
        return {"type": "object", "additionalProperties": _described(kind[1:-1])}
    return {"type": kind} if kind in PLAIN else {"$ref": "pulumi.json#/Any"}
