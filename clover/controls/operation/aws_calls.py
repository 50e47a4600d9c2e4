"""What OPS-1 asks on AWS: calls, the policies that they meet, and what is the same in all of them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.controls.aws_callers import partition
from clover.controls.aws_policies import Policies
from clover.controls.case import Case
from clover.controls.residency.aws_reading import stores
from clover.model.aws import policies
from clover.model.aws.policies import Guarded, Held
from clover.model.resources import value
from clover.tables import read_table

ENCRYPTION = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
KEY_OF_A_STORE = "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId"

Guards = Mapping[str, Held | None]
"""The policy of each store and key, by ARN."""


class Call(NamedTuple):
    """A request that has to be allowed, the policies that it meets, and the case whose account it is made in."""

    principal: str
    action: str
    resource: str
    context: Mapping[str, Any]
    policies: Policies
    where: Case | None = None


@cache
def needed() -> Mapping[str, Any]:
    """Who has to be allowed what; see needed.yaml."""
    return read_table(Path(policies.__file__).with_name("needed.yaml"))


def guards_of(case: Case) -> Guards:
    """The policy of each store and key, by ARN."""
    found = [*stores(case), *policies.keys(case.resources)]
    return {each.arn: each.policy for each in found if isinstance(each.arn, str)}


def context_of(case: Case) -> dict[str, Any]:
    """What of every call is the same."""
    return {"aws:SecureTransport": "true", "aws:RequestedRegion": case.site.region, "s3:TlsVersion": "1.3"}


def key_of(case: Case, arn: str) -> Any:
    """The key that a store's default encryption names; None where it names none."""
    settings = case.resources.having(ENCRYPTION, "bucket", arn.rpartition(":")[2])
    return value(settings, KEY_OF_A_STORE) if settings else None


def through_the_store(case: Case, store: Guarded) -> Mapping[str, str]:
    """What a key sees of a request that comes through a store."""
    service = f"s3.{case.site.region}.{_suffix(case)}"
    return {
        "kms:ViaService": service,
        "kms:EncryptionContext:aws:s3:arn": str(store.arn),
        "aws:ViaAWSService": "true",
    }


def _suffix(case: Case) -> str:
    """The domain of the partition's services."""
    return "amazonaws.eu" if partition(case) == "aws-eusc" else "amazonaws.com"
