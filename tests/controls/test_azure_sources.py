"""Hamar as plans show it: a plan without changes says what the state says, and what is not known is never refuted."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clover.controls.case import Case
from clover.controls.catalogue import controls as catalogue
from clover.controls.verdict import Answer, Outcome
from clover.sources import read_world
from clover.sources.plain import as_object
from clover.zones.vocabulary import Cloud
from tests.controls.hamar import asked, controls, keeping
from tests.data import file_of, preview_of, state
from tests.mutants.changes import UNKNOWN
from tests.mutants.site import case_of, last
from tests.zones.own_evidence import ON_AZURE

ATTESTED = ("RES-P4", "RES-6")
"""What no plan shows, and what leaves anyway."""


def planned(file: Path) -> Case:
    world = read_world([file])
    return case_of(world.of(world.subjects[0]), ON_AZURE)


def said(about: Case) -> dict[tuple[str, str], Outcome]:
    found = ((control, answer) for control in controls(about) for answer in asked(about, control))
    return {(control, last(answer.resource)): answer.outcome for control, answer in found if control not in ATTESTED}


COPIES = {("RES-2", f"{store}-copies") for store in ("profiles", "research", "usage")}
"""What is replicated into the copies' account, of which that account's own stack alone shows the other end."""


def test_a_plan_without_changes_says_what_the_state_says(tmp_path: Path):
    file = tmp_path / "plan.json"
    file.write_text(json.dumps(preview_of(state(ON_AZURE))), encoding="utf-8")
    found = said(planned(file))
    assert {place for place, outcome in found.items() if outcome is Outcome.ASSUMED} == COPIES
    assert {**found, **dict.fromkeys(COPIES, Outcome.PROVED)} == said(keeping())
    assert set(said(keeping()).values()) == {Outcome.PROVED}


def test_the_first_plan_refutes_nothing_and_names_what_it_leaves_open():
    found = said(planned(file_of(ON_AZURE, "first")))
    assert {place for place, outcome in found.items() if outcome is Outcome.ASSUMED} == COPIES
    open_still = {place for place, outcome in found.items() if outcome is not Outcome.PROVED} - COPIES
    roles, keys = ([f"{role}-{part}" for role in ("evidence", "intake", "user-data")] for part in ("user", "key"))
    assert open_still == {
        *(("RES-1", name) for name in roles),
        *(("KEY-3", name) for name in keys),
        *(("KEY-4", name) for name in keys),
    }
    assert {found[place] for place in open_still} == {Outcome.UNKNOWN}


def places() -> Iterator[tuple[str, str]]:
    """Every property, one level deep, of one resource of each type."""
    seen: set[str] = set()
    for resource in state(ON_AZURE)["deployment"]["resources"]:
        if not resource.get("custom") or resource["type"] in seen:
            continue
        seen.add(resource["type"])
        held: dict[str, Any] = resource["inputs"]
        nested = [f"{name}.{inner}" for name, content in held.items() for inner in as_object(content) or ()]
        yield from ((last(resource["urn"]), path) for path in (*held, *nested) if not path.startswith("__"))


@pytest.mark.parametrize("name, path", sorted(places())[::6])
def test_what_is_not_known_is_never_refuted(name: str, path: str):
    about = keeping([{"set": name, "path": path, "to": UNKNOWN}])
    found: list[Answer] = [answer for control in controls(about) for answer in asked(about, control)]
    assert [answer.reason for answer in found if answer.outcome is Outcome.REFUTED] == []


def test_what_mends_a_control_is_said_in_the_clouds_own_words():
    for control in controls(keeping()):
        text = catalogue()[control].fix_on(Cloud.AZURE)
        assert not any(word in text for word in ("aws:", "kms:", "ARN", "security group", "role's trust policy")), (
            control
        )
