"""On Azure: which calls change a resource, and whether anybody outside the trusted base is permitted one of them.

An Azure action is the resource's type and a verb (https://learn.microsoft.com/azure/role-based-access-control/role-definitions),
so that the ARM id of a resource says which actions change it: its own, and those of everything that it lies in.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Any, NamedTuple

from clover.controls.azure_requests import Asked, Permissions, Permitted, Request, request_of, who, worst
from clover.controls.backups.azure_copies import has_copies_made, lies_there, who_has_copies_made
from clover.controls.case import Case
from clover.controls.verdict import Answer, Ground, Outcome, proved, refuted, unknown
from clover.model.azure.arm_ids import arm_id, below
from clover.model.azure.declared_roles import ANYBODY
from clover.model.azure.stores import ACCOUNT
from clover.model.resources import value
from clover.sources import Resource
from clover.tables import read_table
from clover.zones.vocabulary import GivenKind

OWNER = "/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
ELEVATE = "Microsoft.Authorization/elevateAccess/action"
ASSIGN = "Microsoft.Authorization/roleAssignments/write"
UNLOCK = "Microsoft.Authorization/locks/delete"
LIST_KEYS = "microsoft.storage/storageaccounts/listkeys/action"
SOMEBODY = "ffffffff-ffff-ffff-ffff-ffffffffffff"
"""Stands for a principal whom no given rules out."""


class Step(NamedTuple):
    """Calls that lead to a change, in order; `assuming` is the assignment that nothing rules out, if one is needed."""

    requests: tuple[Request, ...]
    certain: bool
    assuming: Mapping[str, Any] | None = None


@cache
def _table() -> Mapping[str, Any]:
    return read_table(Path(__file__).with_name("azure_changes.yaml"))


def escalations() -> Sequence[str]:
    """Actions that make whoever is permitted them permitted anything, or another's equal."""
    return (*_table()["escalations"], *_table()["identities"])


