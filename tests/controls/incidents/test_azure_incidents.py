"""The incident controls on the second Irish site and its auditor: proved together, never more than what was read."""

from dataclasses import replace

import pytest

from clover.controls.incidents.azure_noticing import QUIET, TENANT
from clover.controls.incidents.azure_rules import seconds
from clover.controls.verdict import Claim, Outcome
from clover.model.azure.incidents import Place, facts, kept, noticed
from clover.model.resources import Resources
from tests.mutants.asking import ask
from tests.mutants.site import case, declared, last, not_yet_known, refutations

CONTROLS = ("INC-1", "INC-2", "INC-3")
PLACE = Place("site", "keeper", "northeurope", "vault", "store", "10.48.0.1")
EXPECTED = {"INC-1": len(list(noticed(PLACE))), "INC-2": 4, "INC-3": len(list(kept(PLACE)))}
ATTESTED = {"INC-1": {TENANT}, "INC-2": set[str](), "INC-3": {QUIET}}


@pytest.mark.parametrize("hand", ["site", "auditor"])
@pytest.mark.parametrize("control", CONTROLS)
def test_everything_that_is_expected_is_proved_and_the_rest_says_who_attests(control: str, hand: str) -> None:
    found = ask(case(site="dublin2", hand=hand), control, Claim.HOLDS)
    assert {answer.outcome for answer in found} <= {Outcome.PROVED, Outcome.ASSUMED}
    assert sum(answer.outcome is Outcome.PROVED for answer in found) == EXPECTED[control]
    assert {answer.reason for answer in found if answer.outcome is Outcome.ASSUMED} == ATTESTED[control]
    assert all("attests" in told for told in ATTESTED[control])


@pytest.mark.parametrize("hand", ["site", "auditor"])
@pytest.mark.parametrize("control", CONTROLS)
def test_nobody_outside_the_trusted_base_mutes_it(control: str, hand: str) -> None:
    about = case(site="dublin2", hand=hand)
    trusted = {f"00000000-0000-0000-0000-000000000{number}" for number in ("122", "131", "311")}
    for answer in ask(about, control, Claim.TAMPER):
        assert answer.outcome is Outcome.PROVED, answer.reason
        assert "F-V8" in answer.given
        assert set(answer.changeable_by) <= trusted


@pytest.mark.parametrize("control", CONTROLS)
def test_without_a_foundation_somebody_mutes_it(control: str) -> None:
    found = ask(case(site="dublin2", foundation=False), control, Claim.TAMPER)
    assert {answer.outcome for answer in found} == {Outcome.REFUTED}


def test_a_proof_of_the_site_rests_on_both_hands_resources() -> None:
    for answer in ask(case(site="dublin2"), "INC-1", Claim.HOLDS):
        if any(last(ground.urn).startswith(("trail-", "egress-")) for ground in answer.rests_on):
            stacks = {ground.urn.split("::")[0].rpartition(":")[2] for ground in answer.rests_on}
            assert stacks == {"dublin2", "auditor"}


@pytest.mark.parametrize("control", CONTROLS)
def test_what_is_not_known_yet_refutes_nothing(control: str) -> None:
    about = case(site="dublin2")
    open_ones = tuple(replace(part, resources=Resources(not_yet_known(part.resources.all))) for part in about.others)
    resources = Resources(not_yet_known(declared("dublin2")))
    found = ask(replace(about, resources=resources, others=open_ones), control, Claim.HOLDS)
    assert found
    assert not refutations(found)


@pytest.mark.parametrize("control", CONTROLS)
def test_without_the_auditors_stack_nothing_is_known(control: str) -> None:
    about = case(site="dublin2")
    found = ask(replace(about, others=()), control, Claim.HOLDS)
    assert {answer.outcome for answer in found} == {Outcome.UNKNOWN}


@pytest.mark.parametrize(
    ("duration", "expected"),
    [
        ("PT5M", 300),
        ("PT1H30M", 5400),
        ("P1D", 86400),
        ("P1DT1S", 86401),
        ("P", None),
        ("5 minutes", None),
        (None, None),
    ],
)
def test_lengths_of_time(duration: object, expected: int | None) -> None:
    assert seconds(duration) == expected


def test_every_table_says_what_its_rows_look_like_and_what_sends_them() -> None:
    for name, table in facts()["tables"].items():
        assert table["row"]["Type"] == name
        assert table["from"] in ("activity", "firewall", "vault", "store")
        assert table["settings"] in ("logs", "metrics")
