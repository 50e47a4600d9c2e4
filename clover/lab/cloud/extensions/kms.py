"""KMS: rotation periods, which moto forgets, and what is refused on keys that wait for deletion."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.kms.models import Key, KmsBackend, kms_backends

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.delivery import key_of_arn, may_describe
from clover.lab.cloud.extensions.memory import Memory

_DEFAULT_DAYS = 365
_MADE_FOR_LIVE_KEYS = (
    "DisableKey",
    "DisableKeyRotation",
    "EnableKey",
    "EnableKeyRotation",
    "TagResource",
    "UntagResource",
    "UpdateKeyDescription",
)

_rotation: Memory[dict[str, tuple[int, datetime]]] = Memory(dict)
"""Key id to the period in days and the time since which the key rotates."""


def enable_rotation(call: Call) -> None:
    """EnableKeyRotation, every 365 days where no period is given."""
    key = _key(call)
    days = call.parameters.get("RotationPeriodInDays", _rotation.of(call).get(key.id, (_DEFAULT_DAYS, None))[0])
    _rotation.of(call)[key.id] = days, datetime.now(UTC)
    _backend(call).enable_key_rotation(key.id)


def rotation_status(call: Call) -> Mapping[str, Any]:
    """GetKeyRotationStatus."""
    key = _key(call)
    if not _backend(call).get_key_rotation_status(key.id):
        return {"KeyId": key.arn, "KeyRotationEnabled": False}
    days, since = _rotation.of(call)[key.id]
    return {
        "KeyId": key.arn,
        "KeyRotationEnabled": True,
        "RotationPeriodInDays": days,
        "NextRotationDate": since + timedelta(days=days),
    }


def put_policy(call: Call) -> None:
    """PutKeyPolicy: every key has one policy, whose name need not be given."""
    key = _with_policy(call)
    _backend(call).put_key_policy(key.id, call.parameters["Policy"])


def get_policy(call: Call) -> Mapping[str, Any]:
    """GetKeyPolicy."""
    return {"Policy": _backend(call).get_key_policy(_with_policy(call).id), "PolicyName": "default"}


def describe(call: Call) -> Mapping[str, Any]:
    """DescribeKey; of another account by its ARN or its alias's, where the key's policy lets the caller look."""
    asked = call.parameters["KeyId"]
    if not asked.startswith("arn:") or asked.split(":")[4] == call.account:
        return _backend(call).describe_key(_id(call, asked)).to_dict()
    key = key_of_arn(asked)
    if key is None or asked.split(":")[3] != call.region:
        raise Refusal("NotFoundException", f"{asked} is not found.")
    if not may_describe(call, key):
        message = f"User: {call.caller.session} is not authorized to perform: kms:DescribeKey on resource: {key.arn}"
        raise Refusal("AccessDeniedException", message)
    return key.to_dict()


def _id(call: Call, asked: str) -> str:
    """The id of a key of the caller's own account, by id, ARN or alias."""
    backend = _backend(call)
    by_alias = asked.startswith("alias/") or ":alias/" in asked
    found = backend.get_key_id_from_alias(backend.get_alias_name(asked)) if by_alias else backend.get_key_id(asked)
    if found not in backend.keys:
        raise Refusal("NotFoundException", f"{'Alias' if by_alias else 'Key'} {asked} is not found.")
    return str(found)


def check_live(call: Call) -> None:
    """Refuse changes of a key that waits for deletion."""
    key = _key(call)
    if key.key_state == "PendingDeletion":
        raise Refusal("KMSInvalidStateException", f"{key.arn} is pending deletion.")


def check_alias_name(call: Call) -> None:
    """CreateAlias: names that begin with alias/aws/ are AWS's own."""
    if call.parameters["AliasName"].startswith("alias/aws/"):
        raise Refusal("NotAuthorizedException", "The prefix 'alias/aws/' is reserved")


def _with_policy(call: Call) -> Key:
    """The key, where the policy that `call` names is the one that every key has."""
    if call.parameters.get("PolicyName", "default") != "default":
        raise Refusal("NotFoundException", "No such policy exists")
    return _key(call)


def _backend(call: Call) -> KmsBackend:
    return kms_backends[call.account][call.region]


def _key(call: Call) -> Key:
    try:
        return _backend(call).keys[_backend(call).get_key_id(call.parameters["KeyId"])]
    except KeyError:
        raise Refusal("NotFoundException", f"Key '{call.parameters['KeyId']}' does not exist") from None


OPERATIONS = {
    "kms.DescribeKey": describe,
    "kms.EnableKeyRotation": enable_rotation,
    "kms.GetKeyRotationStatus": rotation_status,
    "kms.PutKeyPolicy": put_policy,
    "kms.GetKeyPolicy": get_policy,
}
CHECKS = {
    "kms.CreateAlias": [check_alias_name],
    **{f"kms.{name}": [check_live] for name in _MADE_FOR_LIVE_KEYS},
}
