"""Whether a role may make a call: asked of the plain evaluator, with the policies that the cloud itself keeps.

A role that stands in no account's IAM, as a deployer's of the foundation, may do what the organisation's policies above
its account do not deny, where the lab has one; so may users and root. The plain HTTP of this machine stands for TLS.
"""

import json
from collections.abc import Mapping
from typing import Any, cast

from moto.iam.models import Role, iam_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.organizations.above import policies_above
from clover.lab.cloud.resources import resource_of
from clover.lab.cloud.tables import table
from clover.logic.aws import evaluate
from clover.model.aws.actions import actions_of

ALWAYS = frozenset({"sts.GetCallerIdentity"})
"""Calls that nobody needs a permission for (https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html)."""

MAKING = frozenset({"s3.CreateBucket"})
"""Calls about what is to be the caller's own, whoever else has something of that name."""

HANDED_OUT = frozenset({"sts.AssumeRole"})
"""How the lab hands out credentials of roles that no IAM keeps, in the place of an identity provider."""
_ANYTHING: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
_TLS = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}


def refuse_unauthorised(call: Call, address: str) -> None:
    """Refuse `call`, made from `address`, where its role, or the organisation above its account, does not let it."""
    role = _role(call)
    above = {} if role is None and call.name in HANDED_OUT else policies_above(call.account)
    if (role is None and not above) or call.name in ALWAYS:
        return
    about = resource_of(call) or "*"
    for needed in actions_of(call.service, call.operation, call.parameters):
        resource = needed.resource or about
        owner = _owner(call, resource)
        context = {**_TLS, "aws:SourceIp": address, "aws:RequestedRegion": call.region, **needed.context}
        if call.service == "kms":
            context["kms:CallerAccount"] = call.account
        request = {
            "principal": call.caller.principal,
            "action": needed.action,
            "resource": resource,
            "resource_account": owner,
            "context": context,
        }
        bound = above if owner == call.account else _between(above, policies_above(owner))
        if evaluate(request, _policies(call, role, resource) | bound).decision != "allow":
            raise _denied(call, needed.action, resource)


def _role(call: Call) -> Role | None:
    """The caller's role, where the account keeps it."""
    known = cast("Mapping[str, Role]", iam_backends[call.account][call.partition].roles)
    return next((role for role in known.values() if role.arn == call.caller.principal), None)


def _between(caller: Mapping[str, Any], owner: Mapping[str, Any]) -> dict[str, Any]:
    """What binds a caller of one account at a resource of another."""
    kinds = {"scp": caller.get("scp"), "rcp": owner.get("rcp")}
    return {kind: policies for kind, policies in kinds.items() if policies}


def _owner(call: Call, resource: str) -> str:
    """The account that a resource lies in: a bucket's ARN does not say it."""
    name = "" if call.name in MAKING else _bucket(call, resource)
    return s3_backends.bucket_accounts.get(name, (call.partition, call.account))[1]


def _bucket(call: Call, resource: str) -> str:
    """The name of the bucket that a resource is, or lies in; empty for what lies in none."""
    return resource.removeprefix(f"arn:{call.partition}:s3:::").split("/", 1)[0] if ":s3:::" in resource else ""


def _policies(call: Call, role: Role | None, resource: str) -> dict[str, Any]:
    """What the request meets: the role's policies, its boundary, and the policy of what the call is about."""
    own = _of_resource(call, resource)
    found: dict[str, Any] = {"resource": json.loads(own)} if own else {}
    if role is None:
        return {**found, "identity": [_ANYTHING]}
    managed = [_document(policy) for policy in role.managed_policies.values()]
    found["identity"] = [json.loads(text) for text in (*role.policies.values(), *managed)]
    if role.permissions_boundary_arn:
        boundary = iam_backends[call.account][call.partition].managed_policies.get(role.permissions_boundary_arn)
        found["boundary"] = [json.loads(_document(boundary))] if boundary else []
    return found


def _document(policy: Any) -> str:
    """A managed policy in its default version."""
    return next(version.document for version in policy.versions if version.version_id == policy.default_version_id)


def _of_resource(call: Call, resource: str) -> str | None:
    """The policy of a bucket or key."""
    if name := _bucket(call, resource):
        bucket = s3_backends[_owner(call, resource)][call.partition].buckets.get(name)
        return bucket.policy.decode() if bucket and bucket.policy else None
    if f":kms:{call.region}:" in resource:
        key = kms_backends[call.account][call.region].keys.get(resource.rpartition("/")[2])
        return key.policy if key else None
    return None


def _denied(call: Call, action: str, resource: str) -> Refusal:
    rows = table("services")["denied"]
    row = rows.get(call.service, rows["default"])
    told = f"User: {call.caller.session} is not authorized to perform: {action} on resource: {resource}"
    return Refusal(row["code"], f"{told} (The lab's plain evaluator says so.)", row["status"])
