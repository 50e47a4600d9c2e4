"""The auditor's stack on Azure: a vault for each site whose records the auditor keeps."""

from typing import Any

import pulumi
import pulumi_azure_native as azure

from clover.zones.hands import AdmittedAuditor
from clover.zones.vaults import AdmittedVault
from clover.zones.vocabulary import Cloud
from components.azure import EvidenceVault, SiteArgs
from components.azure.site import vault_place
from infra.azure_groups import Groups
from infra.hands import Exports


def deploy(auditor: AdmittedAuditor) -> Exports:
    """Declare the vaults of the sites on Azure, each with a provider of its own."""
    vaults = (vault for vault in auditor.vaults if vault.cloud is Cloud.AZURE)
    return {"vaults": {vault.site: _vault(auditor, vault) for vault in vaults}}


def _vault(auditor: AdmittedAuditor, vault: AdmittedVault) -> dict[str, Any]:
    """The vault of one site, and what its keeper and the site need to know of it."""
    site = SiteArgs(
        name=vault.site,
        account=vault.site_account,
        tenant=vault.tenant or "",
        region=vault.region,
        partition=vault.partition,
        deployer=vault.site_deployer,
        zone=auditor.zone,
    )
    kept = pulumi.ResourceOptions(protect=True)
    provider = azure.Provider(vault.site, subscription_id=vault.account, tenant_id=vault.tenant, opts=kept)
    options = pulumi.ResourceOptions(provider=provider, protect=True)
    groups = Groups(f"{vault.site}-groups", vault_place(site, vault.account, vault.deployer), options)
    made = EvidenceVault(
        vault.site,
        {
            "site": site,
            "account": vault.account,
            "deployer": vault.deployer,
            "person": vault.person,
            "machine": vault.machine,
            "networks": auditor.networks,
            "retention_days": vault.retention_days,
            "declared_at": vault.declared_at,
        },
        pulumi.ResourceOptions(provider=provider, protect=True, depends_on=[groups]),
    )
    return {"vault": made.vault, "physical_name": made.physical_name, "key": made.key, "alias": made.alias}
