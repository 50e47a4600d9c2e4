"""The controls of residency on AWS."""

from collections.abc import Mapping

from clover.controls.case import Question
from clover.controls.residency import attested, aws_floors, aws_places, aws_reading, aws_relays

QUESTIONS: Mapping[str, Question] = {
    "RES-1": aws_places.locations_lie_in_the_zone,
    "RES-2": aws_places.copies_stay_in_the_zone,
    "RES-3": aws_reading.nobody_outside_reads,
    "RES-4": aws_floors.stores_keep_the_floor,
    "RES-5": aws_places.types_are_understood,
    "RES-6": attested.metadata_leaves_as_disclosed,
    "RES-P1": aws_reading.data_is_read_from_the_site,
    "RES-P2": aws_relays.no_relay_reads,
    "RES-P4": attested.people_are_in_the_zone,
}
"""Each control's question on whether it holds."""
