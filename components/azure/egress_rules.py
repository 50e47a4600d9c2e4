"""What may leave the site's network, written as rules: pure, and known before anything is deployed."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from clover.zones.vocabulary import AzureService, Cloud
from components.azure.addresses import Addresses
from components.azure.policies import firewall, security_rules
from components.azure.site import SiteArgs, service
from components.egress import digest, refuse_odd_hosts
from components.limits import refuse_over
from components.refusal import Refusal


class RuleSet(NamedTuple):
    """Everything that decides what leaves: rules of firewall and security groups, and the names that resolve."""

    collections: list[firewall.Collection]
    policy: dict[str, Any]
    workload: list[dict[str, Any]]
    endpoints: list[dict[str, Any]]
    resolvable: list[str]
    blocked: list[str]

    @property
    def digest(self) -> str:
        """The digest of the whole set."""
        return digest(self._asdict())


POLICY: dict[str, Any] = {
    "threat_intel_mode": "Deny",
    "dns_settings": {"enable_proxy": True, "servers": []},
}
"""The firewall resolves for the workloads, through Azure's own resolver, which the site's resolver policy filters."""


def rule_set(site: SiteArgs, addresses: Addresses, hosts: Sequence[str], services: Sequence[AzureService]) -> RuleSet:
    """The rules for hosts outside and for the services that have private endpoints in the network.

    A host is a name, or `*.` and a name for everything below it; Refusal for anything else, OverLimit for too many.
    """
    refuse_odd_hosts(hosts)
    collections = firewall.collections(hosts, addresses.workload)
    refuse_over(Cloud.AZURE, "firewall-rule-collection-group", len(json.dumps(collections)))
    resolvable = sorted({*(_domain(host) for host in hosts), *_service_domains(site, services)})
    return RuleSet(
        collections,
        POLICY,
        security_rules.workload(addresses),
        security_rules.endpoints(addresses),
        resolvable,
        ["."],
    )


def private_services(names: Sequence[str]) -> list[AzureService]:
    """The services that have a private zone: blobs always, then the named ones; Refusal for an unknown name."""
    known = {service.value for service in AzureService}
    for name in names:
        if name not in known:
            raise Refusal(f"interface_endpoints: {name!r} is not one of {', '.join(sorted(known))}")
    return [*dict.fromkeys([AzureService.BLOB, *map(AzureService, names)])]


def _domain(host: str) -> str:
    """A host as a domain list has it: with a last dot, and standing for everything below it as well."""
    return f"{host.removeprefix('*.')}."


def _service_domains(site: SiteArgs, services: Sequence[AzureService]) -> list[str]:
    """The public names of the services' resources, and the private ones that they are aliases of."""
    found = [service(site, name) for name in services]
    return [f"{domain}." for one in found for domain in (one["name"], one["zone"])]
