"""The controls of historic data on Azure."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from clover.controls.azure_requests import Asked, Permissions, Permitted, Request, property_of, request_of, who, worst
from clover.controls.case import Case, Question
from clover.controls.migration.sites import nothing_is_left
from clover.controls.residency.azure_copies import closed
from clover.controls.verdict import Answer, proved, refuted, unknown
from clover.model.azure import stores
from clover.model.azure.stores import Store
from clover.zones.registers import Migration
from clover.zones.vocabulary import StoreRole

LEFT = (stores.ACCOUNT, stores.KEY, "azure-native:authorization:RoleAssignment")
"""What holds data, opens it, or lets somebody open it."""

BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
ADD = f"{BLOBS}/add/action"


def lands_write_only(case: Case) -> Iterator[Answer]:
    """MIG-1: each store of role intake takes in from one writer, until the zone's day, and gives it nothing back."""
    migration = case.zone.file.migration(case.site.name)
    found = landings(case)
    permissions = Permissions(case) if found else None
    if permissions is None:
        yield _nothing_lands(case, migration)
        return
    for store in found:
        yield _landing(case, store, migration, permissions)


def landings(case: Case) -> list[Store]:
    """The stores that historic data lands in."""
    return [one for one in stores.stores(case.resources, case.site.account) if one.role == StoreRole.INTAKE.value]


def adding(case: Case, identifier: str, migration: Migration, day: date) -> Request:
    """The writer's call on a landing, as a day begins."""
    attributes = {"environment": {"UtcNow": [f"{day.isoformat()}T00:00:00.000Z"]}}
    return request_of(case, migration.writer.lower(), ADD, identifier, is_data=True, attributes=attributes)


def _nothing_lands(case: Case, migration: Migration | None) -> Answer:
    if migration is None:
        return proved("the zone promises no migration into the site, and the stack declares no landing for one")
    return unknown(f"the zone promises that {migration.what} lands here; {case.stack} declares no landing for it")


def _landing(case: Case, store: Store, migration: Migration | None, permissions: Permissions) -> Answer:
    """The first of the guarantees that does not hold, or that all do."""
    urn, name = store.resource.urn, store.resource.name
    if migration is None:
        example = property_of(urn, "tags", "intake", "a migration of the zone that ends on a day")
        return refuted(f"{name} takes in what no migration of the zone names", example, resource=urn)
    if store.id is None:
        return unknown(f"the id of {name} is not known", resource=urn)
    undecided = permissions.undecided(f"who writes into {name} is not known", urn)
    if undecided:
        return undecided
    found = _forbidden(case, store.id, migration, permissions)
    if found:
        return _allowed(found, urn)
    late = _after_the_deadline(case, store.id, migration, permissions)
    if late:
        told = f"{migration.writer} still adds to {name} after {migration.deadline}"
        return refuted(told, {"kind": "request", "request": late}, resource=urn)
    told = f"{name} takes in until {migration.deadline}, from one writer, who reads nothing back"
    grounds = (*closed(store.resource, "RES-3"), *permissions.grounds(store.id))
    return proved(told, resource=urn, rests_on=grounds, given=permissions.given)


def _forbidden(case: Case, identifier: str, migration: Migration, permissions: Permissions) -> Permitted | None:
    """A request that somebody is permitted and should not be: the writer anything but adding, anybody else writing."""
    data = stores.data_actions()["storage"]["data"]
    writer = migration.writer.lower()
    theirs = permissions.permitted([Asked(data, identifier, True)], [writer])
    base = {principal.lower() for principal in case.trusted}
    return worst(
        (
            *(each for each in theirs if each.request["action"].lower() != ADD.lower()),
            *permissions.permitted([Asked([f"{BLOBS}/write", ADD], identifier, True)], None, [writer, *base]),
        )
    )


def _allowed(found: Permitted, urn: str) -> Answer:
    request, label = found.request, f"{found.by.role} at {found.by.scope}"
    told = f"{who(found.by.principal)} may call {request['action']} on {request['resource']}: {label}"
    if not found.certain:
        return unknown(f"whether the condition holds under which {told} is not decided", resource=urn)
    return refuted(told, {"kind": "request", "request": request}, resource=urn)


def _after_the_deadline(case: Case, identifier: str, migration: Migration, permissions: Permissions) -> Request | None:
    """The writer's call on the first day after the deadline, where it is still permitted."""
    request = adding(case, identifier, migration, migration.deadline + timedelta(days=1))
    return request if permissions.allows(request) else None


def nothing_is_left_on_azure(case: Case) -> Iterator[Answer]:
    """MIG-2 on Azure."""
    return nothing_is_left(case, LEFT)


QUESTIONS: Mapping[str, Question] = {"MIG-1": lands_write_only, "MIG-2": nothing_is_left_on_azure}
"""Each control's question on whether it holds."""
