"""What the plugin knows of each resource type: the SDK's properties, and what a change of each of them means.

`schema.json` is generated from the SDK; `properties.json` is written by hand and says per input property whether a
change updates or replaces, with the AWS operation and parameter (`service.Operation.Parameter`) that shows it.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

FOLDER = Path(__file__).parent


class Change(StrEnum):
    """What a changed input property asks of the provider."""

    UPDATE = "update"
    REPLACE = "replace"
    #: The provider alone reads it, mostly when it deletes: the new value is kept, no call is made.
    SETTING = "setting"
    #: The SDK has it, the lab does not serve it.
    REFUSED = "refused"


class Compare(StrEnum):
    """When two values of a property say the same."""

    EXACT = "exact"
    #: JSON text: order of keys, white space and single-item lists do not count.
    DOCUMENT = "document"
    #: Lists inside are sets.
    UNORDERED = "unordered"
    #: A list of named policies.
    DOCUMENTS = "documents"
    #: Rules of a security group.
    RULES = "rules"
    #: A key's id and its ARN.
    KEY = "key"


@dataclass(frozen=True)
class Property:
    """One input property.

    `default` is what the provider fills in; `computed`: AWS chooses when it is left out; `unread`: AWS does not give
    it back, so that the state keeps what was said last.
    """

    name: str
    type: str
    change: Change
    source: str
    default: Any = None
    computed: bool = False
    unread: bool = False
    compare: Compare = Compare.EXACT


@dataclass(frozen=True)
class AutoName:
    """How the provider names a thing whose name is not given; lengths in characters."""

    property: str
    longest: int
    prefix: str = ""
    lower: bool = False


@dataclass(frozen=True)
class ResourceType:
    """One resource type.

    `unique`: the inputs of which AWS holds no two equal sets, so that a replacement clashes. `follows`: outputs that an
    update changes, with the inputs that they follow (`*`: any).
    """

    token: str
    properties: Mapping[str, Property]
    required: frozenset[str]
    outputs: frozenset[str]
    unique: tuple[str, ...] = ()
    autoname: AutoName | None = None
    follows: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])


def read_data(name: str) -> dict[str, Any]:
    """Return a data file of this folder."""
    return json.loads((FOLDER / name).read_text(encoding="utf-8"))


@cache
def schema() -> dict[str, Any]:
    """Return what was generated from the SDK."""
    return read_data("schema.json")


@cache
def resource_types() -> Mapping[str, ResourceType]:
    """Return every type served, by token."""
    data = read_data("properties.json")
    return MappingProxyType(
        {token: _resource_type(token, entry, data["common"]) for token, entry in data["types"].items()}
    )


def _resource_type(token: str, entry: dict[str, Any], common: dict[str, Any]) -> ResourceType:
    generated = schema()["resources"][token]
    facts = {**common, **entry["properties"]}
    properties = {name: _property(name, kind, facts[name]) for name, kind in generated["inputs"].items()}
    return ResourceType(
        token=token,
        properties=MappingProxyType(properties),
        required=frozenset(generated["required"]),
        outputs=frozenset(generated["outputs"]),
        unique=tuple(entry.get("unique", ())),
        autoname=AutoName(**entry["autoname"]) if "autoname" in entry else None,
        follows={output: frozenset(inputs) for output, inputs in entry.get("follows", {}).items()},
    )


def _property(name: str, kind: str, facts: dict[str, Any]) -> Property:
    return Property(
        name=name,
        type=kind,
        change=Change(facts["change"]),
        source=facts["source"],
        default=facts.get("default"),
        computed=facts.get("computed", False),
        unread=facts.get("unread", False) or facts["change"] == Change.SETTING,
        compare=Compare(facts.get("compare", "exact")),
    )
