"""The organisation on AWS: guardrails over the accounts of the zone's sites."""

from collections.abc import Mapping
from typing import Any

import pulumi
import pulumi_aws as aws

from clover.zones.hands import AdmittedAccount, AdmittedOrganisation
from components.aws import GuardedSite, Guardrails, OrganisationArgs
from components.tags import organisation_tags
from infra.exports import guardrail_exports


def deploy(admitted: AdmittedOrganisation) -> Mapping[str, Mapping[str, Any]]:
    """Declare the guardrails in the management account, with a provider of their own; everything is protected."""
    holding = admitted.holding
    provider = aws.Provider(
        "organisation-aws",
        region=admitted.region,
        allowed_account_ids=[holding.account],
        default_tags={"tags": organisation_tags(admitted.zone)},
        opts=pulumi.ResourceOptions(protect=True),
    )
    organisation = OrganisationArgs(
        zone=admitted.zone,
        account=holding.account,
        root=admitted.root,
        unit=admitted.unit,
        region=admitted.region,
        partition=admitted.partition,
        controller=holding.deployer,
    )
    guardrails = Guardrails(
        "guardrails-aws",
        {
            "organisation": organisation,
            "sites": [_guarded(account, admitted.zone) for account in admitted.sites],
            "trusted_accounts": admitted.trusted_accounts,
            "evidence_accounts": admitted.evidence_accounts,
        },
        pulumi.ResourceOptions(provider=provider, protect=True),
    )
    return guardrail_exports(admitted, guardrails)


def _guarded(account: AdmittedAccount, zone: str) -> GuardedSite:
    """A site as the component is told of it."""
    site = account.site
    told: GuardedSite = {
        "site": {
            "name": site.name,
            "account": site.account,
            "region": site.region,
            "partition": account.partition,
            "deployer": account.deployer,
            "zone": zone,
        }
    }
    if account.break_glass:
        told["break_glass"] = account.break_glass
    if account.copies:
        told["copies_account"] = account.copies
    return told
