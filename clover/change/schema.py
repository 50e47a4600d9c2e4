"""The JSON Schemas of `clover.diff/1` and `clover.drift/1`, made from the structures that are written.

`python -m clover.change.schema` writes it to `schema/`.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from clover.change.as_json import DiffDocument
from clover.change.drift_document import DriftDocument

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = Path(__file__).parents[2] / "schema"
PATH, DRIFT_PATH = FOLDER / "diff.schema.json", FOLDER / "drift.schema.json"


def diff_schema() -> dict[str, Any]:
    """Return the JSON Schema of what `clover diff --format json` prints."""
    return _schema(DiffDocument, "clover.diff/1")


def drift_schema() -> dict[str, Any]:
    """Return the JSON Schema of the drift.json that `clover audit --declared` writes."""
    return _schema(DriftDocument, "clover.drift/1")


def _schema(model: type[msgspec.Struct], title: str) -> dict[str, Any]:
    (root,), parts = msgspec.json.schema_components([model], ref_template="#/$defs/{name}")
    comment = "Generated: python -m clover.change.schema"
    return {"$schema": DIALECT, "$comment": comment, "title": title, **root, "$defs": parts}


def render(schema: dict[str, Any]) -> str:
    """Return `schema` as the text that its file holds."""
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(render(diff_schema()), encoding="utf-8")
    DRIFT_PATH.write_text(render(drift_schema()), encoding="utf-8")
