"""The ARNs of principals that a plan makes are those that the cloud then gave."""

import json
from collections.abc import Sequence

import pytest

from clover.model.aws.planned_arns import KINDS, with_arns
from clover.model.resources import value
from clover.sources import Resource, Unknown, read_world
from tests.data import file_of

DUBLIN, PARTITION = "111122223333", "aws"


def resources(kind: str) -> Sequence[Resource]:
    world = read_world([file_of("dublin", kind)])
    return world.of(world.subjects[0])


def arns(found: Sequence[Resource]) -> dict[str, object]:
    return {each.urn: value(each, "arn") for each in found if each.type in KINDS}


def test_a_first_plan_knows_every_arn_that_the_state_has() -> None:
    planned = resources("first")
    assert all(isinstance(each, Unknown) for each in arns(planned).values())
    assert arns(list(with_arns(planned, DUBLIN, PARTITION))) == arns(resources("state"))


def test_what_the_cloud_gave_stays() -> None:
    assert list(with_arns(resources("state"), DUBLIN, PARTITION)) == list(resources("state"))


@pytest.mark.parametrize("pinned", [None, json.dumps(["999999999999"]), json.dumps([DUBLIN, "999999999999"])])
def test_a_provider_that_may_be_of_another_account_makes_no_arn(pinned: str | None) -> None:
    loose = [
        each._replace(inputs={**each.inputs, "allowedAccountIds": pinned}, outputs={})
        if each.type == "pulumi:providers:aws"
        else each
        for each in resources("first")
    ]
    assert all(isinstance(each, Unknown) for each in arns(list(with_arns(loose, DUBLIN, PARTITION))).values())
