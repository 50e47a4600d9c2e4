"""Requests put to the plain evaluator of one concrete request."""

from collections.abc import Mapping
from typing import Any

from clover.logic.aws import evaluate
from tests.components.answers import ACCOUNT, REGION

ADMINISTRATOR = f"arn:aws:iam::{ACCOUNT}:role/administrator"
EVERYTHING: dict[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
TLS = {"aws:SecureTransport": "true", "s3:TlsVersion": "1.3"}
SERVICE = {"aws:PrincipalIsAWSService": "true", "aws:SecureTransport": "true", "s3:TlsVersion": "1.2"}


def decide(
    principal: str,
    action: str,
    resource: str,
    policy: Mapping[str, Any] | None,
    context: Mapping[str, Any],
    *,
    identity: Mapping[str, Any] | None = EVERYTHING,
) -> str:
    """What is decided for a principal whose own policy allows all, unless the test says otherwise."""
    request = {
        "principal": principal,
        "action": action,
        "resource": resource,
        "resource_account": ACCOUNT,
        "context": {"aws:RequestedRegion": REGION, **context},
    }
    policies: dict[str, Any] = {"resource": policy}
    if identity is not None and not principal.endswith(".amazonaws.com"):
        policies["identity"] = [identity]
    return evaluate(request, policies).decision
