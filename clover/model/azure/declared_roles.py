"""The role assignments, delegations, denials and locks that a stack declares, in the form that the evaluator takes."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from clover.model.azure.roles import built_in_role
from clover.model.resources import Resources, declared, value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object

ANYBODY = "ffffffff-ffff-ffff-ffff-ffffffffffff"
"""Stands for a principal that is not known before the update."""

DEFINITION = "azure-native:authorization:RoleDefinition"
ASSIGNMENT = "azure-native:authorization:RoleAssignment"
ELIGIBILITY = "azure-native:authorization:PimRoleEligibilitySchedule"
DENIAL = "azure-native:authorization:DenyAssignment"
LOCKS = (
    "azure-native:authorization:ManagementLockByScope",
    "azure-native:authorization:ManagementLockAtResourceLevel",
    "azure-native:authorization:ManagementLockAtResourceGroupLevel",
    "azure-native:authorization:ManagementLockAtSubscriptionLevel",
)
DELEGATED = "azure-native:managedservices:RegistrationAssignment"
OTHER_VERSIONS = ("azure-native:authorization/", "azure-native:managedservices/")
"""Types that name an API version: the same things, of which this module reads nothing."""
OFFERED = "azure-native:managedservices:RegistrationDefinition"

_LISTS = ("actions", "notActions", "dataActions", "notDataActions")
_ASSIGNED = ("principalType", "condition", "conditionVersion", "description")
_DENIED = (
    *("principals", "excludePrincipals", "condition", "conditionVersion", "doNotApplyToChildScopes", "description"),
    *("isSystemProtected", "denyAssignmentEffect"),
)
_ENFORCED = "enforced"


class Held(NamedTuple):
    """One row for the evaluator; `origins` are the URNs of the resources, or the id of the given, that hold it.

    `home` is the managing tenant of a delegation; `eligible` says that it counts once its holder activates it.
    """

    origins: tuple[str, ...]
    row: Mapping[str, Any]
    home: str | None = None
    eligible: bool = False

    @property
    def principal(self) -> str:
        """The object id of who holds it, in lower case."""
        return str(self.row["principalId"]).lower()

    @property
    def scope(self) -> str:
        """Where it is held."""
        return str(self.row["scope"])

    @property
    def role(self) -> str:
        """The name of the role."""
        return str(self.row["role"]["roleName"])


class Open(NamedTuple):
    """Something that grants or denies, held at `origin`, of which `what` is not known."""

    origin: str
    what: str


class Definition(NamedTuple):
    """A role definition: its rows, one for each set of permissions, since these add up, and where it is held."""

    origins: tuple[str, ...]
    rows: tuple[Mapping[str, Any], ...]


Definitions = Mapping[str, Definition]


def definition_of(reference: Any, known: Definitions) -> Definition | None:
    """The role of a GUID or ARM id, among those known and the built-in ones; None for one that nobody described."""
    identifier = str(reference).rsplit("/", 1)[-1].lower()
    if identifier in known:
        return known[identifier]
    try:
        return Definition((), (built_in_role(identifier),))
    except KeyError:
        return None


def declared_definitions(resources: Resources) -> tuple[dict[str, Definition], list[Open]]:
    """The custom roles of the stack by GUID, and those of which something is not known."""
    found: dict[str, Definition] = {}
    unclear: list[Open] = []
    for resource in resources.of(DEFINITION):
        identifier = _last(value(resource, "roleDefinitionId"), resource.id)
        rows = [_role(resource, identifier, row) for row in as_list(value(resource, "permissions")) or [{}]]
        if identifier is None or is_open(rows) or isinstance(value(resource, "permissions"), Unknown):
            unclear.append(Open(resource.urn, f"the role {resource.name}"))
        else:
            found[identifier] = Definition((resource.urn,), tuple(rows))
    return found, unclear


def _last(*identifiers: Any) -> str | None:
    """The last segment of the first that is known."""
    known = (text for text in identifiers if isinstance(text, str))
    return next((text.rsplit("/", 1)[-1].lower() for text in known), None)


def _role(resource: Resource, identifier: str | None, permissions: Any) -> dict[str, Any]:
    lists = as_object(permissions) or {}
    return {
        "id": identifier,
        "roleName": declared(resource, "roleName", resource.name),
        "roleType": "CustomRole",
        "assignableScopes": declared(resource, "assignableScopes", [value(resource, "scope")]),
        **{name: [] if lists.get(name) is None else lists[name] for name in _LISTS},
    }


def declared_assignments(resources: Resources, known: Definitions) -> Iterator[Held | Open]:
    """The stack's role assignments, eligible ones too; one whose principal alone is not known is ANYBODY's."""
    for resource in resources.of(ASSIGNMENT, ELIGIBILITY):
        yield from _assigned(resource, known)
    for kind in resources.types:
        if kind.startswith(OTHER_VERSIONS):
            yield from (Open(each.urn, f"what {each.name} of type {kind} grants") for each in resources.of(kind))


def _assigned(resource: Resource, known: Definitions) -> Iterator[Held | Open]:
    reference, scope = value(resource, "roleDefinitionId"), value(resource, "scope")
    found = None if isinstance(reference, Unknown) else definition_of(reference, known)
    extra = {name: value(resource, name) for name in _ASSIGNED if name != "description"}
    if found is None or not isinstance(scope, str) or is_open(extra):
        what = "scope or condition" if found else "role"
        yield Open(resource.urn, f"the {what} of the assignment {resource.name}")
        return
    principal = value(resource, "principalId")
    for role in found.rows:
        row = {
            "name": resource.name,
            "principalId": principal if isinstance(principal, str) else ANYBODY,
            "scope": scope,
            "role": role,
            **{name: content for name, content in extra.items() if content is not None},
        }
        yield Held((resource.urn, *found.origins), row, None, resource.type == ELIGIBILITY)


def declared_delegations(resources: Resources) -> Iterator[Held | Open]:
    """What the stack delegates to other tenants: each authorization, standing or eligible, of each assignment."""
    offers = {_last(value(each, "registrationDefinitionId"), each.id): each for each in resources.of(OFFERED)}
    for assignment in resources.of(DELEGATED):
        wanted = _last(value(assignment, "properties.registrationDefinitionId"))
        offer, scope = offers.get(wanted) if wanted else None, value(assignment, "scope")
        if offer is None or not isinstance(scope, str):
            yield Open(assignment.urn, f"what {assignment.name} delegates")
            continue
        for member in ("authorizations", "eligibleAuthorizations"):
            yield from _delegated(assignment, offer, member, scope)


def _delegated(assignment: Resource, offer: Resource, member: str, scope: str) -> Iterator[Held | Open]:
    listed, tenant = value(offer, f"properties.{member}"), value(offer, "properties.managedByTenantId")
    if isinstance(listed, Unknown) or is_open([tenant, listed]):
        yield Open(offer.urn, f"to whom {offer.name} delegates")
        return
    for entry in as_list(listed) or []:
        found = definition_of(entry.get("roleDefinitionId"), {})
        if found is None or not _is_delegable(found.rows[0]):
            yield Open(offer.urn, f"the role {entry.get('roleDefinitionId')} that {offer.name} delegates")
            continue
        row = {"name": offer.name, "principalId": entry.get("principalId"), "scope": scope, "role": found.rows[0]}
        listed_roles = entry.get("delegatedRoleDefinitionIds")
        row |= {"delegatedRoleDefinitionIds": listed_roles} if listed_roles else {}
        yield Held((assignment.urn, offer.urn), row, str(tenant).lower(), member == "eligibleAuthorizations")


def _is_delegable(role: Mapping[str, Any]) -> bool:
    """Whether Azure delegates the role: one without data actions, and not Owner.

    https://learn.microsoft.com/azure/lighthouse/concepts/tenants-users-roles.
    """
    return not role["dataActions"] and role["roleName"] != "Owner"


def declared_denials(resources: Resources) -> Iterator[Held | Open]:
    """The stack's deny assignments; one of which something is not known denies nothing, and is open.

    So does one that claims to be Azure's own, which no declaration can make; one that only logs denies nothing.
    """
    for resource in resources.of(DENIAL):
        row = {name: value(resource, name) for name in ("scope", "permissions", *_DENIED)}
        effect, system = row.pop("denyAssignmentEffect"), row.pop("isSystemProtected")
        if isinstance(effect, Unknown) or isinstance(system, Unknown) or system:
            yield Open(resource.urn, f"whether {resource.name} denies anything")
        elif effect is None or str(effect).lower() == _ENFORCED:
            yield _row(resource, {"name": resource.name, **row})


def declared_locks(resources: Resources) -> Iterator[Held | Open]:
    """The stack's locks by scope."""
    for resource in resources.of(*LOCKS):
        scope = value(resource, "scope")
        if scope is None:
            yield Open(resource.urn, f"the scope of the lock {resource.name}")
        else:
            yield _row(resource, {"name": resource.name, "scope": scope, "level": value(resource, "level")})


def _row(resource: Resource, row: Mapping[str, Any]) -> Held | Open:
    if is_open(row):
        return Open(resource.urn, f"a part of {resource.name}")
    return Held((resource.urn,), {name: content for name, content in row.items() if content is not None})


def is_open(content: Any) -> bool:
    """Whether anything inside is not known."""
    inner = as_list(content) or list((as_object(content) or {}).values())
    return isinstance(content, Unknown) or any(is_open(each) for each in inner)
