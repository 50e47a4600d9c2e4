"""Second copies on Azure: where a site's blobs are replicated to, and who has a part in the account of the copies.

https://learn.microsoft.com/azure/storage/blobs/object-replication-overview
"""

from collections.abc import Iterator, Mapping
from typing import Any

from clover.controls.azure_requests import property_of
from clover.controls.backups.copies import copies_of, keepers_of
from clover.controls.case import Case
from clover.controls.verdict import Answer, Ground, assumed, proved, refuted, unknown
from clover.model.aws.network_links import known, member
from clover.model.azure import stores
from clover.model.azure.arm_ids import arm_id, below, same
from clover.model.azure.stores import Store
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object
from clover.zones.parties import SecondCopies
from clover.zones.vocabulary import StackKind, StoreRole

POLICY = "azure-native:storage:ObjectReplicationPolicy"
VERSIONS = "azure-native:storage:BlobServiceProperties"
CLASS_TAG = "clover:data-class"
WRITING = "microsoft.storage/storageaccounts/objectreplicationpolicies/write"
"""What a site's deployer does in the account of the copies, so that its stores are copied there."""
BEFORE_BLOBS = "2000"
"""A time before which there was no blob: a rule that copies from then on leaves none out."""
ENDS = ("sourceAccount", "destinationAccount")


def keeper(case: Case) -> Case | None:
    """The part of the copies' stack that has the copies of a site; None where it was not read."""
    return next(iter(keepers_of(case)), None)


def accounts_of_copies(case: Case) -> frozenset[str]:
    """The subscriptions of second copies that a stack deploys into or speaks of: its site's; the organisation's all."""
    if case.hand is StackKind.ORGANISATION:
        found = [case.zone.file.copies(site.name) for site in case.zone.file.sites if site.cloud is case.site.cloud]
        return frozenset(each.account.lower() for each in found if each)
    own = copies_of(case) if case.hand is StackKind.SITE else None
    return frozenset({own.account.lower()} if own else ())


def lies_there(case: Case, resource: Resource) -> bool:
    """Whether a site's stack deploys a resource into the account of the site's copies: its provider is set to that."""
    provider = case.resources.by_urn.get((resource.provider or "").rpartition("::")[0])
    return provider is not None and str(value(provider, "subscriptionId")).lower() in accounts_of_copies(case)


def has_copies_made(case: Case, request: Mapping[str, Any]) -> bool:
    """Whether a call in the account of copies is the part that the site's deployer has in it."""
    return str(request["principal"]).lower() in who_has_copies_made(case) and str(request["action"]).lower() == WRITING


def who_has_copies_made(case: Case) -> tuple[str, ...]:
    """Who has a part in the account of copies beside whom the zone trusts there: the site's deployer."""
    return (case.zone.file.deployer(case.site.name),) if case.hand is StackKind.BACKUPS else ()


def replicated(case: Case, policy: Resource, how: str, declared: frozenset[str]) -> Answer:
    """RES-2 of a policy: it copies from a store of the stack into the account of its copies, or stays in the stack.

    In the account of copies nothing is copied on.
    """
    ends = [value(policy, end) for end in ENDS]
    for end, held in zip(ENDS, ends, strict=True):
        if isinstance(held, Unknown):
            return unknown(f"{policy.name} {how}: {end} is not known", resource=policy.urn)
    source, destination = (str(held).lower() for held in ends)
    if source not in declared:
        example = property_of(policy.urn, ENDS[0], ends[0], "a store of the stack")
        return refuted(f"{policy.name} {how} from {ends[0]}", example, resource=policy.urn)
    kept = [f"/subscriptions/{account}" for account in accounts_of_copies(case)]
    there = keeper(case)
    undeclared = there is not None and destination not in {place for place, _ in _accounts(there)}
    if destination not in declared and (undeclared or not any(below(destination, place) for place in kept)):
        example = property_of(policy.urn, ENDS[1], ends[1], "a store of the zone's second copies")
        return refuted(f"{policy.name} {how}: {ends[1]}", example, resource=policy.urn)
    grounds = [Ground(policy.urn, f"{end}={held}") for end, held in zip(ENDS, ends, strict=True)]
    if lies_there(case, policy):
        if there is None:
            told = f"that {policy.name} is what the account of the copies has, shows in the copies' own stack alone"
            return assumed(told, resource=policy.urn, rests_on=tuple(grounds))
        grounds += [Ground(each.urn, f"id={destination}") for place, each in _accounts(there) if place == destination]
    return proved(f"{policy.name} copies into the zone's second copies", resource=policy.urn, rests_on=tuple(grounds))


def unread_halves(case: Case) -> Iterator[Resource]:
    """The policies of a site whose other half, in the account of its copies, is not among what was read."""
    policies, places = case.resources.of(POLICY), [f"/subscriptions/{each}" for each in accounts_of_copies(case)]
    made = {str(value(each, ENDS[1])).lower() for each in policies if lies_there(case, each)}
    for policy in policies:
        destination = str(value(policy, ENDS[1])).lower()
        if destination not in made and any(below(destination, place) for place in places):
            yield policy


def not_read(policy: Resource) -> Answer:
    """RES-2 of what nothing shows of a policy: what becomes of its copies in an account that was not read."""
    destination = value(policy, ENDS[1])
    told = f"that {destination} takes what {policy.name} copies, and copies nothing on, shows there alone"
    grounds = (Ground(policy.urn, f"{ENDS[1]}={destination}"),)
    return assumed(f"{told}, and its policies were not read", resource=policy.urn, rests_on=grounds)


