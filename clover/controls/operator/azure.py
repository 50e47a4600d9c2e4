"""Who becomes more than they are on Azure."""

from collections.abc import Mapping

from clover.controls.case import Question
from clover.controls.operator import azure_escalation

QUESTIONS: Mapping[str, Question] = {
    "OPR-1": azure_escalation.nobody_becomes_more,
}
"""Each control's question on whether it holds."""
