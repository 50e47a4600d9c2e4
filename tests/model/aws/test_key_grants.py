"""What grants of a key permit stands in its policy."""

from typing import Any

import pytest

from clover.model.aws.key_grants import GRANT, grant_statements
from clover.model.resources import Resources
from clover.sources import Resource, Unknown
from clover.sources.resource import read_resource

ARN = "arn:aws:kms:eu-west-1:111122223333:key/0a"
ROLE = "arn:aws:iam::111122223333:role/app"


def held(kind: str, name: str, properties: dict[str, Any]) -> Resource:
    urn = f"urn:pulumi:s::p::{kind}::{name}"
    return read_resource({"urn": urn, "type": kind, "inputs": properties}, properties, True, urn)


KEY = held("aws:kms/key:Key", "key", {"keyId": "0a", "arn": ARN})


def granted(**properties: Any) -> Any:
    grant = {"keyId": "0a", "granteePrincipal": ROLE, "operations": ["Decrypt"], **properties}
    return grant_statements(Resources([KEY, held(GRANT, "g", grant)]), KEY)


@pytest.mark.parametrize("key", ["0a", ARN])
def test_whoever_a_grant_names_may_call_its_operations(key: str):
    assert granted(keyId=key, operations=["Decrypt", "GenerateDataKey"]) == [
        {
            "Sid": "grant g",
            "Effect": "Allow",
            "Principal": {"AWS": ROLE},
            "Action": ["kms:Decrypt", "kms:GenerateDataKey"],
            "Resource": "*",
        }
    ]


def test_a_service_is_named_as_one():
    (statement,) = granted(granteePrincipal="dynamodb.amazonaws.com")
    assert statement["Principal"] == {"Service": "dynamodb.amazonaws.com"}


@pytest.mark.parametrize("name", ["encryptionContextEquals", "encryptionContextSubset"])
@pytest.mark.parametrize("listed", [True, False])
def test_an_encryption_context_is_asked_for(name: str, listed: bool):
    asked = {name: {"team": "a"}}
    (statement,) = granted(constraints=[asked] if listed else asked)
    assert statement["Condition"] == {"StringEquals": {"kms:EncryptionContext:team": "a"}}


def test_a_grant_of_another_key_permits_nothing_here():
    assert granted(keyId="0b") == []


@pytest.mark.parametrize("name", ["keyId", "granteePrincipal", "operations", "constraints"])
def test_a_grant_of_which_something_is_not_known_leaves_the_policy_open(name: str):
    assert isinstance(granted(**{name: Unknown(name)}), Unknown)
