"""Every type, from preview to import, with plain HTTP as the independent witness of what ARM holds."""

from dataclasses import replace
from typing import Any

import pytest

from clover.lab.azure.model import resource_types
from clover.lab.provider.wire import UNKNOWN, Props, as_list, as_map
from tests.lab.azure import cases_network, cases_organisations, cases_rules, cases_stores, cases_watching
from tests.lab.azure.case import Case
from tests.lab.azure.world import World
from tests.lab.provider.engine import Failed, Resource

FAMILIES = (cases_stores, cases_network, cases_rules, cases_organisations, cases_watching)
CASES = [case for family in FAMILIES for case in family.CASES]
every_type = pytest.mark.parametrize("case", CASES, ids=str)
changing = pytest.mark.parametrize("case", [case for case in CASES if case.drift], ids=str)


def test_every_type_served_has_a_case() -> None:
    assert sorted(case.token for case in CASES) == sorted(resource_types())


@every_type
def test_made_as_foreseen_then_quiet_then_gone(world: World, case: Case) -> None:
    inputs = case.inputs(world)
    planned = world.engine.create(case.token, world.name("case"), inputs, preview=True)
    resource = world.engine.create(case.token, world.name("case"), inputs)
    assert planned.id == ""
    assert_foreseen(planned, resource)
    assert_seen(world, case, resource, case.seen(world))
    assert resource.outputs.keys() <= resource_types()[case.token].outputs.keys()
    assert_quiet(world, resource, inputs)
    assert_replaces(world, case, resource, inputs)
    assert_importable(world, case, resource, inputs)
    world.engine.delete(resource)
    assert (world.engine.refresh(resource) is None) != case.stays_after_delete
    assert (world.engine.import_(case.token, resource.id) is None) != case.stays_after_delete
    world.engine.delete(resource)


@every_type
def test_a_creation_whose_outputs_nobody_saved_is_found_as_it_was_asked_for(world: World, case: Case) -> None:
    inputs = case.inputs(world)
    resource = world.engine.create(case.token, world.name("case"), inputs)
    found = world.engine.refresh(replace(resource, outputs={}))
    assert found is not None
    assert found.outputs.keys() == resource.outputs.keys()
    assert_quiet(world, found, inputs)


@changing
def test_an_update_reaches_the_cloud_and_is_quiet_afterwards(world: World, case: Case) -> None:
    inputs = case.inputs(world)
    resource = world.engine.create(case.token, world.name("case"), inputs)
    wanted = {**inputs, **case.changed(world)}
    plan = world.engine.plan(resource, wanted)
    assert plan.changes
    assert plan.replaces == []
    planned = world.engine.update(resource, wanted, preview=True)
    updated = world.engine.update(resource, wanted)
    assert_foreseen(planned, updated)
    assert_seen(world, case, updated, case.seen_changed(world))
    assert_quiet(world, updated, wanted)


@changing
def test_a_change_behind_the_providers_back_is_found_and_repaired(world: World, case: Case) -> None:
    assert case.drift is not None
    inputs = case.inputs(world)
    resource = world.engine.create(case.token, world.name("case"), inputs)
    world.witness.change(resource.id, resource_types()[case.token].version, *case.drift)
    found = world.engine.refresh(resource)
    assert found is not None
    assert differing(found.inputs, resource.inputs) == {case.drifts}
    plan = world.engine.plan(found, inputs)
    assert plan.changes
    assert plan.replaces == []
    repaired = world.engine.update(found, inputs)
    if case.drifts in inputs:
        assert_seen(world, case, repaired, case.seen(world))
    assert_quiet(world, repaired, inputs)


@every_type
def test_what_is_there_already_is_not_taken_over(world: World, case: Case) -> None:
    inputs = case.inputs(world)
    first = world.engine.create(case.token, world.name("first"), inputs)
    if resource_types()[case.token].singleton or case.renamed:
        assert world.engine.create(case.token, world.name("second"), inputs).id == first.id
        return
    is_asked_for = resource_types()[case.token].schedules  # under a new name each time: the service itself refuses
    refusal = "RoleAssignmentExists" if is_asked_for else "cannot create already existing resource '/"
    with pytest.raises(Failed, match=refusal):
        world.engine.create(case.token, world.name("second"), inputs)
    assert world.engine.refresh(first) == first


def assert_foreseen(planned: Resource, resource: Resource) -> None:
    """What a preview says is known comes out so."""
    assert surprises(planned.outputs, resource.outputs) == []


def surprises(planned: Any, real: Any, path: str = "") -> list[str]:
    if planned is UNKNOWN:
        return []
    if isinstance(planned, dict) and isinstance(real, dict):
        return [
            text
            for name, value in as_map(planned).items()
            for text in surprises(value, as_map(real).get(name), f"{path}.{name}")
        ]
    if isinstance(planned, list) and isinstance(real, list) and len(as_list(planned)) == len(as_list(real)):
        pairs = enumerate(zip(as_list(planned), as_list(real), strict=True))
        return [text for at, (one, other) in pairs for text in surprises(one, other, f"{path}[{at}]")]
    return [] if comparable(planned) == comparable(real) else [f"{path}: {planned!r} became {real!r}"]


def assert_seen(world: World, case: Case, resource: Resource, expected: Props) -> None:
    """ARM itself holds what was declared."""
    body = world.witness.get(resource.id, resource_types()[case.token].version)
    assert expected, "a witness that sees nothing proves nothing"
    assert {place: comparable(at(body, place)) for place in expected} == {
        place: comparable(value) for place, value in expected.items()
    }


def assert_quiet(world: World, resource: Resource, inputs: Props) -> None:
    """The same program changes nothing, and neither does a refresh."""
    assert world.engine.plan(resource, inputs).detailed == {}
    refreshed = world.engine.refresh(resource)
    assert refreshed is not None
    assert differing(refreshed.inputs, resource.inputs) == set()
    assert differing(refreshed.outputs, resource.outputs) == set()


def assert_replaces(world: World, case: Case, resource: Resource, inputs: Props) -> None:
    for name, value in case.replaced(world).items():
        plan = world.engine.plan(resource, {**inputs, name: value})
        assert plan.replaces == [name]
        assert {kind.removesuffix("_REPLACE") for kind in plan.detailed.values()} <= {"ADD", "UPDATE"}
        assert all(kind.endswith("_REPLACE") for kind in plan.detailed.values())


def assert_importable(world: World, case: Case, resource: Resource, inputs: Props) -> None:
    """An import by id gives inputs that hold all that the program says; what Azure filled in is more."""
    imported = world.engine.import_(case.token, resource.id.upper().replace("/PROVIDERS/", "/providers/"))
    assert imported is not None
    assert imported.id == resource.id
    plan = world.engine.plan(imported, inputs)
    unread = {"adds": [path for path, kind in plan.detailed.items() if "DELETE" not in kind]}
    assert unread == {"adds": [case.renamed] if case.renamed else []}


def at(body: Any, place: str) -> Any:
    for step in place.split("."):
        body = as_list(body)[int(step)] if step.isdigit() else as_map(body).get(step)
    return body


def differing(one: Props, other: Props) -> set[str]:
    return {name for name in one.keys() | other.keys() if one.get(name) != other.get(name)}


def comparable(value: Any) -> Any:
    """ARM's ids and locations know no case."""
    if isinstance(value, str):
        return value.lower()
    if isinstance(value, list):
        return [comparable(item) for item in as_list(value)]
    if isinstance(value, dict):
        return {name: comparable(entry) for name, entry in as_map(value).items()}
    return value
