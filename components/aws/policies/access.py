"""Who enters through a gate, and what is read there: each sentence ends with the approval's last day."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from components.aws import site as names
from components.aws.policies.document import Document, Statement, actions, document
from components.aws.site import SiteArgs

SESSION_SECONDS = 3600
"""How long a session lasts; the shortest that IAM takes as a role's maximum."""

TICKET, FACTOR = "clover:ticket", "clover:mfa"
"""The tags that the identity provider puts on a session: what for, and that a second factor was shown."""

_WITH_TICKET = {"StringLike": {f"aws:PrincipalTag/{TICKET}": "?*"}}


class GateFacts(NamedTuple):
    """What a gate's policies are about; `closes` is an instant in UTC."""

    site: SiteArgs
    workforce: str
    closes: str


def trust(facts: GateFacts) -> Document:
    """The identity provider alone, with a ticket and a second factor on the session, until the gate closes.

    Only the provider tags the session: the trust names nobody else, and no session of another role gets here. A
    federated session carries no `aws:MultiFactorAuthPresent`, so that the factor is what the provider says it is
    (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html#id_session-tags_adding-assume-role-saml).
    """
    asserted = {
        "StringEquals": {
            "saml:aud": names.saml_audience(facts.site),
            f"aws:RequestTag/{FACTOR}": "true",
        },
        "StringLike": {f"aws:RequestTag/{TICKET}": "?*"},
        **_before(facts),
    }
    tags = {"ForAllValues:StringEquals": {"aws:TagKeys": [TICKET, FACTOR]}}
    return document(
        _provider("ProviderWithTicketAndFactor", facts, ["sts:AssumeRoleWithSAML"], asserted),
        _provider("TagsOfTheProvider", facts, ["sts:TagSession", "sts:SetSourceIdentity"], tags),
    )


def reads(facts: GateFacts, stores: Sequence[str], endpoints: Sequence[str]) -> Document:
    """Reading the named stores through the site's endpoints with a ticket, until the gate closes.

    S3 calls KMS from its own network, so decryption is bound to S3 and the stores instead of an endpoint
    (https://docs.aws.amazon.com/kms/latest/developerguide/conditions-aws.html).
    """
    site = facts.site
    inside = {"StringEquals": {"aws:SourceVpce": list(endpoints)}, **_WITH_TICKET, **_before(facts)}
    through_s3 = {
        "StringEquals": {"kms:ViaService": names.service_host(site, "s3")},
        "StringLike": {
            **_WITH_TICKET["StringLike"],
            "kms:EncryptionContext:aws:s3:arn": [arn for store in stores for arn in (store, f"{store}/*")],
        },
        **_before(facts),
    }
    return document(
        _allow("Objects", actions("store", "shown"), [f"{store}/*" for store in stores], inside),
        _allow("Names", actions("store", "named"), list(stores), inside),
        _allow("Decrypt", ["kms:Decrypt"], [names.arn(site, "kms", "key/*")], through_s3),
    )


def _before(facts: GateFacts) -> dict[str, Any]:
    """The condition that ends a statement when the gate closes."""
    return {"DateLessThan": {"aws:CurrentTime": facts.closes}}


def _provider(sid: str, facts: GateFacts, allowed: list[str], condition: dict[str, Any]) -> Statement:
    """What the identity provider alone may do to the role."""
    principal = {"Federated": facts.workforce}
    return {"Sid": sid, "Effect": "Allow", "Principal": principal, "Action": allowed, "Condition": condition}


def _allow(sid: str, allowed: list[str], resources: list[str], condition: dict[str, Any]) -> Statement:
    """What a session may do."""
    return {"Sid": sid, "Effect": "Allow", "Action": allowed, "Resource": resources, "Condition": condition}