def policies_there(case: Case) -> Iterator[Any]:
    """The ids of the policies that a site has in the account of its copies; both halves of one have the same name."""
    yield from (each.id for each in case.resources.of(POLICY) if lies_there(case, each))
    for policy in unread_halves(case):
        kept = f"{value(policy, ENDS[1])}/objectReplicationPolicies"
        yield f"{kept}/{policy.id.rpartition('/')[2]}" if isinstance(policy.id, str) else policy.id


def stores_are_copied(case: Case, copies: SecondCopies) -> Iterator[Answer]:
    """BAK-1 of a site: one answer for each store of a copied class; what only the copies' stack shows is assumed."""
    classes = {each.value for each in copies.data_classes}
    for store in stores.stores(case.resources, case.site.account):
        held = _class_of(store.resource)
        if isinstance(held, Unknown) or store.role is None or store.id is None:
            yield unknown(f"class, role or id of {store.resource.name} is not known", resource=store.resource.urn)
        elif store.role == StoreRole.USER_DATA.value and held in classes:
            yield _feeds(case, store) or _copied(case, copies, store)
    if keeper(case) is None:
        told = (
            f"that the second copies of {case.site.title} are locked for {copies.retention_days} days under a key of "
            f"their own, shows in their own stack alone, which was not read: whoever deploys it attests"
        )
        yield assumed(told)


def _class_of(account: Resource) -> Any:
    """The data class in a store's tags; without one it is restricted."""
    tags = value(account, "tags")
    return tags if isinstance(tags, Unknown) else (as_object(tags) or {}).get(CLASS_TAG, "restricted")


def _accounts(case: Case) -> Iterator[tuple[str, Resource]]:
    """The accounts of a stack by their ids, in lower case."""
    for account in case.resources.of(stores.ACCOUNT):
        yield str(arm_id(account, case.site.account)).lower(), account


def _feeds(case: Case, store: Store) -> Answer | None:
    """What is wrong with the versions and the changes of a store, from which Azure copies."""
    urn, name = store.resource.urn, value(store.resource, "accountName")
    own = [each for each in case.resources.of(VERSIONS) if same(value(each, "accountName"), name)]
    for path in ("isVersioningEnabled", "changeFeed.enabled"):
        found = [value(each, path) for each in own]
        if any(isinstance(each, Unknown) for each in found):
            return unknown(f"{path} of {store.resource.name} is not known", resource=urn)
        if True not in found:
            example = property_of(own[0].urn if own else urn, path, found[0] if found else None, "true")
            return refuted(f"{store.resource.name} has no {path}, so nothing of it is copied", example, resource=urn)
    return None


def _copied(case: Case, copies: SecondCopies, store: Store) -> Answer:
    """Whether a policy copies every container of a store, whole, into the account of the copies."""
    urn, name = store.resource.urn, store.resource.name
    found = [each for each in case.resources.of(POLICY) if same(value(each, ENDS[0]), store.id)]
    own = [each for each in found if same(value(each, "accountName"), value(store.resource, "accountName"))]
    there = f"/subscriptions/{copies.account}"
    policies = [each for each in own if below(str(value(each, ENDS[1])), there)]
    if not policies:
        for each in case.resources.of(POLICY):
            if any(isinstance(value(each, path), Unknown) for path in (*ENDS, "accountName")):
                return unknown(f"whether {each.name} copies {name} is not known", resource=urn)
        example = property_of(urn, POLICY, None, f"a policy that copies into {there}")
        return refuted(f"{name} has no second copy", example, resource=urn)
    for container in stores.containers(case.resources).get(str(value(store.resource, "accountName")).lower(), []):
        left_out = _left_out(policies[0], value(container, "containerName"), urn)
        if left_out:
            return left_out
    return _kept(case, store, policies[0])


def _left_out(policy: Resource, container: Any, urn: str) -> Answer | None:
    """The answer where no rule of a policy copies everything in a container."""
    listed = value(policy, "rules")
    rules = [] if isinstance(listed, Unknown) else [_copies(rule, container) for rule in as_list(listed) or []]
    if True in rules:
        return None
    if isinstance(listed, Unknown) or isinstance(container, Unknown) or None in rules:
        return unknown(f"what {policy.name} copies is not known", resource=urn)
    example = property_of(policy.urn, "rules", listed, f"a rule for everything in {container}, whenever it was made")
    return refuted(f"{policy.name} does not copy all of {container}", example, resource=urn)


def _copies(rule: Any, container: Any) -> bool | None:
    """Whether a rule copies everything in a container; None where that is not known."""
    filters = member(rule, "filters")
    said = (member(rule, "sourceContainer"), member(filters, "prefixMatch"), member(filters, "minCreationTime"))
    wrong = (said[0] != container, bool(said[1]) if known(said[1]) else False, not str(said[2]) < BEFORE_BLOBS)
    if any(failed and known(held) for failed, held in zip(wrong, said, strict=True)):
        return False
    return True if all(map(known, said)) else None


def _kept(case: Case, store: Store, policy: Resource) -> Answer:
    """Whether what a store is copied to is declared, as that store's copy, where the copies' stack was read."""
    urn, destination, part = store.resource.urn, str(value(policy, ENDS[1])), keeper(case)
    grounds = [Ground(policy.urn, f"{path}={value(policy, path)}") for path in (*ENDS, "rules")]
    told = f"{store.resource.name} is copied whole to {destination}"
    if part is not None:
        account = dict(_accounts(part)).get(destination.lower())
        if account is None or _class_of(account) != _class_of(store.resource):
            wanted = "a copy of the store's class that the copies' stack declares"
            example = property_of(policy.urn, ENDS[1], destination, wanted)
            return refuted(f"{store.resource.name} is copied to what is no copy of it", example, resource=urn)
        grounds.append(Ground(account.urn, f"{CLASS_TAG}={_class_of(account)}"))
    return proved(told, resource=urn, rests_on=tuple(grounds))
