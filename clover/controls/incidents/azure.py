"""The incident controls on Azure."""

from collections.abc import Mapping

from clover.controls.case import Question
from clover.controls.incidents.azure_channel import the_channel_is_straight
from clover.controls.incidents.azure_noticing import everything_is_noticed, silence_is_an_alarm

QUESTIONS: Mapping[str, Question] = {
    "INC-1": everything_is_noticed,
    "INC-2": the_channel_is_straight,
    "INC-3": silence_is_an_alarm,
}
"""Each control's question on whether it holds."""
