"""What the plugin knows of each resource type: the SDK's properties, their places in ARM's JSON, what a change means.

`schema.json` is generated from the SDKs; `types.json` is written by hand and holds, with its source, what they do not
say: the path of each type, and what forces a replacement beside the path.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

FOLDER = Path(__file__).parent
#: Names for path parameters that stand for GUIDs (pulumi-azure-native, provider/pkg/resources: AutoNamer).
GUID_PARAMETERS = frozenset({"roleAssignmentName", "roleDefinitionId", "roleEligibilityScheduleRequestName"})
#: Path parameters that hold a whole id, its slashes unescaped (`x-ms-skip-url-encoding`).
SCOPES = frozenset({"scope", "resourceUri"})


class Change(StrEnum):
    """What a changed input property asks of the provider."""

    UPDATE = "update"
    REPLACE = "replace"


class AutoName(StrEnum):
    """How the provider names a thing whose name is not given."""

    #: The logical name and eight hexadecimal digits.
    RANDOM = "random"
    #: The logical name, for things inside another.
    COPY = "copy"
    GUID = "guid"


@dataclass(frozen=True)
class Property:
    """One input property; `place` is its way through ARM's JSON, empty when it stands in the path."""

    name: str
    type: str
    change: Change
    source: str
    place: tuple[str, ...]


@dataclass(frozen=True)
class ResourceType:
    """One resource type.

    `path`: its ARM id with the inputs in braces; `children`: lists whose entries may be resources of their own;
    `defaults`: what an input becomes that is taken away; `singleton`: Azure makes and unmakes it with its parent;
    `kept`: ARM has no way to delete it; `schedules`: the kind of thing that its requests make, where it is requested.
    """

    token: str
    path: str
    version: str
    properties: Mapping[str, Property]
    required: frozenset[str]
    outputs: Mapping[str, str]
    output_places: Mapping[str, tuple[str, ...]]
    children: tuple[str, ...]
    defaults: Mapping[str, Any]
    singleton: bool
    kept: bool
    schedules: str

    @property
    def parameters(self) -> tuple[str, ...]:
        """The inputs in the path, in order."""
        return tuple(name for name in re.findall(r"{(\w+)}", self.path) if name != "subscriptionId")

    @property
    def named(self) -> str:
        """The path parameter that is the thing's own name."""
        return self.parameters[-1]

    @property
    def autoname(self) -> AutoName:
        """How the name is made up (pulumi-azure-native, provider/pkg/resources: AutoNamer)."""
        if self.named in GUID_PARAMETERS:
            return AutoName.GUID
        of_provider = self.path.lower().rpartition("microsoft.")[2]
        return (
            AutoName.RANDOM if of_provider.count("{") == 1 or "microsoft." not in self.path.lower() else AutoName.COPY
        )


def read_data(name: str) -> dict[str, Any]:
    """Return a data file of this folder."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@cache
def schema() -> dict[str, Any]:
    """Return what was generated from the SDKs."""
    return read_data("schema.json")


@cache
def resource_types() -> Mapping[str, ResourceType]:
    """Return every type served, by token."""
    facts = read_data("types.json")["types"]
    return MappingProxyType({token: _resource_type(token, entry) for token, entry in facts.items()})


def _resource_type(token: str, facts: dict[str, Any]) -> ResourceType:
    generated = schema()["resources"][token]
    properties = {name: _property(name, kind, facts, generated) for name, kind in generated["inputs"].items()}
    answered = generated["output_paths"]
    return ResourceType(
        token=token,
        path=facts["path"],
        version=generated["version"],
        properties=MappingProxyType(properties),
        required=frozenset(generated["required"]),
        outputs=MappingProxyType(generated["outputs"]),
        output_places=MappingProxyType({name: _place(name, answered) for name in generated["outputs"]}),
        children=(*generated["children"], *facts.get("children", {})),
        defaults=MappingProxyType({name: entry["value"] for name, entry in facts.get("defaults", {}).items()}),
        singleton="singleton" in facts,
        kept="kept" in facts,
        schedules=facts.get("schedules", ""),
    )


def _property(name: str, kind: str, facts: dict[str, Any], generated: dict[str, Any]) -> Property:
    if f"{{{name}}}" in facts["path"]:
        return Property(name, kind, Change.REPLACE, f"in the path {facts['path']}", ())
    place = _place(name, generated["paths"])
    source = generated["sources"][name]
    if "replaced" in facts:
        return Property(name, kind, Change.REPLACE, facts["replaced"], place)
    if name in facts.get("replace", {}):
        return Property(name, kind, Change.REPLACE, facts["replace"][name], place)
    change = Change.REPLACE if name in generated["only_created"] else Change.UPDATE
    return Property(name, kind, change, source, place)


def _place(name: str, moved: dict[str, str]) -> tuple[str, ...]:
    return tuple(moved.get(name, name).split("."))
