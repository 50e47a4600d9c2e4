"""One concrete request, as `clover simulate` is given it."""

from dataclasses import dataclass

from clover.logic.aws.callers import Caller, read_caller
from clover.logic.aws.context import Context, derived_keys, read_context
from clover.logic.aws.reading import Malformed, quoted, read_object, read_text

MEMBERS = frozenset({"principal", "action", "resource", "resource_account", "context"})
ARN_FIELDS = 6


@dataclass(frozen=True, slots=True)
class Request:
    """Who does what to which resource; `context` has lower-case keys and holds what AWS adds by itself."""

    caller: Caller
    action: str
    resource: str
    resource_account: str | None
    context: Context

    @property
    def aws_owned(self) -> bool:
        """Whether the resource is one that AWS shares with every account, such as an AWS managed policy."""
        return self.resource.split(":")[4:5] == ["aws"]

    @property
    def same_account(self) -> bool:
        """Whether the caller belongs to the account that owns the resource."""
        return self.caller.account is not None and (self.aws_owned or self.caller.account == self.resource_account)

    @property
    def service(self) -> str:
        """The service prefix of the action, in lower case."""
        return self.action.partition(":")[0].lower()


def read_request(value: object) -> Request:
    """The request; raises Malformed where a part is missing or has no meaning."""
    members = read_object(value, "request", MEMBERS)
    for member in ("principal", "action", "resource"):
        if member not in members:
            raise Malformed(f"request: {member} is missing")
    context = read_context(members.get("context", {}), "request.context")
    given_arn = context.get("aws:principalarn", ())
    caller = read_caller(
        read_text(members["principal"], "request.principal"),
        "request.principal",
        given_arn[0] if len(given_arn) == 1 else None,
    )
    action = _read_action(members["action"])
    resource = _read_resource(members["resource"])
    account = _read_resource_account(members.get("resource_account"), resource, caller)
    return Request(caller, action, resource, account, {**derived_keys(caller, action, account), **context})


def _read_action(value: object) -> str:
    """One action by its full name."""
    action = read_text(value, "request.action")
    service, colon, name = action.partition(":")
    if not (service and colon and name) or "*" in action or "?" in action:
        raise Malformed(f"request.action: {quoted(action)} is not one action such as s3:GetObject")
    return action


def _read_resource(value: object) -> str:
    """One ARN, or `*` for an action that has no resource of its own.

    Source: IAM User Guide, "IAM JSON policy elements: Resource" (actions that take no individual resource).
    """
    resource = read_text(value, "request.resource")
    fields = resource.split(":", ARN_FIELDS - 1)
    if resource != "*" and (fields[0] != "arn" or len(fields) < ARN_FIELDS):
        raise Malformed(f"request.resource: {quoted(resource)} is neither an ARN nor {quoted('*')}")
    return resource


def _read_resource_account(value: object, resource: str, caller: Caller) -> str | None:
    """The account that owns the resource; it may be left out where the ARN says it, or with `*` (the caller's own)."""
    if value is not None:
        return read_text(value, "request.resource_account")
    account = caller.account if resource == "*" else resource.split(":")[ARN_FIELDS - 2] or None
    if account is None and resource != "*":
        raise Malformed("request: resource_account is missing, and the resource's ARN does not say it")
    return account
