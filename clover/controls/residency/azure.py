"""The controls of residency on Azure."""

from collections.abc import Mapping

from clover.controls.case import Question
from clover.controls.residency import attested, azure_copies, azure_floors, azure_places, azure_reading, azure_relays

QUESTIONS: Mapping[str, Question] = {
    "RES-1": azure_places.locations_lie_in_the_zone,
    "RES-2": azure_copies.copies_stay_in_the_zone,
    "RES-3": azure_reading.nobody_outside_reads,
    "RES-4": azure_floors.stores_keep_the_floor,
    "RES-5": azure_copies.types_are_understood,
    "RES-6": attested.metadata_leaves_as_disclosed,
    "RES-P1": azure_reading.data_is_read_from_the_site,
    "RES-P2": azure_relays.no_relay_reads_for_a_caller_outside,
    "RES-P4": attested.people_are_in_the_zone,
}
"""Each control's question on whether it holds."""
