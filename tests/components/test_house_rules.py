"""What holds of every component and its source."""

import ast
import inspect
import re
from pathlib import Path

import pulumi
import pytest
from pulumi.provider.experimental.analyzer import Analyzer

import components
import components.aws
from tests.recorder import World

FOLDER = Path(components.__file__).parent
SOURCES = sorted(FOLDER.rglob("*.py"))
CLASSES = [
    one for one in vars(components.aws).values() if inspect.isclass(one) and issubclass(one, pulumi.ComponentResource)
]
URNS = Path(__file__).with_name("urns.txt")


def test_there_is_something_to_look_at() -> None:
    assert len(SOURCES) > 15
    assert {one.__name__ for one in CLASSES} == {
        "AccessGate",
        "AccessTrail",
        "AssessmentWorkspace",
        "AuditorAccess",
        "BackupVault",
        "DataFlowMonitor",
        "EgressGateway",
        "EncryptionKey",
        "EvidenceVault",
        "Guardrails",
        "IncidentChannel",
        "MigrationIntake",
        "RegionLockedStore",
        "StateBackend",
    }


def test_every_urn_stays_what_it_was(world: World) -> None:
    """A changed URN deletes and recreates a control; change the file on purpose, with aliases."""
    assert sorted(world.registrations) == URNS.read_text(encoding="utf-8").split()


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_source_names_a_partition_by_hand_or_breaks_the_analyzer(source: Path) -> None:
    text = source.read_text(encoding="utf-8")
    assert "arn:aws" not in text
    imported = [
        f"{node.module}.{name.name}"
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.ImportFrom)
        for name in node.names
    ]
    assert not {"__future__.annotations", "typing.Literal"} & set(imported)


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_functions_are_short(source: Path) -> None:
    tree = ast.parse(source.read_text(encoding="utf-8"))
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    lengths = {node.name: (node.end_lineno or 0) - node.lineno + 1 for node in functions}
    assert {name: length for name, length in lengths.items() if length > 40} == {}


@pytest.mark.parametrize("component", CLASSES)
def test_every_component_has_a_described_schema_for_other_languages(component: type[pulumi.ComponentResource]) -> None:
    analyzed = Analyzer("clover-aws").analyze([component])
    (definition,) = analyzed["component_definitions"].values()
    described = [*definition.inputs.items(), *definition.outputs.items()]
    for found in analyzed["type_definitions"].values():
        described += [] if found.enum else found.properties.items()
    assert definition.description
    assert definition.outputs
    assert [name for name, value in described if not value.description] == []


def test_each_component_registers_outputs_once_and_keeps_what_it_was_told(world: World) -> None:
    mine = [one for one in world.all() if not one.custom]
    assert len(mine) == 8
    for one in mine:
        assert one.type == f"clover-aws:index:{one.type.split(':')[-1]}"
        assert len(one.outputs) == 1, one.name
        assert one.inputs["site"]["name"] == "dublin", one.name
    told = world.one("clover-aws:index:RegionLockedStore", "profiles").inputs
    assert (told["declared_at"], told["data_class"]) == ("Pulumi.dublin.yaml:18", "restricted")


def test_every_child_is_named_after_its_component_and_has_it_as_parent(world: World) -> None:
    children = [one for one in world.all() if one.custom]
    assert len(children) > 70
    for one in children:
        parent = world.registrations[one.parent]
        assert one.name.startswith(f"{parent.name}-"), one.urn
        assert not parent.custom


def test_no_child_chooses_its_own_region_or_provider(world: World) -> None:
    assert [one.urn for one in world.all() if one.custom and ("region" in one.inputs or one.provider)] == []


def test_every_resource_points_at_the_line_that_declares_it(world: World) -> None:
    for one in world.all():
        where = r"/components/aws/\w+\.py$" if one.custom else r"/tests/components/sample\.py$"
        assert re.search(where, one.source[0]), one.urn
        assert one.source[1] > 1
