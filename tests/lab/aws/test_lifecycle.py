"""Every type, from check to import, with boto3 as the independent witness of what is in the cloud."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from clover.lab.aws.model import resource_types
from clover.lab.aws.wire import UNKNOWN, Props
from tests.lab.aws import cases_firewall, cases_network, cases_storage
from tests.lab.aws.case import Case
from tests.lab.aws.engine import Engine, Resource
from tests.lab.aws.world import World

CASES = [*cases_storage.CASES, *cases_network.CASES, *cases_firewall.CASES]
every_type = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.fixture
def world(engine: Engine, aws: Callable[[str], Any], account: str) -> World:
    return World(engine, aws, account)


def made(world: World, case: Case) -> tuple[Resource, Props]:
    inputs = case.inputs(world)
    return world.engine.create(case.token, "case", inputs), inputs


def assert_seen(world: World, case: Case, resource: Resource, inputs: Props) -> None:
    """Compare what boto3 sees with the inputs, as far as the witness speaks of them."""
    seen = case.seen(world, resource)
    assert seen, "a witness that sees nothing proves nothing"
    for name, value in seen.items():
        wanted = resource.inputs.get(name) if name not in inputs else inputs[name]
        assert comparable(value) == comparable(wanted), name


def comparable(value: Any) -> Any:
    """Parse policies, in lists too, and sort sets of texts."""
    if isinstance(value, str) and value.startswith("{"):
        return json.loads(value)
    if isinstance(value, list):
        return sorted((comparable(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, dict):
        return {name: comparable(entry) for name, entry in value.items()}
    return value


def test_every_type_served_has_a_case() -> None:
    assert sorted(case.token for case in CASES) == sorted(resource_types())


@every_type
def test_a_preview_makes_nothing_and_knows_what_is_said(world: World, case: Case) -> None:
    inputs = case.inputs(world)
    planned = world.engine.create(case.token, "case", inputs, preview=True)
    resource = world.engine.create(case.token, "case", inputs)
    assert planned.id == ""
    assert {name: planned.outputs[name] for name in planned.inputs if name != "__defaults"} == {
        name: value for name, value in planned.inputs.items() if name != "__defaults"
    }
    surprises = {
        name: (planned.outputs.get(name), value)
        for name, value in resource.outputs.items()
        if planned.outputs.get(name) is not UNKNOWN and planned.outputs.get(name) != value
    }
    assert surprises == {}, "what a preview says is known must come out so"


@every_type
def test_the_cloud_holds_what_was_declared(world: World, case: Case) -> None:
    resource, inputs = made(world, case)
    assert_seen(world, case, resource, inputs)


@every_type
def test_outputs_are_those_of_the_sdk(world: World, case: Case) -> None:
    resource, _ = made(world, case)
    assert resource.outputs.keys() - resource_types()[case.token].outputs == set()


@every_type
def test_a_second_run_and_a_refresh_change_nothing(world: World, case: Case) -> None:
    resource, inputs = made(world, case)
    assert not world.engine.plan(resource, inputs).changes
    assert world.engine.refresh(resource) == resource


@every_type
def test_an_update_reaches_the_cloud_and_is_quiet_afterwards(world: World, case: Case) -> None:
    resource, inputs = made(world, case)
    changes = case.changed(world) or tag_change(case)
    if not changes:
        pytest.skip("nothing of this type can be updated")
    plan = world.engine.plan(resource, {**inputs, **changes})
    assert plan.changes
    assert plan.replaces == []
    planned = world.engine.update(resource, {**inputs, **changes}, preview=True)
    assert {name: planned.outputs[name] for name in changes} == changes
    updated = world.engine.update(resource, {**inputs, **changes})
    assert_seen(world, case, updated, {**inputs, **changes})
    refreshed = world.engine.refresh(updated)
    assert refreshed is not None
    assert (refreshed.inputs, refreshed.outputs) == (updated.inputs, updated.outputs)
    assert not world.engine.plan(updated, {**inputs, **changes}).changes


def tag_change(case: Case) -> Props:
    return {"tags": {"changed": "yes"}} if "tags" in resource_types()[case.token].properties else {}


@every_type
def test_a_change_that_aws_cannot_make_replaces(world: World, case: Case) -> None:
    resource, inputs = made(world, case)
    changes = case.replaced(world)
    plan = world.engine.plan(resource, {**inputs, **changes})
    assert sorted(plan.replaces) == sorted(changes)
    assert {kind for path, kind in plan.detailed.items() if path in changes} <= {"ADD_REPLACE", "UPDATE_REPLACE"}


@every_type
def test_a_change_behind_the_providers_back_is_found_and_repaired(world: World, case: Case) -> None:
    resource, inputs = made(world, case)
    case.drift(world, resource)
    found = world.engine.refresh(resource)
    if not case.drifts:
        assert found is None
        return
    assert found is not None
    assert {name for name in found.inputs if found.inputs[name] != resource.inputs.get(name)} | {
        name for name in resource.inputs if name not in found.inputs
    } == case.drifts
    plan = world.engine.plan(found, inputs)
    assert plan.changes
    assert plan.replaces == []
    repaired = world.engine.update(found, inputs)
    assert_seen(world, case, repaired, inputs)
    assert not world.engine.plan(repaired, inputs).changes


@every_type
def test_delete_removes_it_and_a_second_delete_is_no_error(world: World, case: Case) -> None:
    resource, _ = made(world, case)
    world.engine.delete(resource)
    assert (world.engine.refresh(resource) is None) != case.stays_after_delete
    world.engine.delete(resource)


@every_type
def test_import_by_id_gives_inputs_that_the_same_program_agrees_with(world: World, case: Case) -> None:
    resource, inputs = made(world, case)
    imported = world.engine.import_(case.token, case.import_id(resource))
    assert imported is not None
    assert imported.id == resource.id
    plan = world.engine.plan(imported, inputs)
    unread = {name for name, known in resource_types()[case.token].properties.items() if known.unread}
    assert {path for path in plan.detailed if path not in unread} == set()
    assert plan.replaces == []


@every_type
def test_import_of_what_is_not_there_finds_nothing(world: World, case: Case) -> None:
    resource, _ = made(world, case)
    world.engine.delete(resource)
    if not case.stays_after_delete:
        assert world.engine.import_(case.token, case.import_id(resource)) is None
