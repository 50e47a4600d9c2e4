"""Who holds which role at a site: what the stack declares, and what givens say stands above and beside it.

A given's document is a JSON object. By the given's kind these members of it are read, and others are left alone, so
that one document may serve several givens. Rows have the form that `clover.logic.azure.evaluate` takes, but that a role
assignment names its role by `roleDefinitionId` (a built-in one, or one of `role_definitions`), and that two members may
stand beside: `eligible`, and `through`, the group that the principal is a member of.

role-assignments
    `management_groups`: the groups above the subscription, from the root group down. `role_assignments`: every one,
    active or eligible, at the root, at these groups, at the subscription or below it, that no stack declares; groups
    are expanded to their members. `role_definitions`: the custom roles among them, each with the `id` that assignments
    name. `principals`: the home tenant of each principal by its object id, so that guests are told apart.
deny-assignments
    `deny_assignments`: all at or above the subscription that no stack declares.
management-group-policy
    `policy_assignments`: all above the subscription, with their definitions.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from clover.model.azure.declared_roles import (
    Definition,
    Definitions,
    Held,
    Open,
    declared_assignments,
    declared_definitions,
    declared_delegations,
    declared_denials,
    declared_locks,
    definition_of,
)
from clover.model.resources import Resources
from clover.zones.registers import Given
from clover.zones.vocabulary import GivenKind

_BESIDE = frozenset({"roleDefinitionId", "eligible", "through"})
_CONDITION = frozenset({"condition", "conditionVersion"})


class Attested(NamedTuple):
    """A given that counts, with its document."""

    id: str
    kind: GivenKind
    document: Mapping[str, Any]


def attested(givens: Mapping[str, Given], documents: Mapping[str, Mapping[str, Any]]) -> tuple[Attested, ...]:
    """The givens of a case with the documents of its zone."""
    return tuple(Attested(given.id, given.kind, documents[given.id]) for given in givens.values())


class Over(NamedTuple):
    """What the organisation's stack declares above the site: the groups from the root group down, and its denials."""

    groups: tuple[str, ...]
    denials: tuple[Held | Open, ...]


class RolesInForce(NamedTuple):
    """Everything that a request to the site meets, each row with where it is held.

    Policies stand apart: whether one stops a write hangs on the resource that is written.

    `open` is what is declared or given and not known: while it may concern a request, nothing is proved of that.
    `given` are the ids of the givens that list what stands in no stack: without one, nobody knows who else holds a
    role. `homes` are the home tenants that they tell. Eligible rows count as if they were activated.
    """

    role_assignments: tuple[Held, ...]
    lighthouse: tuple[Held, ...]
    deny_assignments: tuple[Held, ...]
    locks: tuple[Held, ...]
    policy_assignments: tuple[Held, ...]
    management_groups: tuple[str, ...]
    open: tuple[Open, ...]
    given: tuple[str, ...]
    homes: Mapping[str, str]

    @property
    def granting(self) -> tuple[Held, ...]:
        """Every assignment and delegation: Azure permits nothing that none of these grants."""
        return (*self.role_assignments, *self.lighthouse)

    @property
    def principals(self) -> tuple[str, ...]:
        """The object ids that hold a role, in lower case; ANYBODY among them where one is not known yet."""
        return tuple(dict.fromkeys(held.principal for held in self.granting))

    def policies(self, *, conditions: bool = True) -> dict[str, Any]:
        """The second argument of `evaluate`; without conditions, what would be permitted if every one held."""
        kept = _plain if conditions else _unconditional
        return {
            "role_assignments": [kept(held.row) for held in self.role_assignments],
            "lighthouse": [_plain(held.row) for held in self.lighthouse],
            "deny_assignments": [_plain(held.row) for held in self.deny_assignments],
            "locks": [_plain(held.row) for held in self.locks],
            "management_groups": list(self.management_groups),
        }


def roles_in_force(resources: Resources, givens: Iterable[Attested], over: Over | None = None) -> RolesInForce:
    """The roles, denials, locks and policies of the stack and of the givens; KeyError for a given without its rows.

    `over` counts in place of the givens that list denials.
    """
    held = tuple(givens)
    lists = [given for given in held if given.kind is GivenKind.ROLE_ASSIGNMENTS]
    custom, unclear = declared_definitions(resources)
    known = {**custom, **_given_definitions(lists)}
    assigned = [*declared_assignments(resources, known), *_given_assignments(lists, known)]
    delegated, denied = [*declared_delegations(resources)], [*declared_denials(resources)]
    denied += over.denials if over else _rows(held, GivenKind.DENY_ASSIGNMENTS, "deny_assignments")
    locked = [*declared_locks(resources)]
    every = (*unclear, *assigned, *delegated, *denied, *locked)
    return RolesInForce(
        role_assignments=_known(assigned),
        lighthouse=_known(delegated),
        deny_assignments=_known(denied),
        locks=_known(locked),
        policy_assignments=tuple(_rows(held, GivenKind.MANAGEMENT_GROUP_POLICY, "policy_assignments")),
        management_groups=_groups(lists, over),
        open=tuple(each for each in every if isinstance(each, Open)),
        given=tuple(given.id for given in lists),
        homes={name.lower(): tenant for given in lists for name, tenant in given.document["principals"].items()},
    )


def _groups(lists: Iterable[Attested], over: Over | None) -> tuple[str, ...]:
    given = tuple(group for given in lists for group in given.document["management_groups"])
    return over.groups if over and over.groups else given


def _known(found: Iterable[Held | Open]) -> tuple[Held, ...]:
    return tuple(each for each in found if isinstance(each, Held))


def _rows(givens: Iterable[Attested], kind: GivenKind, member: str) -> Iterator[Held]:
    """The rows of a member of the documents of one kind."""
    for given in givens:
        if given.kind is kind:
            yield from (Held((given.id,), row) for row in given.document[member])


def _given_definitions(givens: Iterable[Attested]) -> dict[str, Definition]:
    """The custom roles of the givens by GUID; several rows of one id add up."""
    found: dict[str, Definition] = {}
    for given in givens:
        for row in given.document.get("role_definitions", []):
            identifier = str(row["id"]).rsplit("/", 1)[-1].lower()
            before = found.get(identifier, Definition((), ()))
            found[identifier] = Definition((given.id,), (*before.rows, row))
    return found


def _given_assignments(givens: Iterable[Attested], known: Definitions) -> Iterator[Held | Open]:
    for given in givens:
        for row in given.document["role_assignments"]:
            found = definition_of(row["roleDefinitionId"], known)
            plain = {name: content for name, content in row.items() if name not in _BESIDE}
            if found is None:
                yield Open(given.id, f"the role {row['roleDefinitionId']} of {row['principalId']}")
                continue
            eligible = row.get("eligible") is True
            yield from (Held((given.id,), {**plain, "role": role}, None, eligible) for role in found.rows)


def _plain(row: Mapping[str, Any]) -> dict[str, Any]:
    return dict(row)


def _unconditional(row: Mapping[str, Any]) -> dict[str, Any]:
    """The assignment as it would count if its condition, and that of its role, held."""
    kept = {name: content for name, content in row.items() if name not in _CONDITION}
    return {**kept, "role": {name: content for name, content in row["role"].items() if name not in _CONDITION}}
