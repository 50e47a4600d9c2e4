"""IAM: roles and their inline policies. IAM is global; a region only names the endpoint."""

import json
from collections.abc import Iterator
from typing import Any

from clover.lab.aws import tagging
from clover.lab.aws.cloud import Call
from clover.lab.aws.kind import Kind, Tagger, Update, given, items, table
from clover.lab.provider.wire import Props


def _create_role(call: Call, inputs: Props) -> str:
    made = call.do(
        "iam",
        "create_role",
        **given(
            RoleName=inputs["name"],
            AssumeRolePolicyDocument=inputs["assumeRolePolicy"],
            Path=inputs.get("path"),
            Description=inputs.get("description"),
            MaxSessionDuration=inputs.get("maxSessionDuration"),
            PermissionsBoundary=inputs.get("permissionsBoundary"),
            Tags=tagging.as_list(table(inputs, "tagsAll")),
        ),
    )
    return made["Role"]["RoleName"]


def _complete_role(call: Call, role: str, inputs: Props) -> None:
    _attach(call, role, items(inputs, "managedPolicyArns"), [])
    _write_inline(call, role, items(inputs, "inlinePolicies"), [])


def _attach(call: Call, role: str, wanted: list[str], present: list[str]) -> None:
    for arn in sorted(set(wanted) - set(present)):
        call.do("iam", "attach_role_policy", RoleName=role, PolicyArn=arn)
    for arn in sorted(set(present) - set(wanted)):
        call.remove("iam", "detach_role_policy", RoleName=role, PolicyArn=arn)


def _write_inline(call: Call, role: str, wanted: list[Props], present: list[Props]) -> None:
    named = [policy for policy in wanted if policy.get("name")]
    for policy in named:
        call.do("iam", "put_role_policy", RoleName=role, PolicyName=policy["name"], PolicyDocument=policy["policy"])
    for name in sorted({policy["name"] for policy in present} - {policy["name"] for policy in named}):
        call.remove("iam", "delete_role_policy", RoleName=role, PolicyName=name)


