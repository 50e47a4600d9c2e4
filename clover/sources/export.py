"""A stack export: what is deployed, as the state says."""

from collections.abc import Mapping
from typing import Any

from clover.errors import BadInput, Place
from clover.sources.plain import as_list, as_object
from clover.sources.resource import Resource, read_resource

VERSION = 3
"""The one version of the export format that is read (apitype.UntypedDeployment)."""

LOCAL_SECRETS = "passphrase"
"""The secrets provider of the lab, and of nothing that is run for others."""


def is_export(data: Mapping[str, Any]) -> bool:
    """Whether the data has the form of a stack export."""
    return "deployment" in data


def read_export(data: Mapping[str, Any], place: Place) -> list[Resource]:
    """The resources of an export; BadInput for another version, or for operations that never came to their end."""
    if data.get("version") != VERSION:
        raise BadInput(f"is a stack export of version {str(data.get('version'))[:20]}; {VERSION} is read", place)
    deployment = as_object(data["deployment"])
    if deployment is None:
        raise BadInput("is a stack export without a deployment", place)
    if pending := deployment.get("pending_operations"):
        count = len(as_list(pending) or [pending])
        raise BadInput(f"holds {count} operations that were cut off: recover and refresh the stack first", place)
    found = as_list(deployment.get("resources", []))
    if found is None:
        raise BadInput("is a stack export whose resources are no list", place)
    return [_resource(state, index, place) for index, state in enumerate(found)]


def _resource(listed: object, index: int, place: Place) -> Resource:
    path, state = f"resources[{index}]", as_object(listed)
    if state is None:
        raise BadInput(f"{path} is not an object", place)
    try:
        return read_resource(state, state.get("outputs"), True, path)
    except ValueError as error:
        raise BadInput(str(error), place) from None


def is_local(data: Mapping[str, Any]) -> bool:
    """Whether the state is kept under a passphrase, as the lab's is."""
    deployment = as_object(data["deployment"]) or {}
    return (as_object(deployment.get("secrets_providers")) or {}).get("type") == LOCAL_SECRETS
