"""Where the zone has second copies of a site's stores, and whether the stack that keeps them was read."""

from clover.controls.case import Case
from clover.zones.parties import SecondCopies
from clover.zones.vocabulary import StackKind

UNREAD = "the stack of second copies is not among the files"


def copies_of(case: Case) -> SecondCopies | None:
    """What the zone says of the second copies of the case's site, where the case is a site or keeps them."""
    return case.zone.file.copies(case.site.name) if case.hand in (StackKind.SITE, StackKind.BACKUPS) else None


def accounts_named(case: Case) -> frozenset[str]:
    """The accounts of second copies that a stack may name: of its site's, or of those whose records its vault takes."""
    own = copies_of(case)
    kept = case.zone.file.copies_in(case.site.name) if case.hand is StackKind.AUDITOR else ()
    return frozenset(each.account for each in (*kept, *([own] if own else [])))


def keepers_of(case: Case) -> tuple[Case, ...]:
    """The parts, read beside a site, that keep the copies of its stores."""
    parts = (part for part in case.others if part.hand is StackKind.BACKUPS)
    return tuple(part for part in parts if part.site.name == case.site.name)


def copied_account(case: Case) -> str:
    """The account of the site whose stores a part keeps copies of."""
    return next(site.account for site in case.zone.file.sites if site.name == case.site.name)
