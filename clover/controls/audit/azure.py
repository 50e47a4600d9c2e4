"""The auditor's controls on Azure.

A person comes by a delegation to the auditor's own tenant, which carries built-in roles without data actions only
(https://learn.microsoft.com/azure/lighthouse/concepts/tenants-users-roles); a machine, which reads the evidence, is a
principal of the site's tenant.
"""

from collections.abc import Iterator, Mapping
from ipaddress import ip_address, ip_network
from itertools import product
from typing import Any

from clover.controls.azure_requests import (
    ANYBODY_WITH_A_ROLE,
    Asked,
    Auditor,
    Permissions,
    Request,
    auditor,
    property_of,
    request_of,
    worst,
)
from clover.controls.backups.azure_copies import lies_there
from clover.controls.case import Case, Question
from clover.controls.residency.azure_copies import closed, opened
from clover.controls.residency.azure_reading import READS, data_of, stranger
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.logic.azure import evaluate_network
from clover.model.azure import stores
from clover.model.azure.actions import type_of
from clover.model.azure.arm_ids import arm_id, stands_above
from clover.model.azure.declared_roles import DELEGATED, OFFERED, is_open
from clover.model.azure.networks_in import Settings, let_in
from clover.model.azure.stores import Key, Store, key_of
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object

CONTAINERS = ("insights-activity-logs", "insights-logs-auditevent", "insights-logs-storageread")
"""Containers that the platform makes for logs: of the activity log, of vaults and of stores.

https://learn.microsoft.com/azure/azure-monitor/platform/resource-logs#send-to-azure-storage.
"""
CONTAINER_NAME = "Microsoft.Storage/storageAccounts/blobServices/containers:name"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
"""The built-in role Reader, the one that a delegation may carry."""
LONGEST_ACTIVATION = ("PT30M", "PT1H", "PT2H", "PT3H", "PT4H", "PT5H", "PT6H", "PT7H", "PT8H")
"""How long an activated role may last
(https://learn.microsoft.com/azure/lighthouse/how-to/create-eligible-authorizations)."""


def reads_every_control(case: Case) -> Iterator[Answer]:
    """AUD-1: person and machine are permitted to read every resource, and the machine the evidence."""
    permissions, known = Permissions(case), auditor(case)
    yield _reads(case, permissions, known.person, "person")
    yield _reads(case, permissions, known.machine, "machine")
    yield from reads_of_records(case)


def reads_of_records(case: Case) -> Iterator[Answer]:
    """Whether the auditor's machine reads the containers of logs, for each evidence store.

    In a workspace, which lies in the auditor's own tenant, its person does too.
    """
    permissions, known = Permissions(case), auditor(case)
    readers = {"machine": known.machine, **({"person": known.person} if case.is_workspace else {})}
    for store in stores.stores(case.resources, case.site.account):
        if store.role is None:
            yield _of_no_role(store.resource)
        elif store.role == "evidence":
            yield _reads_records(case, permissions, readers, store)


def _reads(case: Case, permissions: Permissions, principal: str, name: str) -> Answer:
    """The first read of a control that the principal is not permitted, or that every one is permitted."""
    grounds, given = _held_by(permissions, principal)
    about = min((ground.urn for ground in grounds if ground.urn not in given), default=None)
    if not grounds:
        undecided = permissions.undecided(f"whether the auditor's {name} holds a role is not known", None)
        waiting = permissions.waiting()
        example = property_of(case.stack, "principalId", None, principal)
        open_still = unknown(f"whether the auditor's {name} holds a role hangs on {waiting}") if waiting else undecided
        return open_still or refuted(f"the auditor's {name} holds no role", example)
    for resource in case.resources.all:
        identifier = arm_id(resource, case.site.account) if resource.type.startswith("azure-native:") else None
        if identifier is None or not identifier.startswith("/") or stands_above(identifier):
            continue
        if lies_there(case, resource):
            continue
        request = request_of(case, principal, f"{type_of(identifier)}/read", identifier, is_data=False)
        if not permissions.allows(request):
            return _denied(permissions, f"the auditor's {name} may not read {resource.name}", request, about)
    told = f"the auditor's {name} reads every resource of the stack"
    return proved(told, resource=about, rests_on=grounds, given=given)


def _origins(known: Auditor) -> Iterator[dict[str, Any]]:
    """The first and the last address of each of the auditor's networks."""
    for network in map(ip_network, known.networks):
        yield from ({"kind": "internet", "address": str(network[index])} for index in (0, -1))


def _denied(permissions: Permissions, reason: str, request: Request, about: str | None) -> Answer:
    """The answer where a read is denied as far as the roles are known."""
    waiting = permissions.waiting()
    if waiting:
        return unknown(f"{reason}, unless this permits it: {waiting}", resource=about)
    return refuted(reason, {"kind": "request", "request": request}, resource=about)


def _held_by(permissions: Permissions, principal: str) -> tuple[tuple[Ground, ...], tuple[str, ...]]:
    """The assignments and delegations of one principal as grounds, and the givens among them."""
    held = [each for each in permissions.roles.granting if each.principal == principal]
    grounds = tuple(Ground(origin, f"{each.role} at {each.scope}") for each in held for origin in each.origins)
    named = {ground.urn for ground in grounds}
    return grounds, tuple(given for given in permissions.given if given in named)


