"""The backend of a site on AWS: where the state of its stack lies, and whom its runners are to it."""

import pulumi
import pulumi_aws as aws

from clover.zones.hands import AdmittedBackend
from components.aws import SiteArgs, StateBackend
from components.tags import tags
from infra.hands import Exports


def deploy(backend: AdmittedBackend) -> Exports:
    """Declare the backend with a provider of its own account and region; everything is protected."""
    place = SiteArgs(
        name=backend.site,
        account=backend.holding.account,
        region=backend.region,
        partition=backend.partition,
        deployer=backend.holding.deployer,
        zone=backend.zone,
    )
    provider = aws.Provider(
        f"{backend.site}-backend",
        region=backend.region,
        allowed_account_ids=[backend.holding.account],
        default_tags={"tags": tags(place)},
        opts=pulumi.ResourceOptions(protect=True),
    )
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
        pulumi.ResourceOptions(provider=provider, protect=True),
    )
    outputs = ("backend_url", "secrets_provider", "deploying_identity", "previewing_identity")
    return {"backends": {backend.site: {output: getattr(made, output) for output in outputs}}}
