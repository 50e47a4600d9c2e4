"""What stacks hand out, in one shape on every cloud."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from clover.zones.admitted import AdmittedSite
from clover.zones.hands import AdmittedOrganisation
from clover.zones.vocabulary import StoreRole
from clover.zones.workspaces import AdmittedWorkspace


class Deployed(NamedTuple):
    """The components of a site; those of one name deliver the same outputs on every cloud."""

    keys: Mapping[StoreRole, Any]
    stores: Mapping[str, Any]
    trail: Any
    egress: Any
    auditor: Any
    gates: Mapping[str, Any]


def exports(site: AdmittedSite, deployed: Deployed) -> dict[str, Any]:
    """What operator and auditor need, by name."""
    facts = ("name", "region", "country", "account", "zone")
    egress, auditor = deployed.egress, deployed.auditor
    return {
        "site": {
            **{fact: getattr(site, fact) for fact in facts},
            "cloud": site.cloud.value,
            "lifecycle": site.lifecycle.value,
        },
        "zone_digest": site.zone_digest,
        "stores": {
            store.name: {
                "store": deployed.stores[store.name].store,
                "physical_name": deployed.stores[store.name].physical_name,
                "class": store.data_class.value,
                "role": store.role.value,
                "key": deployed.keys[store.role].key,
            }
            for store in site.stores
        },
        "keys": {role.value: {"key": key.key, "alias": key.alias} for role, key in deployed.keys.items()},
        "trail": deployed.trail.trail,
        "egress": {
            "network_id": egress.network_id,
            "endpoint_ids": egress.endpoint_ids,
            "rule_set_digest": egress.rule_set_digest,
            "allowed_domains": [domain.name for domain in site.network.allowed_domains],
        },
        "auditor": {"person_access": auditor.person_access, "machine_access": auditor.machine_access},
        **({"vault": {"account": site.vault.account, "region": site.vault.region}} if site.vault else {}),
        **({"gates": {name: gate.access for name, gate in deployed.gates.items()}} if deployed.gates else {}),
    }


def workspace_exports(place: AdmittedWorkspace, workspace: Any) -> dict[str, Any]:
    """What the auditor and those who assess apps need of a workspace: where it is, and the hosts that it publishes."""
    return {
        "account": place.account,
        **({"tenant": place.tenant} if place.tenant else {}),
        "store": workspace.store,
        "physical_name": workspace.physical_name,
        "key": workspace.key,
        "records": workspace.records,
        "hosts": workspace.hosts.apply(json.loads),
        "hosts_digest": workspace.hosts_digest,
    }


def guardrail_exports(admitted: AdmittedOrganisation, guardrails: Any) -> dict[str, dict[str, Any]]:
    """What the controller and the auditor need of one cloud's guardrails: whom they bind, digests and sizes."""
    return {
        "guardrails": {
            admitted.holding.cloud.value: {
                "account": admitted.holding.account,
                "unit": admitted.unit,
                "binds": {account.site.name: account.site.account for account in admitted.sites},
                "policies": guardrails.policies,
                "digests": guardrails.digests,
                "sizes": guardrails.sizes,
            }
        }
    }
