"""Whose records a store of evidence takes, and who reads them."""

from collections.abc import Mapping
from typing import Any, NamedTuple, TypedDict

from components.aws import site as names
from components.aws.site import SiteArgs


class RecordsArgs(TypedDict):
    """Whose records a store takes that its keeper holds in an account of its own, and who reads them there."""

    site: SiteArgs
    """The site whose services deliver."""
    person: str
    """ARN of the one principal that a person of the keeper reads as, with a second factor."""
    machine: str
    """ARN of the one principal that the keeper's tool reads as."""


class Records(NamedTuple):
    """The site whose log services deliver, the accounts whose trails do, and the readers' ARNs.

    `person` is the reader whose second factor the store itself asks for, and `found_by` the site that may look up the
    key by its alias: both None for a store of the site's own, where the auditor's roles see to it.
    """

    logs_of: SiteArgs
    trails_of: tuple[SiteArgs, ...]
    readers: tuple[str, ...]
    person: str | None = None
    found_by: SiteArgs | None = None


def records_of(args: Mapping[str, Any]) -> Records:
    """The records that a store or key is for: those of its own site, unless `records` says otherwise."""
    own: SiteArgs = args["site"]
    told: RecordsArgs | None = args.get("records")
    if told is None:
        return Records(own, (own,), tuple(names.auditor_role_arns(own)))
    person, site = told["person"], told["site"]
    return Records(site, (site, own), (person, told["machine"]), person, site)


def one_or_all(values: list[str]) -> str | list[str]:
    """A condition's value: a single one stands alone."""
    return values[0] if len(values) == 1 else values
