"""AUD on Azure: the deployed Hamar is proved."""

import pytest

from clover.controls.verdict import Outcome
from tests.controls.hamar import asked, hamar

CONTROLS = ("AUD-1", "AUD-2", "AUD-3")


@pytest.mark.parametrize("control", CONTROLS)
def test_the_deployed_site_is_proved(control: str):
    found = asked(hamar(), control)
    assert found
    assert {answer.outcome for answer in found} == {Outcome.PROVED}


@pytest.mark.parametrize("control", CONTROLS)
def test_a_proof_rests_on_resources_and_givens_that_are_there(control: str):
    about = hamar()
    known = {resource.urn for resource in about.resources.all} | set(about.givens)
    for answer in asked(about, control):
        assert answer.rests_on
        assert {ground.urn for ground in answer.rests_on} <= known
        assert set(answer.given) <= set(about.givens)
