"""What the auditor hands over of an export: what proofs need of each resource, and of a secret its mark alone."""

import json
from datetime import date
from typing import Any

import pytest

from clover.errors import BadInput, Place
from clover.sources import Secret
from clover.sources.auditor_stack import KEPT, handed_over, read_handed_over
from clover.sources.values import OUTPUT_VALUE, SECRET, SIGNATURE
from clover.sources.world import observed_world
from clover.zones.attestation import AuditorStack
from tests.data import first_preview, state

PLACE = Place("auditor.json")
DAY, UNTIL = date(2026, 11, 24), date(2027, 1, 31)


def of(export: Any) -> AuditorStack:
    return handed_over(export, PLACE, DAY, UNTIL)


@pytest.mark.parametrize("stack", ["auditor", "texas-auditor"])
def test_what_is_handed_over_is_read_as_the_export_is(stack: str) -> None:
    handed, whole = read_handed_over(of(state(stack)), PLACE), observed_world(state(stack), "auditor.json")
    assert handed.subjects[0].digest == whole.subjects[0].digest
    pairs = zip(handed.of(handed.subjects[0]), whole.of(whole.subjects[0]), strict=True)
    for ours, theirs in pairs:
        assert ours == theirs._replace(dependencies=(), protect=False, position=None)


def test_nothing_else_of_a_resource_is_handed_over() -> None:
    assert {name for each in of(state("auditor")).resources for name in each} <= set(KEPT)
    assert of(state("auditor")).lab


@pytest.mark.parametrize(
    "secret",
    [
        {SIGNATURE: SECRET, "plaintext": '"hush"'},
        {SIGNATURE: SECRET, "ciphertext": "hush"},
        {SIGNATURE: OUTPUT_VALUE, "secret": True, "value": "hush"},
    ],
)
def test_a_secret_is_left_out_and_stays_one(secret: dict[str, Any]) -> None:
    export = state("auditor")
    resource = export["deployment"]["resources"][-1]
    resource["outputs"]["inner"] = [{"token": secret}]
    handed = of(export)
    assert "hush" not in json.dumps(handed.resources)
    world = read_handed_over(handed, PLACE)
    found = world.of(world.subjects[0])[-1].outputs["inner"][0]["token"]
    assert isinstance(found, Secret)


@pytest.mark.parametrize(
    ("export", "told"),
    [
        ({}, "auditor.json: is no stack export; make one with: pulumi stack export"),
        (first_preview("auditor"), "auditor.json: is no stack export; make one with: pulumi stack export"),
        (state("texas"), "auditor.json: holds stack texas, which is no auditor's"),
        (state("organisation"), "auditor.json: holds stack organisation, which is no auditor's"),
        ({"version": 3, "deployment": {}}, "auditor.json: holds no resource: there is nothing to judge"),
    ],
)
def test_nothing_but_the_auditor_s_stack_is_handed_over(export: Any, told: str) -> None:
    with pytest.raises(BadInput) as refused:
        of(export)
    assert str(refused.value) == told
