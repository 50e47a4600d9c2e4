"""The data of stores and vaults: who would get at it. The lab keeps none, so that what is permitted finds nothing.

`NAME.blob.localhost` stands for a storage account's address and `NAME.vault.localhost` for a vault's; a caller comes
from the internet, as everybody without a private endpoint does. Codes and order (network first, then roles):
https://learn.microsoft.com/rest/api/storageservices/authorize-with-azure-active-directory and
https://learn.microsoft.com/azure/key-vault/general/common-error-codes.
"""

import json
import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from moto.core.request import Request

from clover.lab.arm.authorisation import is_permitted
from clover.lab.arm.store import Resource, Store
from clover.lab.arm.tokens import Caller
from clover.lab.cloud.answers import Answer
from clover.logic.azure import evaluate_network

_HOST = re.compile(r"([a-z0-9-]+)\.(blob|vault)\.localhost(?::\d+)?", re.IGNORECASE)
_TYPES = {"blob": "Microsoft.Storage/storageAccounts", "vault": "Microsoft.KeyVault/vaults"}
_BLOBS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs"
_BLOB_VERBS = {"GET": "read", "HEAD": "read", "PUT": "write", "DELETE": "delete"}
_SIGNING_KEY = "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"
"""No data action: https://learn.microsoft.com/rest/api/storageservices/get-user-delegation-key."""
_CONTAINER = "Microsoft.Storage/storageAccounts/blobServices/containers:name"
_RULES = ("bypass", "defaultAction", "ipRules", "virtualNetworkRules", "resourceAccessRules")


class Asked(NamedTuple):
    """An action at a scope, of data unless it says so; attributes are those that conditions look at."""

    action: str
    scope: str
    attributes: Mapping[str, list[str]]
    of_data: bool = True


def is_data(request: Request) -> bool:
    """Whether `request` is for the data of a store or vault, rather than for Azure Resource Manager."""
    return _HOST.fullmatch(request.host) is not None


def answer(store: Store, request: Request, caller: Caller) -> Answer:
    """The answer to one data request: a refusal, or that there is nothing."""
    found = _HOST.fullmatch(request.host)
    name, kind = (found[1].lower(), found[2].lower()) if found else ("", "")
    resource = next((one for one in store.of_type(_TYPES[kind]) if one.name.lower() == name), None)
    asked = _asked(kind, resource, request) if resource else None
    if resource is None or asked is None:
        return _told(kind, 404, "ResourceNotFound", "There is no such resource in the lab.")
    origin = {"kind": "internet", "address": request.remote_addr or "127.0.0.1"}
    decided = evaluate_network(origin, _settings(kind, resource))
    if decided.decision != "allow":
        code = "AuthorizationFailure" if kind == "blob" else "ForbiddenByConnection"
        return _told(kind, 403, code, f"This request is not authorized: {'; '.join(decided.because)}.")
    further = {"is_data_action": asked.of_data, "attributes": {"resource": dict(asked.attributes)}}
    if not is_permitted(store, caller.principal, asked.action, asked.scope, **further):
        code = "AuthorizationPermissionMismatch" if kind == "blob" else "ForbiddenByRbac"
        return _told(kind, 403, code, f"No role permits {asked.action}.")
    return _told(kind, 404, "BlobNotFound" if kind == "blob" else "KeyNotFound", "The lab keeps no data.")


def _asked(kind: str, resource: Resource, request: Request) -> Asked | None:
    """Which action the request asks for; None where its path says nothing."""
    parts = [part for part in request.path.split("/") if part]
    if kind == "blob" and request.args.get("comp") == "userdelegationkey":
        return Asked(_SIGNING_KEY, resource.id, {}, of_data=False)
    if kind == "blob":
        container = parts[0] if parts else ""
        scope = f"{resource.id}/blobServices/default/containers/{container}" if container else resource.id
        verb = _BLOB_VERBS.get(request.method)
        return Asked(f"{_BLOBS}/{verb}", scope, {_CONTAINER: [container]} if container else {}) if verb else None
    if len(parts) < 2 or parts[0] not in ("keys", "secrets"):
        return None
    above = f"Microsoft.KeyVault/vaults/{parts[0]}"
    if parts[0] == "secrets":
        return Asked(f"{above}/getSecret/action", f"{resource.id}/secrets/{parts[1]}", {})
    action = f"{above}/read" if request.method == "GET" else f"{above}/{parts[-1].removesuffix('key')}/action"
    return Asked(action, f"{resource.id}/keys/{parts[1]}", {})


def _settings(kind: str, resource: Resource) -> dict[str, Any]:
    """The network settings as the evaluator takes them; connections of private endpoints let nobody in from outside."""
    held = resource.properties
    rules: Mapping[str, Any] = held.get("networkAcls") or {}
    access = held.get("publicNetworkAccess")
    acls = {name: rules[name] for name in _RULES if rules.get(name) is not None}
    stated = {"publicNetworkAccess": str(access).capitalize()} if access else {}
    known = "storage" if kind == "blob" else kind
    return {"kind": known, **stated, "networkAcls": acls, "privateEndpointConnections": []}


def _told(kind: str, status: int, code: str, message: str) -> Answer:
    headers = {"x-ms-error-code": code}
    if kind == "blob":
        body = f'<?xml version="1.0" encoding="utf-8"?><Error><Code>{code}</Code><Message>{message}</Message></Error>'
        return Answer(status, {**headers, "Content-Type": "application/xml"}, body.encode())
    outer = "Forbidden" if status == 403 else code
    told = {"error": {"code": outer, "message": message, "innererror": {"code": code}}}
    return Answer(status, {**headers, "Content-Type": "application/json"}, json.dumps(told).encode())
