"""Who keeps a site's evidence: the site itself, or the auditor in a vault."""

from clover.controls.case import Case
from clover.zones.vocabulary import HoldingPurpose, StackKind

UNREAD = "the auditor's stack is not among the files"


def in_a_vault(case: Case) -> bool:
    """Whether the zone gives the site a vault, so that the auditor keeps its records."""
    return case.hand is StackKind.SITE and case.zone.file.auditor.vault(case.site.name) is not None


def keepers(case: Case) -> tuple[Case, ...]:
    """The case itself, or the auditor's parts for a site with a vault; none where those were not read."""
    if not in_a_vault(case):
        return (case,)
    parts = (part for part in case.others if part.hand is StackKind.AUDITOR)
    return tuple(part for part in parts if part.site.name == case.site.name)


def days_in_the_vault(case: Case) -> int:
    """Days for which the zone has a site's vault keep a record; 0 for a site without one."""
    vault = case.zone.file.auditor.vault(case.site.name)
    return vault.retention_days if vault else 0


def vault_accounts(case: Case) -> tuple[str, ...]:
    """The auditor's account that holds the site's vault, where it has one; the organisation lets records end there."""
    holding = case.zone.file.auditor.holding(case.site.cloud, HoldingPurpose.EVIDENCE)
    kept = in_a_vault(case) or case.hand is StackKind.ORGANISATION
    return (holding.account,) if holding and kept else ()
