"""Bucket policies: data actions closed by network and reader, control actions closed by deployer.

Both `…NotEquals` and `…NotEqualsIfExists` fit a request that lacks the key. That is wanted for the network and the
principal; where a header is optional, a `Null` guard keeps requests that rely on the bucket's default encryption.
The root user can always rewrite or delete a bucket policy
(https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutBucketPolicy.html): only an organisation policy stops it.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

from clover.zones.vocabulary import TlsVersion
from components.aws import site as names
from components.aws.policies.document import Document, Statement, actions, allow, deny, document
from components.aws.records import Records, one_or_all
from components.aws.site import SiteArgs
from components.stores import Owners

_NOT_A_SERVICE = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}


class BucketFacts(NamedTuple):
    """What a bucket's policy is about."""

    site: SiteArgs
    bucket: str
    key_arn: str
    minimum_tls: TlsVersion

    @property
    def arn(self) -> str:
        """The bucket's own ARN."""
        return names.bucket_arn(self.site, self.bucket)

    @property
    def objects(self) -> str:
        """The pattern of the ARNs of its objects."""
        return f"{self.arn}/*"

    @property
    def everything(self) -> list[str]:
        """The bucket and its objects."""
        return [self.arn, self.objects]


def user_data(facts: BucketFacts, endpoints: Sequence[str], copier: str | None = None) -> Document:
    """The policy of a store of user data: whoever asks, data moves only through the given endpoints of the site.

    No exemption for `aws:ViaAWSService` and none by tag: a query service would read on behalf of a caller anywhere.
    The deployer may list, because `HeadBucket` asks for `s3:ListBucket`; so no personal data belongs in object keys.
    `copier` is the role that S3 makes the second copy as: it comes through no endpoint, and copies and nothing else.
    """
    outside = {"StringNotEqualsIfExists": {"aws:SourceVpce": list(endpoints)}}
    beside = {**outside, **_none_of([copier])} if copier else outside
    deployer = facts.site["deployer"]
    listers = _none_of([deployer, copier] if copier else [deployer])
    return document(
        deny("DataOnlyViaSiteEndpoints", actions("store", "read", "write"), facts.everything, beside),
        deny("ListOnlyViaSiteEndpointsOrDeployer", "s3:ListBucket", facts.arn, {**outside, **listers}),
        *([only(facts, "CopierOnlyCopies", copier, actions("store", "copied"))] if copier else []),
        *common(facts, {}),
        no_key_left_out(facts),
    )


def _none_of(principals: Sequence[str]) -> dict[str, Any]:
    """The condition that whoever calls is none of the principals."""
    return {"ArnNotEqualsIfExists": {"aws:PrincipalArn": one_or_all(list(principals))}}


def only(facts: BucketFacts, sid: str, principal: str, allowed: Sequence[str]) -> Statement:
    """A principal does nothing on the bucket but what is listed."""
    statement = deny(sid, "", facts.everything, {"ArnEquals": {"aws:PrincipalArn": principal}})
    del statement["Action"]
    return {**statement, "NotAction": list(allowed)}


def landing(facts: BucketFacts, endpoints: Sequence[str], writer: str, closes: str) -> Document:
    """The policy of a store of historic data: as for user data, but one writer writes until `closes` and reads nothing.

    An upload of several parts under a KMS key needs `kms:Decrypt`, so the writer has that through S3, without an object
    to use it on. An upload whose bytes are not part of the signature is refused, so that what lands is what was sent
    (https://docs.aws.amazon.com/AmazonS3/latest/API/bucket-policy-s3-sigv4-conditions.html).
    """
    policy = user_data(facts, endpoints)
    policy["Statement"] += [
        only(facts, "WriterOnlyWrites", writer, _LANDING),
        deny("OnlyTheWriterWrites", _PUTTING, facts.objects, {"ArnNotEqualsIfExists": {"aws:PrincipalArn": writer}}),
        deny("ClosedAfterDeadline", _PUTTING, facts.objects, {"DateGreaterThanEquals": {"aws:CurrentTime": closes}}),
        deny("SignedContentOnly", "s3:PutObject", facts.objects, _UNSIGNED),
    ]
    return policy


_PUTTING = "s3:PutObject*"
_LANDING = ["s3:PutObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"]
"""What a writer does with objects that are not there yet."""

_UNSIGNED = {"StringEquals": {"s3:x-amz-content-sha256": "UNSIGNED-PAYLOAD"}}


