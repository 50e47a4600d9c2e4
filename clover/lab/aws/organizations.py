"""Organizations: policies and what they are attached to. The service is global; a region only names the endpoint."""

from clover.lab.aws import tagging
from clover.lab.aws.cloud import Call
from clover.lab.aws.kind import Kind, Tagger, Update, given, table
from clover.lab.provider.wire import Props

SERVICE = "organizations"


def _create_policy(call: Call, inputs: Props) -> str:
    made = call.do(
        SERVICE,
        "create_policy",
        Name=inputs["name"],
        Type=inputs["type"],
        Content=inputs["content"],
        Description=inputs.get("description") or "",
        **given(Tags=tagging.as_list(table(inputs, "tagsAll"))),
    )
    return made["Policy"]["PolicySummary"]["Id"]


def _read_policy(call: Call, policy_id: str, _said: Props) -> Props | None:
    found = call.find(SERVICE, "describe_policy", PolicyId=policy_id)
    if found is None:
        return None
    about = found["Policy"]["PolicySummary"]
    return {
        "name": about["Name"],
        "arn": about["Arn"],
        "type": about["Type"],
        "description": about.get("Description", ""),
        "content": found["Policy"]["Content"],
        "tagsAll": tagging.from_list(list(call.pages(SERVICE, "list_tags_for_resource", "Tags", ResourceId=policy_id))),
    }


def _update_policy(call: Call, update: Update) -> None:
    new = update.new
    changed = {
        "Name": new["name"] if update.touches("name") else None,
        "Description": new.get("description", "") if update.touches("description") else None,
        "Content": new["content"] if update.touches("content") else None,
    }
    if any(value is not None for value in changed.values()):
        call.do(SERVICE, "update_policy", PolicyId=update.id, **changed)


def _delete_policy(call: Call, policy_id: str, state: Props) -> None:
    if not state.get("skipDestroy"):
        call.remove(SERVICE, "delete_policy", PolicyId=policy_id)


POLICY_TAGGER = Tagger(
    add=lambda call, policy, tags: call.do(SERVICE, "tag_resource", ResourceId=policy, Tags=tagging.as_list(tags)),
    remove=lambda call, policy, keys: call.do(SERVICE, "untag_resource", ResourceId=policy, TagKeys=keys),
)


def _attach(call: Call, inputs: Props) -> str:
    call.do(SERVICE, "attach_policy", PolicyId=inputs["policyId"], TargetId=inputs["targetId"])
    return f"{inputs['targetId']}:{inputs['policyId']}"


def _read_attachment(call: Call, attachment_id: str, _said: Props) -> Props | None:
    target, _, policy = attachment_id.partition(":")
    if call.find(SERVICE, "describe_policy", PolicyId=policy) is None:
        return None
    targets = call.pages(SERVICE, "list_targets_for_policy", "Targets", PolicyId=policy)
    return {"policyId": policy, "targetId": target} if any(each["TargetId"] == target for each in targets) else None


def _detach(call: Call, attachment_id: str, state: Props) -> None:
    target, _, policy = attachment_id.partition(":")
    if not state.get("skipDestroy"):
        call.remove(SERVICE, "detach_policy", PolicyId=policy, TargetId=target)


KINDS = {
    "aws:organizations/policy:Policy": Kind(
        create=_create_policy,
        read=_read_policy,
        update=_update_policy,
        delete=_delete_policy,
        tagger=POLICY_TAGGER,
    ),
    "aws:organizations/policyAttachment:PolicyAttachment": Kind(create=_attach, read=_read_attachment, delete=_detach),
}
