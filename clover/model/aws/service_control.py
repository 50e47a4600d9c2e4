"""Whom service control policies bind: the principals of the account that they stand above, and nobody else.

A principal of another account meets the policies above that one, of which nothing is known here: it is as free as
anybody outside (https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html, "SCP effects
on permissions"). Resource control policies bind whoever calls.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from clover.model.aws.policies import VERSION, Held, Levels, statements
from clover.sources import Unknown
from clover.sources.plain import as_object

_ACCOUNT = "aws:PrincipalAccount"
_EQUAL = ("StringEquals", "StringLike", "StringEqualsIgnoreCase")
"""Operators that say that a key has a value; one that a statement does not put to the account yet is free to say it."""


def binding(account: str, levels: Levels) -> Levels:
    """The policies of each level as they bind principals of the account; whoever else calls is allowed everything."""
    free = {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {"StringNotEquals": {_ACCOUNT: account}}}
    others = Held("other accounts", {"Version": VERSION, "Statement": [free]})
    return tuple((*(_bound(account, held) for held in level), others) for level in levels if level)


def _bound(account: str, held: Held) -> Held:
    if isinstance(held.document, Unknown):
        return held
    return held._replace(document={**held.document, "Statement": list(_statements(account, held))})


def _statements(account: str, held: Held) -> Iterator[Mapping[str, Any]]:
    """Every statement under its own name, or its place's, denying nothing to other accounts."""
    for index, statement in enumerate(statements(held.document)):
        named = {"Sid": f"Statement[{index}]", **statement}
        yield named if statement["Effect"] == "Allow" else {**named, "Condition": _of(account, statement)}


def _of(account: str, statement: Mapping[str, Any]) -> dict[str, Any]:
    """The statement's condition, and that whoever calls is of the account."""
    held = as_object(statement.get("Condition")) or {}
    said = {name: {key.lower() for key in as_object(held.get(name)) or {}} for name in _EQUAL}
    operator = next(name for name in _EQUAL if _ACCOUNT.lower() not in said[name])
    return {**held, operator: {**(as_object(held.get(operator)) or {}), _ACCOUNT: account}}
