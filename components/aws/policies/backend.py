"""Who reads and writes the state of a stack, by which identity, and with which key its secrets are opened.

A runner signs in with a token whose subject and audience are compared whole, with `StringEquals`: a pattern would fit
tokens that nobody meant (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html).
"""

from collections.abc import Sequence
from typing import Any

from clover.zones.vocabulary import StoreRole
from components.aws import site as names
from components.aws.policies.buckets import BucketFacts, common, no_key_left_out
from components.aws.policies.document import Document, Statement, actions, allow, deny, document
from components.aws.policies.keys import administration, closed
from components.aws.site import SiteArgs
from components.stores import Runners

PATH = f"{names.OWN_PATH}runners/"
"""Where the runners' roles lie."""
OWN_STATE = ".pulumi/*backend*"
"""Where a store has the state of the backends' own stack, whatever it is called behind the word
(https://www.pulumi.com/docs/iac/concepts/state-and-backends/#using-a-self-managed-backend)."""
_PRINCIPAL = "aws:PrincipalArn"


def runners(site: SiteArgs, networks: Sequence[str]) -> Runners:
    """The two roles of a backend at a place."""
    deploys, previews = (names.role_arn(site, PATH, role_name(site, kind)) for kind in ("deploys", "previews"))
    return Runners(deploys=deploys, previews=previews, networks=networks)


def role_name(site: SiteArgs, kind: str) -> str:
    """The name of a runner's role."""
    return f"clover-{site['name']}-{kind}"


def provider_arn(site: SiteArgs, issuer: str) -> str:
    """The ARN of the identity provider that trusts an issuer; the account has one for each."""
    return names.iam_arn(site, f"oidc-provider/{issuer}")


def trust(site: SiteArgs, issuer: str, audience: str, subject: str) -> Document:
    """One exact subject of one issuer's tokens, for one audience."""
    exact = {f"{issuer}:aud": audience, f"{issuer}:sub": subject}
    signed_in = {
        "Sid": "OneEnvironmentOfOneRunner",
        "Effect": "Allow",
        "Principal": {"Federated": provider_arn(site, issuer)},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": exact},
    }
    return document(signed_in)


def store(facts: BucketFacts, known: Runners) -> Document:
    """The policy of the store: its runners read, one of them writes, from their networks, and nobody ends a version.

    The backends' own state is their deployer's alone: whoever could write it would tell the deployer what is there.
    """
    deployer, both = facts.site["deployer"], (known["deploys"], known["previews"])
    reading, data = [*actions("store", "read"), "s3:ListBucket"], actions("store", "read", "write")
    elsewhere = {"NotIpAddressIfExists": {"aws:SourceIp": list(known["networks"])}}
    return document(
        deny("ReadOnlyByRunners", reading, facts.everything, _but(*both, deployer)),
        deny("WrittenOnlyByWhatDeploys", actions("store", "write"), facts.everything, _but(known["deploys"], deployer)),
        deny("OnlyFromRunnersNetworks", data, facts.everything, elsewhere),
        deny("ListOnlyFromRunnersNetworks", "s3:ListBucket", facts.arn, {**elsewhere, **_but(deployer)}),
        deny("OwnStateOnlyByDeployer", data, f"{facts.arn}/{OWN_STATE}", _but(deployer)),
        deny("VersionsStay", "s3:DeleteObjectVersion*", facts.objects),
        *common(facts, {}),
        no_key_left_out(facts),
    )


def secrets_key(site: SiteArgs, known: Runners) -> Document:
    """The policy of the key that opens the secrets in a state: runners alone use it, and only one of them encrypts."""
    account = {"AWS": names.account_principal(site)}
    both: dict[str, Any] = {"ArnEquals": {_PRINCIPAL: [known["deploys"], known["previews"]]}}
    one: dict[str, Any] = {"ArnEquals": {_PRINCIPAL: known["deploys"]}}
    writing = [action for action in actions("key", "use") if action != "kms:Decrypt"]
    return document(
        *administration(site),
        allow("RunnersDecrypt", account, "kms:Decrypt", "*", both),
        allow("WhatDeploysEncrypts", account, "kms:Encrypt", "*", one),
        deny("UsedOnlyByRunners", actions("key", "use"), "*", _but(known["deploys"], known["previews"])),
        deny("EncryptsOnlyWhatDeploys", writing, "*", _but(known["deploys"])),
        *closed(site, {}),
    )


def reads(site: SiteArgs, bucket: str) -> Document:
    """What both runners may do: read the state, and open it and its secrets."""
    return document(
        _on(site, "State", "s3:GetObject", names.bucket_arn(site, f"{bucket}/*")),
        _on(site, "Names", "s3:ListBucket", names.bucket_arn(site, bucket)),
        _through_the_store(site, "OpenState", "kms:Decrypt"),
        _with_secrets(site, "OpenSecrets", "kms:Decrypt"),
    )


def writes(site: SiteArgs, bucket: str) -> Document:
    """What the runner may do beside that brings the site up."""
    return document(
        _on(site, "State", ["s3:PutObject", "s3:DeleteObject"], names.bucket_arn(site, f"{bucket}/*")),
        _through_the_store(site, "CloseState", "kms:GenerateDataKey"),
        _with_secrets(site, "CloseSecrets", "kms:Encrypt"),
    )


def limits(*, deploys: bool) -> Document:
    """What a runner may not do whoever grants it: all but what its documents list."""
    listed = ["kms:Decrypt", "s3:GetObject", "s3:ListBucket", "sts:GetCallerIdentity"]
    more = ["kms:Encrypt", "kms:GenerateDataKey", "s3:DeleteObject", "s3:PutObject"] if deploys else []
    beside = {"Sid": "NothingBeside", "Effect": "Deny", "NotAction": sorted([*listed, *more]), "Resource": "*"}
    return document(beside)


def _but(*principals: str) -> dict[str, Any]:
    """The condition that whoever calls is none of the principals."""
    told = principals[0] if len(principals) == 1 else list(principals)
    return {"ArnNotEqualsIfExists": {_PRINCIPAL: told}}


def _on(site: SiteArgs, sid: str, action: str | list[str], resource: str) -> Statement:
    """Actions on the store, which is of this account."""
    condition = {"StringEquals": {"aws:ResourceAccount": site["account"]}}
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


def _through_the_store(site: SiteArgs, sid: str, action: str) -> Statement:
    """The use of the store's key through S3."""
    context = {"kms:EncryptionContext:aws:s3:arn": names.role_buckets(site, StoreRole.STATE)}
    condition = {"StringEquals": {"kms:ViaService": names.service_host(site, "s3")}, "StringLike": context}
    resource = names.arn(site, "kms", "key/*")
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource, "Condition": condition}


def _with_secrets(site: SiteArgs, sid: str, action: str) -> Statement:
    """The use of the secrets' key, whose policy says which it is: its id is not known before it is made."""
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": names.arn(site, "kms", "key/*")}
