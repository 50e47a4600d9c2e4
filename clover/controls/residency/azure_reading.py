"""RES-3 and RES-P1 on Azure: who reads, and from where."""

from collections.abc import Iterator, Mapping
from typing import Any

from clover.controls.azure_requests import (
    ANYBODY_WITH_A_ROLE,
    Asked,
    Permissions,
    Permitted,
    Request,
    auditor,
    property_of,
    request_of,
    who,
    worst,
)
from clover.controls.backups.azure_copies import has_copies_made
from clover.controls.case import Case
from clover.controls.residency.azure_copies import closed, opened
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.model.azure import stores
from clover.model.azure.arm_ids import arm_id, below, same
from clover.model.azure.declared_roles import ANYBODY
from clover.model.azure.networks_in import Settings, let_in
from clover.model.azure.stores import Store
from clover.model.resources import value
from clover.sources import Resource, Unknown

READS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
PERIMETER = "azure-native:network:NetworkSecurityPerimeterAssociation"
NETWORK = "azure-native:network:VirtualNetwork"


def nobody_outside_reads(case: Case) -> Iterator[Answer]:
    """RES-3: nobody who is not of the zone holds a role for the data of a store, and nobody reads it without a role."""
    permissions = Permissions(case)
    inside, containers = of_the_zone(case, permissions), stores.containers(case.resources)
    for store in stores.stores(case.resources, case.site.account):
        own = containers.get(str(value(store.resource, "accountName")).lower(), [])
        open_to_all = opened(store.resource, "RES-3") or _public(store, own)
        yield open_to_all or _closed_to_strangers(case, store, permissions, inside)


def of_the_zone(case: Case, permissions: Permissions) -> frozenset[str]:
    """The principals of the zone: the stack's own identities, those that the zone file names, and attested members.

    To what the auditor keeps, members of the tenant are strangers: they are the operator's.
    """
    known = auditor(case)
    homes: Mapping[str, str] = {} if case.standing else permissions.roles.homes
    members = (principal for principal, tenant in homes.items() if same(tenant, case.site.tenant))
    trusted = (principal.lower() for principal in case.trusted)
    migration = case.zone.file.migration(case.site.name)
    writers = (migration.writer.lower(),) if migration else ()
    own = stores.identities(case.resources)
    approved = (approval.workforce for approval in case.zone.file.approved(case.site.name))
    return frozenset((*own, *trusted, known.person, known.machine, *writers, *approved, *members))


def _public(store: Store, containers: list[Resource]) -> Answer | None:
    """The answer where a container is open to anybody, or that is not known."""
    for container in containers:
        access = value(container, "publicAccess")
        if isinstance(access, Unknown):
            return unknown(f"publicAccess of {container.name} is not known", resource=store.resource.urn)
        if access not in (None, "None"):
            example = property_of(container.urn, "publicAccess", access, "None")
            return refuted(f"anybody reads {container.name}", example, resource=store.resource.urn)
    return None


def _closed_to_strangers(case: Case, store: Store, permissions: Permissions, inside: frozenset[str]) -> Answer:
    """Whether somebody who is not of the zone is permitted a request for the data of the store."""
    urn, name = store.resource.urn, store.resource.name
    if store.id is None or isinstance(store.settings, Unknown):
        return unknown(f"the id or the network of {name} is not known", resource=urn)
    undecided = permissions.undecided(f"who reads {name} is not known", urn)
    if undecided:
        return undecided
    reached = let_in(store.settings)
    asked = [each for each in data_of(store.id, keys=False) if reached or not each.is_data]
    permitted = permissions.permitted(asked, None, inside)
    found = worst(each for each in permitted if not has_copies_made(case, each.request))
    if found:
        return stranger(found, reached, urn)
    told = f"nobody who is not of the zone reaches the data of {name}"
    grounds = (*closed(store.resource, "RES-3"), *permissions.grounds(store.id))
    return proved(told, resource=urn, rests_on=grounds, given=permissions.given)


def data_of(identifier: str, *, keys: bool = True) -> list[Asked]:
    """What shows, moves or hands out the data of a store; its keys too, unless it is known to take none."""
    found = stores.data_actions()["storage"]
    control = [*found["control"], *(found["keys"] if keys else ())]
    return [Asked(found["data"], identifier, True), Asked(control, identifier, False)]


