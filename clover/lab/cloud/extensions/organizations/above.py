"""The policies that stand above an account in its organisation, as the plain evaluator takes them."""

import json
from functools import lru_cache
from typing import Any

from moto.organizations.models import OrganizationsBackend, organizations_backends
from moto.organizations.utils import DEFAULT_RCP_POLICY_ID, DEFAULT_SCP_POLICY_ID

KINDS = {"SERVICE_CONTROL_POLICY": "scp", "RESOURCE_CONTROL_POLICY": "rcp"}
"""The types of policies that decide requests, and what the evaluator calls them."""
_OWN = frozenset({DEFAULT_SCP_POLICY_ID, DEFAULT_RCP_POLICY_ID})


def policies_above(account: str) -> dict[str, Any]:
    """The policies of each kind from the root down; nothing where none but AWS's own stand there.

    The management account is bound by none
    (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
    """
    if account not in organizations_backends.master_accounts:
        return {}
    master, partition = organizations_backends.master_accounts[account]
    backend = organizations_backends[master][partition]
    path = _path(backend, account)
    if master == account or all(policy.id in _OWN for place in path for policy in place.attached_policies):
        return {}
    return {name: [_documents(place, kind) for place in path] for kind, name in KINDS.items()}


def _path(backend: OrganizationsBackend, account: str) -> list[Any]:
    """The root, the units and the account itself, outermost first."""
    known = {each.id: each for each in (*backend.ou, *backend.accounts)}
    found, wanted = list[Any](), account
    while wanted in known:
        found.insert(0, known[wanted])
        wanted = getattr(known[wanted], "parent_id", "") or ""
    return found


def _documents(place: Any, kind: str) -> list[Any]:
    return [_read(policy.content) for policy in place.attached_policies if policy.type == kind]


@lru_cache(maxsize=256)
def _read(text: str) -> Any:
    return json.loads(text)
