"""KMS: keys and their aliases."""

from typing import Any

from clover.lab.aws.cloud import Call
from clover.lab.aws.failure import AwsError
from clover.lab.aws.kind import Kind, Tagger, Update, deleted_by, given, table
from clover.lab.provider.wire import Props

POLICY_NAME = "default"
SYMMETRIC = "SYMMETRIC_DEFAULT"
DELETED = ("PendingDeletion", "PendingReplicaDeletion")


def _create_key(call: Call, inputs: Props) -> str:
    made = call.do(
        "kms",
        "create_key",
        **given(
            Description=inputs.get("description"),
            KeySpec=inputs.get("customerMasterKeySpec"),
            KeyUsage=inputs.get("keyUsage"),
            MultiRegion=inputs.get("multiRegion"),
            Policy=inputs.get("policy"),
            BypassPolicyLockoutSafetyCheck=inputs.get("bypassPolicyLockoutSafetyCheck"),
            Tags=_tag_list(table(inputs, "tagsAll")),
        ),
    )
    return made["KeyMetadata"]["KeyId"]


def _complete_key(call: Call, key: str, inputs: Props) -> None:
    if inputs.get("enableKeyRotation"):
        _set_rotation(call, key, inputs)
    if not inputs.get("isEnabled", True):
        call.do("kms", "disable_key", KeyId=key)


def _set_rotation(call: Call, key: str, inputs: Props) -> None:
    if inputs.get("enableKeyRotation"):
        period = inputs.get("rotationPeriodInDays")
        call.do("kms", "enable_key_rotation", **given(KeyId=key, RotationPeriodInDays=period))
    else:
        call.do("kms", "disable_key_rotation", KeyId=key)


def _read_key(call: Call, key: str, _said: Props) -> Props | None:
    found = call.find("kms", "describe_key", KeyId=key)
    if found is None or found["KeyMetadata"].get("KeyState") in DELETED:
        return None
    about = found["KeyMetadata"]
    rotates = about.get("KeySpec") == SYMMETRIC
    rotation: Props = (call.find("kms", "get_key_rotation_status", KeyId=key) if rotates else None) or {}
    policy = call.do("kms", "get_key_policy", KeyId=key, PolicyName=POLICY_NAME)["Policy"]
    tags = call.do("kms", "list_resource_tags", KeyId=key)["Tags"]
    return {
        "id": about["KeyId"],
        "arn": about["Arn"],
        "keyId": about["KeyId"],
        "description": about.get("Description", ""),
        "isEnabled": about.get("Enabled", False),
        "customerMasterKeySpec": about.get("KeySpec") or about.get("CustomerMasterKeySpec"),
        "keyUsage": about.get("KeyUsage"),
        "multiRegion": about.get("MultiRegion", False),
        "policy": policy,
        "enableKeyRotation": rotation.get("KeyRotationEnabled", False),
        "rotationPeriodInDays": rotation.get("RotationPeriodInDays"),
        "tagsAll": {tag["TagKey"]: tag["TagValue"] for tag in tags},
    }


def _update_key(call: Call, update: Update) -> None:
    """Change a key; a disabled key takes no other change, so it is enabled first and disabled last."""
    key, new = update.id, update.new
    if update.touches("isEnabled") and new["isEnabled"]:
        call.do("kms", "enable_key", KeyId=key)
    if update.touches("enableKeyRotation") or (update.touches("rotationPeriodInDays") and new["enableKeyRotation"]):
        _set_rotation(call, key, new)
    if update.touches("description"):
        call.do("kms", "update_key_description", KeyId=key, Description=new.get("description", ""))
    if update.touches("policy") and "policy" in new:
        bypass = new.get("bypassPolicyLockoutSafetyCheck", False)
        policy = {"PolicyName": POLICY_NAME, "Policy": new["policy"], "BypassPolicyLockoutSafetyCheck": bypass}
        call.do("kms", "put_key_policy", KeyId=key, **policy)
    if update.touches("isEnabled") and not new["isEnabled"]:
        call.do("kms", "disable_key", KeyId=key)


def _delete_key(call: Call, key: str, state: Props) -> None:
    """Schedule the deletion, the only way to delete a key; a key that is scheduled already is deleted."""
    window = state.get("deletionWindowInDays")
    try:
        call.remove("kms", "schedule_key_deletion", **given(KeyId=key, PendingWindowInDays=window))
    except AwsError as error:
        if error.code != "KMSInvalidStateException" or "pending" not in error.reason.lower():
            raise


def _tag_list(tags: Props) -> list[dict[str, Any]]:
    return [{"TagKey": key, "TagValue": value} for key, value in tags.items()]


KEY_TAGGER = Tagger(
    add=lambda call, key, tags: call.do("kms", "tag_resource", KeyId=key, Tags=_tag_list(tags)),
    remove=lambda call, key, keys: call.do("kms", "untag_resource", KeyId=key, TagKeys=keys),
)


def _create_alias(call: Call, inputs: Props) -> str:
    call.do("kms", "create_alias", AliasName=inputs["name"], TargetKeyId=inputs["targetKeyId"])
    return inputs["name"]


def _read_alias(call: Call, name: str, _said: Props) -> Props | None:
    found = next((alias for alias in _aliases(call) if alias["AliasName"] == name), None)
    if found is None or "TargetKeyId" not in found:
        return None
    key = found["TargetKeyId"]
    arn = f"{found['AliasArn'].partition(':alias/')[0]}:key/{key}"
    return {"name": name, "arn": found["AliasArn"], "targetKeyId": key, "targetKeyArn": arn}


def _aliases(call: Call) -> list[Any]:
    """Return all aliases of the region; KMS pages by Marker."""
    found: list[Any] = []
    marker: str | None = None
    while True:
        page = call.do("kms", "list_aliases", Marker=marker)
        found += page["Aliases"]
        if not page.get("Truncated"):
            return found
        marker = page["NextMarker"]


def _update_alias(call: Call, update: Update) -> None:
    if update.touches("targetKeyId"):
        call.do("kms", "update_alias", AliasName=update.id, TargetKeyId=update.new["targetKeyId"])


KINDS = {
    "aws:kms/key:Key": Kind(
        create=_create_key,
        complete=_complete_key,
        read=_read_key,
        update=_update_key,
        delete=_delete_key,
        tagger=KEY_TAGGER,
    ),
    "aws:kms/alias:Alias": Kind(
        create=_create_alias,
        read=_read_alias,
        update=_update_alias,
        delete=deleted_by("kms", "delete_alias", "AliasName"),
    ),
}
