"""The controls of approved employees on Azure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from clover.controls.access.approvals import attested, closes, counts, missing, none_opens
from clover.controls.access.azure_break_glass import break_glass_is_bound
from clover.controls.azure_requests import OTHERWISE, Asked, Permissions, Request, property_of, request_of, worst
from clover.controls.case import Case, Question
from clover.controls.residency.azure_reading import READS, data_of, stranger
from clover.controls.verdict import Answer, proved, refuted, unknown
from clover.model.azure import stores
from clover.model.azure.declared_roles import ELIGIBILITY, Held
from clover.model.azure.stores import Store
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_object
from clover.zones.registers import Approval

CLASS_TAG = "clover:data-class"
ACCOUNT_NAME, ENDPOINT, TIME = "Microsoft.Storage/storageAccounts:name", "Microsoft.Network/privateEndpoints", "UtcNow"
"""What the condition of a gate looks at: which account, through which endpoint, and when."""
_COMPARED = re.compile(r"@\w+\[([^\]]+)\]")
_SERVICES_WORD = (
    "that activating a gate's role takes a second factor, a justification and an open ticket, for hours at most: the"
    " role management policy of role and scope says so, which Azure makes and names itself; and that activating passes"
    " the denials above the subscription, since the service itself, and no role, decides who activates"
)


class Gate(NamedTuple):
    """What a group may activate, with the approval that it is for."""

    resource: Resource
    held: Held
    approval: Approval


def approved_access_ends(case: Case) -> Iterator[Answer]:
    """ACC-1: each gate is eligible only, for the approved group, reads through the store's endpoint, until the day."""
    declared, approvals = case.resources.of(ELIGIBILITY), case.zone.file.approved(case.site.name)
    if not declared and not any(counts(case, approval) for approval in approvals):
        yield none_opens(case)
        return
    permissions = Permissions(case)
    for approval in approvals:
        if counts(case, approval) and _opened(case, approval) and not _for(declared, approval):
            yield missing(case, approval)
    for resource in declared:
        yield _declared(case, permissions, approvals, resource)
    if declared:
        yield from attested(_SERVICES_WORD)


def _for(declared: Sequence[Resource], approval: Approval) -> list[Resource]:
    """What the approved group may activate."""
    return [each for each in declared if str(value(each, "principalId")).lower() == approval.workforce]


def _opened(case: Case, approval: Approval) -> list[Store]:
    """The stores of user data of the approved class."""
    found = stores.stores(case.resources, case.site.account)
    return [store for store in found if store.role == "user-data" and _class_of(store) == approval.data_class.value]


def _class_of(store: Store) -> Any:
    tags = value(store.resource, "tags")
    return tags if isinstance(tags, Unknown) else (as_object(tags) or {}).get(CLASS_TAG, "restricted")


def _unclear(case: Case) -> Iterator[str]:
    """The stores of which it is not known whether a gate opens them."""
    for store in stores.stores(case.resources, case.site.account):
        if store.role is None or isinstance(_class_of(store), Unknown):
            yield store.resource.name


def _declared(case: Case, permissions: Permissions, approvals: Sequence[Approval], resource: Resource) -> Answer:
    """Whether one eligibility is what an approval says; the first of the guarantees that does not hold."""
    held = [each for each in permissions.roles.role_assignments if resource.urn in each.origins]
    principal = value(resource, "principalId")
    if not held or isinstance(principal, Unknown):
        return unknown(f"what {resource.name} makes eligible is not known", resource=resource.urn)
    unclear = next(_unclear(case), None)
    if unclear:
        return unknown(f"the class of {unclear} is not known, so not whether it opens", resource=resource.urn)
    approval = next((each for each in approvals if _for([resource], each)), None)
    if approval is None:
        example = property_of(resource.urn, "principalId", principal, "a group that the zone approves")
        return refuted(
            f"{principal} may activate {resource.name}, and no approval of the zone says so",
            example,
            resource=resource.urn,
        )
    return _gate(case, permissions, [Gate(resource, each, approval) for each in held])


def _gate(case: Case, permissions: Permissions, gates: Sequence[Gate]) -> Answer:
    resource, approval = gates[0].resource, gates[0].approval
    late = _ends_late(resource, approval)
    if late:
        return late
    known = {name for gate in gates for name in _COMPARED.findall(str(gate.held.row.get("condition") or ""))}
    strange = known - {ACCOUNT_NAME, ENDPOINT, TIME}
    if strange:
        return unknown(
            f"what {', '.join(sorted(strange))} of {resource.name} lets through is not decided", resource=resource.urn
        )
    found = _permitted(case, permissions, gates)
    if found:
        told = f"{found['principal']} may call {found['action']} on {found['resource']} beyond {approval.name}"
        return refuted(told, {"kind": "request", "request": found}, resource=resource.urn)
    return _works(case, permissions, gates)


