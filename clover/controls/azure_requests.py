"""Questions about requests on Azure: who, of all that hold a role, is permitted something, and by what.

A request that is a counterexample names who calls which action on which resource, and in its context whether that is a
data action, the attributes that conditions look at, and the origin that the resource's network lets in.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import product
from typing import Any, NamedTuple

from clover.controls.azure_organisation import over
from clover.controls.case import Case
from clover.controls.verdict import Answer, Ground, unknown
from clover.logic.azure.action_classes import ActionClasses
from clover.logic.azure.composition import Policies, decide, read_policies
from clover.logic.azure.locks import TOLD_APART
from clover.logic.azure.permissions import PERMISSION_MEMBERS, Action, read_permissions
from clover.logic.azure.request import read_request
from clover.model.azure.arm_ids import below
from clover.model.azure.declared_roles import ANYBODY, Held
from clover.model.azure.roles_in_force import attested, roles_in_force
from clover.zones.vocabulary import Cloud

Request = dict[str, Any]

ANYBODY_WITH_A_ROLE = "whoever has a role"
"""The principal of a request that the network lets in, whatever roles there are."""

_COMPARED = re.compile(r"@(\w+)\[([^\]]+)\]\s+\w+\s+\{?\s*'([^']*)'")
"""An attribute and the first value that a condition compares it with."""


OTHERWISE = "otherwise"
"""A value of an attribute that no condition names."""


BELOW = "/providers/Clover.Example/things/below"
"""What stands for whatever lies below a resource."""


class Asked(NamedTuple):
    """Actions at a resource and at whatever lies below it; `is_data` says which plane they belong to.

    A pattern among the actions stands for every action that it covers, known or not; each action of `apart` is told
    apart from the others that it covers.
    """

    actions: Sequence[str]
    resource: str
    is_data: bool
    apart: Sequence[str] = ()


class Permitted(NamedTuple):
    """A request that is permitted, or that only a condition may stop; `by` says where that is held."""

    request: Request
    by: Held
    certain: bool


class Permissions:
    """What everybody is permitted at the site, as the stack and the givens say."""

    def __init__(self, case: Case) -> None:
        """Read the assignments, delegations, denials, locks and policies of the case."""
        self._case = case
        self.roles = roles_in_force(case.resources, attested(case.givens, case.zone.documents), over(case))
        self._denying: dict[Ground, None] = {}
        self._covered: dict[tuple[int, str, bool], bool] = {}
        self._met: dict[tuple[str, bool], Policies] = {}

    @cached_property
    def _strict(self) -> Policies:
        return read_policies(self.roles.policies())

    @cached_property
    def _loose(self) -> Policies:
        return read_policies(self.roles.policies(conditions=False))

    def allows(self, request: Request) -> bool:
        """Whether the request, in the form of a counterexample, is permitted."""
        return decide(read_request(as_evaluated(request)), self._met_by(request)).decision == "allow"

    def _met_by(self, request: Request) -> Policies:
        """What the request meets: its principal's assignments, and no locks where none stops it (reads, data)."""
        lockable = not (request["context"]["is_data_action"] or request["action"].endswith("/read"))
        key = (request["principal"].lower(), lockable)
        if key not in self._met:
            own = tuple(each for each in self._strict.role_assignments if each.principal == key[0])
            met = self._strict._replace(role_assignments=own)
            self._met[key] = met if lockable else met._replace(locks=())
        return self._met[key]

    def may_allow(self, request: Request) -> bool:
        """Whether it would be permitted if every condition held."""
        return decide(read_request(as_evaluated(request)), self._loose).decision == "allow"

    def concerning(self, resource: str) -> list[Held]:
        """The assignments and delegations at the resource, above or below it."""
        return [held for held in self.roles.granting if _meets(held.scope, resource)]

    def permitted(
        self, asked: Iterable[Asked], among: Iterable[str] | None, but: Iterable[str] = ()
    ) -> Iterator[Permitted]:
        """The requests that somebody of `among`, or anybody, is permitted, but for the principals of `but`."""
        wanted, left_out = None if among is None else frozenset(among), frozenset(but)
        for each in asked:
            for held in self.concerning(each.resource):
                who = held.principal
                if who in left_out or (wanted is not None and who not in wanted):
                    continue
                yield from self._of(held, each)

    def _of(self, held: Held, asked: Asked) -> Iterator[Permitted]:
        place = held.scope if below(held.scope, asked.resource) else asked.resource
        for action, at in product(self._actions(held, asked), self._places(place)):
            if not self._covers(held, action, asked.is_data):
                continue
            request = request_of(self._case, held.principal, action, at, is_data=asked.is_data)
            if not self.may_allow(request):
                self._note_denials(request)
                continue
            tried = (request, *_with_attributes(request, held))
            certain = next((each for each in tried if self.allows(each)), None)
            yield Permitted(certain or request, held, certain is not None)

    def _actions(self, held: Held, asked: Asked) -> Iterator[str]:
        """The actions asked about; for a pattern one of every class that the role, denials and locks tell apart."""
        stopping = () if asked.is_data or not self.roles.locks else TOLD_APART
        told_apart = [
            *_patterns(held.row["role"], asked.is_data),
            *self._denied[asked.is_data],
            *stopping,
            *asked.apart,
        ]
        for action in asked.actions:
            yield from ActionClasses([action, *told_apart]).within(action) if "*" in action else [action]

    def _places(self, place: str) -> tuple[str, ...]:
        """The place, and something below it where a denial is about the place alone."""
        alone = any(each.only_here and below(each.scope.text, place) for each in self._strict.deny_assignments)
        return (place, place + BELOW) if alone else (place,)

    @cached_property
    def _denied(self) -> Mapping[bool, Sequence[str]]:
        """The patterns of actions in deny assignments, by whether they are about data."""
        sets = [one for each in self._strict.deny_assignments for one in each.permissions]
        control = [name for one in sets for name in (*one.actions, *one.not_actions)]
        return {False: control, True: [name for one in sets for name in (*one.data_actions, *one.not_data_actions)]}

    def _note_denials(self, request: Request) -> None:
        """Keep the denials without which the request may be permitted: a proof that it is not rests on them."""
        read, met = read_request(as_evaluated(request)), self._loose
        if met.deny_assignments and decide(read, met._replace(deny_assignments=())).decision == "allow":
            kept = zip(self.roles.deny_assignments, met.deny_assignments, strict=True)
            applying = (
                held for held, each in kept if each.applies(read, met.management_groups, from_managing_tenant=False)
            )
            self._denying |= {Ground(origin, "denies"): None for held in applying for origin in held.origins}

    @property
    def given(self) -> tuple[str, ...]:
        """The givens that a proof of what nobody is permitted leans on."""
        known = {each.urn for each in self._denying if each.urn in self._case.givens}
        return tuple(dict.fromkeys((*self.roles.given, *sorted(known))))

    def _covers(self, held: Held, action: str, is_data: bool) -> bool:
        """Whether the role names the action at all, wherever it is held."""
        known = (id(held.row), action, is_data)
        if known not in self._covered:
            role = read_permissions({name: held.row["role"].get(name) for name in PERMISSION_MEMBERS}, held.role)
            self._covered[known] = role.cover(Action(action.lower(), is_data))
        return self._covered[known]

    def waiting(self) -> str:
        """What is not known yet, and may permit more; nothing where all is known."""
        unnamed = (held.origins[0].rpartition("::")[2] for held in self.roles.granting if held.principal == ANYBODY)
        return ", ".join([*(each.what for each in self.roles.open), *(f"the principal of {name}" for name in unnamed)])

    def undecided(self, told: str, resource: str | None) -> Answer | None:
        """The answer where who holds a role is not known at all; None where it is."""
        if self.roles.open:
            named = ", ".join(each.what for each in self.roles.open)
            return unknown(f"{told}: {named} is not known", resource=resource)
        if not self.roles.given:
            lacking = f"no given says who holds a role above {self._case.site.title} and beside its stack"
            return unknown(f"{told}: {lacking}", resource=resource)
        return None

    def grounds(self, resource: str) -> tuple[Ground, ...]:
        """What a proof that nobody else is permitted something at the resource rests on."""
        held = (
            Ground(origin, f"{each.role} for {each.principal} at {each.scope}")
            for each in self.concerning(resource)
            for origin in each.origins
        )
        listed = (Ground(given, "every role that is assigned in no stack") for given in self.roles.given)
        return tuple(dict.fromkeys((*held, *self._denying, *listed)))


