"""Changes of the organisation's stack: each that breaks a guardrail is told with what shows it, back it closes."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache, partial
from pathlib import Path
from typing import Any

import pytest

from clover.change.classes import others, types
from clover.change.difference import change, declared
from clover.change.finding import Direction, Finding, together
from clover.change.markdown import comment
from clover.change.pairing import Sides, sides
from clover.change.text import text
from clover.controls.run import prove
from clover.sources import read_world
from clover.sources.world import World
from tests.change.replay import replays
from tests.change.worlds import export as stack_with
from tests.change.worlds import resources, unchanged
from tests.data import FOLDER, state
from tests.mutants.collection import Harmless, Mutant, harmless, mutants
from tests.mutants.export import beside, export

DAY = date(2026, 11, 24)
ORGANISATION, POLICY = "organisation", "aws:organizations/policy:Policy"


def after(mutant: Mutant | Harmless) -> dict[str, Any]:
    """The organisation's stack after the change."""
    return export(mutant) if mutant.hand == ORGANISATION else beside(mutant)[-1]


def changing(listed: list[Any]) -> Mapping[str, Any]:
    """Those that change the organisation's stack, and not what is attested of it."""
    before = said(state(ORGANISATION))
    return {each.id: each for each in listed if each.organisation and said(after(each)) != before}


def said(stack: dict[str, Any]) -> dict[str, Any]:
    """What every resource is declared with."""
    return {each["urn"]: each.get("inputs") for each in stack["deployment"]["resources"]}


MUTANTS = changing(mutants())
SHOWN = {name: each for name, each in MUTANTS.items() if each.example}
NOT_KNOWN = {
    "grd-2-org-not-known-yet": "the text of a policy is not known before the update",
    "grd-9-not-known-yet": "the text of a policy is not known before the update",
    "grd-2-az-org-selected": "selectors of resources are not evaluated",
    "part-res-5-az-not-understood": "nobody knows what a blueprint declares",
    "part-res-5-a-store": "nobody knows what a usage report tells, and to whom",
}
"""Changes of which something stays undecided, and why."""


def test_every_type_of_the_stacks_that_are_deployed_is_classified() -> None:
    found = {each["type"] for file in FOLDER.glob("*.state.json") for each in of(file) if each.get("custom")}
    assert len(found) > 50
    assert sorted(found - types().keys() - others().keys()) == []


def of(file: Path) -> list[dict[str, Any]]:
    return json.loads(file.read_text(encoding="utf-8"))["deployment"]["resources"]


def test_both_clouds_and_both_hands_are_among_the_changes() -> None:
    assert len(SHOWN) >= 40
    assert {(each.site, each.hand) for each in SHOWN.values()} == {
        (site, hand) for site in ("dublin", "hamar") for hand in ("site", ORGANISATION)
    }


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> World:
    return world(state(ORGANISATION), tmp_path_factory.mktemp("before"))


def world(data: Any, folder: Path) -> World:
    """The stack as the engine exports it."""
    file = folder / "organisation.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    return read_world([file])


@cache
def declares(name: str) -> tuple[Sides, list[Finding]]:
    """Both sides of a change of the stack, and what its declarations say of it."""
    both = sides(unchanged(ORGANISATION), resources(after(SHOWN[name])))
    return both, list(declared(both))


@pytest.mark.parametrize("name", SHOWN)
def test_a_guardrail_that_is_broken_is_told_with_what_shows_it(name: str) -> None:
    both, found = declares(name)
    assert together(found) in (Direction.WIDENS, Direction.MIXED)
    assert [each.why for each in found if each.undecided] == []
    for each in (each for each in found if each.worsens):
        assert each.witness
        replays(each, both)


@pytest.mark.parametrize("name", SHOWN)
def test_the_command_says_that_it_opens(name: str, before: World, tmp_path: Path) -> None:
    found = change(before, world(after(SHOWN[name]), tmp_path), partial(prove, zone=None, day=DAY))
    assert found.exit_code == 1
    assert found.direction in (Direction.WIDENS, Direction.MIXED)


PATTERNS = {
    "grd-3-az-org-any-service": "whether every place that one pattern fits is one that the other fits is not decided",
    "grd-3-az-org-records-anywhere": "the same of the beginnings of places",
}
"""Changes of which it is shown that they open something, and not that the change back opens nothing."""


