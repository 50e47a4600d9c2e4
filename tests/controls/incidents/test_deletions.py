"""Nothing of monitor and channel stands for nothing: without it a verdict flips, or a proof loses a ground."""

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

import pytest

from clover.controls.verdict import Claim, Outcome
from tests.mutants.asking import ask
from tests.mutants.changes import Change
from tests.mutants.site import after, case
from tests.soak import soaked

CONTROLS = ("INC-1", "INC-2", "INC-3", "RES-2", "KEY-3", "KEY-5", "KEY-6")
FOR_PEOPLE = {"texas-incidents-alias"}
"""What is declared for people to find things by."""
COVERED = {("texas-incidents-key", "NoUseByAdministrator"): "NoDirectUse"}
"""Statements that another says more of."""
BEGIN = ("texas-incidents", "texas-monitor", "trail-")
DECLARED = [each for each in after([], "texas")[0] if each.custom and each.name.startswith(BEGIN)]
EVERY = [each.name for each in DECLARED if each.name not in {"trail-trail", *FOR_PEOPLE}]
STATEMENTS = [
    (each.name, str(statement["Sid"]))
    for each in DECLARED
    if isinstance(each.inputs.get("policy"), str)
    for statement in json.loads(each.inputs["policy"])["Statement"]
]
Said = dict[tuple[str, str, str, str | None], tuple[frozenset[Outcome], frozenset[str]]]


def said(changes: Iterable[Change]) -> Said:
    """The outcomes and grounds of every claim of both hands, by hand, control, claim and resource."""
    found: Said = {}
    listed = list(changes)
    for hand in ("site", "auditor"):
        about: Any = case(listed, "texas", hand=hand)
        for control in CONTROLS:
            for claim in Claim:
                for answer in ask(about, control, claim):
                    key = (hand, control, claim.value, answer.resource)
                    outcomes, grounds = found.get(key, (frozenset(), frozenset()))
                    named = {f"{each.urn.rpartition('::')[2]}: {each.statement}" for each in answer.rests_on}
                    found[key] = (outcomes | {answer.outcome}, grounds | named)
    return found


@cache
def before() -> Said:
    return said([])


def test_everything_is_proved_to_begin_with() -> None:
    assert {each for outcomes, _ in before().values() for each in outcomes} <= {Outcome.PROVED, Outcome.ASSUMED}
    assert len(EVERY) > 40


@pytest.mark.parametrize("name", EVERY[:: soaked(5, 1)])
def test_a_resource_is_missed(name: str) -> None:
    outcomes = {each for found, _ in said([{"remove": name}]).values() for each in found}
    assert outcomes & {Outcome.REFUTED, Outcome.UNKNOWN}


@pytest.mark.parametrize(("name", "sid"), STATEMENTS[:: soaked(2, 1)], ids=str)
def test_a_statement_is_missed(name: str, sid: str) -> None:
    now = said([{"policy": name, "without": sid}])
    nothing: tuple[frozenset[Outcome], frozenset[str]] = (frozenset(), frozenset())
    pairs = [(held, now.get(key, nothing)) for key, held in before().items()]
    flipped = any(held[0] != found[0] for held, found in pairs)
    shrunk = any(f"{name}: {sid}" in held[1] - found[1] for held, found in pairs)
    assert flipped or shrunk or (name, sid) in COVERED
