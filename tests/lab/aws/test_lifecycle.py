"""Every type, from preview to import, with boto3 as the independent witness of what is in the cloud."""

import json
from typing import Any

import pytest

from clover.lab.aws.model import resource_types
from clover.lab.provider.wire import UNKNOWN, Props, as_list, as_map
from tests.lab.aws import (
    cases_dns,
    cases_endpoints,
    cases_firewall,
    cases_network,
    cases_organisations,
    cases_settings,
    cases_storage,
    cases_watching,
)
from tests.lab.aws.case import Case
from tests.lab.aws.world import World
from tests.lab.provider.engine import Resource

FAMILIES = (
    cases_storage,
    cases_settings,
    cases_network,
    cases_endpoints,
    cases_firewall,
    cases_dns,
    cases_organisations,
    cases_watching,
)
CASES = [case for family in FAMILIES for case in family.CASES]
every_type = pytest.mark.parametrize("case", CASES, ids=str)


def test_every_type_served_has_a_case() -> None:
    assert sorted(case.token for case in CASES) == sorted(resource_types())


@every_type
def test_made_as_foreseen_then_quiet_then_gone(world: World, case: Case) -> None:
    inputs = case.inputs(world)
    planned = world.engine.create(case.token, world.name("case"), inputs, preview=True)
    resource = world.engine.create(case.token, world.name("case"), inputs)
    assert_foreseen(planned, resource)
    assert_seen(world, case, resource, inputs)
    assert resource.outputs.keys() <= resource_types()[case.token].outputs
    assert_quiet(world, resource, inputs)
    assert_replaces(world, case, resource, inputs)
    assert_importable(world, case, resource, inputs)
    world.engine.delete(resource)
    assert (world.engine.refresh(resource) is None) != case.stays_after_delete
    assert (world.engine.import_(case.token, case.import_id(resource)) is None) != case.stays_after_delete
    world.engine.delete(resource)


@every_type
def test_an_update_reaches_the_cloud_and_is_quiet_afterwards(world: World, case: Case) -> None:
    inputs = case.inputs(world)
    changes = case.changed(world)
    if not changes and "tags" not in resource_types()[case.token].properties:
        pytest.skip("nothing of this type can be updated")
    resource = world.engine.create(case.token, world.name("case"), inputs)
    wanted = merged(inputs, changes or {"tags": {"changed": "yes"}})
    plan = world.engine.plan(resource, wanted)
    assert plan.changes
    assert plan.replaces == []
    planned = world.engine.update(resource, wanted, preview=True)
    updated = world.engine.update(resource, wanted)
    assert_foreseen(planned, updated)
    assert_seen(world, case, updated, wanted)
    assert_quiet(world, updated, wanted)


@every_type
def test_a_change_behind_the_providers_back_is_found_and_repaired(world: World, case: Case) -> None:
    inputs = case.inputs(world)
    resource = world.engine.create(case.token, world.name("case"), inputs)
    case.drift(world, resource)
    found = world.engine.refresh(resource)
    if not case.drifts:
        assert found is None
        return
    assert found is not None
    assert differing(found.inputs, resource.inputs) == case.drifts
    plan = world.engine.plan(found, inputs)
    assert plan.changes
    assert plan.replaces == []
    repaired = world.engine.update(found, inputs)
    assert_seen(world, case, repaired, inputs)
    assert_quiet(world, repaired, inputs)


def assert_foreseen(planned: Resource, resource: Resource) -> None:
    """What a preview says is known comes out so; what it does not mention is empty."""
    surprises = {
        name: (planned.outputs.get(name), value)
        for name, value in resource.outputs.items()
        if planned.outputs.get(name) is not UNKNOWN and planned.outputs.get(name) != value
    }
    assert surprises == {}


def assert_seen(world: World, case: Case, resource: Resource, inputs: Props) -> None:
    """What boto3 sees is what was declared, as far as the witness speaks of it."""
    seen = case.seen(world, resource)
    assert seen, "a witness that sees nothing proves nothing"
    for name, value in seen.items():
        assert comparable(value) == comparable(inputs.get(name, resource.inputs.get(name))), name


def assert_quiet(world: World, resource: Resource, inputs: Props) -> None:
    """The same program changes nothing, and neither does a refresh."""
    assert world.engine.plan(resource, inputs).detailed == {}
    refreshed = world.engine.refresh(resource)
    assert refreshed is not None
    assert differing(refreshed.inputs, resource.inputs) == set()
    assert differing(refreshed.outputs, resource.outputs) == set()


def assert_replaces(world: World, case: Case, resource: Resource, inputs: Props) -> None:
    changes = case.replaced(world)
    plan = world.engine.plan(resource, merged(inputs, changes))
    assert set(plan.replaces) == changes.keys()
    assert {kind for path, kind in plan.detailed.items() if path in changes} <= {"ADD_REPLACE", "UPDATE_REPLACE"}


def assert_importable(world: World, case: Case, resource: Resource, inputs: Props) -> None:
    """An import by id gives inputs with which the same program agrees, but for what AWS never gives back."""
    imported = world.engine.import_(case.token, case.import_id(resource))
    assert imported is not None
    assert imported.id == resource.id
    unread = {name for name, known in resource_types()[case.token].properties.items() if known.unread}
    plan = world.engine.plan(imported, inputs)
    assert plan.detailed.keys() - unread == set()


def merged(inputs: Props, changes: Props) -> Props:
    """Return the inputs under the changes; a change to None takes an input away."""
    return {name: value for name, value in {**inputs, **changes}.items() if value is not None}


def differing(one: Props, other: Props) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def comparable(value: Any) -> Any:
    """Parse policies, and sort lists: in all that the cases hold, the order says nothing."""
    if isinstance(value, str) and value.startswith("{"):
        return comparable(json.loads(value))
    if isinstance(value, list):
        return sorted(map(comparable, as_list(value)), key=lambda item: json.dumps(item, sort_keys=True))
    if isinstance(value, dict):
        return {name: comparable(entry) for name, entry in as_map(value).items()}
    return value
