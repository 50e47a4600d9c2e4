"""Key policies: who administers a key, and through which service it is used.

No statement names a resource that another component creates, so that every key policy is known in the first preview.
`aws:SourceVpce` is not used: S3 calls KMS from its own network
(https://docs.aws.amazon.com/kms/latest/developerguide/conditions-aws.html).
"""

from collections.abc import Sequence
from typing import Any

from clover.zones.vocabulary import StoreRole
from components.aws import site as names
from components.aws.policies.document import Document, Statement, actions, allow, deny, document
from components.aws.records import Records, one_or_all
from components.aws.site import SiteArgs

DELETION_WINDOW_DAYS = 30
"""How long a key scheduled for deletion can still be brought back; the longest that KMS offers."""

_SHUT_OUT = "NoUseByAdministrator"
_NOT_A_SERVICE = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}


def user_data_key(site: SiteArgs, role: StoreRole) -> Document:
    """The key of the stores of one role without logs: used through S3 on those stores alone.

    Who deploys a backend keeps the state of that in it too, so who administers the key of states may use it.
    """
    use = allow(
        "UseThroughItsServiceOnly",
        {"AWS": names.account_principal(site)},
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        "*",
        _through_s3(site, {"kms:EncryptionContext:aws:s3:arn": names.role_buckets(site, role)}),
    )
    closing = _closed(site, {}, administrator_uses=role is StoreRole.STATE)
    return document(*administration(site), use, *closing)


def owned_key(site: SiteArgs, records: Records) -> Document:
    """The key of stores of the auditor's own: its principals alone use it, through S3 on those stores."""
    role = StoreRole.AUDITOR_OWNED
    own = _through_s3(site, {"kms:EncryptionContext:aws:s3:arn": names.role_buckets(site, role)})
    use = allow(
        "UseByAuditor",
        {"AWS": names.account_principal(site)},
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        "*",
        {**own, "ArnEquals": {"aws:PrincipalArn": list(records.readers)}},
    )
    return document(*administration(site), use, _used_by_readers(records), *_closed(site, {}))


def _used_by_readers(records: Records) -> Statement:
    """No use by anybody else, whatever another policy grants."""
    others = {"ArnNotEqualsIfExists": {"aws:PrincipalArn": list(records.readers)}}
    return deny("NoUseByAnybodyElse", actions("key", "use"), "*", others)


def evidence_key(site: SiteArgs, records: Records) -> Document:
    """The key of evidence stores: services write with it, the auditor reads with it, nobody else uses it."""
    return document(
        *administration(site),
        *_found_by(records),
        *_log_services(records),
        *_auditor(site, records),
        *_closed(site, _NOT_A_SERVICE, but="kms:DescribeKey" if records.found_by else None),
    )


def copies_key(place: SiteArgs, source: str, copiers: str, closes: str | None) -> Document:
    """The key of second copies: S3 writes with it as the roles that copy, and nobody reads with it.

    `source` is the ARN that stands for the copied stores' account, `copiers` the pattern of those roles' ARNs; until
    `closes`, where that is given, the same account's principals read through S3. With a bucket key S3 asks for a data
    key of the bucket, without one it encrypts (https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-key.html).
    """
    account = source.split(":")[4]
    own = {"kms:EncryptionContext:aws:s3:arn": names.role_buckets(place, StoreRole.USER_DATA)}
    through = _through_s3({**place, "account": account}, own)
    writing = {**through, "ArnLike": {"aws:PrincipalArn": copiers}}
    write = allow("CopiersEncrypt", {"AWS": source}, ["kms:Encrypt", "kms:GenerateDataKey"], "*", writing)
    reading = {**through, "DateLessThan": {"aws:CurrentTime": closes}}
    read = [allow("RestoreDecrypts", {"AWS": source}, "kms:Decrypt", "*", reading)] if closes else []
    return document(*administration(place), write, *read, _not_directly(place, {}), *closed(place, {}, None, [account]))


def channel_key(place: SiteArgs) -> Document:
    """The key of a channel's messages: alarms of the account write under it through SNS, and nobody reads with it.

    Of the services that publish to a topic, EventBridge tells the key neither account nor source, CloudWatch both
    (https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services): alarms alone.
    """
    of_account = {
        "StringEquals": {"aws:SourceAccount": place["account"]},
        "ArnLike": {"aws:SourceArn": names.arn(place, "cloudwatch", "alarm:*")},
    }
    alarms = allow(
        "AlarmsEncrypt",
        {"Service": "cloudwatch.amazonaws.com"},
        ["kms:Decrypt", "kms:GenerateDataKey*"],
        "*",
        of_account,
    )
    return document(*administration(place), alarms, *_closed(place, _NOT_A_SERVICE, service="sns"))


def _found_by(records: Records) -> list[Statement]:
    """Whose trails are kept looks up the key behind its alias: a trail told an alias answers with the key, and differs.

    What DescribeKey shows is neither material nor data
    (https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html).
    """
    if not records.found_by:
        return []
    accounts = one_or_all([names.account_principal(source) for source in records.found_by])
    return [allow("FoundByTheSite", {"AWS": accounts}, "kms:DescribeKey", "*")]


def administration(site: SiteArgs) -> list[Statement]:
    """The deployer administers without use; anybody in the account may look at the key's settings.

    Each names the account and a condition, not a role: a role that is deleted and made again keeps its place, and
    the account's own policies still have to grant it.
    """
    account = {"AWS": names.account_principal(site)}
    deployer = {"ArnEquals": {"aws:PrincipalArn": site["deployer"]}}
    return [
        allow("Describe", account, actions("key", "describe"), "*"),
        allow("AdministrationByDeployer", account, actions("key", "administer"), "*", deployer),
    ]