def worst(found: Iterable[Permitted]) -> Permitted | None:
    """A request that somebody known is permitted for certain, before one of which that is open; None where is none."""
    ranked = sorted(found, key=lambda each: (not each.certain, each.by.principal == ANYBODY))
    return ranked[0] if ranked else None


def _patterns(permissions: Mapping[str, Any], is_data: bool) -> Iterator[str]:
    """The patterns of one plane in a set of permissions."""
    for name in ("dataActions", "notDataActions") if is_data else ("actions", "notActions"):
        yield from permissions.get(name) or ()


def _meets(scope: str, resource: str) -> bool:
    """Whether a scope is at, above or below the resource; management groups and the root are above everything."""
    return not scope.lower().startswith("/subscriptions/") or below(resource, scope) or below(scope, resource)


def _with_attributes(request: Request, held: Held) -> Iterator[Request]:
    """The request with the attributes that conditions ask for: as they compare them, and otherwise."""
    texts = [held.row.get("condition"), held.row["role"].get("condition")]
    compared = [each for text in texts for each in _COMPARED.findall(text or "")]
    for other in (None, OTHERWISE):
        attributes: dict[str, dict[str, list[str]]] = {}
        for source, name, text in compared:
            attributes.setdefault(source.lower(), {})[name] = [other or text]
        yield {**request, "context": {**request["context"], "attributes": attributes}}


