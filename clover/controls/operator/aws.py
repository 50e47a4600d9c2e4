"""Who becomes more than they are on AWS."""

from collections.abc import Mapping

from clover.controls.case import Question
from clover.controls.operator import aws_escalation

QUESTIONS: Mapping[str, Question] = {
    "OPR-1": aws_escalation.nobody_becomes_more,
}
"""Each control's question on whether it holds."""
