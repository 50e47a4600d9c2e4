"""The tables behind Check, Diff and the requests: complete, sourced, and no older than the SDKs."""

import importlib
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from clover.lab.azure import layout, schema
from clover.lab.azure.management_models import attributes, find_model
from clover.lab.azure.model import Change, read_data, resource_types
from clover.lab.azure.model import schema as generated

TYPES = resource_types()
FACTS = read_data("types.json")["types"]
each_type = pytest.mark.parametrize("token", TYPES)


WITHOUT_LOCKS = """
from clover.lab.azure import schema
read = schema.read_data
schema.read_data = lambda name: {key: entry for key, entry in read(name).items() if "ManagementLockByScope" not in key}
schema.generate()
"""


def generator(program: str) -> subprocess.CompletedProcess[str]:
    """Run the generator in a process of its own: clients in use resolve the annotations that it reads."""
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)


def test_the_schema_is_that_of_the_installed_sdks() -> None:
    generated = generator("from clover.lab.azure import schema; print(schema.text(), end='')")
    committed = schema.SCHEMA_FILE.read_text(encoding="utf-8")
    assert (generated.returncode, generated.stdout) == (0, committed), "run `python -m clover.lab.azure.schema`"


def test_a_property_without_a_place_is_named() -> None:
    failed = generator(WITHOUT_LOCKS)
    assert failed.returncode == 1
    assert "authorization:ManagementLockByScope.level has no place in ARM's JSON" in failed.stderr


@each_type
def test_every_property_has_a_place_of_its_own(token: str) -> None:
    for known in (layout.asked(TYPES[token]), layout.answered(TYPES[token])):
        places = [known.place(name) for name in known.kinds]
        assert len(set(places)) == len(places)
        assert all(places)


def test_no_two_members_of_an_object_share_a_place() -> None:
    for name, entry in generated()["objects"].items():
        if "inputs" in entry:
            known = layout.of_object(name)
            places = [known.place(member) for member in known.kinds]
            assert len(set(places)) == len(places), name


@each_type
def test_every_change_has_its_source(token: str) -> None:
    for known in TYPES[token].properties.values():
        if known.source.startswith("azure.mgmt."):
            model, _, attribute = known.source.rpartition(".")
            assert attribute in attributes(find_model(model)), known.source
        else:
            assert re.match(r"https://|in the path |pulumi_azure_native |azure\.mgmt", known.source), known.source


@each_type
def test_what_forces_a_replacement_is_the_path_or_sourced(token: str) -> None:
    for name, known in TYPES[token].properties.items():
        in_path = name in TYPES[token].parameters
        listed = name in FACTS[token].get("replace", {}) or name in generated()["resources"][token]["only_created"]
        assert (known.change is Change.REPLACE) == (in_path or listed or "replaced" in FACTS[token])


@each_type
def test_paths_are_those_of_the_management_sdk(token: str) -> None:
    """The official client asks for the same address; its path parameters have names of their own."""
    if "model" not in FACTS[token]:
        assert f"azure-native:{token.split(':', 1)[1]}" in read_data("places.json")
        return
    package = importlib.import_module(FACTS[token]["model"].rpartition(".models.")[0] + ".operations")
    folder = Path(inspect.getfile(package)).parent
    sources = "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    asked = {_nameless(found) for found in re.findall(r'"(/[^"\s]*{[^"\s]*)"', _joined(sources))}
    wanted = _nameless(TYPES[token].path)
    assert wanted in asked or f"{wanted.removesuffix('/{}')}/default" in asked


def _joined(source: str) -> str:
    """Join string literals that a line break parts."""
    return re.sub(r'"\s*(#[^\n]*)?\n\s*"', "", source)


def _nameless(path: str) -> str:
    return re.sub(r"{\w+}", "{}", path).lower().strip("/")


def test_facts_name_properties_that_there_are() -> None:
    for token, facts in FACTS.items():
        properties = TYPES[token].properties
        assert set(facts.get("replace", {})) <= properties.keys()
        assert {place.split(".")[0] for place in facts.get("children", {})} <= properties.keys()
        assert set(facts.get("defaults", {})) <= properties.keys()
    for token, rule in read_data("names.json").items():
        assert rule["property"] in TYPES[token].parameters
        assert rule["source"]


def test_every_place_by_hand_is_needed_and_sourced() -> None:
    every: dict[str, Any] = {**generated()["resources"], **generated()["objects"]}
    for owner, entry in read_data("places.json").items():
        assert entry["source"]
        if owner != "*":
            assert owner in every or f"{owner}Response" in every, owner


@pytest.mark.parametrize(
    ("token", "name", "place"),
    [
        ("storage:StorageAccount", "networkRuleSet", "properties.networkAcls"),
        ("storage:StorageAccount", "enableHttpsTrafficOnly", "properties.supportsHttpsTrafficOnly"),
        ("authorization:RoleDefinition", "roleType", "properties.type"),
        ("network:Subnet", "addressPrefix", "properties.addressPrefix"),
        ("keyvault:Vault", "properties", "properties"),
        ("monitor:DiagnosticSetting", "logs", "properties.logs"),
    ],
)
def test_members_are_flattened_and_renamed_as_the_sdk_does(token: str, name: str, place: str) -> None:
    assert ".".join(TYPES[f"azure-native:{token}"].properties[name].place) == place


def test_names_are_made_up_as_the_real_provider_does() -> None:
    kinds = {token.split(":", 1)[1]: kind.autoname.value for token, kind in TYPES.items()}
    assert kinds["resources:ResourceGroup"] == kinds["storage:StorageAccount"] == "random"
    assert kinds["network:Subnet"] == kinds["keyvault:Key"] == "copy"
    assert kinds["authorization:RoleAssignment"] == "guid"
