"""Whether the account of second copies on Azure keeps them, and from whom."""

from collections.abc import Iterator

from clover.controls.azure_requests import ANYBODY_WITH_A_ROLE, Permissions, property_of, request_of, worst
from clover.controls.case import Case
from clover.controls.evidence.azure_retention import STATE, kept_in
from clover.controls.residency.azure_reading import READS, data_of, stranger
from clover.controls.verdict import Answer, Ground, Outcome, proved, refuted, unknown
from clover.model.azure import stores
from clover.model.azure.networks_in import let_in
from clover.model.azure.stores import Store
from clover.model.resources import value
from clover.sources import Unknown


def copies_are_locked(case: Case) -> Iterator[Answer]:
    """BAK-1 of second copies: one answer for each, locked for good for the zone's days; refuted where there is none."""
    copies = case.zone.file.copies(case.site.name)
    found = list(stores.stores(case.resources, case.site.account))
    if not found:
        example = property_of(case.stack, stores.ACCOUNT, None, "a store for each that is copied")
        yield refuted(f"{case.site.title} lie nowhere", example)
    for store in found:
        yield _locked(case, store, copies.retention_days if copies else 0)


def _locked(case: Case, store: Store, days: int) -> Answer:
    urn, name = store.resource.urn, store.resource.name
    if store.id is None:
        return unknown(f"the id of {name} is not known", resource=urn)
    parts = kept_in(case, store.resource, store.id.lower(), days)
    wrongly = [part for part in parts if isinstance(part, Answer)]
    if wrongly:
        return min(wrongly, key=lambda answer: list(Outcome).index(answer.outcome))
    if value(store.resource, STATE) != "Locked":
        told = f"the policy of {name} is not locked yet: until its deployer does, its days may be shortened"
        fix = "Lock the policy, as the copies' deployer, and refresh the stack."
        return unknown(told, resource=urn, fix=fix)
    grounds = tuple(sorted(part for part in parts if isinstance(part, Ground)))
    told = f"every version in {name} is locked from its creation for at least {days} days"
    return proved(told, resource=urn, rests_on=grounds)


def nobody_reads_copies(case: Case) -> Iterator[Answer]:
    """BAK-2 of second copies: no network leads to one, and nobody at all holds a role for what is in it."""
    permissions = Permissions(case)
    for store in stores.stores(case.resources, case.site.account):
        yield _unread(case, store, permissions)


def _unread(case: Case, store: Store, permissions: Permissions) -> Answer:
    urn, name = store.resource.urn, store.resource.name
    if store.id is None or isinstance(store.settings, Unknown):
        return unknown(f"the id or the network of {name} is not known", resource=urn)
    for origin in let_in(store.settings):
        request = request_of(case, ANYBODY_WITH_A_ROLE, READS, store.id, is_data=True, origin=origin)
        reason = f"{name} lets {origin['kind'].replace('_', ' ')} in, and a second copy is read by nobody"
        return refuted(reason, {"kind": "request", "request": request}, resource=urn)
    undecided = permissions.undecided(f"who reads {name} is not known", urn)
    if undecided:
        return undecided
    found = worst(permissions.permitted([each for each in data_of(store.id) if each.is_data], None))
    if found:
        return stranger(found, [], urn)
    settings = (
        Ground(urn, f"{path}={value(store.resource, path)}") for path in ("publicNetworkAccess", "networkRuleSet")
    )
    told = f"no network leads to {name}, and nobody holds a role for what is in it"
    return proved(told, resource=urn, rests_on=(*settings, *permissions.grounds(store.id)), given=permissions.given)
