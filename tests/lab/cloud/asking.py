"""What tests ask of the cloud again and again."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError


def refused(call: Callable[..., Any], **parameters: Any) -> str:
    """The error code with which `call` is refused; the test fails when it is not."""
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return error_of(caught.value)["Code"]


def error_of(error: ClientError) -> dict[str, Any]:
    """Code and message of a refusal."""
    response: Any = error.response
    return response["Error"]


def policy(**statement: Any) -> str:
    """A policy document of one statement."""
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def vpc_with_subnets(ec2: Any) -> tuple[str, list[str]]:
    """A VPC with a subnet in each of two zones."""
    vpc = ec2.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZone=f"eu-west-1{zone}")["Subnet"]
        for number, zone in enumerate("ab")
    ]
    return vpc, [subnet["SubnetId"] for subnet in subnets]


def bucket(s3: Any, name: str, **more: Any) -> str:
    """A new bucket; its name."""
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}, **more)
    return name
