"""The JSON Schema of `clover.verdicts/1`, made from the structure that is written.

`python -m clover.report.schema` writes it to `schema/`.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from clover.report.as_json import VerdictDocument

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PATH = Path(__file__).parents[2] / "schema" / "verdicts.schema.json"


def verdicts_schema() -> dict[str, Any]:
    """Return the JSON Schema of what `clover prove --format json` prints."""
    (root,), parts = msgspec.json.schema_components([VerdictDocument], ref_template="#/$defs/{name}")
    comment = "Generated: python -m clover.report.schema"
    return {"$schema": DIALECT, "$comment": comment, "title": "clover.verdicts/1", **root, "$defs": parts}


def render(schema: dict[str, Any]) -> str:
    """Return `schema` as the text that its file holds."""
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(render(verdicts_schema()), encoding="utf-8")