def _reads_records(case: Case, permissions: Permissions, readers: Mapping[str, str], store: Store) -> Answer:
    """Whether each reads the containers of logs in one store, from the ends of each of the auditor's networks."""
    urn, name = store.resource.urn, store.resource.name
    if store.id is None or isinstance(store.settings, Unknown):
        return unknown(f"the id or the network of {name} is not known", resource=urn)
    for who, origin, container in product(readers, _origins(auditor(case)), CONTAINERS):
        place = f"{store.id}/blobServices/default/containers/{container}"
        request = _reading(case, readers[who], place, container, origin)
        let = evaluate_network(origin, store.settings).decision == "allow"
        if not let or not permissions.allows(request):
            what = "is not permitted to read" if let else "is not let in to"
            reason = f"the auditor's {who} {what} {container} of {name} from {origin['address']}"
            return _denied(permissions, reason, request, urn)
    rules = Ground(urn, f"ipRules={store.settings['networkAcls'].get('ipRules')}")
    told = f"the auditor's {' and '.join(readers)} {'read' if len(readers) > 1 else 'reads'} the logs in {name}"
    held = [_held_by(permissions, principal) for principal in readers.values()]
    grounds = dict.fromkeys(ground for found, _ in held for ground in found)
    given = tuple(dict.fromkeys(each for _, found in held for each in found))
    return proved(told, resource=urn, rests_on=(rules, *grounds), given=given)


def _reading(case: Case, principal: str, resource: str, container: str, origin: dict[str, Any]) -> Request:
    attributes = {"resource": {CONTAINER_NAME: [container]}}
    return request_of(case, principal, READS, resource, is_data=True, attributes=attributes, origin=origin)


def reads_no_user_data(case: Case) -> Iterator[Answer]:
    """AUD-2: neither person nor machine is permitted a request for user data, for its keys, or to hand it out."""
    permissions, known = Permissions(case), auditor(case)
    for store in stores.stores(case.resources, case.site.account):
        if store.role is None:
            yield _of_no_role(store.resource)
        elif store.role != "evidence":
            reached = [] if isinstance(store.settings, Unknown) else let_in(store.settings)
            asked = data_of(store.id) if store.id else []
            yield _kept_from(permissions, known, store.resource, asked, reached)
    keys = list(stores.keys(case.resources, case.site.account))
    accounts = case.resources.of(stores.ACCOUNT)
    of_evidence = {_named(key_of(each, keys)) for each in accounts if stores.role_of(each) == "evidence"}
    of_others = {_named(key_of(each, keys)) for each in accounts if stores.role_of(each) != "evidence"}
    for key in keys:
        if _named(key) not in of_evidence - of_others:
            yield _kept_from(permissions, known, key.resource, _of_key(key), [])


def _of_no_role(resource: Resource) -> Answer:
    return unknown(f"whether {resource.name} holds evidence or user data is not known", resource=resource.urn)


def _named(key: Key | None) -> str | None:
    return key.resource.urn if key else None


def _of_key(key: Key) -> list[Asked]:
    """Every request that uses or administers a key."""
    found = stores.data_actions()["vault"]
    data = [*found["use"], *found["administer"]]
    return [Asked(data, key.id, True), Asked(found["manage"], key.id, False)] if key.id else []


def _kept_from(
    permissions: Permissions, known: Auditor, resource: Resource, asked: list[Asked], reached: list[dict[str, Any]]
) -> Answer:
    """Whether the auditor is permitted any of the requests about a store or key."""
    told = f"the auditor reaches nothing of {resource.name}"
    if not asked:
        return unknown(f"the id of {resource.name} is not known", resource=resource.urn)
    found = worst(permissions.permitted(asked, (known.person, known.machine)))
    if found:
        return stranger(found, reached, resource.urn)
    undecided = permissions.undecided(f"what the auditor reaches of {resource.name} is not known", resource.urn)
    grounds = permissions.grounds(asked[0].resource)
    return undecided or proved(told, resource=resource.urn, rests_on=grounds, given=permissions.given)


def nobody_else_becomes_the_auditor(case: Case) -> Iterator[Answer]:
    """AUD-3: a delegation names the auditor's tenant and exact person, with a second factor, as Reader for a while."""
    known = auditor(case)
    for offer in case.resources.of(OFFERED):
        yield _exact(offer, known)
    offered = [str(value(offer, "registrationDefinitionId")).lower() for offer in case.resources.of(OFFERED)]
    for assignment in case.resources.of(DELEGATED):
        named = value(assignment, "properties.registrationDefinitionId")
        if isinstance(named, Unknown) or str(named).rpartition("/")[2].lower() not in offered:
            yield unknown(f"what {assignment.name} delegates is not declared in the stack", resource=assignment.urn)
    yield from readers_of_evidence(case)


