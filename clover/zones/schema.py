"""JSON Schemas of zone and stack files for editors, made from the same structures that read them.

`python -m clover.zones.schema` writes them to `schema/`.
"""

import json
from pathlib import Path
from typing import Any

import msgspec

from clover.zones.site import SiteConfig
from clover.zones.stack_file import NAMESPACE, StackFile
from clover.zones.zone_file import ZoneFile

DIALECT = "https://json-schema.org/draft/2020-12/schema"
FOLDER = Path(__file__).parents[2] / "schema"


def zone_schema() -> dict[str, Any]:
    """Return the JSON Schema of a zone file."""
    return _schema("clover.zone/1", *_components(ZoneFile))


def stack_schema() -> dict[str, Any]:
    """Return the JSON Schema of a site's stack file; namespaces other than Clover's are left to whoever owns them."""
    root, parts = _components(StackFile)
    parts |= _components(SiteConfig)[1]
    parts["StackFile"]["properties"]["config"] = {"$ref": "#/$defs/SiteConfig"}
    parts["SiteConfig"]["patternProperties"] = {f"^(?!{NAMESPACE})[a-z][a-z0-9-]*:": {}}
    return _schema("clover.stack/1", root, parts)


def render(schema: dict[str, Any]) -> str:
    """Return `schema` as the text that its file holds."""
    return json.dumps(schema, indent=2) + "\n"


def write_schemas(folder: Path = FOLDER) -> None:
    """Write both schemas to `folder`."""
    for name, schema in (("zone", zone_schema()), ("stack", stack_schema())):
        (folder / f"{name}.schema.json").write_text(render(schema), encoding="utf-8")


def _components(kind: type[Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    (root,), parts = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    return root, parts


def _schema(title: str, root: dict[str, Any], parts: dict[str, Any]) -> dict[str, Any]:
    comment = "Generated: python -m clover.zones.schema"
    return {"$schema": DIALECT, "$comment": comment, "title": title, **root, "$defs": parts}


if __name__ == "__main__":
    write_schemas()
