"""Second copies on Azure: of one site's stores, in a subscription of their own."""

from collections.abc import Sequence

import pulumi
import pulumi_azure_native as azure

from clover.zones.admitted import AdmittedStore
from clover.zones.backups import AdmittedBackups
from components.azure import BackupVault, BackupVaultArgs, SiteArgs
from components.azure.site import copies_place
from components.stores import Restore
from infra.azure_groups import Groups
from infra.hands import Exports


def deploy(backups: AdmittedBackups, stores: Sequence[AdmittedStore]) -> Exports:
    """Declare the copies of one site's stores with a provider of their own."""
    site, kept = copied_site(backups), pulumi.ResourceOptions(protect=True)
    provider = azure.Provider(
        f"{backups.site}-backups", subscription_id=backups.account, tenant_id=backups.tenant, opts=kept
    )
    options = pulumi.ResourceOptions(provider=provider, protect=True)
    place: SiteArgs = {**copies_place(site, backups.account), "deployer": backups.deployer, "region": backups.region}
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
    made = BackupVault(backups.site, args, pulumi.ResourceOptions(provider=provider, protect=True, depends_on=[groups]))
    told = {"account": backups.account, "copies": made.copies, "key": made.key, "alias": made.alias}
    return {"backups": {backups.site: told}}


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
