"""Policy documents and their statements: reading, and whether one applies to a request.

Source: IAM User Guide, "Grammar of the IAM JSON policy language" and "IAM JSON policy element reference".
"""

from collections.abc import Mapping
from enum import Enum
from functools import lru_cache
from typing import NamedTuple

from clover.logic.aws.conditions import Condition, read_conditions
from clover.logic.aws.globs import matches, wildcard
from clover.logic.aws.principals import EVERYBODY, Principals, read_principals
from clover.logic.aws.reading import Malformed, quoted, read_bare_or_list, read_object, read_text, read_texts
from clover.logic.aws.request import Request
from clover.logic.aws.resources import resource_matches
from clover.logic.aws.variables import Variables

DOCUMENT_MEMBERS = frozenset({"Version", "Id", "Statement"})
STATEMENT_MEMBERS = frozenset(
    {
        *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction"),
        *("Resource", "NotResource", "Condition"),
    }
)
OLDEST_VERSION = "2008-10-17"
VERSION_WITH_VARIABLES = "2012-10-17"


class PrincipalRule(Enum):
    """What a kind of policy says of the Principal element."""

    FORBIDDEN = "the policy's own bearer is the principal"
    REQUIRED = "somebody has to be named"
    EVERYBODY = "everybody where nobody is named"


class Listing(NamedTuple):
    """An Action or Resource element, or with `negated` its Not form: patterns."""

    patterns: tuple[str, ...]
    negated: bool

    def covers(self, matched: bool) -> bool:
        """Whether the element covers what its patterns matched; an empty list has no effect in either form.

        Source: IAM Access Analyzer policy check reference, "Empty array action" and "Empty array resource".
        """
        return bool(self.patterns) and matched != self.negated


class Statement(NamedTuple):
    """One statement; `principals` and `resources` are None where the kind of policy goes without them."""

    label: str
    allows: bool
    principals: Principals | None
    actions: Listing
    resources: Listing | None
    conditions: tuple[Condition, ...]
    has_variables: bool

    def applies(self, request: Request) -> bool:
        """Whether action, resource and every condition fit the request; who it names is asked apart from this."""
        variables = Variables(request.context, self.has_variables)
        return (
            _covers_action(self.actions, request.action)
            and self._covers_resource(request.resource, variables)
            and all(condition.holds(request.context, variables) for condition in self.conditions)
        )

    def _covers_resource(self, resource: str, variables: Variables) -> bool:
        """A statement without Resource is about the resource that its policy is attached to."""
        if self.resources is None:
            return True
        patterns = self.resources.patterns
        return self.resources.covers(any(resource_matches(pattern, resource, variables) for pattern in patterns))


@lru_cache(maxsize=4096)
def _covers_action(listed: Listing, action: str) -> bool:
    """Action names ignore case (IAM User Guide, "IAM JSON policy elements: Action")."""
    name = action.lower()
    return listed.covers(any(matches(wildcard(pattern.lower()), name) for pattern in listed.patterns))


def read_document(value: object, where: str, principal_rule: PrincipalRule) -> tuple[Statement, ...]:
    """The statements of one policy document; raises Malformed for what AWS would not have accepted."""
    members = read_object(value, where, DOCUMENT_MEMBERS)
    version = members.get("Version", OLDEST_VERSION)
    if version not in (OLDEST_VERSION, VERSION_WITH_VARIABLES):
        raise Malformed(f"{where}.Version: {quoted(version)} is neither {OLDEST_VERSION} nor {VERSION_WITH_VARIABLES}")
    if "Id" in members:
        read_text(members["Id"], f"{where}.Id")
    if "Statement" not in members:
        raise Malformed(f"{where}: Statement is missing")
    return tuple(
        _read_statement(statement, f"{where}.Statement[{index}]", index, version, principal_rule)
        for index, statement in enumerate(read_bare_or_list(members["Statement"]))
    )


def _read_statement(value: object, where: str, index: int, version: object, principal_rule: PrincipalRule) -> Statement:
    """One statement."""
    members = read_object(value, where, STATEMENT_MEMBERS)
    effect = members.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise Malformed(f"{where}.Effect: expected Allow or Deny, got {quoted(effect)}")
    sid = read_text(members.get("Sid", ""), f"{where}.Sid")
    return Statement(
        label=f"Sid {sid}" if sid else f"statement {index + 1}",
        allows=effect == "Allow",
        principals=_read_principals(members, where, principal_rule),
        actions=_read_actions(members, where),
        resources=_read_resources(members, where, required=principal_rule is not PrincipalRule.REQUIRED),
        conditions=read_conditions(members.get("Condition", {}), f"{where}.Condition"),
        has_variables=version == VERSION_WITH_VARIABLES,
    )


def _read_principals(members: Mapping[str, object], where: str, rule: PrincipalRule) -> Principals | None:
    """The Principal or NotPrincipal element, as the kind of policy has it."""
    name = _one_of("Principal", members, where)
    if rule is PrincipalRule.FORBIDDEN:
        if name in members:
            raise Malformed(f"{where}: {name} has no place in this kind of policy")
        return None
    if name not in members and rule is PrincipalRule.EVERYBODY:
        return Principals((("AWS", EVERYBODY),), negated=False)
    if name not in members:
        raise Malformed(f"{where}: Principal is missing")
    return read_principals(members[name], f"{where}.{name}", negated=name.startswith("Not"))


def _read_actions(members: Mapping[str, object], where: str) -> Listing:
    """The Action or NotAction element: `*`, or a service prefix and a name with wildcards."""
    name = _one_of("Action", members, where)
    if name not in members:
        raise Malformed(f"{where}: Action is missing")
    patterns = read_texts(members[name], f"{where}.{name}")
    for pattern in patterns:
        if ":" not in pattern and pattern.strip("*"):
            raise Malformed(f"{where}.{name}: {quoted(pattern)} names no service, as s3:GetObject does")
    return Listing(patterns, name.startswith("Not"))


def _read_resources(members: Mapping[str, object], where: str, *, required: bool) -> Listing | None:
    """The Resource or NotResource element; trust policies and some resource policies have none."""
    name = _one_of("Resource", members, where)
    if name in members:
        return Listing(read_texts(members[name], f"{where}.{name}"), name.startswith("Not"))
    if required:
        raise Malformed(f"{where}: Resource is missing")
    return None


def _one_of(name: str, members: Mapping[str, object], where: str) -> str:
    """The name or its Not form, whichever is there; the two exclude each other."""
    negated = f"Not{name}"
    if name in members and negated in members:
        raise Malformed(f"{where}: {name} and {negated} exclude each other")
    return negated if negated in members else name
