"""Azure resources of a stack export as an ARM template, for scanners that read no Pulumi state.

https://learn.microsoft.com/azure/azure-resource-manager/templates/syntax
"""

from collections.abc import Mapping
from typing import Any

from clover.lab.azure import conversion, layout
from clover.lab.azure.model import resource_types

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"


def as_arm(export: Mapping[str, Any]) -> dict[str, Any]:
    """The Azure resources of an export as the JSON of an ARM template."""
    own = [each for each in export["deployment"]["resources"] if each["type"].startswith("azure-native:")]
    return {"$schema": SCHEMA, "contentVersion": "1.0.0.0", "resources": [_resource(each) for each in own]}


def _resource(resource: Mapping[str, Any]) -> dict[str, Any]:
    known = resource_types()[resource["type"]]
    kind, name = named(resource["id"])
    body = conversion.to_arm(layout.asked(known), resource["inputs"])
    return {"type": kind, "apiVersion": known.version, "name": name, **body}


def named(resource_id: str) -> tuple[str, str]:
    """The type and the name that a template gives a resource of an id, such as `a/b` of `Microsoft.X/as/bs`."""
    if "/providers/" not in resource_id:
        return "Microsoft.Resources/resourceGroups", resource_id.rpartition("/")[2]
    namespace, *rest = resource_id.rpartition("/providers/")[2].split("/")
    return "/".join([namespace, *rest[::2]]), "/".join(rest[1::2])
