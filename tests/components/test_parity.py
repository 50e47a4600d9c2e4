"""The table of guarantees on both clouds speaks of what there is, and its page is fresh."""

import json
from typing import Any

import pytest

from clover.controls.catalogue import controls
from clover.controls.questions import questions
from clover.zones.vocabulary import Cloud, StackKind
from components import parity
from components.package import Package

CLOUDS = ("aws", "azure")


@pytest.mark.parametrize("cloud", CLOUDS)
def test_every_component_of_a_package_has_a_guarantee_and_none_is_invented(cloud: str) -> None:
    promised = {each["component"] for each in parity.guarantees() if each.get("only", cloud) == cloud}
    declared: dict[str, Any] = json.loads(str(Package(cloud).schema))["resources"]
    assert promised == {token.rpartition(":")[2] for token in declared}


def test_every_guarantee_shows_in_controls_that_exist() -> None:
    assert {control for each in parity.guarantees() for control in each["controls"]} <= set(controls())


@pytest.mark.parametrize("cloud", list(Cloud))
def test_every_control_is_asked_on_both_clouds(cloud: Cloud) -> None:
    assert {control for hand in StackKind for control in questions(cloud, hand)} == set(controls())


def test_a_stronger_cloud_comes_with_the_difference() -> None:
    for each in parity.guarantees():
        assert each.get("stronger") in (None, *CLOUDS)
        assert "stronger" not in each or "difference" in each
        assert each.get("only") in (None, *CLOUDS)
        assert "only" not in each or "difference" in each


def test_the_page_is_fresh() -> None:
    assert parity.PAGE.read_text(encoding="utf-8") == parity.page(), "python -m components.parity"
