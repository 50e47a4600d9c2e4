"""Policy definitions and assignments as the service takes them; what they stop is decided in `disallow`."""

from collections.abc import Mapping
from typing import Any

from clover.lab.arm import hierarchy
from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.disallow import ASSIGNMENT, DEFINITION, definition_of, row_of
from clover.lab.arm.errors import error
from clover.lab.arm.guards import scopes_above
from clover.lab.arm.paths import parsed
from clover.lab.arm.store import Resource
from clover.lab.arm.world import World
from clover.logic.azure.policy_assignments import read_policy_assignments

LONGEST_AT_GROUPS = 24
"""Characters of an assignment's name at a management group.

https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules#microsoftauthorization
"""


class Definition(Behaviour):
    """A custom policy."""

    def check(self, write: Write, /) -> None:
        """Refuse a rule that is none; parameters without a default get a value, so that the rule can be read."""
        properties = write.properties
        if not properties.get("policyRule"):
            raise error("missing_property", path="properties.policyRule")
        properties |= {"policyType": "Custom", "mode": properties.get("mode") or "Indexed"}
        declared: Mapping[str, Any] = properties.get("parameters") or {}
        filled = {name: {**shape, "defaultValue": shape.get("defaultValue", [])} for name, shape in declared.items()}
        definition = {"mode": properties["mode"], "parameters": filled, "policyRule": properties["policyRule"]}
        problem = _problem({"name": write.name, "scope": write.parent or "/", "definition": definition})
        if problem:
            raise error("policy_rule", problem=problem)

    def check_deletion(self, world: World, resource: Resource, /) -> None:
        """Refuse to delete a definition that is assigned."""
        for one in world.store.of_type(ASSIGNMENT):
            if str(one.properties.get("policyDefinitionId", "")).lower() == resource.key:
                raise error("policy_assigned", name=resource.name, by=one.id)


class Assignment(Behaviour):
    """A policy at a scope."""

    def check(self, write: Write, /) -> None:
        """Refuse a definition that is not there or held elsewhere, missing parameters, long names, foreign scopes."""
        properties = write.properties
        if hierarchy.GROUP.lower() in write.parent.lower() and len(write.name) > LONGEST_AT_GROUPS:
            raise error("policy_name", name=write.name)
        wanted = str(properties.get("policyDefinitionId", ""))
        definition = definition_of(write.world, wanted)
        if definition is None:
            raise error("policy_unknown", id=wanted)
        held_at = [each.lower() for each in scopes_above(write.world, parsed(write.parent))]
        if definition.parent.lower() not in held_at:
            raise error("policy_elsewhere", id=wanted, scope=write.parent)
        properties |= {"scope": write.parent or "/", "enforcementMode": properties.get("enforcementMode") or "Default"}
        for spared in properties.get("notScopes") or ():
            if write.parent.lower() not in [each.lower() for each in scopes_above(write.world, parsed(str(spared)))]:
                raise error("policy_scope", scope=spared, at=write.parent)
        problem = _problem(row_of(write.name, write.parent, properties, definition))
        if problem:
            raise error("policy_parameters", name=write.name, problem=problem)


def _problem(row: Mapping[str, Any]) -> str | None:
    """What the evaluator cannot read of an assignment, in its words."""
    try:
        read_policy_assignments([row], "policy")
    except ValueError as problem:
        return str(problem)
    return None


rules(DEFINITION, Definition())
rules(ASSIGNMENT, Assignment())
