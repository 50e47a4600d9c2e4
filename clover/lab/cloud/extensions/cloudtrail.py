"""CloudTrail: names, selectors, home regions and what a trail needs of its bucket and key."""

import json
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import Any, cast

from moto.cloudtrail.models import CloudTrailBackend, Trail, cloudtrail_backends
from moto.kms.models import kms_backends

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.buckets import bucket_named

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
    """CreateTrail, UpdateTrail: CloudTrail may write to the bucket, and the key is there."""
    asked = call.parameters
    key = asked.get("KmsKeyId")
    if key and not _has_key(call, key):
        raise Refusal("KmsKeyNotFoundException", f"Key '{key}' does not exist")
    name = asked.get("S3BucketName")
    bucket = bucket_named(call, name) if name else None
    if bucket and not _lets_in(bucket.policy):
        message = f"Incorrect S3 bucket policy is detected for bucket: {name}"
        raise Refusal("InsufficientS3BucketPolicyException", message)


def _lets_in(policy: bytes | None) -> bool:
    """Whether statements allow CloudTrail to read the bucket's ACL and to write (what denies is not looked at)."""
    document: Any = json.loads(policy) if policy else {"Statement": []}
    allowed: set[str] = set()
    for statement in _listed(document["Statement"]):
        principal: Any = statement.get("Principal")
        services = _listed(cast(Any, principal).get("Service", [])) if isinstance(principal, dict) else []
        if statement["Effect"] == "Allow" and "cloudtrail.amazonaws.com" in services:
            allowed.update(_listed(statement.get("Action", [])))
    wanted = ("s3:GetBucketAcl", "s3:PutObject")
    return all(any(fnmatchcase(one, pattern) for pattern in allowed) for one in wanted)


def _listed(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else [value]


def _has_key(call: Call, key: str) -> bool:
    """Whether a KMS key, named by id, alias or ARN, is there; keys of other accounts and regions are believed."""
    parts = key.split(":")
    if len(parts) > 4 and (parts[3], parts[4]) != (call.region, call.account):
        return True
    backend = kms_backends[call.account][call.region]
    try:
        return backend.any_id_to_key_id(key) in backend.keys
    except (KeyError, AttributeError):
        return False


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
