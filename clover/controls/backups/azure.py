"""The controls of backups on Azure."""

from collections.abc import Iterator, Mapping

from clover.controls.azure_requests import property_of
from clover.controls.backups.azure_copies import stores_are_copied
from clover.controls.backups.azure_kept import copies_are_locked, nobody_reads_copies
from clover.controls.backups.azure_vaults import grounds, open_setting, stays
from clover.controls.backups.copies import copies_of
from clover.controls.case import Case, Question
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.aws.network_links import referring
from clover.model.azure.arm_ids import below
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.zones.vocabulary import StackKind

VAULT = "azure-native:dataprotection:BackupVault"
GUARD = "azure-native:dataprotection:DppResourceGuardProxy"
GUARDED_BY = "properties.resourceGuardResourceId"


def backups_are_kept(case: Case) -> Iterator[Answer]:
    """BAK-1: each vault is locked, never deletes for good, and is guarded by somebody else than who deploys it."""
    found, copies = case.resources.of(VAULT), copies_of(case)
    if case.hand is StackKind.BACKUPS:
        yield from copies_are_locked(case)
        return
    if copies:
        yield from stores_are_copied(case, copies)
    elif not found:
        yield proved(f"{case.stack} declares no backup, so none is unlocked, and none is copied out")
    for vault in found:
        yield open_setting(case, vault, copies=False) or _guarded(case, vault)


def _guarded(case: Case, vault: Resource) -> Answer:
    """Whether a resource guard of the auditor's stands before what would weaken the vault.

    https://learn.microsoft.com/azure/backup/multi-user-authorization-concept
    """
    name, urn = value(vault, "vaultName"), vault.urn
    proxies = referring(case.resources, GUARD, "vaultName", name)
    if isinstance(name, Unknown) or (proxies.doubtful and not proxies.certain):
        return unknown(f"which guard is that of {vault.name} is not known", resource=urn)
    if not proxies.certain:
        return refuted(f"nobody guards {vault.name}", property_of(urn, GUARD, None, "a resource guard"), resource=urn)
    proxy = proxies.certain[0]
    guard = value(proxy, GUARDED_BY)
    if isinstance(guard, Unknown):
        return unknown(f"{GUARDED_BY} of {proxy.name} is not known", resource=urn)
    held = [holding.account for holding in case.zone.file.auditor.holdings]
    if not any(below(str(guard), f"/subscriptions/{account}") for account in held):
        example = property_of(proxy.urn, GUARDED_BY, guard, "a guard in the auditor's subscription")
        return refuted(f"{vault.name} is guarded by nobody of the auditor's", example, resource=urn)
    rests = (*grounds(vault), Ground(proxy.urn, f"{GUARDED_BY}={guard}"))
    return proved(f"{vault.name} is locked, and the auditor guards it", resource=urn, rests_on=rests)


def backups_come_back_here(case: Case) -> Iterator[Answer]:
    """BAK-2: what a vault holds is copied and restored in the site's own subscription and region alone."""
    found = case.resources.of(VAULT)
    if case.hand is StackKind.BACKUPS:
        yield from nobody_reads_copies(case)
        return
    if not found:
        yield proved(f"{case.stack} declares no vault of backups, so none is restored elsewhere")
    yield from (stays(case, vault) for vault in found)


QUESTIONS: Mapping[str, Question] = {"BAK-1": backups_are_kept, "BAK-2": backups_come_back_here}
"""Each control's question on whether it holds."""
