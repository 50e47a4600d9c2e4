"""The policies that a request meets, by kind; a kind that is left out, or whose list is empty, does not apply."""

from typing import NamedTuple

from clover.logic.aws.principals import Naming
from clover.logic.aws.reading import read_list, read_object
from clover.logic.aws.request import Request
from clover.logic.aws.statements import PrincipalRule, Statement, read_document


class Hit(NamedTuple):
    """A statement that applies to the request, and how closely it names the caller."""

    source: str
    statement: Statement
    naming: Naming

    def __str__(self) -> str:
        """Such as `resource: Sid DataOnlyViaSiteEndpoints (deny)`."""
        return f"{self.source}: {self.statement.label} ({'allow' if self.statement.allows else 'deny'})"


class PolicySet(NamedTuple):
    """Documents that are weighed together: one allow among them is enough. `name` is said in reasons."""

    name: str
    documents: tuple[tuple[Statement, ...], ...]

    def hits(self, request: Request, *, deny_unnamed: bool = False) -> list[Hit]:
        """The statements that apply; with `deny_unnamed` a NotPrincipal with Deny spares nobody."""
        found: list[Hit] = []
        for place, document in enumerate(self.documents):
            source = self.name if len(self.documents) == 1 else f"{self.name} document {place + 1}"
            for statement in document:
                naming = _naming(statement, request, deny_unnamed)
                if naming and statement.applies(request):
                    found.append(Hit(source, statement, naming))
        return found


class Policies(NamedTuple):
    """Every policy set of one request; each level of `scp` and `rcp` is a set of its own."""

    identity: PolicySet
    boundary: PolicySet
    session: PolicySet
    resource: PolicySet
    vpc_endpoint: PolicySet
    scp: tuple[PolicySet, ...]
    rcp: tuple[PolicySet, ...]


def read_policies(value: object) -> Policies:
    """The policies by kind; raises Malformed for an unknown kind or a document AWS would not have accepted."""
    members = read_object(value, "policies", frozenset(Policies._fields))
    resource = members.get("resource")
    return Policies(
        identity=_read_set(members.get("identity"), "identity", PrincipalRule.FORBIDDEN),
        boundary=_read_set(members.get("boundary"), "boundary", PrincipalRule.FORBIDDEN),
        session=_read_set(members.get("session"), "session", PrincipalRule.FORBIDDEN),
        resource=PolicySet(
            "resource",
            () if resource is None else (read_document(resource, "policies.resource", PrincipalRule.REQUIRED),),
        ),
        vpc_endpoint=_read_set(members.get("vpc_endpoint"), "vpc_endpoint", PrincipalRule.EVERYBODY),
        scp=_read_levels(members.get("scp"), "scp", PrincipalRule.FORBIDDEN),
        rcp=_read_levels(members.get("rcp"), "rcp", PrincipalRule.EVERYBODY),
    )


def _naming(statement: Statement, request: Request, deny_unnamed: bool) -> Naming:
    """How closely the statement names the caller; one without principals is about its bearer."""
    principals = statement.principals
    if principals is None or (deny_unnamed and principals.negated and not statement.allows):
        return Naming.DIRECT
    return principals.naming(request.caller)


def _read_set(value: object, kind: str, rule: PrincipalRule) -> PolicySet:
    """A list of documents of one kind."""
    return _read_documents([] if value is None else value, f"policies.{kind}", kind, rule)


def _read_levels(value: object, kind: str, rule: PrincipalRule) -> tuple[PolicySet, ...]:
    """The levels from the organisation's root down to the account; a level may be empty."""
    where = f"policies.{kind}"
    levels = enumerate([] if value is None else read_list(value, where))
    return tuple(_read_documents(level, f"{where}[{at}]", f"{kind} level {at + 1}", rule) for at, level in levels)


def _read_documents(value: object, where: str, name: str, rule: PrincipalRule) -> PolicySet:
    """A list of documents that are weighed together."""
    documents = enumerate(read_list(value, where))
    return PolicySet(name, tuple(read_document(each, f"{where}[{at}]", rule) for at, each in documents))
