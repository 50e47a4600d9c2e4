"""The second copies of a site's stores on AWS: in an account of their own in the site's region."""

from collections.abc import Sequence

import pulumi
import pulumi_aws as aws

from clover.zones.admitted import AdmittedStore
from clover.zones.backups import AdmittedBackups
from components.aws import BackupVault, BackupVaultArgs, SiteArgs
from components.tags import tags
from infra.aws_vault import found_vault
from infra.copied import KeptRecords
from infra.hands import Exports


def deploy(backups: AdmittedBackups, stores: Sequence[AdmittedStore]) -> Exports:
    """Declare the copies with a provider of their own account and region; everything is protected."""
    site = SiteArgs(
        name=backups.site,
        account=backups.site_account,
        region=backups.region,
        partition=backups.partition,
        deployer=backups.site_deployer,
        zone=backups.zone,
    )
    provider = aws.Provider(
        f"{backups.site}-backups",
        region=backups.region,
        allowed_account_ids=[backups.account],
        default_tags={"tags": tags(site)},
        opts=pulumi.ResourceOptions(protect=True),
    )
    options = pulumi.ResourceOptions(provider=provider, protect=True)
    made = BackupVault(backups.site, {**_told(backups, stores, site), **_recorded(backups, site, provider)}, options)
    told = {"account": backups.account, "copies": made.copies, "key": made.key, "alias": made.alias}
    return {"backups": {backups.site: told}}


def _recorded(backups: AdmittedBackups, site: SiteArgs, provider: aws.Provider) -> KeptRecords:
    """The auditor's vault of the site; nothing where the zone gives the site none."""
    if backups.vault is None:
        return {}
    vault = found_vault(backups.vault, site, f"the copies of site {backups.site}", provider)
    return {"evidence": vault.store, "evidence_key": vault.key}


def _told(backups: AdmittedBackups, stores: Sequence[AdmittedStore], site: SiteArgs) -> BackupVaultArgs:
    """What the component is told of the copies."""
    told: BackupVaultArgs = {
        "site": site,
        "account": backups.account,
        "deployer": backups.deployer,
        "stores": [
            {
                "name": store.name,
                "data_class": store.data_class,
                "minimum_tls": store.minimum_tls,
                "declared_at": store.declared_at,
            }
            for store in stores
        ],
        "retention_days": backups.retention_days,
        "declared_at": backups.declared_at,
    }
    if backups.restore:
        ends = backups.restore.closes.isoformat()
        return {**told, "restore": {"endpoints": list(backups.restore.endpoints), "closes": ends}}
    return told
