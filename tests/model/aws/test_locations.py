"""Every property of every type in use is classified, and what lies outside a site is named."""

import json
from pathlib import Path
from typing import Any

import pytest

from clover.model.aws.locations import Ground, classes_of, classification, outside

SCHEMA: dict[str, Any] = json.loads((Path(__file__).parents[3] / "clover/lab/aws/schema.json").read_text())
GROUND = Ground("eu-west-1", frozenset({"111122223333", "444455556666"}))
BUCKET = "aws:s3/bucket:Bucket"
PROVIDER = "pulumi:providers:aws"


def _properties() -> list[tuple[str, str, str]]:
    found = [("types", PROVIDER, name) for name in SCHEMA["provider"]["inputs"]]
    for kind, shape in SCHEMA["resources"].items():
        found += [("types", kind, name) for name in {*shape["inputs"], *shape["outputs"]}]
    for kind, shape in SCHEMA["objects"].items():
        if kind != "ProviderEndpoint":  # `endpoints` as a whole has to be absent
            found += [("objects", kind, name) for name in shape["inputs"]]
    return found


def test_every_property_of_the_pinned_sdk_is_classified_exactly_once() -> None:
    wrong = {(kind, name): classes_of(kind, name, section) for section, kind, name in _properties()}
    assert len(wrong) > 600
    assert {place: found for place, found in wrong.items() if len(found) != 1} == {}


def test_nothing_is_classified_that_the_sdk_does_not_have() -> None:
    known = {(section, kind, name) for section, kind, name in _properties()}
    listed = {
        (section, kind, name)
        for section, table in classification().items()
        for kind, classes in table.items()
        for names in classes.values()
        for name in names
    }
    assert listed - known == set()


@pytest.mark.parametrize(
    ("kind", "properties", "at"),
    [
        (BUCKET, {"region": "us-east-1"}, "region"),
        (BUCKET, {"replicationConfiguration": {"role": "r"}}, "replicationConfiguration"),
        (BUCKET, {"accelerationStatus": "Enabled"}, "accelerationStatus"),
        (BUCKET, {"somethingNew": 1}, "somethingNew"),
        (PROVIDER, {"region": "eu-west-2"}, "region"),
        (PROVIDER, {"endpoints": [{"s3": "https://s3.example"}]}, "endpoints"),
        ("aws:kms/key:Key", {"multiRegion": True}, "multiRegion"),
        ("aws:kms/key:Key", {"customKeyStoreId": "cks-1"}, "customKeyStoreId"),
        ("aws:ec2/subnet:Subnet", {"availabilityZone": "eu-west-2a"}, "availabilityZone"),
        ("aws:ec2/subnet:Subnet", {"availabilityZoneId": "euw2-az1"}, "availabilityZoneId"),
        ("aws:ec2/vpcEndpoint:VpcEndpoint", {"serviceName": "com.amazonaws.us-east-1.s3"}, "serviceName"),
        ("aws:ec2/route:Route", {"transitGatewayId": "tgw-1"}, "transitGatewayId"),
        ("aws:ec2/flowLog:FlowLog", {"logDestination": "arn:aws:logs:us-east-1:111122223333:x"}, "logDestination"),
        (
            "aws:s3/bucketPolicy:BucketPolicy",
            {"policy": '{"Principal": {"AWS": "arn:aws:iam::999999999999:root"}}'},
            "policy",
        ),
        (
            "aws:networkfirewall/loggingConfiguration:LoggingConfiguration",
            {"loggingConfiguration": {"logDestinationConfigs": [{"to": "arn:aws:s3:us-west-2:111122223333:b"}]}},
            "loggingConfiguration.logDestinationConfigs[0].to",
        ),
        ("aws:s3/accessPoint:AccessPoint", {}, "aws:s3/accessPoint:AccessPoint"),
    ],
)
def test_what_lies_outside_is_named(kind: str, properties: dict[str, Any], at: str) -> None:
    assert [finding.property for finding in outside(kind, properties, GROUND)] == [at]


def test_what_lies_inside_is_quiet() -> None:
    assert outside("aws:ec2/subnet:Subnet", {"availabilityZoneId": "euw1-az3"}, GROUND) == []
    assert outside(BUCKET, {"region": "eu-west-1", "bucket": "b", "arn": "arn:aws:s3:::b"}, GROUND) == []
    assert outside(PROVIDER, {"region": "eu-west-1", "allowedAccountIds": ["111122223333"]}, GROUND) == []
