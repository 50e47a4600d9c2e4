"""A single change that breaks a control is told by that control's verdict, with what shows it, whatever its family."""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache, partial
from pathlib import Path

import msgspec
import pytest

from clover.change.difference import change
from clover.change.finding import Direction, Finding
from clover.controls.run import prove
from clover.controls.verdict import Outcome
from clover.sources import read_world
from clover.sources.world import World
from tests.data import file_of
from tests.mutants.collection import Mutant
from tests.mutants.export import export
from tests.mutants.site import zone_file
from tests.policy.declarable import SITES, declarable

DAY = date(2026, 11, 24)


def one_of_each() -> Mapping[str, Mutant]:
    """The first mutant of each control and site that is refuted, of the site's own stack: a diff is of one stack.

    What leans on another hand's stack is open before and after, and left out.
    """
    found: dict[str, Mutant] = {}
    for each in declarable():
        if each.example and not each.organisation and each.control not in open_alone(each.site):
            found.setdefault(f"{each.site}: {each.control}", each)
    return found


@cache
def open_alone(site: str) -> set[str]:
    """The controls that leave something open where a site's stack is read alone."""
    proof = prove(read_world([file_of(site)]), zone_file(site), DAY)
    return {each.control for each in proof.verdicts if each.verdict is Outcome.UNKNOWN}


CASES = one_of_each()


def test_most_controls_are_broken_by_a_change_on_either_cloud() -> None:
    families = {(each.site, each.control.partition("-")[0]) for each in CASES.values()}
    assert {site for site, _ in families} == set(SITES)
    assert {family for _, family in families} >= {"RES", "KEY", "NET", "AUD", "EVD", "OPS", "OPR"}


@pytest.mark.parametrize("name", CASES)
def test_a_broken_control_is_told_with_what_shows_it(name: str, tmp_path: Path) -> None:
    mutant = CASES[name]
    unchanged = msgspec.structs.replace(mutant, changes=[])
    worlds = [world(each, tmp_path / name) for each, name in ((unchanged, "before"), (mutant, "after"))]
    found = change(worlds[0], worlds[1], partial(prove, zone=zone_file(mutant.site), day=DAY))
    told = [each for each in found.findings if each.control == mutant.control and is_refuted(each)]
    assert found.exit_code == 1
    assert found.direction in (Direction.WIDENS, Direction.MIXED)
    assert told, [(each.control, each.why) for each in found.findings]
    for each in told:
        assert each.witness
        assert each.witness["kind"] != "unknown"


def is_refuted(finding: Finding) -> bool:
    return finding.worsens and str(finding.after).startswith("refuted")


def world(mutant: Mutant, folder: Path) -> World:
    """The site as the engine exports it."""
    folder.mkdir()
    file = folder / "site.json"
    file.write_text(json.dumps(export(mutant)), encoding="utf-8")
    return read_world([file])