def stranger(found: Permitted, reached: list[dict[str, Any]], urn: str) -> Answer:
    """The answer where somebody holds a role that reaches what it should not."""
    request = with_origin(found.request, reached)
    principal, label = found.by.principal, f"{found.by.role} at {found.by.scope}"
    if principal == ANYBODY:
        return unknown(f"{who(principal)} holds {label}", resource=urn)
    if not found.certain:
        return unknown(f"whether the condition of {principal}'s {label} ever holds is not decided", resource=urn)
    reason = f"{principal} may call {request['action']} on {request['resource']}: {label}"
    return refuted(reason, {"kind": "request", "request": request}, resource=urn)


def with_origin(request: Request, reached: list[dict[str, Any]]) -> Request:
    """A data request from the first of the places that are let in; a call to Azure Resource Manager has none."""
    if not request["context"]["is_data_action"] or not reached:
        return request
    return {**request, "context": {**request["context"], "origin": reached[0]}}


def data_is_read_from_the_site(case: Case) -> Iterator[Answer]:
    """RES-P1: whoever asks, a store of user data answers through the site's own private endpoints only."""
    ids = (arm_id(network, case.site.account) for network in case.resources.of(NETWORK))
    networks = [identifier for identifier in ids if identifier]
    for store in stores.stores(case.resources, case.site.account):
        if store.role is None:
            told = f"whether {store.resource.name} holds evidence or user data is not known"
            yield unknown(told, resource=store.resource.urn)
        elif store.role != "evidence":
            yield _through_endpoints(case, store, networks)


def _through_endpoints(case: Case, store: Store, networks: list[str]) -> Answer:
    urn, name, settings = store.resource.urn, store.resource.name, store.settings
    perimeters = case.resources.of(PERIMETER)
    if store.id is None or isinstance(settings, Unknown) or perimeters:
        what = f"which rules {perimeters[0].name} brings" if perimeters else f"the id or the network of {name}"
        return unknown(f"{what} is not known", resource=urn)
    own = {identifier.lower() for _, identifier in store.endpoints}
    for origin in let_in(settings):
        if origin["kind"] != "private_endpoint" or origin["id"].lower() not in own:
            return _reached(case, store, origin)
    for endpoint, _ in store.endpoints:
        outside = _in_another_network(endpoint, networks, urn)
        if outside:
            return outside
    told = f"whoever asks, the data of {name} is reached through {', '.join(sorted(own)) or 'nothing'} only"
    return proved(told, resource=urn, rests_on=(*_network_grounds(store, settings), *_endpoint_grounds(store)))


def _reached(case: Case, store: Store, origin: dict[str, Any]) -> Answer:
    """The answer where an origin is let in that is no endpoint of the site."""
    request = request_of(case, ANYBODY_WITH_A_ROLE, READS, str(store.id), is_data=True, origin=origin)
    place = origin.get("id") or origin.get("address") or origin.get("purpose")
    reason = f"{store.resource.name} lets {origin['kind'].replace('_', ' ')} {place} in"
    return refuted(reason, {"kind": "request", "request": request}, resource=store.resource.urn)


def _in_another_network(endpoint: Resource, networks: list[str], urn: str) -> Answer | None:
    """The answer where an endpoint stands in a network that the stack does not declare."""
    subnet = value(endpoint, "subnet.id")
    if not isinstance(subnet, str):
        return unknown(f"the subnet of {endpoint.name} is not known", resource=urn)
    if any(below(subnet, network) for network in networks):
        return None
    example = property_of(endpoint.urn, "subnet.id", subnet, "a subnet of the site's own network")
    return refuted(f"{endpoint.name} stands in {subnet}", example, resource=urn)


def _network_grounds(store: Store, settings: Settings) -> tuple[Ground, ...]:
    acls = settings["networkAcls"]
    named = {"publicNetworkAccess": settings.get("publicNetworkAccess", "Enabled"), **acls}
    return tuple(Ground(store.resource.urn, f"{name}={content}") for name, content in named.items())


def _endpoint_grounds(store: Store) -> tuple[Ground, ...]:
    return tuple(Ground(endpoint.urn, f"subnet={value(endpoint, 'subnet.id')}") for endpoint, _ in store.endpoints)
