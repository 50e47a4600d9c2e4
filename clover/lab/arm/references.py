"""References to other resources: they must be well-formed, exist, lie in the same region, and be ready."""

from clover.lab.arm.authorisation import is_permitted
from clover.lab.arm.behaviour import Write
from clover.lab.arm.call import ArmCall
from clover.lab.arm.catalog import Reference, table
from clover.lab.arm.errors import ArmError, error
from clover.lab.arm.paths import address_of
from clover.lab.arm.values import found


def refuse_references(write: Write) -> None:
    """Refuse the first reference of `write` that does not hold."""
    for reference in write.kind.references:
        for target in found(write.body, reference.path):
            _refuse(write, reference, target)


def _refuse(write: Write, reference: Reference, target: object) -> None:
    if not isinstance(target, str):
        raise error("linked_id", id=target)
    kind = address_of(target).kind
    if reference.kind and (kind is None or kind.type != reference.kind):
        raise error("wrong_reference", target=target, id=write.id, type=reference.kind)
    resource = write.store.get(target)
    if resource is None and reference.must_exist and not _is_sibling(write, target):
        raise error("invalid_reference", target=target, id=write.id)
    _refuse_without_permission(write, reference, target)
    if resource and resource.busy and resource.id != write.id and write.kind.namespace == "Microsoft.Network":
        row = table("errors")["not_provisioned"]
        detail = row["detail"].format(target=resource.id, id=write.id, state=resource.busy, operation=_last(write.call))
        shown = [{"code": "ReferencedResourceNotProvisioned", "message": detail}]
        raise ArmError(row["status"], row["code"], row["message"], {"Retry-After": "1"}, shown)


def _refuse_without_permission(write: Write, reference: Reference, target: str) -> None:
    """Refuse a caller who may write the resource and not what that asks for at the one referred to.

    https://learn.microsoft.com/azure/role-based-access-control/troubleshooting (LinkedAuthorizationFailed).
    """
    world, principal = write.world, write.call.caller.principal
    if world.is_owner(address_of(target).subscription, principal):
        return
    lacking = [each for each in reference.needs if not is_permitted(write.store, principal, each, target)]
    if lacking:
        words = {"principal": principal, "action": write.call.name, "scope": write.id}
        raise error("linked_unauthorised", **words, needs=", ".join(lacking), target=target)


def _is_sibling(write: Write, target: str) -> bool:
    """Whether the target is a child that the same request embeds."""
    return write.is_embedded and target.lower().startswith(f"{write.parent.lower()}/")


def _last(call: ArmCall) -> str:
    return "PutOperation" if call.method == "PUT" else "UpdateOperation"