def _exact(offer: Resource, known: Auditor) -> Answer:
    """Whether one offer names nobody but the auditor's person, as it should."""
    held = as_object(value(offer, "properties"))
    if held is None or is_open(held):
        return unknown(f"what {offer.name} delegates is not known", resource=offer.urn)
    for path, content, allowed in _asked_of(held, known):
        if content not in allowed:
            example = property_of(offer.urn, f"properties.{path}", content, f"one of {list(allowed)}")
            return refuted(f"{offer.name} has {path} {content!r}", example, resource=offer.urn)
    grounds = tuple(Ground(offer.urn, f"{path}={content}") for path, content, _ in _asked_of(held, known))
    return proved(f"only {known.person} of {known.tenant} is delegated to", resource=offer.urn, rests_on=grounds)


def _asked_of(held: dict[str, Any], known: Auditor) -> Iterator[tuple[str, Any, tuple[Any, ...]]]:
    """Each property of an offer, what it has, and what it may have."""
    yield "managedByTenantId", _lower(held.get("managedByTenantId")), (known.tenant,)
    yield "authorizations", held.get("authorizations") or [], ([],)
    for index, entry in enumerate(as_list(held.get("eligibleAuthorizations")) or []):
        path = f"eligibleAuthorizations[{index}]"
        policy = as_object(entry.get("justInTimeAccessPolicy")) or {}
        yield f"{path}.principalId", _lower(entry.get("principalId")), (known.person,)
        yield f"{path}.roleDefinitionId", _lower(entry.get("roleDefinitionId")), (READER,)
        yield (
            f"{path}.justInTimeAccessPolicy.multiFactorAuthProvider",
            policy.get("multiFactorAuthProvider"),
            ("Azure",),
        )
        yield f"{path}.delegatedRoleDefinitionIds", entry.get("delegatedRoleDefinitionIds") or [], ([],)
        longest = policy.get("maximumActivationDuration")
        yield f"{path}.justInTimeAccessPolicy.maximumActivationDuration", longest, (None, *LONGEST_ACTIVATION)


def _lower(text: Any) -> str:
    """An id as it is compared: its last part, in lower case."""
    return str(text).rpartition("/")[2].lower()


def readers_of_evidence(case: Case) -> Iterator[Answer]:
    """Whether the auditor's machine, and nobody who is not of the stack itself, reads what the auditor reads.

    In its own workspace its person does as well.
    """
    permissions, known = Permissions(case), auditor(case)
    auditors = (known.machine, known.person) if case.is_workspace else (known.machine,)
    own = (*(principal.lower() for principal in case.trusted), *stores.identities(case.resources), *auditors)
    for store in stores.stores(case.resources, case.site.account):
        if store.role != "evidence" or store.id is None:
            continue
        if isinstance(store.settings, Unknown):
            told = f"the network of {store.resource.name} is not known"
            yield unknown(told, resource=store.resource.urn)
            continue
        reached = let_in(store.settings)
        elsewhere = next((origin for origin in reached if not _is_expected(origin, store, known)), None)
        yield _let_in(case, store, elsewhere) if elsewhere else _read(permissions, store, store.settings, own)


def _let_in(case: Case, store: Store, origin: dict[str, Any]) -> Answer:
    """The answer where a store of evidence lets in a place that it should not."""
    request = request_of(case, ANYBODY_WITH_A_ROLE, READS, str(store.id), is_data=True, origin=origin)
    reason = f"{store.resource.name} lets in {origin['kind'].replace('_', ' ')} beside the auditor's networks"
    return refuted(reason, {"kind": "request", "request": request}, resource=store.resource.urn)


def _read(permissions: Permissions, store: Store, settings: Settings, own: tuple[str, ...]) -> Answer:
    """Whether anybody else reads a store, by a role or without any."""
    urn, name, identifier = store.resource.urn, store.resource.name, str(store.id)
    found = worst(permissions.permitted([Asked([READS], identifier, True)], None, own))
    if found:
        return stranger(found, let_in(settings), urn)
    rules = tuple(Ground(urn, f"{rule}={content}") for rule, content in settings["networkAcls"].items())
    grounds = (*rules, *closed(store.resource, "RES-3"), *permissions.grounds(identifier))
    told = f"nobody but the auditor reads the evidence in {name} from outside the site"
    undecided = opened(store.resource, "RES-3") or permissions.undecided(f"who reads {name} is not known", urn)
    return undecided or proved(told, resource=urn, rests_on=grounds, given=permissions.given)


def _is_expected(origin: dict[str, Any], store: Store, known: Auditor) -> bool:
    """Whether evidence is written or read from there: by trusted services, by the stack, by the auditor."""
    if origin["kind"] == "internet":
        return any(ip_address(origin["address"]) in network for network in map(ip_network, known.networks))
    own = {identifier.lower() for _, identifier in store.endpoints}
    return origin["kind"] == "trusted_service" or (origin["kind"] == "private_endpoint" and origin["id"].lower() in own)


QUESTIONS: Mapping[str, Question] = {
    "AUD-1": reads_every_control,
    "AUD-2": reads_no_user_data,
    "AUD-3": nobody_else_becomes_the_auditor,
}
"""Each control's question on whether it holds."""
