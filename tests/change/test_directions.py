"""Changes with a known meaning: the direction is right, what widens shows it, and the change back mirrors it."""

from collections.abc import Mapping
from typing import Any

import pytest

from clover.change.difference import declared
from clover.change.finding import Direction, Finding, together
from clover.change.pairing import sides
from tests.change.replay import replays
from tests.change.worlds import cases, compared, mirrored, unchanged

CASES = cases("changes.yaml")
TURNED = {Direction.WIDENS: Direction.NARROWS, Direction.NARROWS: Direction.WIDENS}


def named(case: Mapping[str, Any]) -> str:
    return f"{case['direction']}: {case['name']}"


@pytest.mark.parametrize("case", CASES, ids=named)
def test_the_direction_is_what_the_change_means(case: dict[str, Any]):
    both, found = compared(case)
    assert not [each.why for each in found if each.undecided]
    assert together(found).value == case["direction"], [each.why for each in found]
    if case["direction"] == "neutral":
        told = case.get("tells", [])
        assert len(found) == len(told)
        assert all(each.why.startswith(begins) for each, begins in zip(found, told, strict=True))
        return
    about = {(each.control, name(each)) for each in found}
    assert tuple(case["about"]) in about, about
    for each in found:
        if each.worsens:
            assert each.witness is not None
            replays(each, both)


@pytest.mark.parametrize("case", [case for case in CASES if not case.get("one_way")], ids=named)
def test_the_change_back_mirrors_it(case: dict[str, Any]):
    _, found = compared(case)
    back = mirrored(case)
    turned = sorted((TURNED.get(each.direction, each.direction).value, each.control, name(each)) for each in found)
    assert sorted((each.direction.value, each.control, name(each)) for each in back) == turned


@pytest.mark.parametrize("site", ["dublin", "hamar", "organisation", "auditor"])
def test_a_stack_compared_with_itself_is_neutral(site: str):
    assert list(declared(sides(unchanged(site), unchanged(site)))) == []


def name(finding: Finding) -> str:
    return str(finding.resource).rpartition("::")[2]
