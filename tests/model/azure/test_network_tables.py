"""The tables of doors and records name types and properties that the pinned SDK has."""

import re
from pathlib import Path
from typing import Any

import pytest

from clover.model.azure import network_doors
from clover.tables import read_table
from tests.model.azure.test_tables import source_of

TABLE: dict[str, Any] = read_table(Path(network_doors.__file__).with_name("network_doors.yaml"))
PROPERTIES = [
    *((kind, name) for kind, fact in TABLE["doors"].items() for name in fact.get("when", {})),
    *((kind, re.split(r"[.\[]", path)[0]) for kind, paths in TABLE["addresses"].items() for path in paths),
]


@pytest.mark.parametrize("kind", [*TABLE["doors"], *TABLE["addresses"]])
def test_every_door_is_a_type_of_the_sdk(kind: str):
    assert f'@pulumi.type_token("{kind}")' in source_of(kind)


@pytest.mark.parametrize(("kind", "name"), PROPERTIES)
def test_every_property_is_one_of_its_type(kind: str, name: str):
    assert f'@pulumi.getter(name="{name}")' in source_of(kind)


@pytest.mark.parametrize("fact", TABLE["doors"].values())
def test_every_door_says_what_it_is_and_where_that_is_documented(fact: dict[str, Any]):
    assert fact.keys() - {"when"} == {"door", "doc"}
