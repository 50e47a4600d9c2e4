"""The JSON Schema of `clover.diff/1`, made from the structure that is written.

`python -m clover.change.schema` writes it to `schema/`.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from clover.change.as_json import DiffDocument

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PATH = Path(__file__).parents[2] / "schema" / "diff.schema.json"


def diff_schema() -> dict[str, Any]:
    """Return the JSON Schema of what `clover diff --format json` prints."""
    (root,), parts = msgspec.json.schema_components([DiffDocument], ref_template="#/$defs/{name}")
    comment = "Generated: python -m clover.change.schema"
    return {"$schema": DIALECT, "$comment": comment, "title": "clover.diff/1", **root, "$defs": parts}


def render(schema: dict[str, Any]) -> str:
    """Return `schema` as the text that its file holds."""
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(render(diff_schema()), encoding="utf-8")
