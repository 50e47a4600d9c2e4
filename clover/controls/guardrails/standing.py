"""What GRD asks of the organisation on any cloud."""

from typing import Any

from clover.controls.case import Case
from clover.controls.verdict import Answer, refuted
from clover.zones.parties import Organisation
from clover.zones.vocabulary import TrustedKind


def absent(case: Case, told: str) -> Answer:
    """Refuted, because nothing stands above the account that could deny: its own administrators decide."""
    example = {"kind": "absent", "account": case.site.account, "missing": told}
    return refuted(told, example)


def binding(urn: str | None, name: str, content: Any, allowed: str) -> dict[str, Any]:
    """A counterexample that is a property's value."""
    return {"kind": "property", "urn": urn, "property": name, "value": content, "allowed": allowed}


def controller_deploys_nothing(case: Case, organisation: Organisation) -> Answer | None:
    """Refuted where whoever writes the guardrails deploys a site of the cloud, or writes them in a site's account."""
    for site in case.zone.file.sites:
        if site.cloud is not organisation.cloud:
            continue
        deployers = {
            one.principal
            for one in case.zone.file.trusted_base
            if one.site == site.name and one.kind is TrustedKind.DEPLOYER
        }
        same_account = site.account == organisation.account
        same_principal = organisation.controller in deployers and ("/" not in organisation.controller or same_account)
        if same_account or same_principal:
            told = f"who deploys {site.name} writes the guardrails above it"
            return refuted(told, binding(None, "controller", organisation.controller, "nobody who deploys a site"))
    return None
