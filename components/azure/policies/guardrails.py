"""What Azure Policy and a deny assignment stop in the sites' subscriptions, as the documents that Azure takes."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from clover.zones.vocabulary import Cloud, StoreRole
from components.azure import site as names
from components.azure.data import read
from components.azure.site import SiteArgs
from components.limits import refuse_over

EVERYBODY = "00000000-0000-0000-0000-000000000000"
"""How a deny assignment names all principals."""

Parameters = dict[str, Any]


class Definition(NamedTuple):
    """A policy: its name, what it says, where it is assigned, and what Azure takes of it."""

    name: str
    says: str
    level: str
    mode: str
    parameters: dict[str, Any]
    rule: dict[str, Any]


def definitions() -> list[Definition]:
    """Every policy of guardrails.yaml."""
    return [_definition(name, row) for name, row in read("guardrails")["policies"].items()]


def _definition(name: str, row: Mapping[str, Any]) -> Definition:
    shapes = {
        each: {"type": "String" if each in ("region", "own_resources") else "Array"} for each in row["parameters"]
    }
    rule = {"if": row["rule"], "then": _then(row.get("effect", "deny"))}
    return Definition(name, row["says"], row["level"], row.get("mode", "All"), shapes, rule)


def _then(effect: str) -> dict[str, Any]:
    """The end of a rule; a deletion with a whole resource group is denied as well, which the mode Indexed alone sees.

    https://learn.microsoft.com/azure/governance/policy/concepts/effect-deny-action
    """
    if effect == "deny":
        return {"effect": "deny"}
    return {"effect": effect, "details": {"actionNames": ["delete"], "cascadeBehaviors": {"resourceGroup": "deny"}}}


def of_all(sites: Sequence[SiteArgs], tenants: Sequence[str]) -> Parameters:
    """The values that policies of the sites' management group are assigned with."""
    facts = read("guardrails")
    return {
        "types": facts["types"],
        "redundancy": facts["redundancy"],
        "recording": facts["recording"],
        "evidence_groups": [names.group(site, StoreRole.EVIDENCE) for site in sites],
        "tenants": list(tenants),
    }


class Site(NamedTuple):
    """What a site's policies are told: approved groups by their gates, where its copies lie, and what monitors it."""

    site: SiteArgs
    approvals: Mapping[str, str]
    copies: str | None
    monitor: str | None


def of_site(told: Site, evidence_accounts: Sequence[str]) -> Parameters:
    """The values that policies of one site's management group are assigned with."""
    site, approvals = told.site, told.approvals
    kept = [names.group_id(site, StoreRole.EVIDENCE), *(f"/subscriptions/{each}" for each in evidence_accounts)]
    return {
        "region": site["region"],
        "global_types": read("guardrails")["global_types"],
        "own_resources": f"{names.subscription_id(site)}/*",
        "copy_stores": [f"/subscriptions/{told.copies}/"] if told.copies else [],
        "record_stores": [f"{place}/" for place in kept],
        "record_workspaces": [told.monitor] if told.monitor else [],
        "roles": [*read("roles")["built_in"].values(), *_own_roles(site)],
        "gates": [names.gate_role(site, approval) for approval in approvals],
        "workforces": list(dict.fromkeys(approvals.values())),
    }


def _own_roles(site: SiteArgs) -> Iterator[str]:
    """The GUIDs of the roles that a site's keys and landings declare."""
    yield from (names.guid(site, "key-administration", role.value) for role in StoreRole)
    yield names.landing_role(site)


def parameters(definition: Definition, values: Parameters) -> dict[str, Any]:
    """The values of one definition's own parameters, as an assignment gives them."""
    return {name: {"value": values[name]} for name in definition.parameters}


def denial(excluded: Sequence[str]) -> dict[str, Any]:
    """Everybody but the principals excluded is denied what changes a site's controls or reads for somebody elsewhere.

    Left out are reads and data, which a deny assignment does not take; the closed networks are what holds those.
    """
    listed = [{"id": each, "type": "ServicePrincipal"} for each in excluded]
    return {
        "principals": [{"id": EVERYBODY, "type": "SystemDefined"}],
        "exclude_principals": listed,
        "permissions": [{"actions": read("guardrails")["denied"], "not_actions": []}],
        "do_not_apply_to_child_scopes": False,
    }


def written(document: Mapping[str, Any], limit: str = "policy-request") -> str:
    """A document as minified JSON, as its digest is taken of; OverLimit for one that Azure takes no more."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=True)
    refuse_over(Cloud.AZURE, limit, len(text))
    return text
