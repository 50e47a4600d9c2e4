"""What is read of real exports and previews of the engine."""

import json
from pathlib import Path
from typing import Any

import pytest

from clover.errors import Place
from clover.sources import Secret, Unknown, World, read_world
from tests.data import FIRST_PREVIEW, STATE, first_preview, preview_of, state

BUCKET_POLICY = "aws:s3/bucketPolicy:BucketPolicy"


def written(folder: Path, data: Any, name: str = "file.json") -> Path:
    path = folder / name
    path.write_text(json.dumps(data), encoding="utf-8")
    return path


def only(world: World, kind: str, name: str) -> Any:
    return next(r for s in world.subjects for r in world.of(s) if r.type == kind and r.name == name)


def test_an_export_is_read_whole() -> None:
    world = read_world([STATE])
    (subject,) = world.subjects
    assert (subject.project, subject.stack, subject.site, subject.zone) == ("clover", "dublin", "dublin", "europe")
    assert subject.lab
    assert len(world.of(subject)) == len(state()["deployment"]["resources"])


def test_an_id_among_the_outputs_is_no_property(tmp_path: Path) -> None:
    export = state()
    for each in export["deployment"]["resources"]:
        each.setdefault("outputs", {})["id"] = each.get("id")
    world, known = read_world([written(tmp_path, export)]), read_world([STATE])
    assert world.of(world.subjects[0]) == known.of(known.subjects[0])


def test_a_preview_without_changes_is_what_the_state_is(tmp_path: Path) -> None:
    before = read_world([STATE])
    after = read_world([written(tmp_path, preview_of(state()))])
    assert [(r.urn, r.inputs, r.outputs) for r in before.of(before.subjects[0])] == [
        (r.urn, r.inputs, r.outputs) for r in after.of(after.subjects[0])
    ]
    assert not after.subjects[0].lab


def test_a_first_preview_knows_what_is_declared_and_nothing_that_is_computed() -> None:
    world = read_world([FIRST_PREVIEW])
    policy = only(world, BUCKET_POLICY, "profiles-policy")
    assert isinstance(policy.inputs["policy"], Unknown)
    assert isinstance(policy.id, Unknown)
    assert not policy.settled
    assert policy.inputs["bucket"].endswith("-user-data-profiles")


def test_an_update_keeps_what_identifies_and_opens_what_is_computed(tmp_path: Path) -> None:
    data = preview_of(state())
    step = next(step for step in data["steps"] if step["urn"].endswith("::egress-vpc"))
    step["op"] = "update"
    step["newState"]["inputs"] = {**step["newState"]["inputs"], "enableDnsSupport": False}
    data["changeSummary"] = {"same": len(data["steps"]) - 1, "update": 1}
    vpc = only(read_world([written(tmp_path, data)]), "aws:ec2/vpc:Vpc", "egress-vpc")
    assert vpc.outputs["arn"].startswith("arn:aws:ec2:")
    assert vpc.outputs["enableDnsSupport"] is False
    assert isinstance(vpc.outputs["mainRouteTableId"], Unknown)


def test_what_a_preview_deletes_is_not_in_the_world(tmp_path: Path) -> None:
    data = preview_of(state())
    gone = next(step for step in data["steps"] if step["urn"].endswith("::user-data-alias"))
    gone["op"] = "delete"
    gone.pop("newState")
    data["changeSummary"] = {"same": len(data["steps"]) - 1, "delete": 1}
    world = read_world([written(tmp_path, data)])
    assert all(r.name != "user-data-alias" for r in world.of(world.subjects[0]))


def test_a_refresh_of_its_own_is_no_step_of_a_preview(tmp_path: Path) -> None:
    data = preview_of(state())
    data["steps"] = [*({**step, "op": "refresh"} for step in data["steps"]), *data["steps"]]
    (subject,) = (world := read_world([written(tmp_path, data)])).subjects
    assert [each.urn for each in world.of(subject)] == [step["urn"] for step in preview_of(state())["steps"]]


def test_a_refresh_alone_is_what_is_there(tmp_path: Path) -> None:
    """What the engine prints for `pulumi refresh --preview-only --json`."""
    data = preview_of(state())
    for step in data["steps"]:
        step["op"] = "refresh"
    gone, other = (
        next(one for one in data["steps"] if one["urn"].endswith(f"::{each}"))
        for each in ("media-policy", "usage-versioning")
    )
    gone.pop("newState")
    gone["op"] = "delete"
    outputs = {**other["oldState"]["outputs"], "versioningConfiguration": {"status": "Suspended"}}
    other |= {"op": "update", "newState": {**other["newState"], "outputs": outputs}}
    data["changeSummary"] = {"same": len(data["steps"]) - 2, "delete": 1, "update": 1}
    (subject,) = (world := read_world([written(tmp_path, data)])).subjects
    found = {each.name: each for each in world.of(subject)}
    assert "media-policy" not in found
    assert found["usage-versioning"].outputs["versioningConfiguration"] == {"status": "Suspended"}


def test_the_place_is_the_line_of_configuration_else_the_line_of_the_program() -> None:
    world = read_world([STATE])
    assert world.where(only(world, BUCKET_POLICY, "profiles-policy").urn) == Place("Pulumi.dublin.yaml", 18)
    trail = only(world, "aws:cloudtrail/trail:Trail", "trail-trail")
    assert str(world.where(trail.urn)).startswith("components/aws/access_trail.py:")


def test_secrets_of_both_encodings_are_no_data(tmp_path: Path) -> None:
    data = state()
    policy = next(r for r in data["deployment"]["resources"] if r["type"] == BUCKET_POLICY)
    policy["outputs"]["policy"] = {
        "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270",
        "ciphertext": "v1:abc",
    }
    policy["inputs"]["policy"] = "[secret]"
    read = only(read_world([written(tmp_path, data)]), BUCKET_POLICY, policy["urn"].rpartition("::")[2])
    assert isinstance(read.outputs["policy"], Secret)
    assert isinstance(read.inputs["policy"], Secret)


def test_what_is_unknown_equals_nothing_and_decides_nothing() -> None:
    assert Unknown("a") != Unknown("a")
    with pytest.raises(TypeError, match="a is not known"):
        bool(Unknown("a"))


def test_the_digest_follows_the_content_and_not_the_order_of_keys(tmp_path: Path) -> None:
    data = state()
    turned = json.loads(json.dumps(data, sort_keys=True))
    spoiled = state()
    spoiled["deployment"]["resources"][5]["inputs"]["name"] = "another"
    paths = [written(tmp_path, each, f"{number}.json") for number, each in enumerate((data, turned, spoiled))]
    first, second, third = (read_world([path]).subjects[0].digest for path in paths)
    assert first == second != third


def test_the_first_preview_names_every_unknown_by_its_path() -> None:
    world = read_world([FIRST_PREVIEW])
    unknowns = [value for r in world.of(world.subjects[0]) for value in r.inputs.values() if isinstance(value, Unknown)]
    assert unknowns
    assert all("." in unknown.path for unknown in unknowns)
    assert len(first_preview()["steps"]) == len(world.of(world.subjects[0]))
