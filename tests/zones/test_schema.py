"""The generated JSON Schemas: up to date, and as strict as the readers."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from clover.zones.document import read_document
from clover.zones.schema import render, stack_schema, write_schemas, zone_schema
from tests.zones import PROJECT

SCHEMAS = {"zone": zone_schema, "stack": stack_schema}


def faults(kind: str, data: Any) -> list[str]:
    schema = json.loads((PROJECT / f"schema/{kind}.schema.json").read_text(encoding="utf-8"))
    validator: Any = jsonschema.Draft202012Validator(schema)
    return [error.message for error in validator.iter_errors(data)]


def data_of(file: str) -> Any:
    return read_document(PROJECT / file, file).data


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_schema_file_is_what_the_structures_say(kind: str) -> None:
    stale = f"schema/{kind}.schema.json is stale: python -m clover.zones.schema"
    assert (PROJECT / f"schema/{kind}.schema.json").read_text(encoding="utf-8") == render(SCHEMAS[kind]()), stale


@pytest.mark.parametrize("kind", SCHEMAS)
def test_the_schema_is_a_schema_and_describes_every_key(kind: str) -> None:
    schema = SCHEMAS[kind]()
    jsonschema.Draft202012Validator.check_schema(schema)
    for name, part in schema["$defs"].items():
        assert part.get("description"), name
        for key, value in part.get("properties", {}).items():
            assert value.get("description") or (name, key) == ("StackFile", "config"), (name, key)


@pytest.mark.parametrize(("kind", "file"), [("zone", "zones/europe.yaml"), ("stack", "Pulumi.dublin.yaml")])
def test_the_real_files_fit(kind: str, file: str) -> None:
    assert faults(kind, data_of(file)) == []
    first = (PROJECT / file).read_text(encoding="utf-8").splitlines()[0]
    named = first.removeprefix("# yaml-language-server: $schema=")
    assert (PROJECT / file).parent.joinpath(named).resolve() == PROJECT / f"schema/{kind}.schema.json"


def test_an_editor_sees_unknown_keys_and_values() -> None:
    stack = data_of("Pulumi.dublin.yaml")
    stack["config"]["clover:storez"] = []
    stack["config"]["clover:stores"][0]["class"] = "secret"
    found = " ".join(faults("stack", stack))
    assert "clover:storez" in found
    assert "'secret' is not one of" in found


def test_other_namespaces_are_left_alone() -> None:
    stack = data_of("Pulumi.dublin.yaml")
    stack["config"]["pulumi:tags"] = {"owner": "operator"}
    assert faults("stack", stack) == []


def test_writing_makes_both_files(tmp_path: Path) -> None:
    write_schemas(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["stack.schema.json", "zone.schema.json"]
