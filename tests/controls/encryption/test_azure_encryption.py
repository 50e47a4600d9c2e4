"""KEY on Azure: the deployed Hamar is proved, with its vault and keeping its records itself."""

from collections.abc import Callable

import pytest

from clover.controls.case import Case
from clover.controls.verdict import Outcome
from tests.controls.hamar import asked, hamar, keeping

CONTROLS = ("KEY-1", "KEY-2", "KEY-3", "KEY-4", "KEY-5", "KEY-6")


@pytest.mark.parametrize("site", [hamar, keeping])
@pytest.mark.parametrize("control", CONTROLS)
def test_the_deployed_site_is_proved(site: Callable[[], Case], control: str):
    found = asked(site(), control)
    assert found
    assert {answer.outcome for answer in found} == {Outcome.PROVED}


@pytest.mark.parametrize("site", [hamar, keeping])
@pytest.mark.parametrize("control", CONTROLS)
def test_a_proof_rests_on_resources_and_givens_that_are_there(site: Callable[[], Case], control: str):
    about = site()
    known = {resource.urn for resource in about.resources.all} | set(about.givens)
    for answer in asked(about, control):
        assert answer.rests_on
        assert {ground.urn for ground in answer.rests_on} <= known
        assert set(answer.given) <= set(about.givens)
