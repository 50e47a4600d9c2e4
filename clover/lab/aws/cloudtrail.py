"""CloudTrail: trails with their selectors."""

from typing import Any

from clover.lab.aws import tagging
from clover.lab.aws.casing import from_aws, to_aws
from clover.lab.aws.cloud import Call
from clover.lab.aws.kind import Kind, Tagger, Update, deleted_by, given, items
from clover.lab.provider.wire import Props

#: What CreateTrail and UpdateTrail take alike.
SETTINGS = {
    "s3BucketName": "S3BucketName",
    "s3KeyPrefix": "S3KeyPrefix",
    "snsTopicName": "SnsTopicName",
    "includeGlobalServiceEvents": "IncludeGlobalServiceEvents",
    "isMultiRegionTrail": "IsMultiRegionTrail",
    "isOrganizationTrail": "IsOrganizationTrail",
    "enableLogFileValidation": "EnableLogFileValidation",
    "cloudWatchLogsGroupArn": "CloudWatchLogsLogGroupArn",
    "cloudWatchLogsRoleArn": "CloudWatchLogsRoleArn",
    "kmsKeyId": "KmsKeyId",
}
#: DescribeTrails calls one of them otherwise.
DESCRIBED = {**SETTINGS, "enableLogFileValidation": "LogFileValidationEnabled", "snsTopicArn": "SnsTopicARN"}
ADVANCED = {
    "endsWiths": "EndsWith",
    "startsWiths": "StartsWith",
    "notEndsWiths": "NotEndsWith",
    "notStartsWiths": "NotStartsWith",
}
SELECTORS = ("eventSelectors", "advancedEventSelectors")


def _create(call: Call, inputs: Props) -> str:
    settings = {theirs: inputs.get(ours) for ours, theirs in SETTINGS.items()}
    tags = tagging.as_list(inputs.get("tagsAll") or {})
    return call.do("cloudtrail", "create_trail", **given(Name=inputs["name"], TagsList=tags, **settings))["TrailARN"]


def _complete(call: Call, trail: str, inputs: Props) -> None:
    _put_selectors(call, trail, inputs)
    if inputs.get("insightSelectors"):
        _put_insights(call, trail, inputs["insightSelectors"])
    if inputs.get("enableLogging", True):
        call.do("cloudtrail", "start_logging", Name=trail)


def _put_selectors(call: Call, trail: str, inputs: Props) -> None:
    if selectors := items(inputs, "advancedEventSelectors"):
        written = to_aws(selectors, ADVANCED)
        call.do("cloudtrail", "put_event_selectors", TrailName=trail, AdvancedEventSelectors=written)
    elif selectors := items(inputs, "eventSelectors"):
        written = to_aws(selectors, {})
        call.do("cloudtrail", "put_event_selectors", TrailName=trail, EventSelectors=written)


def _reset_selectors(call: Call, trail: str) -> None:
    """Write the selector that a fresh trail has: all management events."""
    usual: list[Any] = [{"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}]
    call.do("cloudtrail", "put_event_selectors", TrailName=trail, EventSelectors=usual)


def _put_insights(call: Call, trail: str, selectors: list[Any]) -> None:
    call.do("cloudtrail", "put_insight_selectors", TrailName=trail, InsightSelectors=to_aws(selectors, {}))


def _read(call: Call, trail: str, _said: Props) -> Props | None:
    listed = call.do("cloudtrail", "describe_trails", trailNameList=[trail])["trailList"]
    found: Props | None = next(iter(listed), None)
    if found is None:
        return None
    status = call.find("cloudtrail", "get_trail_status", Name=trail) or {}
    return {
        "arn": found["TrailARN"],
        "name": found["Name"],
        "homeRegion": found["HomeRegion"],
        "enableLogging": status.get("IsLogging", False),
        "tagsAll": _tags(call, trail),
        **{ours: found.get(theirs) for ours, theirs in DESCRIBED.items()},
        **_selectors(call, trail, found),
    }


def _selectors(call: Call, trail: str, found: Props) -> Props:
    """Return the selectors that were set; a fresh trail has one that says nothing new."""
    read: Props = {}
    if found.get("HasCustomEventSelectors"):
        answer = call.do("cloudtrail", "get_event_selectors", TrailName=trail)
        read |= given(
            eventSelectors=from_aws(answer.get("EventSelectors"), {}),
            advancedEventSelectors=from_aws(answer.get("AdvancedEventSelectors"), ADVANCED),
        )
    if found.get("HasInsightSelectors"):
        answer = call.do("cloudtrail", "get_insight_selectors", TrailName=trail)
        read |= given(insightSelectors=from_aws(answer.get("InsightSelectors"), {}))
    return read


def _tags(call: Call, trail: str) -> Props:
    listed = call.do("cloudtrail", "list_tags", ResourceIdList=[trail])["ResourceTagList"]
    return {key: value for entry in listed for key, value in tagging.from_list(entry.get("TagsList")).items()}


def _update(call: Call, update: Update) -> None:
    trail, new = update.id, update.new
    if update.touches(*SETTINGS):
        settings = {theirs: _setting(new, ours) for ours, theirs in SETTINGS.items()}
        call.do("cloudtrail", "update_trail", Name=trail, **settings)
    if update.touches(*SELECTORS):
        if any(items(new, name) for name in SELECTORS):
            _put_selectors(call, trail, new)
        else:
            _reset_selectors(call, trail)
    if update.touches("insightSelectors"):
        call.do(
            "cloudtrail",
            "put_insight_selectors",
            TrailName=trail,
            InsightSelectors=to_aws(items(new, "insightSelectors"), {}),
        )
    if update.touches("enableLogging"):
        call.do("cloudtrail", "start_logging" if new["enableLogging"] else "stop_logging", Name=trail)


def _setting(new: Props, name: str) -> Any:
    """Return what UpdateTrail has to be told; an empty text takes a setting off, silence leaves it."""
    return new.get(name, "") if name in ("s3KeyPrefix", "snsTopicName", "kmsKeyId") else new.get(name)


TAGGER = Tagger(
    add=lambda call, trail, tags: call.do("cloudtrail", "add_tags", ResourceId=trail, TagsList=tagging.as_list(tags)),
    remove=lambda call, trail, keys: call.do(
        "cloudtrail", "remove_tags", ResourceId=trail, TagsList=[{"Key": key} for key in keys]
    ),
)
KINDS = {
    "aws:cloudtrail/trail:Trail": Kind(
        tagger=TAGGER,
        create=_create,
        complete=_complete,
        read=_read,
        update=_update,
        delete=deleted_by("cloudtrail", "delete_trail", "Name"),
    )
}
