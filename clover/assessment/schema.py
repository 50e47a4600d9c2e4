"""The JSON Schema of `clover.hosts/1`, made from the structure that is read.

`python -m clover.assessment.schema` writes it to `schema/`.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from clover.assessment.hosts import SCHEMA, Published

DIALECT = "https://json-schema.org/draft/2020-12/schema"
PATH = Path(__file__).parents[2] / "schema" / "hosts.schema.json"


def hosts_schema() -> dict[str, Any]:
    """Return the JSON Schema of what the auditor publishes."""
    (root,), parts = msgspec.json.schema_components([Published], ref_template="#/$defs/{name}")
    comment = "Generated: python -m clover.assessment.schema"
    return {"$schema": DIALECT, "$comment": comment, "title": SCHEMA, **root, "$defs": parts}


def render(schema: dict[str, Any]) -> str:
    """Return `schema` as the text that its file holds."""
    return json.dumps(schema, indent=2) + "\n"


if __name__ == "__main__":
    PATH.write_text(render(hosts_schema()), encoding="utf-8")
