"""What Azure answers when a resource of these types is created: only what another resource of a site takes from it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import clover.lab
from tests.recorder import Registration, World

SUBSCRIPTION = "00000000-0000-0000-0000-000000000111"
TENANT = "00000000-0000-0000-0000-000000000100"
REGION = "norwayeast"
FIREWALL_ADDRESS = "10.32.192.4"

_TYPES = json.loads(Path(clover.lab.__file__).with_name("azure").joinpath("types.json").read_text(encoding="utf-8"))
_PATHS: dict[str, str] = {token: known["path"] for token, known in _TYPES["types"].items()}


def arm_id(found: Registration) -> str:
    """The id that Azure Resource Manager gives a resource with these inputs, from the path that it is created at."""

    def value(match: re.Match[str]) -> str:
        return SUBSCRIPTION if match[1] == "subscriptionId" else str(found.inputs.get(match[1], found.name))

    return re.sub(r"/+", "/", re.sub(r"\{(\w+)\}", value, _PATHS[found.type]))


def created(found: Registration, world: World) -> Mapping[str, Any]:
    """The answers of an update."""
    if not found.custom:
        return {}
    if found.type.startswith("pulumi:providers:"):
        return {"id": f"{found.name}-id"}
    more = _as_answered(found)
    if found.type == "azure-native:managedidentity:UserAssignedIdentity":
        more |= {"principalId": f"principal-of-{found.name}", "clientId": f"client-of-{found.name}"}
    if found.type == "azure-native:keyvault:Key":
        vault, key = found.inputs["vaultName"], found.inputs["keyName"]
        more["keyUriWithVersion"] = f"https://{vault}.vault.azure.net/keys/{key}/1"
    if found.type == "azure-native:network:AzureFirewall":
        configurations = found.inputs["ipConfigurations"]
        more["ipConfigurations"] = [{**one, "privateIPAddress": FIREWALL_ADDRESS} for one in configurations]
    return {"id": arm_id(found), **more}


def previewed(found: Registration, world: World) -> Mapping[str, Any]:
    """The answers of a preview of something new: nothing but what was declared."""
    return _as_answered(found)


def _as_answered(found: Registration) -> dict[str, Any]:
    """What was declared, where Azure writes it in another form: it takes a list of identities and answers a mapping."""
    identity = found.inputs.get("identity")
    if not identity:
        return {}
    return {"identity": {**identity, "userAssignedIdentities": {one: {} for one in identity["userAssignedIdentities"]}}}
