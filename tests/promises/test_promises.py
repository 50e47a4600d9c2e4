"""Every promise has a live control or an attestation, every control serves a promise, and the page is fresh."""

import pytest

from clover.controls.catalogue import controls
from clover.controls.promises import Promise, promises
from clover.controls.verdict import Outcome
from tests.promises import page

ENGINE_ROOM = {
    "KEY-1",
    "KEY-2",
    "KEY-3",
    "KEY-4",
    "KEY-6",
    "RES-1",
    "OPS-1",
    "OPS-2",
    "OPS-3",
    "STA-1",
    "STA-2",
    "STA-3",
}
"""Controls that every promise leans on: that data is encrypted under the site's keys, and that the site can be run."""


@pytest.mark.parametrize("promise", promises(), ids=lambda one: one.promise[:40])
def test_a_promise_is_shown_or_attested(promise: Promise):
    assert set(promise.controls) <= set(controls())
    assert promise.attested_by
    assert promise.not_declarable.endswith(".")
    for site in page.SITES:
        asked = {one.control for one in page.verdicts()[site]}
        assert set(promise.controls) <= asked


def test_every_control_serves_a_promise():
    served = {control for one in promises() for control in one.controls}
    assert set(controls()) - served <= ENGINE_ROOM


@pytest.mark.parametrize("site", page.SITES)
def test_nothing_of_a_promise_is_refuted_or_unknown_at_the_sample_sites(site: str):
    served = {control for one in promises() for control in one.controls}
    worst = {one.verdict for one in page.verdicts()[site] if one.control in served}
    assert worst.isdisjoint({Outcome.REFUTED, Outcome.UNKNOWN})


def test_the_page_is_fresh():
    assert page.PAGE.read_text(encoding="utf-8") == page.page(), "python -m tests.promises.page"
