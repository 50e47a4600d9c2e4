from typing import Any

import pytest

from tests.components.answers import ACCOUNT, REGION
from tests.recorder import World

EVIDENCE = f"arn:aws:s3:::clover-dublin-{ACCOUNT}-evidence-"


def test_the_trail_covers_all_regions_and_global_services_and_shows_tampering(world: World) -> None:
    trail = world.one("aws:cloudtrail/trail:Trail").inputs
    for switch in ("isMultiRegionTrail", "includeGlobalServiceEvents", "enableLogFileValidation", "enableLogging"):
        assert trail[switch] is True
    assert trail["isOrganizationTrail"] is False


def test_it_delivers_into_the_evidence_store_under_the_evidence_key(world: World) -> None:
    trail = world.one("aws:cloudtrail/trail:Trail").inputs
    assert trail["name"] == "clover-dublin"
    assert trail["s3BucketName"] == f"clover-dublin-{ACCOUNT}-evidence-logs"
    assert trail["kmsKeyId"] == f"arn:aws:kms:{REGION}:{ACCOUNT}:key/evidence-key"
    assert "s3KeyPrefix" not in trail


def recorded(selectors: list[dict[str, Any]], event: dict[str, str]) -> list[str]:
    """The selectors that an event fits, by CloudTrail's rule: every field, and any value of a field."""

    def fits(field: dict[str, Any]) -> bool:
        value = event.get(field["field"], "")
        equal, begun = value in field.get("equals", [value]), value.startswith(tuple(field.get("startsWiths", [""])))
        not_equal = value not in field.get("notEquals", [])
        return equal and begun and not_equal and not value.startswith(tuple(field.get("notStartsWiths", [])))

    return [one["name"] for one in selectors if all(fits(field) for field in one["fieldSelectors"])]


@pytest.mark.parametrize(
    ("event", "selector"),
    [
        ({"eventCategory": "Management", "eventName": "DeleteTrail"}, ["Management"]),
        ({"eventCategory": "Management", "eventSource": "kms.amazonaws.com", "readOnly": "true"}, ["Management"]),
        ({"eventName": "GetObject", "resources.ARN": "arn:aws:s3:::clover-dublin-1-user-data-profiles/x"}, ["Objects"]),
        ({"eventName": "PutObject", "resources.ARN": "arn:aws:s3:::some-other-bucket/x"}, ["Objects"]),
        ({"eventName": "GetObject", "resources.ARN": f"{EVIDENCE}logs/AWSLogs/x"}, ["Evidence"]),
        ({"eventName": "DeleteObject", "resources.ARN": f"{EVIDENCE}logs/AWSLogs/x"}, ["Evidence"]),
        ({"eventName": "PutObject", "resources.ARN": f"{EVIDENCE}logs/AWSLogs/x"}, []),
    ],
)
def test_everything_is_recorded_but_the_deliveries_themselves(
    world: World, event: dict[str, str], selector: list[str]
) -> None:
    data = {} if "eventCategory" in event else {"eventCategory": "Data", "resources.type": "AWS::S3::Object"}
    selectors = world.one("aws:cloudtrail/trail:Trail").inputs["advancedEventSelectors"]
    assert recorded(selectors, {**data, **event}) == selector
