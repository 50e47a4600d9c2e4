"""The mapping to frameworks is complete, speaks of controls that exist, and calls nothing met."""

import re
from collections import Counter

import pytest

from clover.controls.catalogue import controls
from clover.controls.frameworks import Framework, Stance, frameworks, supported
from clover.controls.frameworks import page as pages

ITEMS = {
    "ISO 27001": 93,  # 37 organisational, 8 people, 14 physical, 34 technological
    "GDPR": 8,  # articles 28, 32, 44 to 49
    "NIS2": 10,  # letters a to j
    "DORA": 26,  # articles 5 to 30
    "FINOS-CCC": 55,
    "AWS-FSBP": 75,
    "CIS-AWS": 70,
    "CIS-Azure": 127,
    "MCSB": 46,
    "SecNumCloud": 92,
    "BSI-C5": 169,
}
"""How many items each has, from a second source than its table."""


@pytest.fixture(params=sorted(ITEMS))
def framework(request: pytest.FixtureRequest) -> Framework:
    return frameworks()[request.param]


def test_every_framework_has_its_table():
    assert {name: framework.count for name, framework in frameworks().items()} == ITEMS


def test_every_item_stands_once(framework: Framework):
    items = Counter(item for item, _ in framework.items())
    assert sum(items.values()) == framework.count
    assert [item for item, count in items.items() if count > 1] == []


def test_what_supports_names_controls_and_what_does_not_names_none(framework: Framework):
    for item, group in framework.items():
        assert set(group.controls) <= set(controls()), item
        assert bool(group.controls) == (group.stance in {Stance.SUPPORTS, Stance.CONFLICT}), item
        assert group.why.endswith("."), item


def test_no_word_calls_an_item_met(framework: Framework):
    for item, group in framework.items():
        assert group.stance in set(Stance), item
        assert not re.search(r"\b(complian\w+|fully|guarantee\w*|certif(y|ied))\b", group.why, re.IGNORECASE), item


def test_what_no_configuration_can_meet_says_so():
    (immunity,) = (group for item, group in frameworks()["SecNumCloud"].items() if item == "19.6")
    assert immunity.stance is Stance.NOT_MET


def test_a_control_tells_the_items_that_it_supports():
    assert "44" in controls()["RES-1"].frameworks["GDPR"]
    assert "CCC.Core.CN06" in supported()["RES-1"]["FINOS-CCC"]
    assert "CCC.Core.CN08" not in controls()["RES-2"].frameworks["FINOS-CCC"]


def test_the_page_is_fresh():
    assert pages.PAGE.read_text(encoding="utf-8") == pages.page(), "python -m clover.controls.frameworks.page"
