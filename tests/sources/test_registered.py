"""What the engine shows a policy, as a world: what is there, what is still to be made, what an update leaves."""

from typing import Any

import pytest

from clover.errors import BadInput
from clover.sources import Resource, Unknown
from clover.sources.registered import Shown, is_first_preview, registered_world
from clover.sources.values import SENTINELS

OPEN = min(SENTINELS)
STACK = "urn:pulumi:dublin::clover::pulumi:pulumi:Stack::clover-dublin"
PROVIDER = "urn:pulumi:dublin::clover::pulumi:providers:aws::dublin"
BUCKET = "urn:pulumi:dublin::clover::aws:s3/bucket:Bucket::media"


def shown(urn: str, outputs: Any, inputs: Any = None, **also: Any) -> Shown:
    kind = urn.split("::")[2] if "::" in urn else urn
    known: dict[str, Any] = {"parent": None, "provider": None, "dependencies": (), "protect": False}
    return Shown(urn=urn, type=kind, inputs=inputs, outputs=outputs, **(known | also))


def bucket(outputs: Any, inputs: Any = None, others: tuple[Shown, ...] = (), **also: Any) -> Resource:
    """The bucket in a stack of its own, with its provider and others."""
    listed = [shown(STACK, {}), shown(PROVIDER, {"region": "eu-west-1"}), *others]
    world = registered_world([*listed, shown(BUCKET, outputs, inputs, **also)], None, "the engine")
    return next(each for each in world.of(world.subjects[0]) if each.urn == BUCKET)


def test_what_is_known_wholly_is_there() -> None:
    found = bucket({"id": "media", "arn": "arn:aws:s3:::media"}, {"bucket": "media"}, provider=PROVIDER)
    assert (found.id, found.settled, found.custom) == ("media", True, True)
    assert (found.inputs, found.outputs) == ({"bucket": "media"}, {"arn": "arn:aws:s3:::media"})


def test_without_inputs_the_outputs_stand_for_them() -> None:
    assert bucket({"id": "media", "bucket": "media"}).inputs == {"bucket": "media"}


def test_what_has_no_id_yet_is_declared_only() -> None:
    found = bucket({"id": OPEN, "arn": OPEN}, {"bucket": "media"})
    assert isinstance(found.id, Unknown)
    assert (found.settled, found.outputs, found.inputs) == (False, {}, {"bucket": "media"})


def test_in_a_preview_a_thing_that_tells_no_id_is_not_taken_for_made() -> None:
    assert not bucket({"arn": "arn:aws:s3:::media", "tags": {"a": OPEN}}).settled


def test_an_update_leaves_what_is_declared_and_not_what_is_computed() -> None:
    outputs = {"id": "media", "rules": {"days": 30, "status": OPEN}, "stamp": OPEN}
    found = bucket(outputs, {"rules": {"days": 30}})
    assert found.settled
    assert found.outputs["rules"] == {"days": 30}
    assert isinstance(found.outputs["stamp"], Unknown)


def test_links_lead_to_what_is_shown() -> None:
    found = bucket({"id": "media"}, provider=PROVIDER, parent=STACK, dependencies=(STACK, f"{STACK}-gone"))
    assert (found.parent, found.dependencies) == (STACK, (STACK,))
    lost = bucket({"id": "media"}, provider=f"{PROVIDER}-gone", parent=f"{STACK}-gone")
    assert (lost.parent, lost.provider, lost.custom) == (None, None, True)


def test_a_component_is_made_by_nobody() -> None:
    urn = "urn:pulumi:dublin::clover::clover-aws:index:RegionLockedStore::media"
    world = registered_world([shown(urn, {"arn": OPEN}, {"site": {"name": "dublin", "zone": "europe"}})], None, "x")
    (found,) = world.of(world.subjects[0])
    assert (found.custom, found.settled) == (False, True)
    assert (world.subjects[0].site, world.subjects[0].zone) == ("dublin", "europe")
    assert registered_world([shown(urn, {})], "hamar", "x").subjects[0].site == "hamar"


@pytest.mark.parametrize(("outputs", "first"), [({"id": OPEN}, True), ({"id": "media", "arn": OPEN}, False)])
def test_a_stack_of_which_nothing_is_made_is_previewed_for_the_first_time(outputs: Any, first: bool) -> None:
    listed = [shown(PROVIDER, {"id": "known"}), shown(BUCKET, outputs, provider=PROVIDER)]
    assert is_first_preview(registered_world(listed, None, "x")) is first


@pytest.mark.parametrize("listed", [[], [shown("media", {})], [shown(BUCKET, {}), shown(BUCKET, {})]])
def test_what_is_no_stack_is_refused(listed: list[Shown]) -> None:
    with pytest.raises(BadInput):
        registered_world(listed, None, "x")