@pytest.mark.parametrize("name", sorted(SHOWN.keys() - PATTERNS.keys()))
def test_the_change_back_closes_what_it_opened(name: str) -> None:
    direction = together(declares(name)[1])
    mirrored = list(declared(sides(resources(after(SHOWN[name])), unchanged(ORGANISATION))))
    assert [each.why for each in mirrored if each.undecided] == []
    assert together(mirrored) is {Direction.WIDENS: Direction.NARROWS}.get(direction, direction)


@pytest.mark.parametrize("name", PATTERNS)
def test_patterns_are_not_told_as_closing(name: str) -> None:
    found = list(declared(sides(resources(after(SHOWN[name])), unchanged(ORGANISATION))))
    assert [each.undecided for each in found] == [True]


@pytest.mark.parametrize("name", NOT_KNOWN)
def test_what_cannot_be_decided_is_undecided_by_name(name: str, before: World, tmp_path: Path) -> None:
    found = change(before, world(after(MUTANTS[name]), tmp_path), partial(prove, zone=None, day=DAY))
    assert any(each.undecided for each in found.findings)
    assert found.exit_code in (1, 2)


@pytest.mark.parametrize("name", changing(harmless()))
def test_what_is_harmless_opens_nothing(name: str, before: World, tmp_path: Path) -> None:
    found = change(before, world(after(changing(harmless())[name]), tmp_path), partial(prove, zone=None, day=DAY))
    assert found.direction in (Direction.NEUTRAL, Direction.NARROWS)
    assert found.exit_code == 0


def test_a_guardrail_that_goes_or_is_loosened_is_a_risk(before: World, tmp_path: Path) -> None:
    risky = {
        "grd-1-org-not-attached": "delete the guardrail",
        "grd-2-org-any-region": "loosen the guardrail",
        "grd-1-az-org-placed-elsewhere": "loosen the guardrail",
        "grd-1-az-org-no-denial": "delete the guardrail",
        "grd-8-org-a-delegation": "change who is trusted by",
    }
    for name, operation in risky.items():
        found = change(before, world(after(MUTANTS[name]), tmp_path), partial(prove, zone=None, day=DAY))
        assert operation in {each.operation for each in found.risks}, name


def lodger(parent: str) -> dict[str, Any]:
    """An account that hangs below a unit, or below the root."""
    with_ = {"name": "lodger", "email": "lodger@example.org", "parentId": parent}
    return {"new": "lodger", "id": "222233334444", "type": "aws:organizations/account:Account", "with": with_}


def test_an_account_that_leaves_its_unit_leaves_what_the_unit_denies() -> None:
    inside, outside = (resources(stack_with(ORGANISATION, [lodger(each)])) for each in ("ou-exam-clover00", "r-exam"))
    both = sides(inside, outside)
    found = list(declared(both))
    assert together(found) is Direction.WIDENS
    assert {(each.control, str(each.resource).rpartition("::")[2]) for each in found} >= {("GRD-2", "lodger")}
    for each in found:
        replays(each, both)
    assert together(declared(sides(outside, inside))) is Direction.NARROWS


def test_a_policy_that_decides_no_request_is_not_compared() -> None:
    one, other = ({"new": "tags", "type": POLICY, "with": {"type": "TAG_POLICY", "content": each}} for each in "ab")
    found = list(declared(sides(*(resources(stack_with(ORGANISATION, [each])) for each in (one, other)))))
    assert [each.undecided for each in found] == [True]


@pytest.mark.parametrize("name", ["grd-4-az-org-keys", "grd-2-az-org-only-watched", "grd-2-org-any-region"])
def test_a_witness_can_be_read(name: str, before: World, tmp_path: Path) -> None:
    found = change(before, world(after(SHOWN[name]), tmp_path), partial(prove, zone=None, day=DAY))
    shown = next(each for each in found.findings if each.resource and each.worsens and each.witness)
    request = (shown.witness or {})["request"]
    told = f"{request['principal']} calls {request['action']} on {request.get('scope') or request['resource']}"
    assert told in text(found)
    assert request["action"] in comment([found])
