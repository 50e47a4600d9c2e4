"""Who may become the auditor, and what the auditor's roles may do."""

from collections.abc import Sequence
from typing import Any

from clover.zones.vocabulary import StoreRole
from components.aws import site as names
from components.aws.policies.document import Document, Statement, actions, document
from components.aws.site import SiteArgs

SESSION_SECONDS = 3600
"""How long a session lasts, and how old the person's second factor may be when it begins."""


def person_trust(principal: str) -> Document:
    """One exact principal of the auditor's, with a second factor shown within the last hour.

    `Bool`, never `BoolIfExists`: long-lived keys carry no such context key
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html).
    """
    factor = {
        "Bool": {"aws:MultiFactorAuthPresent": "true"},
        "NumericLessThan": {"aws:MultiFactorAuthAge": str(SESSION_SECONDS)},
    }
    return document(_assume("PersonWithSecondFactor", principal, factor))


def machine_trust(principal: str, external_id: str, networks: Sequence[str]) -> Document:
    """One exact principal of the auditor's, calling from the auditor's networks with the agreed external id.

    The id guards against a confused deputy; it is no secret
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html).
    """
    known = {
        "StringEquals": {"sts:ExternalId": external_id},
        "ArnEquals": {"aws:PrincipalArn": principal},
        "IpAddress": {"aws:SourceIp": list(networks)},
    }
    return document(_assume("MachineFromAuditorNetworks", principal, known))


def reads(site: SiteArgs) -> Document:
    """What the auditor's roles may do: read every control, and read and decrypt the evidence through S3."""
    evidence = names.role_buckets(site, StoreRole.EVIDENCE)
    stored = {"kms:EncryptionContext:aws:s3:arn": evidence}
    written = {"kms:EncryptionContext:aws:cloudtrail:arn": names.trail_arn(site)}
    return document(
        {"Sid": "Controls", "Effect": "Allow", "Action": actions("auditor", "controls"), "Resource": "*"},
        {
            "Sid": "Evidence",
            "Effect": "Allow",
            "Action": actions("auditor", "evidence"),
            "Resource": evidence,
            "Condition": {"StringEquals": {"aws:ResourceAccount": site["account"]}},
        },
        _decrypt(site, "DecryptEvidence", stored),
        _decrypt(site, "DecryptTrail", written),
    )


def denials(site: SiteArgs) -> Document:
    """What the auditor's roles may not do whoever grants it: all but the reads, and data or keys beside the evidence.

    `NothingBesideTheReads` covers writes, shares, sessions in other roles and the data planes of all other services.
    """
    evidence = names.role_buckets(site, StoreRole.EVIDENCE)
    reads_only = [*actions("auditor", "controls", "evidence"), "kms:Decrypt"]
    # A caller can name both contexts at once, so neither may excuse the other.
    of_store, of_trail = "kms:EncryptionContext:aws:s3:arn", "kms:EncryptionContext:aws:cloudtrail:arn"
    other_store = {"Null": {of_store: "false"}, "StringNotLike": {of_store: evidence}}
    other_trail = {"Null": {of_store: "true"}, "StringNotEqualsIfExists": {of_trail: names.trail_arn(site)}}
    direct = {"StringNotEqualsIfExists": {"kms:ViaService": names.service_host(site, "s3")}}
    return document(
        {"Sid": "NothingBesideTheReads", "Effect": "Deny", "NotAction": reads_only, "Resource": "*"},
        {
            "Sid": "NoUserData",
            "Effect": "Deny",
            "Action": [*actions("store", "read", "write"), "s3:ListBucket"],
            "NotResource": evidence,
        },
        _no_decryption("NoOtherStore", other_store),
        _no_decryption("NoOtherTrail", other_trail),
        _no_decryption("NoDirectDecryption", direct),
    )


def _no_decryption(sid: str, condition: dict[str, Any]) -> Statement:
    """No decryption with any key where the condition holds."""
    return {"Sid": sid, "Effect": "Deny", "Action": "kms:Decrypt", "Resource": "*", "Condition": condition}


def _assume(sid: str, principal: str, condition: dict[str, Any]) -> Statement:
    """One principal that may assume the role under a condition, with no session tags of its own making."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": principal},
        "Action": "sts:AssumeRole",
        "Condition": condition,
    }


def _decrypt(site: SiteArgs, sid: str, context: dict[str, str]) -> Statement:
    """Decryption through S3, on the site's keys, for one encryption context."""
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": "kms:Decrypt",
        "Resource": names.arn(site, "kms", "key/*"),
        "Condition": {
            "StringEquals": {"kms:ViaService": names.service_host(site, "s3")},
            "StringLike": context,
        },
    }
