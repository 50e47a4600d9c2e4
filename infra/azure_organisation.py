"""The organisation on Azure: guardrails over the subscriptions of the zone's sites."""

from collections.abc import Mapping
from typing import Any, cast

import pulumi
import pulumi_azure_native as azure

from clover.zones.hands import AdmittedAccount, AdmittedOrganisation
from components.azure import GuardedSite, Guardrails, OrganisationArgs
from infra.exports import guardrail_exports


def deploy(admitted: AdmittedOrganisation) -> Mapping[str, Mapping[str, Any]]:
    """Declare the guardrails in the tenant, with a provider of their own; everything is protected.

    What is declared stands above every subscription: the provider is told the tenant's id for one, and
    deploys into none.
    """
    holding = admitted.holding
    provider = azure.Provider(
        "organisation-azure",
        subscription_id=holding.account,
        tenant_id=holding.tenant,
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
        "guardrails-azure",
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
        "approvals": account.approvals,
        "site": {
            "name": site.name,
            "account": site.account,
            "tenant": site.tenant or "",
            "region": site.region,
            "partition": account.partition,
            "deployer": account.deployer,
            "zone": zone,
        },
    }
    named = {
        "break_glass": account.break_glass,
        "copies_account": account.copies,
        "monitored_from": account.monitored_from,
    }
    return cast("GuardedSite", {**told, **{name: found for name, found in named.items() if found}})
