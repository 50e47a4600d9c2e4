"""Policy documents: their grammar and their size limits, which moto mostly lets pass.

Grammar after https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html .
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, cast

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.tables import table

_VERSIONS = ("2012-10-17", "2008-10-17")
_KEYS = {"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition"}
_ACTION = re.compile(r"\*|[A-Za-z0-9-]+:[A-Za-z0-9*?]+")
_PRINCIPALS = {"AWS", "Service", "Federated", "CanonicalUser"}
_AWS_PRINCIPAL = re.compile(r"\*|\d{12}|arn:[a-z-]+:(iam|sts)::\d{12}:[\w+=,.@/*-]+|A[A-Z0-9]{15,}")
_OPERATOR = re.compile(
    r"(ForAllValues:|ForAnyValue:)?"
    r"(String(Not)?(Equals(IgnoreCase)?|Like)|(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)|Bool"
    r"|BinaryEquals|(Not)?IpAddress|Arn(Not)?(Equals|Like))(IfExists)?|Null"
)
_CONDITION_KEY = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*(/[\w.~-]+)*:.+")
"""A service's key, or a web identity provider's, which begins with the issuer's host and path
(https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html)."""


def refuse_document(call: Call) -> None:
    """Refuse `call` where its policy document is too large or not well-formed, as its service does."""
    row = table("documents").get(call.name)
    text = call.parameters.get(row["parameter"]) if row else None
    if row is None or text is None:
        return
    if size_of(text, row["count"]) > row["most"]:
        raise too_large(call)
    problem = next(problems(text, row["grammar"]), None)
    if problem:
        raise Refusal(row["malformed"]["code"], problem, row["malformed"]["status"])


def too_large(call: Call) -> Refusal:
    """The refusal of a document that is too large for `call`."""
    row = table("documents")[call.name]["too_large"]
    return Refusal(row["code"], row["message"].format(**call.parameters), row["status"])


def size_of(text: str, count: str) -> int:
    """The size of a document, counted in bytes, characters, or significant characters (without white space)."""
    if count == "bytes":
        return len(text.encode())
    return len("".join(text.split())) if count == "significant" else len(text)


def problems(text: str, grammar: str) -> Iterator[str]:
    """What is wrong with a policy document; `grammar` is resource, identity or trust."""
    try:
        document = json.loads(text)
    except ValueError as error:
        yield f"Syntax errors in policy: {error}"
        return
    if not isinstance(document, dict):
        yield "Syntax errors in policy: not a JSON object"
        return
    policy = cast(dict[str, Any], document)
    if set(policy) - {"Version", "Id", "Statement"}:
        yield f"Syntax errors in policy: unknown elements {sorted(set(policy) - {'Version', 'Id', 'Statement'})}"
    if policy.get("Version", _VERSIONS[1]) not in _VERSIONS:
        yield "The policy must contain a valid version string"
    statements = policy.get("Statement")
    rows = cast(list[Any], statements if isinstance(statements, list) else [statements])
    if not rows:
        yield "The policy holds no statement"
    for row in rows:
        yield from _of_statement(row, grammar)
    yield from _of_sids(rows, grammar)


def _of_statement(row: Any, grammar: str) -> Iterator[str]:
    if not isinstance(row, dict):
        yield "Syntax errors in policy: a statement must be an object"
        return
    statement = cast(dict[str, Any], row)
    if set(statement) - _KEYS:
        yield f"Syntax errors in policy: unknown elements {sorted(set(statement) - _KEYS)}"
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield "Syntax errors in policy: Effect must be Allow or Deny"
    yield from _of_presence(statement, grammar)
    for action in _texts(statement.get("Action", statement.get("NotAction"))):
        if not isinstance(action, str) or not _ACTION.fullmatch(action):
            yield f"Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc.: {action}"
    for resource in _texts(statement.get("Resource", statement.get("NotResource", []))):
        if not isinstance(resource, str) or (resource != "*" and not resource.startswith("arn:")):
            yield f'Resource {resource} must be in ARN format or "*".'
    yield from _of_principal(statement.get("Principal", statement.get("NotPrincipal", {})))
    yield from _of_condition(statement.get("Condition", {}))


def _of_presence(statement: Mapping[str, Any], grammar: str) -> Iterator[str]:
    """Each element once, as itself or negated, where the grammar wants it; nowhere else."""
    wanted = {"Action": True, "Resource": grammar != "trust", "Principal": grammar != "identity"}
    for name, expected in wanted.items():
        given = [element for element in (name, f"Not{name}") if element in statement]
        if len(given) != expected:
            verb = "must" if expected else "must not"
            yield f"Syntax errors in policy: a statement {verb} have {name} or Not{name}" + " (one)" * expected


def _of_principal(principal: Any) -> Iterator[str]:
    if principal == "*":
        return
    if not isinstance(principal, dict) or set(cast(dict[str, Any], principal)) - _PRINCIPALS:
        yield "Invalid principal in policy"
        return
    for name, values in cast(dict[str, Any], principal).items():
        for value in _texts(values):
            if not isinstance(value, str) or (name == "AWS" and not _AWS_PRINCIPAL.fullmatch(value)):
                yield f'Invalid principal in policy: "{name}":"{value}"'


def _of_condition(condition: Any) -> Iterator[str]:
    if not isinstance(condition, dict):
        yield "Syntax errors in policy: Condition must be an object"
        return
    for operator, tests in cast(dict[str, Any], condition).items():
        if not _OPERATOR.fullmatch(operator):
            yield f"Invalid Condition type : {operator}."
        if not isinstance(tests, dict):
            yield f"Syntax errors in policy: {operator} must be an object"
            continue
        for key, values in cast(dict[str, Any], tests).items():
            if not _CONDITION_KEY.fullmatch(key):
                yield f"Conditions must be prefaced by a vendor: {key}"
            if any(isinstance(value, (dict, list)) or value is None for value in _texts(values)):
                yield f"Syntax errors in policy: the values of {key} must be plain"


def _of_sids(rows: list[Any], grammar: str) -> Iterator[str]:
    sids = [str(cast(dict[str, Any], row)["Sid"]) for row in rows if isinstance(row, dict) and "Sid" in row]
    if len(sids) != len(set(sids)):
        yield "Statement IDs (SID) in a single policy must be unique."
    if grammar != "resource" and any(not re.fullmatch("[A-Za-z0-9]*", sid) for sid in sids):
        yield "Statement IDs (SID) must be alpha-numeric: [0-9A-Za-z]*"


def _texts(value: Any) -> list[Any]:
    return cast(list[Any], value) if isinstance(value, list) else [value]