def request_of(case: Case, principal: str, action: str, resource: str, *, is_data: bool, **context: Any) -> Request:
    """A request as counterexamples say it."""
    return {
        "principal": principal,
        "action": action,
        "resource": resource,
        "resource_account": case.site.account,
        "context": {"is_data_action": is_data, **context},
    }


def as_evaluated(request: Mapping[str, Any]) -> dict[str, Any]:
    """The same request as the evaluator takes it."""
    context = request["context"]
    return {
        "principal": request["principal"],
        "action": request["action"],
        "scope": request["resource"],
        "is_data_action": context["is_data_action"],
        "attributes": context.get("attributes", {}),
    }


def who(principal: str) -> str:
    """A principal as reasons name it."""
    return "a principal that is not known yet" if principal == ANYBODY else principal


class Auditor(NamedTuple):
    """Whom the zone names as the auditor on Azure: the tenant, and the object ids of its person and its machine."""

    tenant: str
    person: str
    machine: str
    external_id: str
    networks: tuple[str, ...]


def auditor(case: Case) -> Auditor:
    """The auditor of the site's zone; where it is at home its machine is one of its own tenant, and sends no id."""
    known = case.zone.file.auditor
    found = next(each for each in known.principals if each.cloud is Cloud.AZURE)
    sent = next((pairing.external_id for pairing in known.pairings if pairing.site == case.site.name), "")
    workspace = known.workspace(Cloud.AZURE) if case.is_workspace else None
    acting = (workspace.machine if workspace else None) or found.machine
    tenant, person, machine = (str(text).lower() for text in (found.account, found.person, acting))
    return Auditor(tenant, person, machine, sent, tuple(known.networks))


def property_of(urn: str, name: str, content: Any, allowed: str) -> dict[str, Any]:
    """A counterexample that is a property's value."""
    return {"kind": "property", "urn": urn, "property": name, "value": content, "allowed": allowed}
