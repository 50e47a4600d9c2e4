"""What one control says about a case, both claims, asked alone."""

from clover.controls import tamper
from clover.controls.case import Case
from clover.controls.questions import questions
from clover.controls.verdict import Answer, Claim


def ask(case: Case, control: str, claim: Claim) -> list[Answer]:
    """The answers of one claim of a control."""
    holding = list(questions(case.site.cloud, case.hand)[control](case))
    return holding if claim is Claim.HOLDS else list(tamper.tampering(case).answers(control, holding))
