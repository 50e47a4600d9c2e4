"""Second copies: whom S3 makes them as, what that role may do, and who reaches a copy.

The role, its trust and the policy of a bucket in another account:
https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html, which names no condition
for the trust. Keys: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html.
"""

from typing import Any

from clover.zones.vocabulary import StoreRole
from components.aws import site as names
from components.aws.policies.buckets import BucketFacts, common, no_key_left_out, only
from components.aws.policies.document import Document, Statement, actions, allow, deny, document
from components.aws.site import SiteArgs
from components.stores import CopyOf, instant

_BUCKET_ACTIONS = ("s3:GetReplicationConfiguration", "s3:ListBucket")


def trust() -> Document:
    """S3 alone becomes the role."""
    statement: Statement = {"Sid": "StorageServiceAlone", "Effect": "Allow"}
    statement |= {"Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}
    return document(statement)


def copying(site: SiteArgs, place: SiteArgs, store: str) -> Document:
    """What the role may do: read versions of the one store for a copy, and write the copy."""
    source, copy = (names.bucket_name(each, StoreRole.USER_DATA, store) for each in (site, place))
    read = [action for action in actions("store", "copied") if action not in _BUCKET_ACTIONS]
    return document(
        _may("Store", list(_BUCKET_ACTIONS), names.bucket_arn(site, source), site),
        _may("Versions", read, names.bucket_arn(site, f"{source}/*"), site),
        _may("Copies", actions("store", "copying"), names.bucket_arn(place, f"{copy}/*"), place),
        _through_s3("OpenVersions", ["kms:Decrypt"], site, source),
        _through_s3("CloseCopies", ["kms:Encrypt", "kms:GenerateDataKey"], place, copy),
    )


def _may(sid: str, action: list[str], resource: str, place: SiteArgs) -> Statement:
    """Actions on a bucket, which is of the place's account."""
    condition = {"StringEquals": {"aws:ResourceAccount": place["account"]}}
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


def _through_s3(sid: str, action: list[str], place: SiteArgs, bucket: str) -> Statement:
    """The use of a key of the place's through S3 for one bucket; which key it is, its id does not tell beforehand."""
    arn = names.bucket_arn(place, bucket)
    condition = {
        "StringEquals": {"kms:ViaService": names.service_host(place, "s3")},
        "StringLike": {"kms:EncryptionContext:aws:s3:arn": [arn, f"{arn}/*"]},
    }
    resource = names.arn(place, "kms", "key/*")
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


def store(facts: BucketFacts, copy: CopyOf, declared_at: str | None) -> Document:
    """The policy of a copy: its copier writes and reads nothing, nobody else writes, and nobody reads.

    A restore lets the principals of the copied store's account read, through its endpoints and until its day.
    """
    not_copier = {"ArnNotEqualsIfExists": {"aws:PrincipalArn": copy["copier"]}}
    written = {"ArnEquals": {"aws:PrincipalArn": copy["copier"]}}
    source = {"AWS": names.account_principal(names.copies_place(facts.site, copy["account"]))}
    return document(
        allow("CopierWrites", source, actions("store", "copying"), facts.objects, written),
        allow("CopierLooks", source, "s3:GetBucketVersioning", facts.arn, written),
        deny("WrittenOnlyByCopier", actions("store", "write"), facts.everything, not_copier),
        *_reading(facts, copy, source, declared_at),
        *common(facts, {}, [copy["account"]]),
        no_key_left_out(facts),
    )


def _reading(facts: BucketFacts, copy: CopyOf, source: dict[str, str], declared_at: str | None) -> list[Statement]:
    """Nobody reads, and the deployer alone lists; while a restore is open, only through its endpoints."""
    restore = copy.get("restore")
    not_deployer = {"ArnNotEqualsIfExists": {"aws:PrincipalArn": facts.site["deployer"]}}
    if restore is None:
        return [
            deny("ReadByNobody", actions("store", "read"), facts.everything),
            deny("ListOnlyByDeployer", "s3:ListBucket", facts.arn, not_deployer),
        ]
    inside = {"StringEquals": {"aws:SourceVpce": list(restore["endpoints"])}}
    outside = {"StringNotEqualsIfExists": {"aws:SourceVpce": list(restore["endpoints"])}}
    over = instant(restore["closes"], declared_at)
    until: dict[str, Any] = {**inside, "DateLessThan": {"aws:CurrentTime": over}}
    after = {"DateGreaterThanEquals": {"aws:CurrentTime": over}}
    return [
        only(facts, "CopierOnlyCopies", copy["copier"], [*actions("store", "copying"), "s3:GetBucketVersioning"]),
        allow("RestoreReads", source, actions("store", "shown"), facts.objects, until),
        allow("RestoreLists", source, actions("store", "named"), facts.arn, until),
        deny("ReadOnlyViaRestoreEndpoints", actions("store", "read"), facts.everything, outside),
        deny("ReadByNobodyAfterwards", actions("store", "read"), facts.everything, after),
        deny("ListOnlyViaRestoreEndpointsOrDeployer", "s3:ListBucket", facts.arn, {**outside, **not_deployer}),
        deny("ListOnlyByDeployerAfterwards", "s3:ListBucket", facts.arn, {**after, **not_deployer}),
    ]
