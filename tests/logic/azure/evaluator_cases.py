"""Builders of requests and policies, so that a row shows only what it is about."""

from pathlib import Path
from typing import Any

import yaml

from clover.logic.azure import evaluate
from clover.model.azure.roles import built_in_role, built_in_roles

Json = dict[str, Any]

FOLDER = Path(__file__).parent
TABLE: Json = yaml.safe_load((FOLDER / "decisions.yaml").read_text())
PRINCIPALS: dict[str, str] = TABLE["principals"]
SCOPES: dict[str, str] = TABLE["scopes"]
ALICE, BOB = PRINCIPALS["alice"], PRINCIPALS["bob"]
EVERYBODY = PRINCIPALS["everybody"]
SUBSCRIPTION, GROUP, ACCOUNT = SCOPES["subscription"], SCOPES["group"], SCOPES["account"]
CONTAINER = SCOPES["container"]
READ_BLOB = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
ALLOW, SILENT, DENY = "allow", "implicit_deny", "explicit_deny"


def role(name: str) -> Json:
    """A built-in role, or one of the table's own."""
    return dict(built_in_role(name)) if name in built_in_roles() else {"roleName": name, **TABLE["roles"][name]}


def assignment(to: str = ALICE, named: str = "Owner", at: str = SUBSCRIPTION, **more: Any) -> Json:
    """A role assignment."""
    return {"principalId": to, "scope": at, "role": role(named), **more}


def denial(*to: str, at: str = GROUP, **more: Any) -> Json:
    """A deny assignment of writes, unless told otherwise."""
    principals = [{"id": each, "type": "SystemDefined" if each == EVERYBODY else "User"} for each in to]
    return {"principals": principals, "scope": at, "permissions": {"actions": ["*/write"]}} | more


def request(action: str = "Microsoft.Storage/storageAccounts/write", by: str = ALICE, **more: Any) -> Json:
    """A request at the account."""
    return {"principal": by, "action": action, "scope": ACCOUNT} | more


def reading(by: str = ALICE, **more: Any) -> Json:
    """A request to read a blob of the container."""
    return request(READ_BLOB, by, is_data_action=True, scope=CONTAINER, **more)


def decision(request_: Json, **policies: Any) -> str:
    """What the evaluator decides."""
    return evaluate(request_, policies).decision
