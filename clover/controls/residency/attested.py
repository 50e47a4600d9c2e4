"""What no plan can show, and what leaves anyway: RES-P4 and RES-6, on every cloud."""

from collections.abc import Iterator

from clover.controls.case import Case
from clover.controls.verdict import Answer, assumed, disclosed


def people_are_in_the_zone(case: Case) -> Iterator[Answer]:
    """RES-P4: where people are is no cloud fact; the operator's controller has to attest it."""
    controllers = [party.title for party in case.zone.file.parties if party.role.value == "controller"]
    who = ", ".join(controllers) or "the operator's controller"
    yield assumed(f"where the people behind requests of {case.site.title} sit has to be attested by {who}")


def metadata_leaves_as_disclosed(case: Case) -> Iterator[Answer]:
    """RES-6: one disclosure each for what the site's cloud brings out of the zone."""
    for entry in case.zone.file.disclosures:
        if entry.cloud is case.site.cloud:
            yield disclosed(f"{entry.id}: {entry.service} brings {entry.what} to {entry.destination}")
