"""Which bucket policies are public: those that let anyone in without a fixed value to tell them by.

After https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
("The meaning of public").
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any, cast

_FIXING_KEYS = {
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceorgid",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
}
_FIXING_OPERATORS = {"ArnEquals", "ArnLike", "IpAddress", "StringEquals", "StringLike"}


def is_public(text: str) -> bool:
    """Whether the bucket policy `text` (well-formed JSON) lets anyone in."""
    return any(
        statement["Effect"] == "Allow" and _is_anyone(statement) and not _is_fixed(statement.get("Condition", {}))
        for statement in _statements(text)
    )


def resources_of(text: str) -> list[str]:
    """The resources that the statements of the policy `text` name."""
    rows = [row.get("Resource", row.get("NotResource")) for row in _statements(text)]
    return [resource for row in rows for resource in _texts(row)]


def _statements(text: str) -> Iterator[dict[str, Any]]:
    statements = json.loads(text)["Statement"]
    yield from statements if isinstance(statements, list) else [statements]


def _is_anyone(statement: Mapping[str, Any]) -> bool:
    principal = statement.get("Principal", "*")
    named = cast(dict[str, Any], principal).get("AWS", []) if isinstance(principal, dict) else principal
    return "*" in _texts(named)


def _is_fixed(condition: Mapping[str, Mapping[str, Any]]) -> bool:
    """Whether some test pins the caller to values without wildcards or variables."""
    for operator, tests in condition.items():
        for key, values in tests.items():
            pinned = operator in _FIXING_OPERATORS and key.lower() in _FIXING_KEYS
            if pinned and not any("*" in value or "${" in value or value.endswith("/0") for value in _texts(values)):
                return True
    return False


def _texts(value: Any) -> list[str]:
    return cast(list[str], value) if isinstance(value, list) else [str(value)]
