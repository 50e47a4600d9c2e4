"""Builders of requests and policies, so that a case shows only what it is about."""

from typing import Any, NamedTuple

from clover.logic.aws import evaluate

Json = dict[str, Any]

ACCOUNT = "111122223333"
OTHER_ACCOUNT = "444455556666"
USER = f"arn:aws:iam::{ACCOUNT}:user/anna"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/reader"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/desk-7"
OTHER_SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/reader/desk-8"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/anna"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OBJECT = "arn:aws:s3:::store/a/b.txt"
BUCKET = "arn:aws:s3:::store"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0a1b"
TARGET_ROLE = f"arn:aws:iam::{ACCOUNT}:role/target"
ALLOW, SILENT, DENY = "allow", "implicit_deny", "explicit_deny"

ELEMENTS = "IAM User Guide, IAM JSON policy element reference"
OPERATORS = "IAM User Guide, IAM JSON policy elements: Condition operators"
CONDITIONS = "IAM User Guide, Conditions with multiple context keys or values"
VARIABLES = "IAM User Guide, IAM policy elements: Variables and tags"
RESOURCE = "IAM User Guide, IAM JSON policy elements: Resource"
PRINCIPAL = "IAM User Guide, AWS JSON policy elements: Principal"
NOT_PRINCIPAL = "IAM User Guide, AWS JSON policy elements: NotPrincipal"
KEYS = "IAM User Guide, AWS global condition context keys"


class Case(NamedTuple):
    """One decision with the documentation it follows from."""

    name: str
    expected: str
    request: Json
    policies: Json
    source: str


def request(principal: str = USER, action: str = "s3:GetObject", resource: str = OBJECT, **more: Any) -> Json:
    """A request about a resource of ACCOUNT."""
    return {"principal": principal, "action": action, "resource": resource, "resource_account": ACCOUNT} | more


def statement(effect: str = "Allow", **elements: Any) -> Json:
    """A statement about everything; an element given as None is left out."""
    whole: Json = {"Effect": effect, "Action": "*", "Resource": "*"} | elements
    return {name: element for name, element in whole.items() if element is not None}


def document(*statements: Json, version: str | None = "2012-10-17") -> Json:
    """A policy document; with no version for None."""
    return ({"Version": version} if version else {}) | {"Statement": list(statements)}


def allowing(principal: Any = None, **elements: Any) -> Json:
    """A document that allows everything, to a principal where one is given."""
    return document(statement("Allow", Principal=principal, **elements))


def denying(principal: Any = None, **elements: Any) -> Json:
    """A document that denies everything, to a principal where one is given."""
    return document(statement("Deny", Principal=principal, **elements))


def decision(request_: Json, policies: Json) -> str:
    """What the evaluator decides."""
    return evaluate(request_, policies).decision


def name_of(case: Case) -> str:
    """A test id."""
    return case.name.replace(" ", "-")