def evidence(facts: BucketFacts, records: Records, auditor_networks: Sequence[str]) -> Document:
    """The policy of an evidence store: log services write, the auditor reads from the auditor's networks.

    What TLS version a log service speaks is not documented, so the floor above plain TLS binds everybody else.
    """
    return document(
        *_trail_delivery(facts, records),
        *_log_delivery(facts, records),
        *_evidence_closed(facts, records, auditor_networks),
        *common(facts, _NOT_A_SERVICE),
        _no_key_left_out_but_in_digests(facts, records),
    )


def owned(facts: BucketFacts, owners: Owners, auditor_networks: Sequence[str]) -> Document:
    """The policy of a store of the auditor's own: its principals read and write, from its networks; nobody else does.

    No exemption for services, and none for calls that one makes for somebody.
    """
    data = actions("store", "read", "write")
    working = [owners["person"], owners["machine"]]
    elsewhere = {"NotIpAddressIfExists": {"aws:SourceIp": list(auditor_networks)}}
    not_owner = {"ArnNotEqualsIfExists": {"aws:PrincipalArn": working}}
    not_deployer = {"ArnNotEqualsIfExists": {"aws:PrincipalArn": facts.site["deployer"]}}
    lister = {"ArnNotEqualsIfExists": {"aws:PrincipalArn": [*working, facts.site["deployer"]]}}
    return document(
        deny("UsedOnlyByAuditor", data, facts.everything, not_owner),
        deny("UsedOnlyFromAuditorNetworks", data, facts.everything, elsewhere),
        *_second_factor(facts, owners["person"], data),
        deny("ListOnlyByAuditorOrDeployer", "s3:ListBucket", facts.arn, lister),
        deny("ListFromAuditorNetworks", "s3:ListBucket", facts.arn, {**elsewhere, **not_deployer}),
        *common(facts, {}),
        no_key_left_out(facts),
    )


def common(facts: BucketFacts, tls_exempt: dict[str, Any], accounts: Sequence[str] = ()) -> list[Statement]:
    """What every store's policy denies; `accounts` are those beside the store's own whose principals it meets."""
    site = facts.site
    return [
        deny(
            "ControlPlaneOnlyByDeployer",
            actions("store", "control"),
            facts.arn,
            {"ArnNotEqualsIfExists": {"aws:PrincipalArn": site["deployer"]}},
        ),
        deny(
            "ZoneAccountsOnly",
            "s3:*",
            facts.everything,
            {"StringNotEqualsIfExists": {"aws:PrincipalAccount": [site["account"], *accounts]}, **_NOT_A_SERVICE},
        ),
        deny("Tls", "s3:*", facts.everything, {"Bool": {"aws:SecureTransport": "false"}}),
        deny(
            "TlsFloor",
            "s3:*",
            facts.everything,
            {"NumericLessThan": {"s3:TlsVersion": TlsVersion(facts.minimum_tls).value}, **tls_exempt},
        ),
        deny("NoBypassOfRetention", "s3:BypassGovernanceRetention", facts.objects),
        *_only_its_key(facts),
    ]


def _only_its_key(facts: BucketFacts) -> list[Statement]:
    """No upload under another key or the caller's own, and no change of an object's key afterwards."""
    key = "s3:x-amz-server-side-encryption-aws-kms-key-id"
    other = {"Null": {key: "false"}, "StringNotEquals": {key: facts.key_arn}}
    own = {"Null": {"s3:x-amz-server-side-encryption-customer-algorithm": "false"}}
    return [
        deny("NoOtherKey", "s3:PutObject", facts.objects, other),
        deny("NoSseC", "s3:PutObject", facts.objects, own),
        deny("NoChangeOfKey", "s3:UpdateObjectEncryption", facts.objects),
    ]


_KEY_LEFT_OUT = {
    "Null": {
        "s3:x-amz-server-side-encryption": "false",
        "s3:x-amz-server-side-encryption-aws-kms-key-id": "true",
    }
}
"""An upload that asks for encryption and names no key gets S3's own key or the account's `aws/s3`, not the bucket's
(https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html)."""


def no_key_left_out(facts: BucketFacts) -> Statement:
    """An upload that asks for encryption says under which key."""
    return deny("NoKeyLeftOut", "s3:PutObject", facts.objects, _KEY_LEFT_OUT)


