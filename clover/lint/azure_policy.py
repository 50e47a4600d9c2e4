"""Azure Policy assignments and initiatives: which policies they put in force.

What an assignment's `overrides` take out of an initiative counts as in force: they name references, not policies.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from clover.lint.known import known
from clover.sources.plain import as_list, as_object

DISABLED = "disabled"


def azure_policy(data: Any) -> list[tuple[str, str]] | None:
    """The ids of the policies in force, each with the initiative that brings it; None for data of another kind."""
    objects = [as_object(each) or {} for each in _listed(data)]
    properties = [as_object(each.get("properties")) or each for each in objects]
    if not any("policyDefinitionId" in each or "policyDefinitions" in each for each in properties):
        return None
    return [found for each in properties for found in _of(each)]


def _listed(data: Any) -> list[Any]:
    """One object, a list of them, or the resources of a template."""
    inner = (as_object(data) or {}).get("resources", (as_object(data) or {}).get("value"))
    return as_list(data) or as_list(inner) or [data]


def _of(properties: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if "policyDefinitions" in properties:
        title = str(properties.get("displayName", "the initiative"))
        for member in as_list(properties["policyDefinitions"]) or []:
            entry = as_object(member) or {}
            if not _is_off(entry):
                yield _identifier(entry), title
    elif properties.get("enforcementMode") != "DoNotEnforce" and not _is_off(properties):
        identifier = _identifier(properties)
        initiative = known().initiatives.get(identifier)
        yield from ((each, initiative.title) for each in initiative.holds) if initiative else [(identifier, "")]


def _identifier(entry: Mapping[str, Any]) -> str:
    return str(entry.get("policyDefinitionId")).rstrip("/").rpartition("/")[2].lower()


def _is_off(entry: Mapping[str, Any]) -> bool:
    """Whether the policy's effect is set to Disabled."""
    effect = as_object((as_object(entry.get("parameters")) or {}).get("effect")) or {}
    return str(effect.get("value")).lower() == DISABLED
