"""Who keeps the records of a site, or of second copies: the site itself, or the auditor in a vault."""

from clover.controls.case import Case
from clover.zones.vocabulary import HoldingPurpose, StackKind

UNREAD = "the auditor's stack is not among the files"


def kept_at(case: Case) -> str:
    """The site whose vault takes the records: the case's own, or that in whose region second copies lie."""
    copies = case.zone.file.copies(case.site.name) if case.hand is StackKind.BACKUPS else None
    return copies.home if copies else case.site.name


def in_a_vault(case: Case) -> bool:
    """Whether the zone gives the site, or the place of the copies, a vault, so that the auditor keeps the records."""
    kept = case.hand in (StackKind.SITE, StackKind.BACKUPS)
    return kept and case.zone.file.auditor.vault(kept_at(case)) is not None


def keepers(case: Case) -> tuple[Case, ...]:
    """The case itself, or the auditor's parts for a site with a vault; none where those were not read."""
    if not in_a_vault(case):
        return (case,)
    parts = (part for part in case.others if part.hand is StackKind.AUDITOR)
    return tuple(part for part in parts if part.site.name == kept_at(case))


def days_in_the_vault(case: Case) -> int:
    """Days for which the zone has a site's vault keep a record; 0 for a site without one."""
    vault = case.zone.file.auditor.vault(kept_at(case))
    return vault.retention_days if vault else 0


def vault_accounts(case: Case) -> tuple[str, ...]:
    """The auditor's account that holds the site's vault, where it has one; the organisation lets records end there."""
    holding = case.zone.file.auditor.holding(case.site.cloud, HoldingPurpose.EVIDENCE)
    kept = in_a_vault(case) or case.hand is StackKind.ORGANISATION
    return (holding.account,) if holding and kept else ()