def _no_key_left_out_but_in_digests(facts: BucketFacts, records: Records) -> Statement:
    """As on other stores, but CloudTrail's digests (hashes and signatures) may come under S3's own key.

    The CloudTrail guide said until 2024 that digests always do; its newer edition says that they use the trail's key.
    """
    statement = no_key_left_out(facts)
    del statement["Resource"]
    digests = [_delivered(facts, source, "CloudTrail-Digest/*") for source in records.trails_of]
    return {**statement, "NotResource": one_or_all(digests)}


def _trail_delivery(facts: BucketFacts, records: Records) -> list[Statement]:
    """What CloudTrail needs, bound to each account's own trail, whose files go below that account.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    service = {"Service": "cloudtrail.amazonaws.com"}
    trails = {"aws:SourceArn": one_or_all([names.trail_arn(source) for source in records.trails_of])}
    check = allow("AWSCloudTrailAclCheck", service, "s3:GetBucketAcl", facts.arn, {"StringEquals": trails})
    return [check, *(_trail_writes(facts, source, index) for index, source in enumerate(records.trails_of, 1))]


def _trail_writes(facts: BucketFacts, source: SiteArgs, number: int) -> Statement:
    """What the trail of one account writes; only a second one is numbered."""
    sid = f"AWSCloudTrailWrite{number if number > 1 else ''}"
    owned = {"s3:x-amz-acl": "bucket-owner-full-control", "aws:SourceArn": names.trail_arn(source)}
    service = {"Service": "cloudtrail.amazonaws.com"}
    return allow(sid, service, "s3:PutObject", _delivered(facts, source, "*"), {"StringEquals": owned})


def _log_delivery(facts: BucketFacts, records: Records) -> list[Statement]:
    """What flow logs, Network Firewall and Resolver query logs need, bound to the site's account and region.

    Names and shape are those of the guide: a deployer who may write the policy has it extended by AWS where these
    statements are missing, which would differ from what is declared
    (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html).
    """
    service, site = {"Service": "delivery.logs.amazonaws.com"}, records.logs_of
    account = {"aws:SourceAccount": [site["account"]]}
    source = {"ArnLike": {"aws:SourceArn": [names.arn(site, "logs", "*")]}}
    owned = {"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control", **account}, **source}
    check = {"StringEquals": account, **source}
    return [
        allow("AWSLogDeliveryAclCheck", service, ["s3:GetBucketAcl", "s3:ListBucket"], facts.arn, check),
        allow("AWSLogDeliveryWrite", service, "s3:PutObject", _delivered(facts, site, "*"), owned),
    ]


def _delivered(facts: BucketFacts, source: SiteArgs, what: str) -> str:
    """Where the log services of an account write: below `AWSLogs` and the account, as they do without a prefix."""
    return f"{facts.arn}/AWSLogs/{source['account']}/{what}"


def _evidence_closed(facts: BucketFacts, records: Records, networks: Sequence[str]) -> list[Statement]:
    """Nobody but a service writes or deletes, nobody but the auditor reads, and the auditor from its own networks."""
    readers = list(records.readers)
    not_reader = {"ArnNotEqualsIfExists": {"aws:PrincipalArn": readers}}
    elsewhere = {"NotIpAddressIfExists": {"aws:SourceIp": list(networks)}}
    not_deployer = {"ArnNotEqualsIfExists": {"aws:PrincipalArn": facts.site["deployer"]}}
    lister = {"ArnNotEqualsIfExists": {"aws:PrincipalArn": [*readers, facts.site["deployer"]]}}
    return [
        deny("WrittenOnlyByLogServices", actions("store", "write"), facts.everything, _NOT_A_SERVICE),
        deny("ReadOnlyByAuditor", actions("store", "read"), facts.everything, not_reader),
        deny("ReadOnlyFromAuditorNetworks", actions("store", "read"), facts.everything, elsewhere),
        *_second_factor(facts, records.person, actions("store", "read")),
        deny("ListOnlyByAuditorOrDeployer", "s3:ListBucket", facts.arn, {**lister, **_NOT_A_SERVICE}),
        deny("ListFromAuditorNetworks", "s3:ListBucket", facts.arn, {**elsewhere, **not_deployer, **_NOT_A_SERVICE}),
    ]


def _second_factor(facts: BucketFacts, person: str | None, action: Sequence[str]) -> list[Statement]:
    """A person who comes without a role shows the second factor to the store itself."""
    if person is None:
        return []
    alone = {
        "ArnEquals": {"aws:PrincipalArn": person},
        "BoolIfExists": {"aws:MultiFactorAuthPresent": "false"},
    }
    return [deny("PersonShowsSecondFactor", action, facts.everything, alone)]
