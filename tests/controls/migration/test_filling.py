"""OPS-1 of historic data: the writer gets in until the last day, and workloads come to what has landed."""

from datetime import date
from typing import Any

import pytest

from clover.controls.migration.azure import ADD
from clover.controls.operation import aws, azure
from clover.controls.verdict import Answer, Outcome
from clover.zones.vocabulary import Cloud
from tests.controls.migration.test_migration import DAY, SITES, WRITERS, case, edited, landing, statement
from tests.mutants.site import last


def about_the_landing(site: str, resources: dict[str, Any], day: date = DAY) -> list[Answer]:
    asked = case(site, resources, day=day)
    found = (aws if asked.site.cloud is Cloud.AWS else azure).QUESTIONS["OPS-1"](asked)
    return [answer for answer in found if answer.resource and last(answer.resource).startswith("arrivals")]


def lacking(site: str, name: str) -> Answer:
    """The one answer that is not proved where one of the landing's resources is gone."""
    rest = {key: found for key, found in landing(site).items() if key != name}
    (answer,) = (each for each in about_the_landing(site, rest) if each.outcome is not Outcome.PROVED)
    return answer


@pytest.mark.parametrize("site", SITES)
def test_a_landing_is_filled_and_emptied(site: str) -> None:
    found = about_the_landing(site, landing(site))
    assert {answer.outcome for answer in found} == {Outcome.PROVED}
    assert all(answer.rests_on for answer in found)


def another_writer(policy: dict[str, Any]) -> None:
    condition = statement(policy, "OnlyTheWriterWrites")["Condition"]["ArnNotEqualsIfExists"]
    condition["aws:PrincipalArn"] = "arn:aws:iam::111122223333:role/clover/helper"


def no_objects(policy: dict[str, Any]) -> None:
    statement(policy, "WriterOnlyWrites")["NotAction"] = ["s3:AbortMultipartUpload"]


def no_reading(policy: dict[str, Any]) -> None:
    statement(policy, "SignedContentOnly").update({"Action": "s3:GetObject", "Condition": {}})


@pytest.mark.parametrize(
    ("change", "who"),
    [(another_writer, WRITERS["dublin"]), (no_objects, WRITERS["dublin"]), (no_reading, "role/workload")],
)
def test_on_aws_a_policy_that_keeps_them_out_is_refuted(change: Any, who: str) -> None:
    (answer,) = about_the_landing("dublin", edited(change))
    assert answer.outcome is Outcome.REFUTED
    assert answer.counterexample
    assert answer.counterexample["request"]["principal"].endswith(who)


def test_on_azure_a_writer_without_its_role_is_refuted() -> None:
    answer = lacking("hamar", "arrivals-writer")
    assert answer.outcome is Outcome.REFUTED
    assert answer.counterexample
    assert answer.counterexample["request"]["action"] == ADD


def test_on_azure_a_role_that_is_not_declared_is_not_known() -> None:
    assert lacking("hamar", "landing-adding").outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("gone", ["arrivals-store-endpoint", "arrivals-store-name", "arrivals-store-container"])
def test_on_azure_a_landing_that_nobody_comes_to_is_refuted(gone: str) -> None:
    answer = lacking("hamar", gone)
    assert answer.outcome is Outcome.REFUTED
    assert "nobody comes to arrivals-store-account" in answer.reason


@pytest.mark.parametrize("site", SITES)
def test_after_the_last_day_the_writer_is_not_expected(site: str) -> None:
    found = about_the_landing(site, landing(site), date(2027, 7, 1))
    assert {answer.outcome for answer in found} == {Outcome.PROVED}
    assert not any("until 2027-06-30" in answer.reason for answer in found)
