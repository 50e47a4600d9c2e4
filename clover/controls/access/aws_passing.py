"""What a gate on AWS has to let through: who is approved signs in, and reads what is approved."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from clover.controls.aws_policies import Policies
from clover.controls.aws_requests import allowed
from clover.controls.case import Case
from clover.controls.residency.aws_reading import partition
from clover.controls.verdict import Answer
from clover.model.aws import policies
from clover.model.aws.policies import Guarded
from clover.model.aws.principals import Principal
from clover.model.resources import value
from clover.sources import Unknown
from clover.zones.registers import Approval

TICKET, FACTOR = "clover:ticket", "clover:mfa"
"""The tags that the identity provider puts on a session."""
CONTEXT = "kms:EncryptionContext:aws:s3:arn"
"""What S3 tells KMS of the object, or the bucket, that a key is used for."""


class Gate(NamedTuple):
    """A gate with the approval that it is for, and the stores of the approved class."""

    role: Principal
    approval: Approval
    provider: str
    opened: tuple[Guarded, ...]


def works(case: Case, gate: Gate, doors: Sequence[str]) -> Iterator[Answer]:
    """What has to be allowed: entering, and reading each store of the class, and its names, through an endpoint."""
    urn = gate.role.resource.urn
    for request in _signing_in(case, gate):
        yield allowed(case, Policies(resource=gate.role.trust), request, urn)
    for store in gate.opened if doors else ():
        met = Policies(gate.role.identity, store.policy)
        for action, about in (("s3:GetObject", f"{store.arn}/record"), ("s3:ListBucket", str(store.arn))):
            request = _request(
                case,
                gate,
                action,
                about,
                {"aws:SourceVpce": doors[0], "aws:VpceAccount": case.site.account, "s3:TlsVersion": "1.3"},
            )
            yield allowed(case, met, request, urn)
        key = _key_of(case, store)
        if key and not isinstance(key.arn, Unknown):
            context = {
                "kms:ViaService": f"s3.{case.site.region}.{_suffix(case)}",
                "kms:CallerAccount": case.site.account,
                CONTEXT: str(store.arn),
            }
            request = _request(case, gate, "kms:Decrypt", str(key.arn), context)
            yield allowed(case, Policies(gate.role.identity, key.policy), request, urn)


def _signing_in(case: Case, gate: Gate) -> Iterator[dict[str, Any]]:
    """What AWS asks of the trust policy when the provider lets somebody in with ticket and factor.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-saml
    """
    host = "signin.amazonaws-eusc.eu" if partition(case) == "aws-eusc" else "signin.aws.amazon.com"
    tags = {f"aws:RequestTag/{TICKET}": "T-1", f"aws:RequestTag/{FACTOR}": "true"}
    shown = {**tags, "aws:TagKeys": [TICKET, FACTOR], "saml:aud": f"https://{host}/saml"}
    for action in ("sts:AssumeRoleWithSAML", "sts:TagSession"):
        request = _request(case, gate, action, str(gate.role.arn), shown)
        yield {**request, "principal": gate.provider}


def _request(case: Case, gate: Gate, action: str, about: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """A session's request with a ticket, on the case's day."""
    shown = {
        "aws:SecureTransport": "true",
        "aws:RequestedRegion": case.site.region,
        "aws:CurrentTime": f"{min(case.day, gate.approval.until).isoformat()}T12:00:00Z",
        f"aws:PrincipalTag/{TICKET}": "T-1",
        **context,
    }
    account = case.site.account
    return {
        "principal": gate.role.arn,
        "action": action,
        "resource": about,
        "resource_account": account,
        "context": shown,
    }


def _key_of(case: Case, store: Guarded) -> Guarded | None:
    """The key that the store's new objects lie under."""
    rule = "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration"
    path, name = "rules[0].applyServerSideEncryptionByDefault.kmsMasterKeyId", value(store.resource, "bucket")
    named = [value(each, path) for each in case.resources.of(rule) if value(each, "bucket") == name]
    return next((key for key in policies.keys(case.resources) if key.arn in named), None)


def _suffix(case: Case) -> str:
    return "amazonaws.eu" if partition(case) == "aws-eusc" else "amazonaws.com"
