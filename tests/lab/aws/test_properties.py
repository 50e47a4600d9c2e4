"""The tables behind Check and Diff: complete, sourced, and no older than the SDK."""

import re
import subprocess
import sys
from functools import cache
from typing import Any, cast

import botocore.session
import pytest

from clover.lab.aws import schema
from clover.lab.aws.model import Change, read_data, resource_types
from clover.lab.provider.shapes import at

TYPES = resource_types()
SOURCES = [
    (token, name, known.change, known.source)
    for token, kind in TYPES.items()
    for name, known in kind.properties.items()
    if name not in ("region", "timeouts")
]


@cache
def inputs_of(service: str, operation: str) -> set[str]:
    session: Any = cast(Any, botocore.session).get_session()
    return set(session.get_service_model(service).operation_model(operation).input_shape.members)


def test_the_schema_is_that_of_the_installed_sdk() -> None:
    """In a process of its own: whoever resolved the SDK's annotations before would change what the generator reads."""
    program = "from clover.lab.aws import schema; print(schema.text(), end='')"
    generated = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    committed = schema.SCHEMA_FILE.read_text(encoding="utf-8")
    assert (generated.returncode, generated.stdout) == (0, committed), "run `python -m clover.lab.aws.schema`"


def test_every_input_of_every_type_is_classified_and_nothing_else() -> None:
    generated = read_data("schema.json")["resources"]
    table = read_data("properties.json")
    common = set(table["common"])
    for token, entry in generated.items():
        assert table["types"][token]["properties"].keys() | common >= entry["inputs"].keys(), token
        assert table["types"][token]["properties"].keys() <= entry["inputs"].keys(), token


@pytest.mark.parametrize(("token", "name", "change", "source"), SOURCES, ids=str)
def test_every_change_has_its_source_in_the_aws_api(token: str, name: str, change: Change, source: str) -> None:
    if change is Change.REFUSED:
        assert len(source.split()) > 3, "a refusal says why"
        return
    found = re.fullmatch(r"([a-z0-9-]+)\.(\w+)\.(\w+)", source)
    assert found, "service.Operation.Parameter"
    assert found[3] in inputs_of(found[1], found[2])
    if change is Change.REPLACE:
        assert re.match(r"Create|Allocate|Associate|Attach|Put|Subscribe|Update|Describe", found[2]), (
            "the operation that makes it"
        )


@pytest.mark.parametrize("token", TYPES)
def test_facts_about_a_type_name_its_properties(token: str) -> None:
    kind = TYPES[token]
    named = {*kind.unique, *({kind.autoname.property} if kind.autoname else ())}
    assert named <= kind.properties.keys()
    assert kind.follows.keys() <= kind.outputs
    for leads in kind.follows.values():
        assert leads - {"*"} <= kind.properties.keys()


def test_limits_speak_of_properties_that_there_are() -> None:
    for token, entry in read_data("limits.json")["types"].items():
        for pattern, rule in entry["rules"].items():
            assert "values_of" in rule or rule["source"]
            assert _exists(TYPES[token].properties, pattern), f"{token} {pattern}"
        groups = [*entry.get("exactly_one", ()), *entry.get("at_most_one", ()), entry.get("needed", [])]
        assert {name for group in groups for name in group} <= TYPES[token].properties.keys()


def _exists(properties: Any, pattern: str) -> bool:
    first, *rest = pattern.replace("[]", "").split(".")
    kind = properties[first].type
    for step in rest:
        kind = read_data("schema.json")["objects"][kind.strip("[]")]["inputs"][step]
    return bool(kind)


def test_paths_lead_into_lists() -> None:
    value = {"rules": [{"id": "a"}, {"id": "b"}], "one": {"two": 3}}
    assert list(at(value, "rules[].id")) == [("rules[0].id", "a"), ("rules[1].id", "b")]
    assert list(at(value, "one.two")) == [("one.two", 3)]
    assert list(at(value, "none.two")) == []
