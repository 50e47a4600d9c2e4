"""The controls of keys on Azure."""

from collections.abc import Mapping

from clover.controls.case import Question
from clover.controls.encryption import azure_form, azure_use

QUESTIONS: Mapping[str, Question] = {
    "KEY-1": azure_form.stores_lie_under_keys_of_the_site,
    "KEY-2": azure_form.keys_stay_in_their_region,
    "KEY-3": azure_use.no_key_is_used_from_outside,
    "KEY-4": azure_use.keys_are_used_through_their_service,
    "KEY-5": azure_use.keys_are_administered_by_the_trusted_base,
    "KEY-6": azure_use.no_key_is_locked_out,
}
"""Each control's question on whether it holds."""
