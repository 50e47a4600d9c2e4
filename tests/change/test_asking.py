"""When verdicts are asked for: wherever something changed that a verdict may rest on, seen by a comparison or not."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from clover.change.difference import change
from clover.controls.proof import Proof, SiteProof
from clover.controls.verdict import Basis
from clover.sources import World, read_world
from tests.change.worlds import export

Changes = Sequence[dict[str, Any]]


def asked(tmp_path: Path, site: str, changes: Changes, first: Changes = ()) -> int:
    """How often the prover is called for a change that no comparison sees."""
    files = [tmp_path / name for name in ("before.json", "after.json")]
    for file, made in zip(files, (first, (*first, *changes)), strict=True):
        file.write_text(json.dumps(export(site, made)), encoding="utf-8")
    worlds = list[World]()

    def prover(world: World) -> Proof:
        worlds.append(world)
        site = SiteProof(stack="", basis=Basis.LAB, verdicts=(), attested={}, weak=(), missing=())
        return Proof(subjects=(), sites=(site,))

    found = change(read_world([files[0]]), read_world([files[1]]), prover)
    assert found.findings == ()
    return len(worlds)


@pytest.mark.parametrize(
    ("site", "changes"),
    [
        ("dublin", [{"reverse": "trail-trail", "path": "advancedEventSelectors"}]),
        ("dublin", [{"set": "egress-dns-block", "path": "priority", "to": 900}]),
        ("dublin", [{"policy": "profiles-policy", "reversed": True}]),
        ("hamar", [{"reverse": "egress-rules", "path": "ruleCollections"}]),
        ("hamar", [{"reverse": "trail-activity", "path": "logs"}]),
    ],
)
def test_verdicts_are_asked_for_where_something_is_declared_otherwise(tmp_path: Path, site: str, changes: Changes):
    assert asked(tmp_path, site, changes) == 2


RULES = [{"status": "Enabled", "filter": {"prefix": "a"}}, {"status": "Disabled", "filter": {"prefix": "b"}}]


def test_two_values_of_a_list_that_change_places_are_no_matter_of_course(tmp_path: Path):
    kind = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"
    new = {"new": "expiry", "type": kind, "with": {"bucket": "media", "rules": RULES}}
    swapped = {"set": "expiry", "path": "rules/0/status", "to": "Disabled"}
    other = {"set": "expiry", "path": "rules/1/status", "to": "Enabled"}
    assert asked(tmp_path, "dublin", [swapped, other], [new]) == 2


@pytest.mark.parametrize(
    ("site", "changes"),
    [
        ("dublin", []),
        ("dublin", [{"set": "user-data-key", "path": "description", "to": "another word"}]),
        ("dublin", [{"set": "media-bucket", "path": "tags/team", "to": "storage"}]),
        ("hamar", [{"rename": "profiles-account", "by": "people-account"}]),
    ],
)
def test_no_verdict_is_asked_for_where_nothing_has_a_meaning(tmp_path: Path, site: str, changes: Changes):
    assert asked(tmp_path, site, changes) == 0