class Tampering:
    """Who can change what proofs of one site rest on, worked out once for each resource."""

    def __init__(self, case: Case) -> None:
        """Take the case; nothing is decided yet."""
        self._case = case
        self._trusted = frozenset(each.lower() for each in case.trusted)
        self._subscription = f"/subscriptions/{case.site.account}"
        self._known = {resource.urn: resource for resource in case.resources.all}
        self._found: dict[str, Step | None] = {}

    @cached_property
    def _keyless(self) -> frozenset[str]:
        """The ids of accounts that take no keys of their own: to list these changes nothing."""
        accounts = (each for each in self._case.resources.of(ACCOUNT) if value(each, "allowSharedKeyAccess") is False)
        return frozenset(str(arm_id(each, self._case.site.account)).lower() for each in accounts)

    def _calls(self, place: str) -> tuple[str, ...]:
        """The actions that change or delete the resource at a place."""
        keyless = place.lower() in self._keyless
        return tuple(each for each in _writes(place) if not (keyless and each.lower() == LIST_KEYS))

    @cached_property
    def _permissions(self) -> Permissions:
        return Permissions(self._case)

    @cached_property
    def _unlocked(self) -> Permissions:
        """What everybody would be permitted if there were no locks."""
        permissions = Permissions(self._case)
        permissions.roles = permissions.roles._replace(locks=())
        return permissions

    def answers(self, control: str, holding: Sequence[Answer]) -> Iterator[Answer]:
        """The tamper claim of each answer that is proved; a control without a cloud resource behind it has none."""
        for answer in holding:
            if answer.outcome is Outcome.PROVED:
                behind = [
                    self._known[urn]
                    for urn in dict.fromkeys(each.urn for each in answer.rests_on)
                    if urn in self._known
                ]
                ids = [
                    (each, arm_id(each, self._case.site.account))
                    for each in behind
                    if each.custom and self._is_here(each)
                ]
                yield from self._answer(control, answer, ids)

    def _answer(self, control: str, answer: Answer, behind: Sequence[tuple[Resource, str | None]]) -> Iterator[Answer]:
        unplaced = [resource.name for resource, identifier in behind if identifier is None]
        places = [identifier for _, identifier in behind if identifier is not None]
        added: Sequence[str] = _table()["additions"].get(control, ())
        if not places and not unplaced and not added:
            return
        step = self._first(places, added)
        if step is not None:
            yield _told(answer, step)
        elif unplaced:
            yield unknown(f"the id of {', '.join(unplaced)} is not known yet", resource=answer.resource)
        elif self._permissions.roles.open:
            waiting = ", ".join(each.what for each in self._permissions.roles.open)
            yield unknown(f"not known yet: {waiting}", resource=answer.resource)
        else:
            yield self._proved(answer, places)

    def _first(self, places: Sequence[str], added: Sequence[str]) -> Step | None:
        """A way to change one of the places or to add something, a certain one before one that is open."""
        ways = [self._above(places[0] if places else self._subscription)]
        ways += [self._change(place) for place in places]
        if added:
            ways.append(self._permitted(Asked(added, self._subscription, is_data=False)))
        found = [way for way in ways if way is not None]
        return next((way for way in found if way.certain), found[0] if found else None)

    def _above(self, place: str) -> Step | None:
        """The way in that is open while no given says who holds roles above the stack, or administers the tenant."""
        if not self._permissions.roles.given:
            row = {"principalId": SOMEBODY, "scope": self._subscription, "roleDefinitionId": OWNER}
            return Step((self._call(SOMEBODY, _writes(place)[0], place),), certain=True, assuming=row)
        listed = self._administrators()
        outsider = SOMEBODY if listed is None else next((each for each in listed if each not in self._trusted), None)
        if outsider is None:
            return None
        row = {"principalId": outsider, "scope": "/", "roleDefinitionId": OWNER, "after": ELEVATE}
        chain = (self._call(outsider, ELEVATE, "/"), self._call(outsider, ASSIGN, self._subscription))
        return Step((*chain, self._call(outsider, _writes(place)[0], place)), certain=True, assuming=row)

    def _administrators(self) -> tuple[str, ...] | None:
        """Who can administer every subscription at will, or speak for the trusted base; None where nobody says.

        https://learn.microsoft.com/azure/role-based-access-control/elevate-access-global-admin
        """
        given = [one for one in self._case.givens.values() if one.kind is GivenKind.GLOBAL_ADMINISTRATION]
        if not given:
            return None
        documents = (self._case.zone.documents[one.id] for one in given)
        return tuple(str(each).lower() for document in documents for each in document["administrators"])

    def _change(self, place: str) -> Step | None:
        """A way to change or delete what lies at a place, or to delete what it lies in."""
        if place not in self._found:
            direct = self._permitted(Asked(self._calls(place), place, is_data=False))
            ways = (direct, *(self._deleting(around) for around in _around(place)), self._unlocking(place))
            self._found[place] = next((way for way in ways if way), None) or self._granting(place)
        return self._found[place]

    def _deleting(self, place: str) -> Step | None:
        """A way to delete a place with all that lies in it; one lock below stops that.

        https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources
        """
        kind = _types(place)[0]
        step = self._permitted(Asked([f"{kind}/delete"], place, is_data=False))
        if step is None:
            return None
        locks = [each.scope for each in self._permissions.roles.locks if below(each.scope, place)]
        caller = step.requests[0]["principal"].lower()
        asked = [Asked([UNLOCK], each, is_data=False) for each in locks]
        lifted = [worst(self._permissions.permitted([each], [caller])) for each in asked]
        removing = tuple(found.request for found in lifted if found)
        return step._replace(requests=(*removing, *step.requests)) if len(removing) == len(locks) else None

    def _unlocking(self, place: str) -> Step | None:
        """A way to change a place by taking its lock away first."""
        asked = Asked(self._calls(place), place, is_data=False)
        found = worst(self._others(self._unlocked.permitted([asked], None, self._trusted)))
        if found is None:
            return None
        caller = found.request["principal"].lower()
        removing = worst(self._permissions.permitted([Asked([UNLOCK], place, is_data=False)], [caller]))
        return Step((removing.request, found.request), removing.certain and found.certain) if removing else None

    def _granting(self, place: str) -> Step | None:
        """A way to be permitted the change first: by a role, a policy's end, a lock's end, or another's identity."""
        step = self._permitted(Asked(_table()["escalations"], place, is_data=False))
        if step is None:
            return None
        caller = step.requests[0]["principal"]
        return step._replace(requests=(*step.requests, self._call(caller, _writes(place)[0], place)))

    def _permitted(self, asked: Asked) -> Step | None:
        found: Permitted | None = worst(self._others(self._permissions.permitted([asked], None, self._trusted)))
        return Step((found.request,), found.certain and found.by.principal != ANYBODY) if found else None

    def _is_here(self, resource: Resource) -> bool:
        """Whether roles at the site say who changes a resource: in the account of its copies the copies' stack does."""
        return _is_arm(resource) and not lies_there(self._case, resource)

    def _others(self, permitted: Iterator[Permitted]) -> Iterator[Permitted]:
        """What is permitted beside the one call that the deployer of a site has in the account of its copies."""
        return (each for each in permitted if not has_copies_made(self._case, each.request))

    def _call(self, caller: str, action: str, place: str) -> Request:
        return request_of(self._case, caller, action, place, is_data=False)

    def _proved(self, answer: Answer, places: Sequence[str]) -> Answer:
        scopes = places or [self._subscription]
        given = [one for one in self._case.givens.values() if one.kind is GivenKind.GLOBAL_ADMINISTRATION]
        grounds = [ground for place in scopes for ground in self._permissions.grounds(place)]
        grounds += [Ground(one.id, "everyone who administers the tenant") for one in given]
        names = tuple(sorted({*self._case.trusted, *who_has_copies_made(self._case)}))
        return proved(
            f"only {', '.join(names)} can change what it rests on",
            resource=answer.resource,
            rests_on=tuple(dict.fromkeys(grounds)),
            given=tuple(sorted({*self._permissions.given, *(one.id for one in given)})),
            changeable_by=names,
        )


