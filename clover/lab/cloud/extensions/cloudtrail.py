"""CloudTrail: names, selectors, home regions and what a trail needs of its bucket and key."""

from collections.abc import Mapping
from typing import Any

from moto.cloudtrail.models import CloudTrailBackend, Trail, cloudtrail_backends
from moto.kms.models import Key

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.buckets import bucket_named
from clover.lab.cloud.extensions.delivery import key_of_arn, trail_may_encrypt, trail_may_write

_DEFAULT_SELECTOR: dict[str, Any] = {
    "ReadWriteType": "All",
    "IncludeManagementEvents": True,
    "DataResources": [],
    "ExcludeManagementEventSources": [],
}
_FIELDS = {
    "errorCode",
    "eventCategory",
    "eventName",
    "eventSource",
    "eventType",
    "readOnly",
    "resources.ARN",
    "resources.type",
    "sessionCredentialFromConsole",
    "userIdentity.arn",
    "vpcEndpointId",
}
_CATEGORIES = {"Data", "Management", "NetworkActivity"}


def describe(call: Call) -> Mapping[str, Any]:
    """DescribeTrails: those named, as far as they are there, or all."""
    named = call.parameters.get("trailNameList")
    trails = _backend(call).describe_trails(call.parameters.get("includeShadowTrails", True))
    rows = [trail for trail in trails if not named or trail.trail_name in named or trail.arn in named]
    return {"trailList": [_described(trail) for trail in rows]}


def get(call: Call) -> Mapping[str, Any]:
    """GetTrail."""
    return {"Trail": _described(_trail(call, "Name"))}


def put_selectors(call: Call) -> Mapping[str, Any]:
    """PutEventSelectors: plain or advanced ones, which replace whatever there was."""
    trail, asked = _trail(call, "TrailName"), call.parameters
    plain, advanced = asked.get("EventSelectors", []), asked.get("AdvancedEventSelectors", [])
    if bool(plain) == bool(advanced):
        raise _bad_selectors("give either EventSelectors or AdvancedEventSelectors")
    if len(plain) > 5:
        raise _bad_selectors("a trail has at most five event selectors")
    for selector in advanced:
        _check_selector(selector)
    trail.event_selectors, trail.advanced_event_selectors = plain, advanced
    return {"TrailARN": trail.arn, **({"AdvancedEventSelectors": advanced} if advanced else {"EventSelectors": plain})}


def get_selectors(call: Call) -> Mapping[str, Any]:
    """GetEventSelectors: a new trail records all management events."""
    trail = _trail(call, "TrailName")
    if trail.advanced_event_selectors:
        return {"TrailARN": trail.arn, "AdvancedEventSelectors": trail.advanced_event_selectors}
    return {"TrailARN": trail.arn, "EventSelectors": trail.event_selectors or [_DEFAULT_SELECTOR]}


def update(call: Call) -> Mapping[str, Any]:
    """UpdateTrail: what is not given stays, an empty text takes away."""
    trail, asked = _trail(call, "Name"), call.parameters
    for name, attribute in (
        ("S3BucketName", "bucket_name"),
        ("S3KeyPrefix", "s3_key_prefix"),
        ("SnsTopicName", "sns_topic_name"),
        ("IncludeGlobalServiceEvents", "include_global_service_events"),
        ("IsMultiRegionTrail", "is_multi_region"),
        ("EnableLogFileValidation", "log_validation"),
        ("IsOrganizationTrail", "is_org_trail"),
        ("CloudWatchLogsLogGroupArn", "cw_log_group_arn"),
        ("CloudWatchLogsRoleArn", "cw_role_arn"),
        ("KmsKeyId", "kms_key_id"),
    ):
        if name in asked:
            setattr(trail, attribute, None if asked[name] == "" else asked[name])
    trail.kms_key_id = _key_arn(call, trail.kms_key_id)
    return _summary(trail)


def delete(call: Call) -> None:
    """DeleteTrail, by name or ARN (with an ARN moto does nothing)."""
    del _backend(call).trails[_trail(call, "Name").trail_name]


def check_new(call: Call) -> None:
    """CreateTrail: a name that is free, five trails at most."""
    trails = _backend(call).trails
    if call.parameters["Name"] in trails:
        message = f"Trail {call.parameters['Name']} already exists for customer: {call.account}"
        raise Refusal("TrailAlreadyExistsException", message)
    if len(trails) >= 5:
        message = f"User: {call.account} already has 5 trails in {call.region}."
        raise Refusal("MaximumNumberOfTrailsExceededException", message)


def check_delivery(call: Call) -> None:
    """CreateTrail, UpdateTrail: CloudTrail may write to the bucket, and the key is there and may be used."""
    asked, trail = call.parameters, _named(call)
    key = asked.get("KmsKeyId")
    if key:
        _check_key(call, key, trail)
    name = asked.get("S3BucketName")
    bucket = bucket_named(call, name) if name else None
    if bucket and not trail_may_write(call, bucket, trail, asked.get("S3KeyPrefix")):
        message = f"Incorrect S3 bucket policy is detected for bucket: {name}"
        raise Refusal("InsufficientS3BucketPolicyException", message)


