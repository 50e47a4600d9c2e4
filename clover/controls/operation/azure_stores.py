"""What OPS-1 asks of stores on Azure: workloads come to each that holds data by a private endpoint, by its name.

Without the name a private endpoint is an address that nobody asks for: the store's public name leads to its closed
front (https://learn.microsoft.com/azure/private-link/private-endpoint-dns).
"""

from collections.abc import Iterator, Sequence
from typing import Any

from clover.controls.case import Case
from clover.controls.network.azure_endpoints import ENDPOINT
from clover.controls.network.azure_networks import network_of
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.aws.network_links import entries, member
from clover.model.azure import stores
from clover.model.azure.arm_ids import arm_id
from clover.model.azure.network import Network
from clover.model.azure.network_dns import ZONE_LINK, Resolver
from clover.model.azure.network_places import Subnet, lower
from clover.model.azure.stores import Store
from clover.model.resources import every, value
from clover.sources import Resource
from clover.zones.vocabulary import StoreRole

COME_TO = (StoreRole.USER_DATA.value, StoreRole.INTAKE.value)
ZONE_GROUP = "azure-native:network:PrivateDnsZoneGroup"


def stores_are_reached(case: Case) -> Iterator[Answer]:
    """One answer for each store of user data, and for each that historic data lands in."""
    network, containers = network_of(case), stores.containers(case.resources)
    for store in stores.stores(case.resources, case.site.account):
        if store.role in COME_TO:
            held = containers.get(str(value(store.resource, "accountName")).lower(), [])
            yield _reached(case, network, store, held)


def _reached(case: Case, network: Network, store: Store, containers: Sequence[Resource]) -> Answer:
    urn, name = store.resource.urn, store.resource.name
    inside = {each.id: each for each in network.subnets if each.id}
    found = [(endpoint, place, lower(value(endpoint, "subnet.id"))) for endpoint, place in store.endpoints]
    ways = [(endpoint, place, inside[subnet]) for endpoint, place, subnet in found if subnet in inside]
    named = [(endpoint, group) for endpoint, place, at in ways for group in _naming(case, network, place, at)]
    if store.id is None or any(not isinstance(subnet, str) for _, _, subnet in found):
        return unknown(f"what leads from the site's network to {name} is not known", resource=urn)
    if not ways:
        targets = _every_of(case, ENDPOINT, "privateLinkServiceConnections[].privateLinkServiceId")
        return _open(store, targets) or _lacks(store, "privateEndpoint", "a private endpoint in the site's network")
    if not named:
        zones = _every_of(case, ZONE_GROUP, "privateDnsZoneConfigs[].privateDnsZoneId")
        places = [arm_id(each, case.site.account) for each in case.resources.of(ZONE_GROUP)]
        linked = _every_of(case, ZONE_LINK, "virtualNetwork.id")
        wanted = "a name of its endpoint in a zone that the site's network asks"
        return _open(store, [*zones, *places, *linked]) or _lacks(store, "privateDnsZoneGroup", wanted)
    if not containers:
        return without_a_container(case, store)
    rests = {Ground(endpoint.urn, "subnet") for endpoint, _ in named}
    rests |= {Ground(group.urn, "privateDnsZoneConfigs") for _, group in named}
    rests |= {Ground(each.urn, "containerName") for each in containers}
    told = f"workloads of the site come to {name} by {named[0][0].name} and its name"
    return proved(told, resource=urn, rests_on=tuple(sorted(rests)))


def without_a_container(case: Case, store: Store) -> Answer:
    """The answer for a store in which no container is known; one whose account is not known may be its own."""
    doubt = _open(store, _every_of(case, stores.CONTAINER, "accountName"))
    return doubt or _lacks(store, "container", "a container to put data into")


def _naming(case: Case, network: Network, place: str, at: Subnet) -> Iterator[Resource]:
    """What gives the endpoint at `place` a name in a zone that is linked to its network."""
    whole = network.networks.get(at.network)
    links = Resolver(case.resources, case.site.account, whole, at.network).zone_links if whole else ()
    zones = {lower(arm_id(each, case.site.account) or "").partition("/virtualnetworklinks/")[0] for each in links}
    for group in case.resources.of(ZONE_GROUP):
        below = lower(arm_id(group, case.site.account) or "").startswith(f"{place.lower()}/")
        configs = entries(group, "privateDnsZoneConfigs")
        if below and any(lower(member(each, "privateDnsZoneId")) in zones for each in configs):
            yield group


def _every_of(case: Case, kind: str, path: str) -> list[Any]:
    """What every resource of a type has at a path."""
    return [held for each in case.resources.of(kind) for held in every(each, path)]


def _open(store: Store, found: Sequence[Any]) -> Answer | None:
    """What is lacking may be one of those that are not known."""
    known = all(isinstance(each, str) for each in (*found, value(store.resource, "accountName")))
    return None if known else unknown(f"what leads to {store.resource.name} is not known", resource=store.resource.urn)


def _lacks(store: Store, what: str, wanted: str) -> Answer:
    urn, name = store.resource.urn, store.resource.name
    return refuted(f"nobody comes to {name}: it lacks {wanted}", wrong(urn, what, None, wanted), resource=urn)
