"""The auditor's stack on Azure: a vault for each site whose records the auditor keeps, what watches it, a workspace."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_azure_native as azure

from clover.zones.hands import AdmittedAuditor
from clover.zones.vaults import AdmittedVault
from clover.zones.vocabulary import WORKSPACE, Cloud
from clover.zones.workspaces import AdmittedWorkspace
from components.assessment import PublishedSite
from components.azure import AssessmentWorkspace, DataFlowMonitor, EvidenceVault, IncidentChannel, SiteArgs
from components.azure.site import vault_place
from components.limits import refuse_over
from infra.azure_groups import Groups
from infra.copied import recorded_copies
from infra.exports import workspace_exports
from infra.hands import Exports
from infra.published import Published


def deploy(auditor: AdmittedAuditor, sites: Sequence[Published]) -> Exports:
    """Declare what lies on Azure, each vault and the workspace with a provider of its own.

    OverLimit where a subscription would hold more vaults than its diagnostic settings suffice for.
    """
    vaults = [vault for vault in auditor.vaults if vault.cloud is Cloud.AZURE]
    # A vault has its subscription's own activities recorded, and so has its monitor.
    settings = 1 if auditor.channel is None else 2
    for held in Counter(vault.account for vault in vaults).values():
        refuse_over(Cloud.AZURE, "diagnostic-settings-per-resource", held * settings)
    own = (workspace for workspace in auditor.workspaces if workspace.cloud is Cloud.AZURE)
    return {
        "vaults": {vault.site: _vault(auditor, vault) for vault in vaults},
        "workspaces": {one.cloud.value: _workspace(auditor, one, sites) for one in own},
    }


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
    placed = pulumi.ResourceOptions(provider=provider, protect=True, depends_on=[groups])
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
            "copies": recorded_copies(vault),
            "declared_at": vault.declared_at,
        },
        placed,
    )
    kept = {"vault": made.vault, "physical_name": made.physical_name, "key": made.key, "alias": made.alias}
    return {**kept, **_watched(auditor, vault, site, made, placed)}


def _watched(
    auditor: AdmittedAuditor,
    vault: AdmittedVault,
    site: SiteArgs,
    kept: EvidenceVault,
    options: pulumi.ResourceOptions,
) -> dict[str, Any]:
    """The incident channel and the monitor, where the zone says where the auditor listens."""
    if auditor.channel is None:
        return {}
    channel = IncidentChannel(
        f"{vault.site}-incidents",
        {
            "site": site,
            "account": vault.account,
            "deployer": vault.deployer,
            "region": vault.alarms_in,
            "auditor": auditor.channel,
            "authorities": auditor.authorities,
            "declared_at": vault.declared_at,
        },
        options,
    )
    monitor = DataFlowMonitor(
        f"{vault.site}-monitor",
        {
            "site": site,
            "account": vault.account,
            "deployer": vault.deployer,
            "network": vault.network,
            "vault": kept.vault,
            "channel": channel.channel,
            "declared_at": vault.declared_at,
        },
        options,
    )
    return {"channel": channel.channel, "monitor": monitor.monitor}


def _workspace(auditor: AdmittedAuditor, workspace: AdmittedWorkspace, sites: Sequence[Published]) -> dict[str, Any]:
    """The auditor's workspace, and what its keeper and assessors need to know of it."""
    place = SiteArgs(
        name=WORKSPACE,
        account=workspace.account,
        tenant=workspace.tenant or "",
        region=workspace.region,
        partition=workspace.partition,
        deployer=workspace.deployer,
        zone=auditor.zone,
    )
    kept = pulumi.ResourceOptions(protect=True)
    provider = azure.Provider(
        f"{WORKSPACE}-azure", subscription_id=workspace.account, tenant_id=workspace.tenant, opts=kept
    )
    options = pulumi.ResourceOptions(provider=provider, protect=True)
    groups = Groups(f"{WORKSPACE}-groups", place, options)
    made = AssessmentWorkspace(
        f"{WORKSPACE}-azure",
        {
            "site": place,
            "person": workspace.person,
            "machine": workspace.machine,
            "networks": auditor.networks,
            "retention_days": workspace.retention_days,
            "published": [PublishedSite(**site) for site in sites],
            "declared_at": workspace.declared_at,
        },
        pulumi.ResourceOptions(provider=provider, protect=True, depends_on=[groups]),
    )
    return workspace_exports(workspace, made)
