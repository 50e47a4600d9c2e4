"""The organisation that a case stands below: the zone's, and its stack where that was read."""

from clover.controls.case import Case
from clover.zones.parties import Organisation
from clover.zones.vocabulary import StackKind


def stack_of(case: Case) -> Case | None:
    """The organisation's part on the case's cloud, where its stack was read."""
    parts = (part for part in case.others if part.hand is StackKind.ORGANISATION)
    return next((part for part in parts if part.site.cloud is case.site.cloud), None)


def organisation_of(case: Case) -> Organisation | None:
    """The organisation that the zone names for the case's cloud."""
    return next((each for each in case.zone.file.organisations if each.cloud is case.site.cloud), None)
