"""The incident controls on Texas and its auditor: proved together, and never more than what was read."""

from dataclasses import replace

import pytest

from clover.controls.incidents.watched import ALONE
from clover.controls.verdict import Claim, Outcome
from clover.model.aws.incidents import Place, kept, noticed
from clover.model.resources import Resources
from tests.mutants.asking import ask
from tests.mutants.site import case, declared, last, not_yet_known, refutations

CONTROLS = ("INC-1", "INC-2", "INC-3")
PLACE = Place("123456789012", "999999999999", "us-east-2", "clover-texas-999999999999-evidence-vault", "clover-texas")
EXPECTED = {"INC-1": len(list(noticed(PLACE))), "INC-2": 4, "INC-3": len(list(kept(PLACE)))}


@pytest.mark.parametrize("hand", ["site", "auditor"])
@pytest.mark.parametrize("control", CONTROLS)
def test_everything_that_is_expected_is_proved(control: str, hand: str) -> None:
    found = ask(case(site="texas", hand=hand), control, Claim.HOLDS)
    assert {answer.outcome for answer in found} <= {Outcome.PROVED, Outcome.ASSUMED}
    assert sum(answer.outcome is Outcome.PROVED for answer in found) == EXPECTED[control]


@pytest.mark.parametrize("hand", ["site", "auditor"])
@pytest.mark.parametrize("control", CONTROLS)
def test_nobody_outside_the_trusted_base_mutes_it(control: str, hand: str) -> None:
    about = case(site="texas", hand=hand)
    for answer in ask(about, control, Claim.TAMPER):
        assert answer.outcome is Outcome.PROVED, answer.reason
        assert {given for given in answer.given if given.startswith("F-V")}
        named = {"deployer", "auditor-deployer", "break-glass"}
        assert {who.rpartition("/")[2] for who in answer.changeable_by} <= named


@pytest.mark.parametrize("control", CONTROLS)
def test_without_a_foundation_it_is_muted_with_one_call(control: str) -> None:
    found = ask(case(site="texas", foundation=False), control, Claim.TAMPER)
    assert {answer.outcome for answer in found} == {Outcome.REFUTED}


def test_a_proof_of_the_site_rests_on_both_hands_resources() -> None:
    stacks = {"texas", "texas-auditor"}
    for answer in ask(case(site="texas"), "INC-1", Claim.HOLDS):
        if any(last(ground.urn).startswith("trail-") for ground in answer.rests_on):
            assert {ground.urn.split("::")[0].rpartition(":")[2] for ground in answer.rests_on} == stacks


def test_changes_of_roles_are_left_to_the_vaults_records() -> None:
    (answer,) = (each for each in ask(case(site="texas"), "INC-1", Claim.HOLDS) if each.outcome is Outcome.ASSUMED)
    assert "us-east-1" in answer.reason


@pytest.mark.parametrize("site", ["own-evidence", "own-evidence-azure"])
@pytest.mark.parametrize("control", CONTROLS)
def test_a_site_that_nothing_watches_says_who_attests(site: str, control: str) -> None:
    found = ask(case(site=site), control, Claim.HOLDS)
    assert {answer.outcome for answer in found} == {Outcome.ASSUMED}
    assert all("attests" in answer.reason for answer in found)
    assert found[0].reason == ALONE


@pytest.mark.parametrize("control", CONTROLS)
def test_what_is_not_known_yet_refutes_nothing(control: str) -> None:
    about = case(site="texas")
    open_ones = tuple(replace(part, resources=Resources(not_yet_known(part.resources.all))) for part in about.others)
    found = ask(
        replace(about, resources=Resources(not_yet_known(declared("texas"))), others=open_ones), control, Claim.HOLDS
    )
    assert found
    assert not refutations(found)


def test_every_answer_is_about_a_rule_a_topic_or_somebody_who_listens() -> None:
    for control in CONTROLS:
        for answer in ask(case(site="texas"), control, Claim.HOLDS):
            assert answer.resource is None or last(answer.resource).startswith("texas-")
