"""Guardrails of an organisation with one site, Hamar."""

from typing import Any

from tests.components.azure.answers import REGION, TENANT
from tests.components.azure.sample import AUDITORS_TENANT, SITE

CONTROLLER = "00000000-0000-0000-0000-000000000131"
KEEPER = "00000000-0000-0000-0000-000000000310"
GROUPS = "/providers/Microsoft.Management/managementGroups"


def args(**change: Any) -> Any:
    told: Any = {
        "organisation": {
            "zone": "europe",
            "account": TENANT,
            "root": "clover",
            "unit": "clover-sites",
            "region": REGION,
            "partition": "azurecloud",
            "controller": CONTROLLER,
        },
        "sites": [{"site": SITE}],
        "trusted_accounts": [AUDITORS_TENANT],
        "evidence_accounts": [KEEPER],
        "declared_at": "zones/europe.yaml:205",
    }
    return {**told, **change}
