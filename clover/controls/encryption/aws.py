"""The controls of keys on AWS."""

from collections.abc import Mapping

from clover.controls.case import Question
from clover.controls.encryption import aws_form, aws_use

QUESTIONS: Mapping[str, Question] = {
    "KEY-1": aws_form.stores_lie_under_keys_of_the_site,
    "KEY-2": aws_form.keys_stay_in_their_region,
    "KEY-3": aws_use.no_key_is_used_from_outside,
    "KEY-4": aws_use.keys_are_used_through_their_service,
    "KEY-5": aws_use.keys_are_administered_by_the_trusted_base,
    "KEY-6": aws_use.no_key_is_locked_out,
}
"""Each control's question on whether it holds."""
