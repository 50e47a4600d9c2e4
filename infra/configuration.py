"""The configuration that the engine hands over, and where in the stack file each part of it stands."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from clover.errors import BadInput, Place
from clover.zones.document import parse_path, read_document
from clover.zones.stack_file import NAMESPACE, Stack, read_stack

_OTHER_NAMESPACES = ("pulumi:",)
"""What the engine itself reads. A provider's namespace would be a second place for region and account."""


class Configuration(NamedTuple):
    """The values in use, and the place of each path such as `clover:stores[0].class` where the stack file holds it."""

    values: Mapping[str, Any]
    place: Callable[[str], Place | None]


def read_configuration(root: Path, stack: str, values: Mapping[str, Any]) -> Configuration:
    """Join the engine's values with the stack file in `root`; BadInput for a key of a namespace that nobody reads.

    The values count: a place is claimed only for a key whose value in the file is the one in use, so that nothing
    points into a file that another `--config-file` replaced. What the engine filled in for a key that the stack leaves
    out is left out again: the engine wants every key of the project from every stack, or a default.
    """
    path = root / f"Pulumi.{stack}.yaml"
    filled_in = _defaults(root / "Pulumi.yaml")
    values = {key: value for key, value in values.items() if filled_in.get(key, _NOTHING) != _plain(value)}
    place = _places(read_stack(path) if path.is_file() else None, values, Place(path.name))
    for key in values:
        if not key.startswith((NAMESPACE, *_OTHER_NAMESPACES)):
            raise BadInput(f"{key}: only {NAMESPACE} keys configure a stack of this project", place(key))
    return Configuration(values, place)


_NOTHING = object()


def _defaults(project: Path) -> dict[str, Any]:
    """The defaults of the project's own configuration, by full key."""
    declared: dict[str, Any] = read_document(project, project.name).data.get("config", {}) if project.is_file() else {}
    return {f"{NAMESPACE}{key}": row["default"] for key, row in declared.items() if "default" in row}


def _places(written: Stack | None, values: Mapping[str, Any], file: Place) -> Callable[[str], Place | None]:
    """Where a path stands: in the file for a key whose value it has, the file itself for one that it lacks as well."""
    in_use = {key: _plain(value) for key, value in values.items()}
    in_file = {key: _plain(value) for key, value in written.config.items()} if written else {}

    def place(path: str) -> Place | None:
        key = str((parse_path(path) or ("",))[0])
        if written is None:
            return None
        if key in in_use and key in in_file:
            return written.place(path) if in_use[key] == in_file[key] else None
        return file if in_file.items() <= in_use.items() else None

    return place


def _plain(value: Any) -> Any:
    """A value as the engine means it: it hands lists and mappings over as JSON, all else as text."""
    if isinstance(value, str) and value.lstrip()[:1] in ("{", "["):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return json.dumps(value) if isinstance(value, bool | int | float) else value
