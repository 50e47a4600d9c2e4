"""Single changes of Hamar: who becomes more, what has to be allowed, who reads for others."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from clover.controls.verdict import Outcome
from clover.logic.azure import evaluate
from clover.model.azure.roles_in_force import attested, roles_in_force
from tests.controls.azure_mutants import asked, hamar, page
from tests.mutants.collection import Harmless, Mutant
from tests.mutants.site import last

PAGE = page(Path(__file__).with_name("azure_rest.yaml"))
CONTROLS = ("OPR-1", "OPS-1", "RES-P2")


@pytest.mark.parametrize("mutant", PAGE.mutants, ids=lambda mutant: mutant.id)
def test_every_single_change_is_found_and_replays(mutant: Mutant) -> None:
    about = hamar(mutant.changes)
    (answer,) = [each for each in asked(about, mutant.control) if last(each.resource) == (mutant.about or "")]
    if mutant.unknown:
        assert answer.outcome is Outcome.UNKNOWN, answer
        return
    assert answer.outcome is Outcome.REFUTED, answer
    assert answer.counterexample
    assert answer.counterexample["kind"] == mutant.example
    if mutant.example == "property":
        return
    held: Mapping[str, Any] = answer.counterexample
    request: Mapping[str, Any] = held["requests"][0] if "requests" in held else held["request"]
    plain = {"principal": request["principal"], "action": request["action"], "scope": request["resource"]}
    policies = roles_in_force(about.resources, attested(about.givens, about.zone.documents)).policies()
    attributes: dict[str, Any] = {}
    asking = {**plain, "is_data_action": request["context"]["is_data_action"], "attributes": attributes}
    assert (evaluate(asking, policies).decision == "allow") is (mutant.control == "OPR-1")


@pytest.mark.parametrize("control", CONTROLS)
def test_hamar_as_deployed_is_proved(control: str) -> None:
    found = asked(hamar(), control)
    assert found
    assert {answer.outcome for answer in found} == {Outcome.PROVED}


@pytest.mark.parametrize("change", PAGE.harmless, ids=lambda change: change.id)
def test_a_harmless_change_finds_nothing(change: Harmless) -> None:
    about = hamar(change.changes)
    for control in CONTROLS:
        assert {answer.outcome for answer in asked(about, control)} == {Outcome.PROVED}
