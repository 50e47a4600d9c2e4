"""On Azure: as deployed nobody but the trusted base can change what a proof rests on."""

from clover.controls.questions import questions
from clover.controls.tamper import tampering
from clover.controls.verdict import Outcome
from tests.controls.hamar import keeping

COPIES = "urn:pulumi:backups::"
COPIES_DEPLOYER = "00000000-0000-0000-0000-000000000513"


def test_as_deployed_only_the_trusted_base_can_change_anything() -> None:
    about = keeping()
    tampered = tampering(about)
    for control, question in questions(about.site.cloud).items():
        for answer in tampered.answers(control, list(question(about))):
            assert answer.outcome is Outcome.PROVED, (control, answer.reason)
            beside = (
                {COPIES_DEPLOYER} if any(ground.urn.startswith(COPIES) for ground in answer.rests_on) else set[str]()
            )
            assert set(answer.changeable_by) == {*about.trusted, *beside}
            assert answer.given in ((("F-C8", "F-Z2", "F-Z5"), ("F-C8", "F-Z5")) if beside else (("F-Z2", "F-Z5"),))
