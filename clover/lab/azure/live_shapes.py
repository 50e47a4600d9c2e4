"""Generate what a live reading of Azure is told by: `python -m clover.lab.azure.live_shapes`.

Each resource type's path, API version and outputs with their places in ARM's JSON, from the pinned SDKs, as for the
plugin (`schema.py`); `live_types.json` holds the types that are read and that no component uses. The reader imports
neither SDK.
"""

import importlib
import json
from pathlib import Path
from typing import Any

from clover.lab.azure import schema
from clover.lab.azure.management_models import find_model
from clover.lab.azure.model import read_data
from clover.lab.provider.introspection import Reader
from clover.sources.live.azure import shapes

SHAPES_FILE = Path(shapes.__file__).with_name(shapes.FILE)


def generate() -> dict[str, Any]:
    """Introspect the SDKs for every type of `types.json` and `live_types.json`, which adds what ARM answers `more`."""
    reader = Reader(named_values=True)
    places = schema.Places(reader, read_data("places.json"))
    facts = {**read_data("types.json")["types"], **read_data("live_types.json")["types"]}
    types = {token: _type(token, facts[token], places) for token in sorted(facts)}
    objects = {
        name: {"members": entry["inputs"], **places.known.get(name, {})}
        for name, entry in sorted(reader.objects.items())
        if "inputs" in entry
    }
    return {"types": types, "objects": objects}


def _type(token: str, facts: dict[str, Any], places: schema.Places) -> dict[str, Any]:
    module, name = token.split(":")[1:]
    resource = getattr(importlib.import_module(f"pulumi_azure_native.{module}"), name)
    outputs = places.reader.outputs(resource)
    wanted = set(facts.get("members", outputs)) - schema.OWN_OUTPUTS
    kinds = {name: kind for name, kind in outputs.items() if name in wanted}
    model = find_model(facts["model"]) if "model" in facts else None
    found = places.of(token, kinds, model)
    moved = {name: ".".join(entry.keys) for name, entry in found.items() if entry.keys != (name,)}
    more: dict[str, str] = facts.get("more", {})
    kinds |= dict.fromkeys(more, "string")
    moved |= more
    return {
        "path": facts["path"],
        "version": facts.get("version") or schema.version(resource),
        "members": kinds,
        "paths": moved,
    }


def text() -> str:
    """The file's content: one table a line, so that a change is readable in a diff."""
    sections = [f'"{section}": {{\n{_lines(rows)}\n}}' for section, rows in generate().items()]
    return "{\n" + ",\n".join(sections) + "\n}\n"


def _lines(rows: dict[str, Any]) -> str:
    return ",\n".join(f"{json.dumps(name)}: {json.dumps(row, separators=(',', ':'))}" for name, row in rows.items())


def main() -> None:
    """Write the file."""
    SHAPES_FILE.write_text(text(), encoding="utf-8")


if __name__ == "__main__":
    main()
