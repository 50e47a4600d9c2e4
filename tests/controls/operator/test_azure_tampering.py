"""On Azure: as deployed nobody but the trusted base can change what a proof rests on."""

from clover.controls.questions import questions
from clover.controls.tamper import tampering
from clover.controls.verdict import Outcome
from tests.mutants.site import case


def test_as_deployed_only_the_trusted_base_can_change_anything() -> None:
    about = case((), "hamar")
    tampered = tampering(about)
    for control, question in questions(about.site.cloud).items():
        for answer in tampered.answers(control, list(question(about))):
            assert answer.outcome is Outcome.PROVED, (control, answer.reason)
            assert set(answer.changeable_by) == set(about.trusted)
            assert answer.given == ("F-Z2", "F-Z5")
