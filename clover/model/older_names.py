"""Resources of types that go by an older name, read as what they are."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from clover.sources import Resource
from clover.sources.plain import as_list
from clover.tables import read_table


@cache
def older_names() -> Mapping[str, Mapping[str, Any]]:
    """The types by their older names; see older_names.yaml."""
    return read_table(Path(__file__).with_name("older_names.yaml"))


def as_known(resource: Resource) -> Resource:
    """The resource under its type's own name, its properties under theirs."""
    row = older_names().get(resource.type)
    if row is None:
        return resource
    renamed: Mapping[str, str] = row.get("first_of", {})
    return resource._replace(
        type=row["is"], inputs=_renamed(resource.inputs, renamed), outputs=_renamed(resource.outputs, renamed)
    )


def _renamed(properties: Mapping[str, Any], renamed: Mapping[str, str]) -> dict[str, Any]:
    return {renamed.get(name, name): _only(held) if name in renamed else held for name, held in properties.items()}


def _only(held: Any) -> Any:
    """The one item of a list; what is not known, or has several, stays as it is."""
    items = as_list(held)
    return held if items is None or len(items) > 1 else items[0] if items else None
