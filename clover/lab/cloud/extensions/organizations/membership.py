"""Who is of an organisation, who may change it, and how the lab makes one."""

from collections.abc import Mapping
from typing import Any, cast

from moto.organizations.models import (
    FakeAccount,
    FakeOrganizationalUnit,
    OrganizationsBackend,
    organizations_backends,
)
from moto.organizations.utils import DEFAULT_RCP_POLICY_ID, DEFAULT_SCP_POLICY_ID

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.models import service_model
from clover.lab.cloud.tables import table

_OWN_POLICIES = (DEFAULT_SCP_POLICY_ID, DEFAULT_RCP_POLICY_ID)


def guarded() -> list[str]:
    """The operations that a member account may not call."""
    known = service_model("organizations").operation_names
    return [name for name in known if name not in (*table("organizations")["open_to_members"], "CreateOrganization")]


def refuse_outsiders(call: Call) -> None:
    """Refuse whoever does not call from the management account."""
    if backend_of(call).org:
        return
    if call.account in organizations_backends.master_accounts:
        raise Refusal("AccessDeniedException", "You don't have permissions to access this resource.")
    message = "Your account is not a member of an organization."
    raise Refusal("AWSOrganizationsNotInUseException", message)


def leave(call: Call) -> None:
    """LeaveOrganization: an account goes, and every policy above it counts for it no more."""
    if call.account not in organizations_backends.master_accounts:
        refuse_outsiders(call)
        raise Refusal("MasterCannotLeaveOrganizationException", "The management account cannot leave.")
    master, partition = organizations_backends.master_accounts[call.account]
    organizations_backends[master][partition].remove_account_from_organization(AccountId=call.account)


def backend_of(call: Call) -> OrganizationsBackend:
    """Moto's organisation of the calling account."""
    return organizations_backends[call.account][call.partition]


def found(wanted: Mapping[str, Any]) -> None:
    """Make the organisation that the lab is told of, once; its root, unit and accounts have the ids given.

    `wanted`: `partition`, `account` (the management account's), `root`, `unit` and `accounts`, ids by name.
    """
    backend = organizations_backends[wanted["account"]][wanted["partition"]]
    if not backend.org:
        _make(backend, wanted)
    held = {account.id for account in backend.accounts}
    for name, account in cast(Mapping[str, str], wanted["accounts"]).items():
        if account not in held:
            _admit(backend, name, account, wanted["unit"])


def _make(backend: OrganizationsBackend, wanted: Mapping[str, Any]) -> None:
    backend.create_organization(region=wanted["partition"])
    org, (root,) = cast(Any, backend.org), backend.ou
    org.root_id = root.id = wanted["root"]
    for kind in table("organizations")["types"]:
        backend.enable_policy_type(RootId=root.id, PolicyType=kind)
    unit = _untyped(FakeOrganizationalUnit)(org, Name="sites", ParentId=root.id)
    unit.id = wanted["unit"]
    backend.ou.append(unit)
    _attach_own(backend, unit.id)


def _admit(backend: OrganizationsBackend, name: str, account_id: str, unit: str) -> None:
    """Take an account that was there before into the unit."""
    account = _untyped(FakeAccount)(backend.org, AccountName=name, Email=f"{name}@example.org")
    account.id, account.parent_id, account.joined_method = account_id, unit, "INVITED"
    backend.accounts.append(account)
    organizations_backends.master_accounts[account_id] = (backend.account_id, backend.partition)
    _attach_own(backend, account_id)


def _untyped(kind: Any) -> Any:
    """A class of moto's, whose metaclass hides from type checkers what it makes."""
    return kind


def _attach_own(backend: OrganizationsBackend, target: str) -> None:
    """AWS attaches its own policies, which allow everything, to whatever is new."""
    for policy in _OWN_POLICIES:
        backend.attach_policy(PolicyId=policy, TargetId=target)
