"""Types that are not read in full: that a thing of one is there, where, and with which tags; nothing else of it.

others.yaml says what the provider calls each, and which properties questions are asked about: these are not known.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from clover.sources.live.paths import UNREAD

PRESENT: Mapping[str, Any] = {name: name for name in ("name", "location", "tags", "identity", "sku")}
"""What every list says of a thing."""


@cache
def others() -> Mapping[str, Any]:
    """The rows by ARM's type in lower case."""
    rows = yaml.safe_load(Path(__file__).with_name("others.yaml").read_text(encoding="utf-8"))
    return {kind.lower(): row for kind, row in rows.items()}


def token(kind: str) -> str:
    """What the provider calls an ARM type; a name that nobody classified for one that is not in the table."""
    row = others().get(kind.lower())
    namespace, _, name = kind.partition("/")
    return row["is"] if row else f"azure-native:{namespace}:{name.replace('/', '.')}"


def present(body: Mapping[str, Any]) -> dict[str, Any]:
    """The properties of a thing that is not read in full."""
    row: Mapping[str, Any] = others().get(str(body.get("type", "")).lower()) or {}
    told = {name: body[name] for name in PRESENT if body.get(name) is not None}
    return {**dict.fromkeys(row.get("unread", ()), UNREAD), **told}
