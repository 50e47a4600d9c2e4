"""The management groups of an organisation's own stack, and what stands at them: policies and denials.

Rows have the form that `clover.logic.azure.evaluate` takes. What Clover does not evaluate (selectors of resources,
overrides of effects, a definition that the stack does not declare) makes a policy count as absent, and is said to.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from clover.model.azure.declared_roles import Held, Open, is_open
from clover.model.resources import Resources, declared, value
from clover.sources import Resource, Unknown

GROUP = "azure-native:management:ManagementGroup"
PLACED = "azure-native:management:ManagementGroupSubscription"
HIERARCHY = "azure-native:management:HierarchySetting"
DEFINITIONS = (
    "azure-native:authorization:PolicyDefinitionAtManagementGroup",
    "azure-native:authorization:PolicyDefinition",
)
ASSIGNMENT = "azure-native:authorization:PolicyAssignment"
EXEMPTION = "azure-native:authorization:PolicyExemption"
PROVIDER = "pulumi:providers:azure-native"
PREFIX = "/providers/Microsoft.Management/managementGroups/"
_PARTS = ("mode", "parameters", "policyRule")
_NARROWING = ("resourceSelectors", "overrides")


class Chain(NamedTuple):
    """The management groups above a subscription, from the tenant's root group down, and the resources that say so."""

    groups: tuple[str, ...]
    origins: tuple[str, ...]


def chain_of(resources: Resources, subscription: str, tenant: str) -> Chain | Open | None:
    """The groups that a subscription is placed below; None where the stack places it nowhere."""
    placed = [each for each in resources.of(PLACED) if subscription_of(each, resources) == subscription.lower()]
    if not placed:
        return None
    groups = {str(value(each, "groupId")).lower(): each for each in resources.of(GROUP)}
    found, origins, name = list[str](), [placed[0].urn], value(placed[0], "groupId")
    while isinstance(name, str) and name.lower() != tenant.lower():
        group = groups.get(name.lower())
        if group is None or f"{PREFIX}{name}" in found:
            return Open(placed[0].urn, f"the management group {name}")
        found, origins = [f"{PREFIX}{name}", *found], [*origins, group.urn]
        above = value(group, "details.parent.id")
        name = above if isinstance(above, Unknown) else str(above or tenant).rsplit("/", 1)[-1]
    if isinstance(name, Unknown):
        return Open(placed[0].urn, f"the group above {found[0] if found else placed[0].name}")
    return Chain((f"{PREFIX}{tenant}", *found), tuple(origins))


def subscription_of(placed: Resource, resources: Resources) -> str | None:
    """The subscription that a resource places, which is its provider's."""
    provider = resources.by_urn.get((placed.provider or "").rpartition("::")[0])
    named = value(provider, "subscriptionId") if provider and provider.type == PROVIDER else None
    return named.lower() if isinstance(named, str) else None


def declared_policies(resources: Resources) -> Iterator[Held | Open]:
    """The policy assignments of the stack with their definitions and exemptions."""
    definitions = {str(each.id).lower(): each for each in resources.of(*DEFINITIONS) if each.id}
    exempt = list(resources.of(EXEMPTION))
    for assignment in resources.of(ASSIGNMENT):
        definition = definitions.get(str(value(assignment, "policyDefinitionId")).lower())
        if definition is None:
            yield Open(assignment.urn, f"the definition of {assignment.name}")
            continue
        narrowing = [name for name in _NARROWING if declared(assignment, name, []) != []]
        row = _row(assignment, definition, exempt)
        if narrowing or is_open(row):
            yield Open(assignment.urn, f"{narrowing[0] if narrowing else 'a part'} of {assignment.name}")
            continue
        yield Held((assignment.urn, definition.urn), row)


def _row(assignment: Resource, definition: Resource, exempt: Iterable[Resource]) -> dict[str, Any]:
    """An assignment as the evaluator takes it; a mode that is not Default enforces nothing."""
    mode = declared(assignment, "enforcementMode", "Default")
    held = {part: value(definition, part) for part in _PARTS}
    return {
        "name": str(declared(assignment, "policyAssignmentName", assignment.name)),
        "scope": value(assignment, "scope"),
        "notScopes": declared(assignment, "notScopes", []),
        "enforcementMode": mode if mode == "Default" or isinstance(mode, Unknown) else "DoNotEnforce",
        "parameters": declared(assignment, "parameters", {}),
        "definition": {part: found for part, found in held.items() if found is not None},
        "exemptions": [_exemption(each) for each in exempt if _is_from(each, assignment)],
    }


def _is_from(exemption: Resource, assignment: Resource) -> bool:
    """Whether an exemption is, or may be, from the assignment."""
    named = value(exemption, "policyAssignmentId")
    return isinstance(named, Unknown) or assignment.id is None or str(named).lower() == str(assignment.id).lower()


def _exemption(resource: Resource) -> dict[str, Any]:
    row = {"name": resource.name, "scope": value(resource, "scope"), "expiresOn": value(resource, "expiresOn")}
    return {name: content for name, content in row.items() if content is not None}
