"""Whose records a store of evidence takes, and who reads them."""

from collections.abc import Sequence
from typing import NamedTuple

from components.aws import site as names
from components.aws.site import SiteArgs


class Records(NamedTuple):
    """The site whose log services deliver, if they do, the accounts whose trails do, and the readers' ARNs.

    `person` is the reader whose second factor the store itself asks for, None for a store of the site's own, where the
    auditor's roles see to it; `found_by` are the accounts that may look up the key by its alias.
    """

    logs_of: SiteArgs | None
    trails_of: tuple[SiteArgs, ...]
    readers: tuple[str, ...]
    person: str | None = None
    found_by: tuple[SiteArgs, ...] = ()


def own_records(site: SiteArgs) -> Records:
    """The records that a site keeps itself, for the auditor's roles in its account."""
    return Records(site, (site,), tuple(names.auditor_role_arns(site)))


def kept_records(
    site: SiteArgs, place: SiteArgs, person: str, machine: str, copies: Sequence[SiteArgs] = ()
) -> Records:
    """The records of a site that the auditor keeps at another place, with those of that place's account and of copies.

    `copies` are the places of second copies in the same region.
    """
    return Records(site, (site, place, *copies), (person, machine), person, (site, *copies))


def owned_records(place: SiteArgs, person: str, machine: str) -> Records:
    """What the trail of an account of the auditor's own records, and the two who read it there."""
    return Records(None, (place,), (person, machine), person)


def one_or_all(values: list[str]) -> str | list[str]:
    """A condition's value: a single one stands alone."""
    return values[0] if len(values) == 1 else values
