"""On Azure: whoever can change what a proof rests on is found, with calls that replay; nobody else is accused."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from clover.controls.case import Case
from clover.controls.operator.azure_changes import OWNER
from clover.controls.questions import questions
from clover.controls.tamper import tampering
from clover.controls.verdict import Claim, Outcome
from clover.logic.azure import evaluate
from clover.model.azure.roles_in_force import attested, roles_in_force
from tests.mutants.asking import ask
from tests.mutants.site import case, last

CASES: list[dict[str, Any]] = yaml.safe_load(
    Path(__file__).with_name("azure_tampering.yaml").read_text(encoding="utf-8")
)
EVERYTHING = {"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []}


def _allowed(request: Mapping[str, Any], about: Case, more: list[dict[str, Any]], *, locks: bool = True) -> bool:
    roles = roles_in_force(about.resources, attested(about.givens, about.zone.documents))
    policies = roles.policies()
    policies["role_assignments"] = [*policies["role_assignments"], *more]
    if not locks:
        policies["locks"] = []
    plain = {"principal": request["principal"], "action": request["action"], "scope": request["resource"]}
    return evaluate({**plain, "is_data_action": False, "attributes": {}}, policies).decision == "allow"


def _replay(example: Mapping[str, Any], about: Case) -> None:
    """Every call is permitted, once the assignment that nothing rules out, or that the caller made, is there."""
    first, *others = example["requests"]
    caller = first["principal"]
    owner = {"principalId": caller, "scope": "/", "role": EVERYTHING}
    if "assuming" in example:
        assert example["assuming"]["roleDefinitionId"] == OWNER
        assert not _allowed(example["requests"][-1], about, [])
        assert _allowed(example["requests"][-1], about, [owner])
        return
    assert _allowed(first, about, [])
    unlocked = first["action"].endswith("locks/delete")
    for request in others:
        assert _allowed(request, about, [] if unlocked else [owner], locks=not unlocked)


@pytest.mark.parametrize("row", CASES, ids=lambda row: row["id"])
def test_who_can_tamper(row: dict[str, Any]) -> None:
    about = case(row["changes"], "hamar")
    answer = next(each for each in ask(about, row["control"], Claim.TAMPER) if last(each.resource) == row["about"])
    assert answer.outcome.value == row["outcome"], answer.reason
    if answer.outcome is Outcome.REFUTED:
        assert answer.counterexample
        assert answer.counterexample["kind"] == "chain"
        _replay(answer.counterexample, about)


def test_as_deployed_only_the_trusted_base_can_change_anything() -> None:
    about = case((), "hamar")
    tampered = tampering(about)
    for control, question in questions(about.site.cloud).items():
        for answer in tampered.answers(control, list(question(about))):
            assert answer.outcome is Outcome.PROVED, (control, answer.reason)
            assert set(answer.changeable_by) == set(about.trusted)
            assert answer.given == ("F-Z2", "F-Z5")


def test_without_the_foundation_every_tamper_claim_falls_with_a_chain_that_replays() -> None:
    about = case((), "hamar", foundation=False)
    tampered = tampering(about)
    fallen = [
        answer
        for control, question in questions(about.site.cloud).items()
        for answer in tampered.answers(control, list(question(about)))
    ]
    assert fallen
    for answer in fallen:
        assert answer.outcome is Outcome.REFUTED, answer.reason
        assert answer.counterexample
        _replay(answer.counterexample, about)
