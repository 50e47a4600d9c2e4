"""What may be attached to a root, a unit or an account, and what has to stay there."""

from typing import Any

from moto.organizations.utils import DEFAULT_RCP_POLICY_ID

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.organizations.above import KINDS
from clover.lab.cloud.extensions.organizations.contents import policy_of
from clover.lab.cloud.extensions.organizations.membership import backend_of
from clover.lab.cloud.tables import table


def check_new(call: Call) -> None:
    """AttachPolicy: a type that is enabled, a target that is there, not twice, and not too many."""
    policy, target = policy_of(call), _target(call)
    if policy.type not in _enabled(call):
        raise Refusal("PolicyTypeNotEnabledException", f"{policy.type} is not enabled for this root.")
    if policy in target.attached_policies:
        raise Refusal("DuplicatePolicyAttachmentException", "A policy with the same name and type is attached already.")
    most = table("organizations")["types"][policy.type]["attachments"]
    if len(_of_type(target, policy.type)) >= most:
        message = f"You cannot attach more than {most} policies of type {policy.type} to one target"
        raise Refusal("ConstraintViolationException", f"{message} (MAX_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED).")


def check_end(call: Call) -> None:
    """DetachPolicy: what is attached, but not the last policy of a type that decides requests, nor AWS's own."""
    policy, target = policy_of(call), _target(call)
    if policy not in target.attached_policies:
        raise Refusal("PolicyNotAttachedException", "The policy isn't attached to the specified target.")
    if policy.id == DEFAULT_RCP_POLICY_ID:
        raise Refusal("AccessDeniedException", "RCPFullAWSAccess cannot be detached.")
    if policy.type in KINDS and len(_of_type(target, policy.type)) == 1:
        message = f"A target keeps at least one policy of type {policy.type}"
        raise Refusal("ConstraintViolationException", f"{message} (MIN_POLICY_TYPE_ATTACHMENT_LIMIT_EXCEEDED).")


def _enabled(call: Call) -> set[str]:
    """The policy types that the organisation's root has."""
    roots: list[dict[str, Any]] = backend_of(call).list_roots()["Roots"]
    return {kind["Type"] for root in roots for kind in root["PolicyTypes"]}


def _target(call: Call) -> Any:
    """The root, unit or account that a call names."""
    backend, wanted = backend_of(call), call.parameters["TargetId"]
    target = next((each for each in (*backend.ou, *backend.accounts) if each.id == wanted), None)
    if target is None:
        raise Refusal("TargetNotFoundException", "We can't find a root, OU, or account with the TargetId given.")
    return target


def _of_type(target: Any, kind: str) -> list[Any]:
    return [policy for policy in target.attached_policies if policy.type == kind]
