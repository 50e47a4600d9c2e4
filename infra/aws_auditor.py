"""The auditor's stack on AWS: a vault for each site whose records the auditor keeps, what watches it, a workspace."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_aws as aws

from clover.zones.hands import AdmittedAuditor
from clover.zones.vaults import AdmittedVault
from clover.zones.vocabulary import WORKSPACE, Cloud
from clover.zones.workspaces import AdmittedWorkspace
from components.assessment import PublishedSite
from components.aws import AssessmentWorkspace, DataFlowMonitor, EvidenceVault, IncidentChannel, SiteArgs
from components.tags import tags
from infra.copied import recorded_copies
from infra.exports import workspace_exports
from infra.hands import Exports
from infra.published import Published


def deploy(auditor: AdmittedAuditor, sites: Sequence[Published]) -> Exports:
    """Declare what lies on AWS, each vault and the workspace with a provider of its own."""
    vaults = (vault for vault in auditor.vaults if vault.cloud is Cloud.AWS)
    own = (workspace for workspace in auditor.workspaces if workspace.cloud is Cloud.AWS)
    return {
        "vaults": {vault.site: _vault(auditor, vault) for vault in vaults},
        "workspaces": {one.cloud.value: _workspace(auditor, one, sites) for one in own},
    }


def _vault(auditor: AdmittedAuditor, vault: AdmittedVault) -> dict[str, Any]:
    """The vault of one site, and what its keeper and the site need to know of it."""
    site = SiteArgs(
        name=vault.site,
        account=vault.site_account,
        region=vault.region,
        partition=vault.partition,
        deployer=vault.site_deployer,
        zone=auditor.zone,
    )
    provider = aws.Provider(
        vault.site,
        region=vault.region,
        allowed_account_ids=[vault.account],
        default_tags={"tags": tags(site)},
        opts=pulumi.ResourceOptions(protect=True),
    )
    options = pulumi.ResourceOptions(provider=provider, protect=True)
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
        options,
    )
    kept = {"vault": made.vault, "physical_name": made.physical_name, "key": made.key, "alias": made.alias}
    return {**kept, **_watched(auditor, vault, site, made, options)}


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
            "vault": kept.physical_name,
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
        region=workspace.region,
        partition=workspace.partition,
        deployer=workspace.deployer,
        zone=auditor.zone,
    )
    kept = pulumi.ResourceOptions(protect=True)
    provider = aws.Provider(
        f"{WORKSPACE}-aws",
        region=workspace.region,
        allowed_account_ids=[workspace.account],
        default_tags={"tags": tags(place)},
        opts=kept,
    )
    made = AssessmentWorkspace(
        f"{WORKSPACE}-aws",
        {
            "site": place,
            "person": workspace.person,
            "machine": workspace.machine,
            "networks": auditor.networks,
            "retention_days": workspace.retention_days,
            "published": [PublishedSite(**site) for site in sites],
            "declared_at": workspace.declared_at,
        },
        pulumi.ResourceOptions(provider=provider, protect=True),
    )
    return workspace_exports(workspace, made)
