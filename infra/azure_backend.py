"""The backend of a site on Azure: where the state of its stack lies, and whom its runners are to it."""

import pulumi
import pulumi_azure_native as azure

from clover.zones.hands import AdmittedBackend
from clover.zones.vocabulary import StoreRole
from components.azure import SiteArgs, StateBackend
from infra.azure_groups import Groups
from infra.hands import Exports


def deploy(backend: AdmittedBackend) -> Exports:
    """Declare the backend with a provider of its own subscription; everything is protected."""
    place = SiteArgs(
        name=backend.site,
        account=backend.holding.account,
        tenant=backend.holding.tenant or "",
        region=backend.region,
        partition=backend.partition,
        deployer=backend.holding.deployer,
        zone=backend.zone,
    )
    provider = azure.Provider(
        f"{backend.site}-backend",
        subscription_id=backend.holding.account,
        tenant_id=backend.holding.tenant,
        opts=pulumi.ResourceOptions(protect=True),
    )
    options = pulumi.ResourceOptions(provider=provider, protect=True)
    groups = Groups(f"{backend.site}-groups", place, options, (StoreRole.STATE,))
    made = StateBackend(
        backend.site,
        {
            "site": place,
            "issuer": backend.issuer,
            "audience": backend.audience,
            "deploys": backend.deploys,
            "previews": backend.previews,
            "networks": backend.networks,
            "declared_at": backend.declared_at,
        },
        pulumi.ResourceOptions(provider=provider, protect=True, depends_on=[groups]),
    )
    outputs = ("backend_url", "secrets_provider", "deploying_identity", "previewing_identity")
    return {"backends": {backend.site: {output: getattr(made, output) for output in outputs}}}
