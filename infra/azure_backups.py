"""Second copies on Azure: of one site's stores, in a subscription of their own."""

from collections.abc import Sequence

import pulumi
import pulumi_azure_native as azure

from clover.zones.admitted import AdmittedStore
from clover.zones.backups import AdmittedBackups
from clover.zones.vocabulary import StoreRole
from components.azure import BackupVault, BackupVaultArgs, SiteArgs
from components.azure import site as names
from components.stores import Restore
from infra.azure_groups import Groups
from infra.copied import KeptRecords
from infra.hands import Exports


def deploy(backups: AdmittedBackups, stores: Sequence[AdmittedStore]) -> Exports:
    """Declare the copies of one site's stores with a provider of their own."""
    site, kept = copied_site(backups), pulumi.ResourceOptions(protect=True)
    provider = azure.Provider(
        f"{backups.site}-backups", subscription_id=backups.account, tenant_id=backups.tenant, opts=kept
    )
    options = pulumi.ResourceOptions(provider=provider, protect=True)
    place: SiteArgs = {
        **names.copies_place(site, backups.account),
        "deployer": backups.deployer,
        "region": backups.region,
    }
    groups = Groups(f"{backups.site}-groups", place, options)
    args: BackupVaultArgs = {
        "site": site,
        "account": backups.account,
        "deployer": backups.deployer,
        "region": backups.region,
        "stores": [
            {"name": store.name, "data_class": store.data_class, "declared_at": store.declared_at} for store in stores
        ],
        "retention_days": backups.retention_days,
        "declared_at": backups.declared_at,
    }
    if backups.restore:
        opened: Restore = {"endpoints": backups.restore.endpoints, "closes": backups.restore.closes.isoformat()}
        args = {**args, "restore": opened}
    args = {**args, **_recorded(backups, site)}
    made = BackupVault(backups.site, args, pulumi.ResourceOptions(provider=provider, protect=True, depends_on=[groups]))
    told = {"account": backups.account, "copies": made.copies, "key": made.key, "alias": made.alias}
    return {"backups": {backups.site: told}}


def _recorded(backups: AdmittedBackups, site: SiteArgs) -> KeptRecords:
    """The auditor's vault of the site in whose region the copies lie; nothing where the zone gives that none."""
    vault = backups.vault
    if vault is None:
        return {}
    beside: SiteArgs = {**site, "name": vault.site, "account": vault.site_account, "region": vault.region}
    place = names.vault_place(beside, vault.account, vault.deployer)
    return {"evidence": names.evidence_vault_id(place), "evidence_key": names.key_id(place, StoreRole.EVIDENCE)}


def copied_site(backups: AdmittedBackups) -> SiteArgs:
    """The site whose stores are copied, as components are told of it."""
    return SiteArgs(
        name=backups.site,
        account=backups.site_account,
        tenant=backups.tenant or "",
        region=backups.site_region,
        partition=backups.partition,
        deployer=backups.site_deployer,
        zone=backups.zone,
    )
