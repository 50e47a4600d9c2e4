"""The evidence controls on Azure."""

from collections.abc import Mapping

from clover.controls.case import Question
from clover.controls.evidence.azure_records import on_record
from clover.controls.evidence.azure_retention import locked

QUESTIONS: Mapping[str, Question] = {"EVD-1": on_record, "EVD-2": locked}
"""Each control's question on whether it holds."""
