"""Who a Principal or NotPrincipal element names, and the keys that AWS adds about the caller."""

from typing import Any

import pytest

from tests.logic.evaluator_cases import (
    ALLOW,
    DENY,
    FEDERATED,
    KEYS,
    NOT_PRINCIPAL,
    OTHER_ACCOUNT,
    OTHER_SESSION,
    PRINCIPAL,
    ROLE,
    ROOT,
    SESSION,
    SILENT,
    USER,
    Json,
    allowing,
    decision,
    denying,
    document,
    request,
    statement,
)

T, F = True, False
PATH_ROLE = "arn:aws:iam::111122223333:role/team/eu/reader"
OTHER_USER = f"arn:aws:iam::{OTHER_ACCOUNT}:user/anna"
TRAIL = "cloudtrail.amazonaws.com"
SAML = "arn:aws:iam::111122223333:saml-provider/staff"

NAMED: list[tuple[Any, str, bool]] = [
    ("*", USER, T),
    ("*", "anonymous", T),
    ("*", TRAIL, T),
    ("*", SAML, T),
    ({"AWS": "*"}, "anonymous", T),
    ({"AWS": "*"}, TRAIL, T),
    ({"AWS": "111122223333"}, USER, T),
    ({"AWS": "111122223333"}, SESSION, T),
    ({"AWS": "111122223333"}, ROOT, T),
    ({"AWS": "111122223333"}, OTHER_USER, F),
    ({"AWS": "111122223333"}, "anonymous", F),
    ({"AWS": "111122223333"}, TRAIL, F),
    ({"AWS": ROOT}, USER, T),
    ({"AWS": ROOT}, FEDERATED, T),
    ({"AWS": "arn:aws-cn:iam::111122223333:root"}, USER, F),
    ({"AWS": [OTHER_USER, USER]}, USER, T),
    ({"AWS": USER}, USER, T),
    ({"AWS": USER}, USER.replace("anna", "Anna"), F),
    ({"AWS": USER}, FEDERATED, T),
    ({"AWS": USER}, ROOT, F),
    ({"AWS": "arn:aws:iam::111122223333:user/*"}, USER, F),
    ({"AWS": "arn:aws:iam::111122223333:user/ann?"}, USER, F),
    ({"AWS": "AIDAQWERTYUIOPASDFGHJ"}, USER, F),
    ({"AWS": ROLE}, SESSION, T),
    ({"AWS": ROLE}, ROLE, T),
    ({"AWS": ROLE}, "arn:aws:sts::111122223333:assumed-role/writer/desk-7", F),
    ({"AWS": ROLE}, f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/reader/desk-7", F),
    ({"AWS": PATH_ROLE}, SESSION, T),
    ({"AWS": SESSION}, SESSION, T),
    ({"AWS": SESSION}, OTHER_SESSION, F),
    ({"AWS": SESSION}, ROLE, F),
    ({"AWS": FEDERATED}, FEDERATED, T),
    ({"Service": TRAIL}, TRAIL, T),
    ({"Service": [TRAIL, "config.amazonaws.com"]}, "config.amazonaws.com", T),
    ({"Service": TRAIL}, "config.amazonaws.com", F),
    ({"Service": TRAIL}, USER, F),
    ({"Federated": SAML}, SAML, T),
    ({"Federated": "accounts.google.com"}, "accounts.google.com", T),
    ({"Federated": "cognito-identity.amazonaws.com"}, "cognito-identity.amazonaws.com", T),
    ({"Federated": SAML}, USER, F),
    ({"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}, USER, F),
    ({"AWS": OTHER_USER, "Service": TRAIL}, TRAIL, T),
    ({"AWS": []}, USER, F),
    ({}, USER, F),
]


@pytest.mark.parametrize(("element", "caller", "named"), NAMED)
def test_a_deny_reaches_whom_the_element_names(element: Any, caller: str, named: bool) -> None:
    policies = {"identity": [allowing()], "session": [allowing()], "resource": denying(element)}
    denied = decision(request(caller), policies) == DENY
    assert denied is named, PRINCIPAL


@pytest.mark.parametrize(("element", "caller", "named"), [row for row in NAMED if row[0] not in ({}, {"AWS": []})])
def test_not_principal_reaches_everybody_else(element: Any, caller: str, named: bool) -> None:
    policy = document(statement("Deny", NotPrincipal=element))
    assert (decision(request(caller), {"resource": policy}) == DENY) is not named, NOT_PRINCIPAL


def test_a_not_principal_of_nobody_has_no_effect() -> None:
    policy = document(statement("Deny", NotPrincipal={"AWS": []}))
    assert decision(request(), {"identity": [allowing()], "resource": policy}) == ALLOW, PRINCIPAL


def test_the_role_path_in_the_context_tells_roles_of_one_name_apart() -> None:
    asked = request(SESSION, context={"aws:PrincipalArn": PATH_ROLE})
    assert decision(asked, {"resource": allowing({"AWS": PATH_ROLE})}) == ALLOW
    assert decision(asked, {"resource": allowing({"AWS": ROLE})}) == SILENT


def test_a_role_path_of_another_role_is_not_believed_for_the_principal() -> None:
    asked = request(SESSION, context={"aws:PrincipalArn": "arn:aws:iam::111122223333:role/writer"})
    assert decision(asked, {"resource": allowing({"AWS": ROLE})}) == ALLOW
    assert decision(asked, {"resource": allowing({"AWS": "arn:aws:iam::111122223333:role/writer"})}) == SILENT


ABSENT = None
DERIVED: list[tuple[str, Json, str, str | None]] = [
    (USER, {}, "aws:PrincipalArn", USER),
    (SESSION, {}, "aws:PrincipalArn", ROLE),
    (SESSION, {"aws:PrincipalArn": PATH_ROLE}, "aws:PrincipalArn", PATH_ROLE),
    (ROLE, {}, "aws:PrincipalArn", ROLE),
    (FEDERATED, {}, "aws:PrincipalArn", FEDERATED),
    (ROOT, {}, "aws:PrincipalArn", ROOT),
    ("anonymous", {}, "aws:PrincipalArn", ABSENT),
    (TRAIL, {}, "aws:PrincipalArn", ABSENT),
    (USER, {}, "aws:PrincipalAccount", "111122223333"),
    (OTHER_USER, {}, "aws:PrincipalAccount", OTHER_ACCOUNT),
    ("anonymous", {}, "aws:PrincipalAccount", "anonymous"),
    (TRAIL, {}, "aws:PrincipalAccount", ABSENT),
    (USER, {}, "aws:PrincipalType", "User"),
    (SESSION, {}, "aws:PrincipalType", "AssumedRole"),
    (FEDERATED, {}, "aws:PrincipalType", "FederatedUser"),
    (ROOT, {}, "aws:PrincipalType", "Account"),
    ("anonymous", {}, "aws:PrincipalType", "Anonymous"),
    (USER, {}, "aws:PrincipalIsAWSService", "false"),
    (TRAIL, {}, "aws:PrincipalIsAWSService", "true"),
    ("anonymous", {}, "aws:PrincipalIsAWSService", ABSENT),
    (TRAIL, {}, "aws:PrincipalServiceName", TRAIL),
    (SESSION, {}, "aws:PrincipalServiceName", ABSENT),
    (USER, {}, "aws:username", "anna"),
    ("arn:aws:iam::111122223333:user/team/eu/anna", {}, "aws:username", "anna"),
    (SESSION, {}, "aws:username", ABSENT),
    (ROOT, {}, "aws:username", ABSENT),
    (ROOT, {}, "aws:userid", "111122223333"),
    (FEDERATED, {}, "aws:userid", "111122223333:anna"),
    ("anonymous", {}, "aws:userid", "anonymous"),
    (SESSION, {}, "aws:userid", ABSENT),
    (SESSION, {"aws:userid": "AROAX:desk-7"}, "aws:userid", "AROAX:desk-7"),
    (USER, {}, "aws:ResourceAccount", "111122223333"),
    (USER, {"aws:ResourceAccount": "9"}, "aws:ResourceAccount", "9"),
    (USER, {}, "s3:ResourceAccount", "111122223333"),
    (USER, {}, "kms:CallerAccount", ABSENT),
    (SAML, {}, "aws:PrincipalArn", ABSENT),
    (SAML, {}, "aws:PrincipalAccount", ABSENT),
]


@pytest.mark.parametrize(("caller", "context", "key", "value"), DERIVED)
def test_aws_adds_the_keys_that_follow_from_the_request(
    caller: str, context: Json, key: str, value: str | None
) -> None:
    condition = {"Null": {key: "true"}} if value is ABSENT else {"StringEquals": {key: value}}
    policy = denying("*", Condition=condition)
    assert decision(request(caller, context=context), {"resource": policy}) == DENY, KEYS


def test_kms_requests_carry_the_callers_account() -> None:
    policy = denying("*", Condition={"StringNotEqualsIfExists": {"kms:CallerAccount": "111122223333"}})
    asked = request(OTHER_USER, "kms:Decrypt", "arn:aws:kms:eu-west-1:111122223333:key/0a1b")
    assert decision(asked, {"resource": policy}) == DENY
    assert decision(asked | {"principal": USER}, {"resource": policy}) == SILENT
