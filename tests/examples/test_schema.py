"""What the packages say of themselves: every component, every input, in the words of the source."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from clover import __version__
from clover.zones import vocabulary
from components import reference
from components.package import Package

CONTRACT = yaml.safe_load(Path(__file__).with_name("contract.yaml").read_text(encoding="utf-8"))
SITE = {"name", "account", "region", "partition", "deployer", "zone"}
TENANT = {"aws": set[str](), "azure": {"tenant"}}
#: Inputs that wait for another resource; every other one decides what is declared.
LATE = {"key", "evidence", "evidenceKey", "endpoints", "recordedBy", "vault", "channel", "adding"}


def agreed(cloud: str) -> dict[str, dict[str, list[str]]]:
    """What the package of a cloud is to have."""
    found = {name: row for name, row in CONTRACT.items() if cloud in row.get("clouds", (cloud,))}
    return {name: _on(cloud, row) for name, row in found.items()}


def _on(cloud: str, row: dict[str, Any]) -> dict[str, Any]:
    """A row with what only that cloud needs, has a use for, and gives."""
    more = {"needed": f"needed_on_{cloud}", "optional": f"on_{cloud}", "outputs": f"outputs_on_{cloud}"}
    return {**row, **{part: [*row[part], *row.get(name, ())] for part, name in more.items()}}


COMPONENTS = [(cloud, name) for cloud in reference.clouds() for name in agreed(cloud)]


@cache
def _schema(cloud: str) -> dict[str, Any]:
    return json.loads(str(Package(cloud).schema))


def _described(schema: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every property of every component and object, with its path."""
    for token, declared in {**schema["resources"], **schema["types"]}.items():
        for group in ("inputProperties", "properties"):
            for name, described in declared.get(group, {}).items():
                yield f"{token}.{group}.{name}", described


@pytest.fixture(params=reference.clouds())
def cloud(request: pytest.FixtureRequest) -> str:
    return request.param


def test_aws_is_among_the_packages() -> None:
    assert "aws" in reference.clouds()


def test_a_package_has_the_components_of_the_contract_and_no_other(cloud: str) -> None:
    schema = _schema(cloud)
    assert (schema["name"], schema["version"]) == (f"clover-{cloud}", __version__)
    assert set(schema["resources"]) == {f"clover-{cloud}:index:{name}" for name in agreed(cloud)}
    assert all(resource["isComponent"] for resource in schema["resources"].values())


@pytest.mark.parametrize(("cloud", "name"), COMPONENTS)
def test_a_component_takes_and_gives_what_the_contract_says(cloud: str, name: str) -> None:
    component, says = _schema(cloud)["resources"][f"clover-{cloud}:index:{name}"], agreed(cloud)[name]
    assert set(component["requiredInputs"]) == set(says["needed"])
    assert set(component["inputProperties"]) == {*says["needed"], *says["optional"]}
    assert set(component["properties"]) == set(component["required"]) == set(says["outputs"])


@pytest.mark.parametrize(("cloud", "name"), COMPONENTS)
def test_outputs_are_taken_where_a_resource_is_meant_and_nowhere_else(cloud: str, name: str) -> None:
    inputs = _schema(cloud)["resources"][f"clover-{cloud}:index:{name}"]["inputProperties"]
    open_to_outputs = {each for each, described in inputs.items() if not described.get("plain")}
    lists = {"allowedDomains", "published", "sites", *(["stores"] if name == "BackupVault" else ["copies"])}
    assert open_to_outputs == (LATE | lists) & set(inputs)


def test_a_site_is_told_the_same_on_every_cloud(cloud: str) -> None:
    site = _schema(cloud)["types"][f"clover-{cloud}:index:Site"]
    assert set(site["properties"]) == set(site["required"]) == SITE | TENANT[cloud]


def test_everything_is_described_in_text_without_the_indentation_of_the_source(cloud: str) -> None:
    schema = _schema(cloud)
    named = {**schema["resources"], **schema["types"]}
    texts = {
        **{name: declared.get("description") for name, declared in named.items()},
        **{path: described.get("description") for path, described in _described(schema)},
    }
    assert len(texts) > 50
    assert [name for name, text in texts.items() if not text or text != text.strip() or "\n    " in text] == []


@pytest.mark.parametrize("word", ["DataClass", "StoreRole", "Versioning", "Immutability", "TlsVersion"])
def test_closed_words_are_enums_with_the_values_of_the_vocabulary(cloud: str, word: str) -> None:
    declared = _schema(cloud)["types"][f"clover-{cloud}:index:{word}"]
    assert [value["value"] for value in declared["enum"]] == [member.value for member in getattr(vocabulary, word)]
    assert all(re.fullmatch(r"[A-Z][A-Za-z0-9]+", value["name"]) for value in declared["enum"])


def test_the_schema_names_no_machine(cloud: str) -> None:
    text = json.dumps(_schema(cloud))
    assert str(Path(reference.__file__).resolve().parents[1]) not in text
    assert not re.search(r"/(home|root|tmp|work|usr|Users)/", text)


def test_the_page_is_what_the_schemas_say() -> None:
    written = reference.PAGE.read_text(encoding="utf-8")
    assert written == reference.page(written), "docs/components.md is stale: python -m components.reference"