def _told(answer: Answer, step: Step) -> Answer:
    """Refuted with the calls that lead there; unknown where only a condition, or who it is, may stop them."""
    first, last = step.requests[0], step.requests[-1]
    caller = "somebody whom no given rules out" if step.assuming else who(first["principal"])
    told = f"{caller} may call {first['action']} on {first['resource']}"
    if not step.certain:
        return unknown(f"{told}, unless something that is not known stops it", resource=answer.resource)
    chain: dict[str, Any] = {"kind": "chain", "requests": list(step.requests)}
    if step.assuming:
        chain["assuming"] = dict(step.assuming)
    then = f", then {last['action']} on {last['resource']}" if len(step.requests) > 1 else ""
    return refuted(f"{told}{then}, which changes what the control rests on", chain, resource=answer.resource)


def _is_arm(resource: Resource) -> bool:
    return not resource.type.startswith("pulumi:")


@cache
def _writes(place: str) -> tuple[str, ...]:
    """The actions that change or delete the resource at a place."""
    own = _types(place)[0]
    return (f"{own}/write", f"{own}/delete", *_table()["by_type"].get(own.lower(), ()))


def _around(place: str) -> list[str]:
    """The ids of what a resource lies in, the innermost first, up to its resource group."""
    parts = place.strip("/").split("/")
    ends = [end for end in range(4, len(parts), 2) if parts[end - 2].lower() != "providers"]
    found = ["/" + "/".join(parts[:end]) for end in ends]
    return [each for each in found if each.rpartition("/")[0].rpartition("/")[2].lower() != "providers"][::-1]


def own_type(place: str) -> str:
    """The type of the resource at an ARM id, as its actions name it."""
    return _types(place)[0]


@cache
def _types(place: str) -> list[str]:
    """The resource types along an ARM id, the innermost first; a resource group counts as a type of its own."""
    found: list[str] = []
    if "/resourcegroups/" in place.lower():
        found.append("Microsoft.Resources/subscriptions/resourceGroups")
    for segment in place.split("/providers/")[1:]:
        namespace, *rest = segment.split("/")
        names = rest[0::2]
        found += ["/".join((namespace, *names[: count + 1])) for count in range(len(names))]
    return found[::-1] or ["Microsoft.Resources/subscriptions/resourceGroups"]