def _closed(
    site: SiteArgs,
    exempt: dict[str, Any],
    but: str | None = None,
    service: str = "s3",
    *,
    administrator_uses: bool = False,
) -> list[Statement]:
    """What is denied whatever another policy grants; `exempt` narrows the two that a writing service would meet.

    `but` is the one action that callers of other accounts are left with, `service` the one that uses the key.
    """
    others = [each for each in closed(site, exempt, but) if not (administrator_uses and each["Sid"] == _SHUT_OUT)]
    return [_not_directly(site, exempt, service), *others]


def _not_directly(site: SiteArgs, exempt: dict[str, Any], service: str = "s3") -> Statement:
    """No use but through one service."""
    return deny(
        "NoDirectUse", actions("key", "use"), "*", _unless("kms:ViaService", names.service_host(site, service), exempt)
    )


def closed(
    site: SiteArgs, exempt: dict[str, Any], but: str | None = None, callers: Sequence[str] = ()
) -> list[Statement]:
    """What is denied of every key, whichever service it is used through; `callers` are accounts beside its own."""
    deployer = site["deployer"]
    return [
        _no_outside_caller(_unless("kms:CallerAccount", one_or_all([site["account"], *callers]), exempt), but),
        deny("NoGrantsNoCopiesNoForeignMaterial", actions("key", "never"), "*"),
        deny(
            "AdministrationOnlyByDeployer",
            actions("key", "administer"),
            "*",
            {"ArnNotEqualsIfExists": {"aws:PrincipalArn": deployer}},
        ),
        deny(_SHUT_OUT, actions("key", "use"), "*", {"ArnEquals": {"aws:PrincipalArn": deployer}}),
        deny(
            "FullDeletionWindow",
            "kms:ScheduleKeyDeletion",
            "*",
            {"NumericLessThan": {"kms:ScheduleKeyDeletionPendingWindowInDays": str(DELETION_WINDOW_DAYS)}},
        ),
    ]


def _no_outside_caller(condition: dict[str, Any], but: str | None) -> Statement:
    """No call from another account, but for one action where there is one."""
    statement = deny("NoOutsideCaller", "kms:*", "*", condition)
    if but is None:
        return statement
    del statement["Action"]
    return {**statement, "NotAction": but}


def _unless(key: str, value: str | list[str], exempt: dict[str, Any]) -> dict[str, Any]:
    """The condition that fits every request whose `key` is absent or another value."""
    return {"StringNotEqualsIfExists": {key: value}, **exempt}


def _through_s3(site: SiteArgs, context: dict[str, Any]) -> dict[str, Any]:
    """The condition that fits S3's calls on behalf of the account's principals, for the given encryption context."""
    own = {"kms:ViaService": names.service_host(site, "s3"), "kms:CallerAccount": site["account"]}
    return {"StringEquals": own, "StringLike": context}


def _log_services(records: Records) -> list[Statement]:
    """The services that write logs, each bound to its own account's sources.

    CloudTrail: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html
    (a bucket with an S3 Bucket Key needs Decrypt as well). Flow logs, Network Firewall and Resolver query logs:
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-V2-S3.html.
    """
    trails, cloudtrail = _trails(records), {"Service": "cloudtrail.amazonaws.com"}
    of_trail = {"StringEquals": {"aws:SourceArn": trails}}
    in_context = {"StringEquals": {"aws:SourceArn": trails, "kms:EncryptionContext:aws:cloudtrail:arn": trails}}
    return [
        allow("TrailEncrypts", cloudtrail, "kms:GenerateDataKey*", "*", in_context),
        allow("TrailChecksTheKey", cloudtrail, ["kms:Decrypt", "kms:DescribeKey"], "*", of_trail),
        *([_delivery_encrypts(records.logs_of)] if records.logs_of else []),
    ]


def _delivery_encrypts(site: SiteArgs) -> Statement:
    """What the log services of a site need of the key."""
    of_account = {
        "StringEquals": {"aws:SourceAccount": site["account"]},
        "ArnLike": {"aws:SourceArn": names.arn(site, "logs", "*")},
    }
    delivery = {"Service": "delivery.logs.amazonaws.com"}
    return allow("LogDeliveryEncrypts", delivery, [*actions("key", "use"), "kms:DescribeKey"], "*", of_account)


def _trails(records: Records) -> str | list[str]:
    """The ARNs of the trails that write."""
    return one_or_all([names.trail_arn(source) for source in records.trails_of])


def _auditor(site: SiteArgs, records: Records) -> list[Statement]:
    """The auditor's readers decrypt through S3 what lies in the evidence stores, and what the trails wrote there.

    Two statements, because S3 names the bucket in the encryption context and CloudTrail its trail.
    """
    account = {"AWS": names.account_principal(site)}
    readers = {"ArnEquals": {"aws:PrincipalArn": list(records.readers)}}
    stored = {"kms:EncryptionContext:aws:s3:arn": names.role_buckets(site, StoreRole.EVIDENCE)}
    written = {"kms:EncryptionContext:aws:cloudtrail:arn": _trails(records)}
    return [
        allow("AuditorReadsEvidence", account, "kms:Decrypt", "*", {**_through_s3(site, stored), **readers}),
        allow("AuditorReadsTrail", account, "kms:Decrypt", "*", {**_through_s3(site, written), **readers}),
    ]
