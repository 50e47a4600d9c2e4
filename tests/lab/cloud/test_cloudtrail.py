"""CloudTrail as boto3 sees it."""

from typing import Any

import pytest

from tests.lab.cloud.asking import bucket, policy, refused
from tests.lab.cloud.conftest import Aws

DATA = [
    {"Field": "eventCategory", "Equals": ["Data"]},
    {"Field": "resources.type", "Equals": ["AWS::S3::Object"]},
    {"Field": "resources.ARN", "StartsWith": ["arn:aws:s3:::store/"]},
]


@pytest.fixture
def trails(aws: Aws) -> Any:
    return aws("cloudtrail")


@pytest.fixture
def logs(aws: Aws, account: str) -> str:
    """A bucket that lets CloudTrail write."""
    name = bucket(aws("s3"), f"trail-{account}")
    let_in(aws("s3"), name, ["s3:GetBucketAcl", "s3:PutObject"])
    return name


def let_in(s3: Any, name: str, actions: Any) -> None:
    resources = [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"]
    principal = {"Service": "cloudtrail.amazonaws.com"}
    allowed = policy(Effect="Allow", Principal=principal, Action=actions, Resource=resources)
    s3.put_bucket_policy(Bucket=name, Policy=allowed)


def test_a_trail_round_trips(trails: Any, logs: str, account: str, aws: Aws) -> None:
    key = aws("kms").create_key()["KeyMetadata"]["Arn"]
    tags = [{"Key": "site", "Value": "dublin"}]
    asked = {"S3BucketName": logs, "S3KeyPrefix": "p", "KmsKeyId": key, "EnableLogFileValidation": True}
    arn = trails.create_trail(Name="site", IsMultiRegionTrail=True, TagsList=tags, **asked)["TrailARN"]
    assert arn == f"arn:aws:cloudtrail:eu-west-1:{account}:trail/site"
    for name in ("site", arn):
        trail = trails.get_trail(Name=name)["Trail"]
        assert (trail["S3BucketName"], trail["KmsKeyId"], trail["HomeRegion"]) == (logs, key, "eu-west-1")
        assert (trail["LogFileValidationEnabled"], trail["IsMultiRegionTrail"]) == (True, True)
        assert trails.describe_trails(trailNameList=[name])["trailList"] == [trail]
    assert trails.describe_trails(trailNameList=["other"])["trailList"] == []
    assert trails.list_tags(ResourceIdList=[arn])["ResourceTagList"][0]["TagsList"] == tags
    trails.update_trail(Name=arn, KmsKeyId="", S3KeyPrefix="q")
    trail = trails.get_trail(Name=arn)["Trail"]
    assert (trail["S3KeyPrefix"], "KmsKeyId" in trail) == ("q", False)
    trails.delete_trail(Name=arn)
    assert refused(trails.get_trail, Name="site") == "TrailNotFoundException"
    assert refused(trails.delete_trail, Name=arn) == "TrailNotFoundException"


def test_logging_is_started_and_stopped(trails: Any, logs: str) -> None:
    arn = trails.create_trail(Name="site", S3BucketName=logs)["TrailARN"]
    states: list[bool] = []
    for step in (None, trails.start_logging, trails.stop_logging):
        if step:
            step(Name=arn)
        states.append(trails.get_trail_status(Name=arn)["IsLogging"])
    assert states == [False, True, False]


def test_selectors_replace_one_another(trails: Any, logs: str) -> None:
    arn = trails.create_trail(Name="site", S3BucketName=logs)["TrailARN"]
    first = trails.get_event_selectors(TrailName=arn)["EventSelectors"]
    assert (first[0]["ReadWriteType"], first[0]["IncludeManagementEvents"]) == ("All", True)
    assert trails.get_trail(Name=arn)["Trail"]["HasCustomEventSelectors"] is False
    advanced = [{"Name": "objects", "FieldSelectors": DATA}]
    trails.put_event_selectors(TrailName=arn, AdvancedEventSelectors=advanced)
    read = trails.get_event_selectors(TrailName=arn)
    assert (read["AdvancedEventSelectors"], "EventSelectors" in read) == (advanced, False)
    plain: list[dict[str, Any]] = [{"ReadWriteType": "WriteOnly", "IncludeManagementEvents": True, "DataResources": []}]
    trails.put_event_selectors(TrailName=arn, EventSelectors=plain)
    read = trails.get_event_selectors(TrailName=arn)
    assert (read["EventSelectors"], "AdvancedEventSelectors" in read) == (plain, False)
    assert trails.get_trail(Name=arn)["Trail"]["HasCustomEventSelectors"] is True


@pytest.mark.parametrize(
    "fields",
    [
        [{"Field": "nonsense", "Equals": ["x"]}],
        [{"Field": "eventCategory", "Equals": ["Everything"]}],
        [{"Field": "eventCategory", "Equals": ["Data"]}],
        [{"Field": "resources.type", "Equals": ["AWS::S3::Object"]}],
    ],
)
def test_selectors_that_aws_would_not_take(trails: Any, logs: str, fields: list[Any]) -> None:
    arn = trails.create_trail(Name="site", S3BucketName=logs)["TrailARN"]
    put = {"TrailName": arn, "AdvancedEventSelectors": [{"FieldSelectors": fields}]}
    assert refused(trails.put_event_selectors, **put) == "InvalidEventSelectorsException"
    assert refused(trails.put_event_selectors, TrailName=arn) == "InvalidEventSelectorsException"


def test_a_trail_needs_a_bucket_that_lets_it_write(aws: Aws, trails: Any, logs: str) -> None:
    for actions in ("s3:PutObject", ["s3:GetBucketAcl"]):
        let_in(aws("s3"), logs, actions)
        assert refused(trails.create_trail, Name="site", S3BucketName=logs) == "InsufficientS3BucketPolicyException"
    aws("s3").delete_bucket_policy(Bucket=logs)
    assert refused(trails.create_trail, Name="site", S3BucketName=logs) == "InsufficientS3BucketPolicyException"
    assert refused(trails.create_trail, Name="site", S3BucketName="none") == "S3BucketDoesNotExistException"
    let_in(aws("s3"), logs, "s3:*")
    trails.create_trail(Name="site", S3BucketName=logs)
    assert refused(trails.create_trail, Name="site", S3BucketName=logs) == "TrailAlreadyExistsException"


def test_a_trail_needs_a_key_that_is_there(trails: Any, logs: str, account: str) -> None:
    missing = f"arn:aws:kms:eu-west-1:{account}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    asked = {"Name": "site", "S3BucketName": logs}
    assert refused(trails.create_trail, KmsKeyId=missing, **asked) == "KmsKeyNotFoundException"
    assert refused(trails.create_trail, KmsKeyId="alias/none", **asked) == "KmsKeyNotFoundException"
    elsewhere = "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab"
    assert trails.create_trail(KmsKeyId=elsewhere, **asked)["KmsKeyId"] == elsewhere


def test_an_account_has_five_trails_in_a_region(trails: Any, logs: str) -> None:
    for number in range(5):
        trails.create_trail(Name=f"trail{number}", S3BucketName=logs)
    assert refused(trails.create_trail, Name="trail5", S3BucketName=logs) == "MaximumNumberOfTrailsExceededException"
