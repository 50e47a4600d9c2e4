"""The auditor's stack on AWS: a vault for each site whose records the auditor keeps, and what watches it."""

from typing import Any

import pulumi
import pulumi_aws as aws

from clover.zones.hands import AdmittedAuditor
from clover.zones.vaults import AdmittedVault
from clover.zones.vocabulary import Cloud
from components.aws import DataFlowMonitor, EvidenceVault, IncidentChannel, SiteArgs
from components.tags import tags
from infra.hands import Exports


def deploy(auditor: AdmittedAuditor) -> Exports:
    """Declare the vaults of the sites on AWS, each with a provider of its own account and region."""
    vaults = (vault for vault in auditor.vaults if vault.cloud is Cloud.AWS)
    return {"vaults": {vault.site: _vault(auditor, vault) for vault in vaults}}


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
    told: Any = {
        "site": site,
        "account": vault.account,
        "deployer": vault.deployer,
        "declared_at": vault.declared_at,
    }
    channel = IncidentChannel(
        f"{vault.site}-incidents", {**told, "auditor": auditor.channel, "authorities": auditor.authorities}, options
    )
    monitor = DataFlowMonitor(
        f"{vault.site}-monitor", {**told, "vault": kept.physical_name, "channel": channel.channel}, options
    )
    return {"channel": channel.channel, "monitor": monitor.bus}