def keep_key(call: Call) -> None:
    """CreateTrail, afterwards: a trail tells its key's ARN, by whatever name it was told the key."""
    trail = _trail(call, "Name")
    trail.kms_key_id = _key_arn(call, trail.kms_key_id)


def _named(call: Call) -> str:
    """The ARN of the trail that a call is about, named by name or ARN."""
    name = call.parameters["Name"]
    return name if name.startswith("arn:") else call.arn("cloudtrail", f"trail/{name}")


def _check_key(call: Call, key: str, trail: str) -> None:
    """Refuse a key that is not there, or that CloudTrail may not use; ARNs of keys elsewhere are believed."""
    found = _key(call, key)
    if found is None and (":key/" not in key or key.split(":")[3:5] == [call.region, call.account]):
        raise Refusal("KmsKeyNotFoundException", f"Key '{key}' does not exist")
    if found and found.account_id != call.account and not trail_may_encrypt(found, trail):
        message = "Insufficient permissions to access S3 bucket or KMS key"
        raise Refusal("InsufficientEncryptionPolicyException", message)


def _key(call: Call, key: str) -> Key | None:
    """A KMS key that is named by id, alias or ARN, of any account."""
    kind = "" if key.startswith("alias/") else "key/"
    return key_of_arn(key if key.startswith("arn:") else call.arn("kms", f"{kind}{key}"))


def _key_arn(call: Call, key: str | None) -> Any:
    """The ARN of a key by whatever name; nothing for none."""
    found = _key(call, key) if key else None
    return found.arn if found else key


def _check_selector(selector: Mapping[str, Any]) -> None:
    fields = {row["Field"]: row for row in selector["FieldSelectors"]}
    unknown = set(fields) - _FIELDS
    if unknown:
        raise _bad_selectors(f"unknown fields {sorted(unknown)}")
    category = fields.get("eventCategory", {}).get("Equals", [])
    if len(category) != 1 or category[0] not in _CATEGORIES:
        raise _bad_selectors(f"eventCategory must equal one of {', '.join(sorted(_CATEGORIES))}")
    if category == ["Data"] and len(fields.get("resources.type", {}).get("Equals", [])) != 1:
        raise _bad_selectors("resources.type must equal one type for data events")


def _bad_selectors(reason: str) -> Refusal:
    return Refusal("InvalidEventSelectorsException", f"Invalid event selectors: {reason}")


def _described(trail: Trail) -> dict[str, Any]:
    custom = bool(trail.event_selectors or trail.advanced_event_selectors)
    return {
        **_summary(trail),
        "HomeRegion": trail.region_name,
        "HasCustomEventSelectors": custom,
        "HasInsightSelectors": bool(trail.insight_selectors),
    }


def _summary(trail: Trail) -> dict[str, Any]:
    return {
        "Name": trail.trail_name,
        "S3BucketName": trail.bucket_name,
        "S3KeyPrefix": trail.s3_key_prefix,
        "SnsTopicName": trail.sns_topic_name,
        "SnsTopicARN": trail.topic_arn,
        "IncludeGlobalServiceEvents": trail.include_global_service_events,
        "IsMultiRegionTrail": trail.is_multi_region,
        "TrailARN": trail.arn,
        "LogFileValidationEnabled": trail.log_validation,
        "CloudWatchLogsLogGroupArn": trail.cw_log_group_arn,
        "CloudWatchLogsRoleArn": trail.cw_role_arn,
        "KmsKeyId": trail.kms_key_id,
        "IsOrganizationTrail": trail.is_org_trail,
    }


def _backend(call: Call) -> CloudTrailBackend:
    return cloudtrail_backends[call.account][call.region]


def _trail(call: Call, parameter: str) -> Trail:
    name = call.parameters[parameter]
    for trail in _backend(call).describe_trails(include_shadow_trails=True):
        if name in (trail.trail_name, trail.arn):
            return trail
    raise Refusal("TrailNotFoundException", f"Unknown trail: {name} for the user: {call.account}")


OPERATIONS = {
    "cloudtrail.DescribeTrails": describe,
    "cloudtrail.GetTrail": get,
    "cloudtrail.PutEventSelectors": put_selectors,
    "cloudtrail.GetEventSelectors": get_selectors,
    "cloudtrail.UpdateTrail": update,
    "cloudtrail.DeleteTrail": delete,
}
CHECKS = {
    "cloudtrail.CreateTrail": [check_new, check_delivery],
    "cloudtrail.UpdateTrail": [check_delivery],
}
AFTERWARDS = {"cloudtrail.CreateTrail": keep_key}