def _read_role(call: Call, role: str, said: Props) -> Props | None:
    found = call.find("iam", "get_role", RoleName=role)
    if found is None:
        return None
    about = found["Role"]
    outputs: Props = {
        "name": about["RoleName"],
        "arn": about["Arn"],
        "uniqueId": about["RoleId"],
        "path": about.get("Path", "/"),
        "createDate": about["CreateDate"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "description": about.get("Description", ""),
        "maxSessionDuration": about.get("MaxSessionDuration", 3600),
        "permissionsBoundary": about.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        "assumeRolePolicy": _text(about["AssumeRolePolicyDocument"]),
        "tagsAll": tagging.from_list(about.get("Tags")),
    }
    # Policies that other resources manage are theirs to report; the role reports those that it was given itself.
    if "managedPolicyArns" in said or not said:
        outputs["managedPolicyArns"] = list(_attached(call, role))
    if "inlinePolicies" in said or not said:
        outputs["inlinePolicies"] = [_inline(call, role, name) for name in _inline_names(call, role)]
    return outputs


def _attached(call: Call, role: str) -> Iterator[str]:
    pages = _pages(call, "list_attached_role_policies", "AttachedPolicies", role)
    return (policy["PolicyArn"] for policy in pages)


def _inline_names(call: Call, role: str) -> Iterator[str]:
    return iter(_pages(call, "list_role_policies", "PolicyNames", role))


def _pages(call: Call, operation: str, items: str, role: str) -> list[Any]:
    """Return all entries of a listing; IAM pages by Marker. Nothing is listed of a role that is gone."""
    found: list[Any] = []
    marker: str | None = None
    while (page := call.find("iam", operation, RoleName=role, Marker=marker)) is not None:
        found += page[items]
        if not page.get("IsTruncated"):
            break
        marker = page["Marker"]
    return found


def _inline(call: Call, role: str, name: str) -> Props:
    found = call.do("iam", "get_role_policy", RoleName=role, PolicyName=name)
    return {"name": name, "policy": _text(found["PolicyDocument"])}


def _text(document: Any) -> str:
    """Return a policy as text; boto3 parses IAM's answers."""
    return document if isinstance(document, str) else json.dumps(document, separators=(",", ":"))


def _update_role(call: Call, update: Update) -> None:
    role, new = update.id, update.new
    if update.touches("assumeRolePolicy"):
        call.do("iam", "update_assume_role_policy", RoleName=role, PolicyDocument=new["assumeRolePolicy"])
    if update.touches("description", "maxSessionDuration"):
        about = {"Description": new.get("description", ""), "MaxSessionDuration": new["maxSessionDuration"]}
        call.do("iam", "update_role", RoleName=role, **about)
    if update.touches("permissionsBoundary"):
        _set_boundary(call, role, new.get("permissionsBoundary"))
    if update.touches("managedPolicyArns"):
        _attach(call, role, items(new, "managedPolicyArns"), list(_attached(call, role)))
    if update.touches("inlinePolicies"):
        _write_inline(call, role, items(new, "inlinePolicies"), items(update.state, "inlinePolicies"))


def _set_boundary(call: Call, role: str, boundary: str | None) -> None:
    if boundary:
        call.do("iam", "put_role_permissions_boundary", RoleName=role, PermissionsBoundary=boundary)
    else:
        call.remove("iam", "delete_role_permissions_boundary", RoleName=role)


def _delete_role(call: Call, role: str, state: Props) -> None:
    """Delete the role with the policies that are its own, or all of them where it was told to force that."""
    forced = state.get("forceDetachPolicies")
    attached = list(_attached(call, role)) if forced else items(state, "managedPolicyArns")
    inline = _inline_names(call, role) if forced else (entry["name"] for entry in items(state, "inlinePolicies"))
    _attach(call, role, [], attached)
    for name in inline:
        call.remove("iam", "delete_role_policy", RoleName=role, PolicyName=name)
    call.remove("iam", "delete_role", RoleName=role)


ROLE_TAGGER = Tagger(
    add=lambda call, role, tags: call.do("iam", "tag_role", RoleName=role, Tags=tagging.as_list(tags)),
    remove=lambda call, role, keys: call.do("iam", "untag_role", RoleName=role, TagKeys=keys),
)


def _put_policy(call: Call, role: str, name: str, policy: str) -> None:
    call.do("iam", "put_role_policy", RoleName=role, PolicyName=name, PolicyDocument=policy)


def _create_policy(call: Call, inputs: Props) -> str:
    _put_policy(call, inputs["role"], inputs["name"], inputs["policy"])
    return f"{inputs['role']}:{inputs['name']}"


def _read_policy(call: Call, policy_id: str, _said: Props) -> Props | None:
    role, _, name = policy_id.partition(":")
    found = call.find("iam", "get_role_policy", RoleName=role, PolicyName=name)
    return {"role": role, "name": name, "policy": _text(found["PolicyDocument"])} if found else None


def _update_policy(call: Call, update: Update) -> None:
    if update.touches("policy"):
        _put_policy(call, update.new["role"], update.new["name"], update.new["policy"])


def _delete_policy(call: Call, policy_id: str, _state: Props) -> None:
    role, _, name = policy_id.partition(":")
    call.remove("iam", "delete_role_policy", RoleName=role, PolicyName=name)


KINDS = {
    "aws:iam/role:Role": Kind(
        create=_create_role,
        complete=_complete_role,
        read=_read_role,
        update=_update_role,
        delete=_delete_role,
        tagger=ROLE_TAGGER,
    ),
    "aws:iam/rolePolicy:RolePolicy": Kind(
        create=_create_policy, read=_read_policy, update=_update_policy, delete=_delete_policy
    ),
}
