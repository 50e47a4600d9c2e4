"""ACC-3: who repairs a site when its deployer cannot, until when, and who hears of it."""

from collections.abc import Iterator

from clover.controls.case import Case
from clover.controls.verdict import Answer, assumed, proved
from clover.zones.parties import TrustedParty
from clover.zones.vocabulary import TrustedKind

_ALARM = "that every use of the break-glass raises an alarm with the auditor: no stack declares what detects it"


def named(case: Case) -> TrustedParty | None:
    """The zone's break-glass of the site, if it has one."""
    base = case.zone.file.trusted_base
    return next((each for each in base if each.site == case.site.name and each.kind is TrustedKind.BREAK_GLASS), None)


def without(case: Case) -> Answer:
    """The answer for a site that has no break-glass."""
    return proved(f"the zone names no break-glass for {case.site.title}")


def alarm() -> Iterator[Answer]:
    """What no stack declares yet."""
    yield assumed(_ALARM)