def _ends_late(resource: Resource, approval: Approval) -> Answer | None:
    """The answer where eligibility does not end with the approval."""
    asked, day = value(resource, "scheduleInfo.expiration.endDateTime"), closes(approval)
    end = value(resource, "endDateTime") if asked is None else asked
    if isinstance(end, Unknown):
        return unknown(f"when {resource.name} ends is not known", resource=resource.urn)
    if isinstance(end, str) and end[:19] <= day:
        return None
    example = property_of(resource.urn, "scheduleInfo.expiration.endDateTime", end, f"{day}Z at the latest")
    return refuted(f"{resource.name} does not end with {approval.until}", example, resource=resource.urn)


def _permitted(case: Case, permissions: Permissions, gates: Sequence[Gate]) -> Request | None:
    """A request that the group is permitted once it has activated the role, and that the approval does not say."""
    approval = gates[0].approval
    opened = {store.id for store in _opened(case, approval)}
    for store in stores.stores(case.resources, case.site.account):
        asked = data_of(store.id) if store.id else []
        for each in permissions.permitted(asked, [approval.workforce]):
            reads = each.request["action"].lower() == READS.lower() and store.id in opened
            for request, inside in _ways(case, store, each.request, _around_the_end(approval)):
                if not (reads and inside) and permissions.allows(request):
                    return request
    for key in stores.keys(case.resources, case.site.account):
        use = stores.data_actions()["vault"]["use"]
        found = worst(permissions.permitted([Asked(use, key.id, True)] if key.id else [], [approval.workforce]))
        if found:
            return found.request
    return None


Moments = tuple[tuple[str, bool], ...]
"""Instants, each with whether the approval still counts then."""


def _around_the_end(approval: Approval) -> Moments:
    """The last moment of the approval, and the first after it."""
    return (f"{approval.until}T23:59:59.999Z", True), (f"{closes(approval)}.000Z", False)


def _ways(case: Case, store: Store, request: Request, moments: Moments) -> Iterator[tuple[Request, bool]]:
    """The request through each endpoint and through none at each moment, with whether that is approved."""
    own = [identifier for _, identifier in store.endpoints]
    every = [each for one in stores.stores(case.resources, case.site.account) for _, each in one.endpoints]
    for door in (*dict.fromkeys((*own, *every)), OTHERWISE, None):
        for time, early in moments:
            environment = {TIME: [time], **({ENDPOINT: [door]} if door else {})}
            attributes = {"environment": environment, "resource": {ACCOUNT_NAME: [_account(store)]}}
            context = {**request["context"], "attributes": attributes}
            yield {**request, "context": context}, early and door in own


def _account(store: Store) -> str:
    return str(value(store.resource, "accountName"))


def _works(case: Case, permissions: Permissions, gates: Sequence[Gate]) -> Answer:
    """Proved where each store of the class is read as it has to be, and what is not known says so."""
    resource, approval = gates[0].resource, gates[0].approval
    undecided = permissions.undecided(f"what {approval.workforce} may do beside is not known", resource.urn)
    if undecided:
        return undecided
    for store in _opened(case, approval):
        base = request_of(case, approval.workforce, READS, str(store.id), is_data=True)
        now = ((f"{min(case.day, approval.until)}T12:00:00.000Z", True),)
        approved = [request for request, inside in _ways(case, store, base, now) if inside]
        denied = next((request for request in approved if not permissions.allows(request)), None)
        if denied or not approved:
            told = f"{approval.workforce} may not read {store.resource.name}, which {approval.name} opens"
            return refuted(told, {"kind": "request", "request": denied or base}, resource=resource.urn)
    told = f"a group activates reading {approval.data_class.value} data until {approval.until}, through endpoints only"
    grounds = tuple(
        dict.fromkeys(ground for store in _opened(case, approval) for ground in permissions.grounds(str(store.id)))
    )
    return proved(told, resource=resource.urn, rests_on=grounds, given=permissions.roles.given)


def nobody_stands_inside(case: Case) -> Iterator[Answer]:
    """ACC-2: nobody but the trusted base reads user data without having activated a role that the zone approves.

    The stack's own identities are no people: they are what its workloads act as.
    """
    permissions = Permissions(case)
    approved = {approval.workforce for approval in case.zone.file.approved(case.site.name) if counts(case, approval)}
    base = [principal.lower() for principal in (*case.trusted, *stores.identities(case.resources))]
    for store in stores.stores(case.resources, case.site.account):
        if store.role == "evidence":
            continue
        urn, name = store.resource.urn, store.resource.name
        if store.id is None or store.role is None:
            yield unknown(f"the id or the role of {name} is not known", resource=urn)
            continue
        reads = [action for action in stores.data_actions()["storage"]["data"] if "read" in action.lower()]
        every = permissions.permitted([Asked(reads, store.id, True)], None, base)
        found = worst(each for each in every if not (each.by.eligible and each.by.principal in approved))
        undecided = permissions.undecided(f"who reads {name} is not known", urn)
        told = f"nobody stands inside {name}: who reads it has activated a role that the zone approves"
        grounds, given = permissions.grounds(store.id), permissions.roles.given
        kept = undecided or proved(told, resource=urn, rests_on=grounds, given=given)
        yield stranger(found, [], urn) if found else kept


QUESTIONS: Mapping[str, Question] = {
    "ACC-1": approved_access_ends,
    "ACC-2": nobody_stands_inside,
    "ACC-3": break_glass_is_bound,
}
"""Each control's question on whether it holds."""
