"""NET-4 on Azure: through the site's endpoints the site's own stores and vaults are reached, and nothing else.

Azure has no policy on a private endpoint: it leads to the one resource that it names, whoever asks; who may ask there
is for that resource's roles to say. A service endpoint leads to a whole service, with every tenant's resources:
https://learn.microsoft.com/azure/virtual-network/virtual-network-service-endpoints-overview.
"""

from collections.abc import Iterator
from typing import Any

from clover.controls.case import Case
from clover.controls.network.azure_networks import network_of
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.aws.network_links import entries, known, last, member, present
from clover.model.azure import stores
from clover.model.azure.network_places import Subnet, by_arm_id, lower
from clover.sources import Resource

ENDPOINT = "azure-native:network:PrivateEndpoint"
CONNECTIONS = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")


def endpoints_pin_both_sides(case: Case) -> Iterator[Answer]:
    """Answer for every private endpoint, and for every subnet."""
    own = by_arm_id(case.resources, case.site.account, stores.ACCOUNT, stores.VAULT)
    for endpoint in case.resources.of(ENDPOINT):
        yield _leading(case, endpoint, own)
    for subnet in network_of(case).subnets:
        yield _without(subnet)


def _leading(case: Case, endpoint: Resource, own: dict[str, Resource]) -> Answer:
    """The verdict on one private endpoint: every connection leads to a store or vault of the stack."""
    urn, rests = endpoint.urn, set[Ground]()
    places = [f"{name}[{number}]" for name in CONNECTIONS for number, _ in enumerate(entries(endpoint, name))]
    doubts: list[Answer] = []
    for place, entry in zip(places, [each for name in CONNECTIONS for each in entries(endpoint, name)], strict=True):
        target = member(entry, "privateLinkServiceId")
        path = f"{place}.privateLinkServiceId"
        if not isinstance(target, str):
            doubts.append(unknown(f"{path} of {last(urn)} is not known", resource=urn))
        elif target.lower() in own:
            rests |= {Ground(urn, f"{path}={last(own[target.lower()].urn)}"), Ground(own[target.lower()].urn, "its id")}
        elif _subscription(target) in case.accounts:
            told = f"{last(urn)} leads to {_end(target)}, which is of the zone's subscriptions, but in no plan"
            doubts.append(unknown(told, resource=urn))
        else:
            told = f"{last(urn)} leads to {_end(target)}, which is of another subscription"
            return refuted(told, wrong(urn, path, target, "a store or vault of the site"), resource=urn)
    if doubts or not places:
        return doubts[0] if doubts else unknown(f"where {last(urn)} leads is not known", resource=urn)
    names = sorted({last(ground.urn) for ground in rests if ground.urn != urn})
    told = f"{last(urn)} leads to {', '.join(names)} only"
    return proved(told, resource=urn, rests_on=tuple(sorted(rests)))


def _without(subnet: Subnet) -> Answer:
    """The verdict on one subnet: no endpoint of a whole service, with or without a policy."""
    urn = subnet.resource.urn
    for name in ("serviceEndpoints", "serviceEndpointPolicies"):
        found = subnet.value(name)
        if not known(found):
            return unknown(f"{name} of {last(urn)} is not known", resource=urn)
        if present(found):
            services = ", ".join(str(member(each, "service") or _end(str(member(each, "id")))) for each in found)
            told = f"subnet {subnet.called} reaches all of {services}, every tenant's resources included"
            return refuted(told, wrong(urn, subnet.path(name), found, "none"), resource=urn)
    grounds = (Ground(urn, f"{subnet.path('serviceEndpoints')}=none"),)
    return proved(f"subnet {subnet.called} reaches no whole service", resource=urn, rests_on=grounds)


def _subscription(identifier: str) -> str:
    """The subscription in an ARM id; empty where it is none, as the alias of a service."""
    parts = str(lower(identifier)).split("/")
    return parts[2] if len(parts) > 2 and parts[1] == "subscriptions" else ""


def _end(identifier: Any) -> str:
    return str(identifier).rpartition("/")[2]
