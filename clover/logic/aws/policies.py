"""The policies that a request meets, by kind; a kind left out does not apply, nor does an empty list of documents."""

from dataclasses import dataclass
from typing import NamedTuple

from clover.logic.aws.principals import Naming
from clover.logic.aws.reading import read_list, read_object
from clover.logic.aws.request import Request
from clover.logic.aws.statements import PrincipalRule, Statement, read_document

ATTACHED_KINDS = {
    "identity": PrincipalRule.FORBIDDEN,
    "boundary": PrincipalRule.FORBIDDEN,
    "session": PrincipalRule.FORBIDDEN,
    "vpc_endpoint": PrincipalRule.EVERYBODY,
}
LEVELLED_KINDS = {"scp": PrincipalRule.FORBIDDEN, "rcp": PrincipalRule.EVERYBODY}
MEMBERS = frozenset({*ATTACHED_KINDS, *LEVELLED_KINDS, "resource"})


class Hit(NamedTuple):
    """A statement that applies to the request, and how closely it names the caller."""

    source: str
    statement: Statement
    naming: Naming

    def __str__(self) -> str:
        """Such as `resource: Sid DataOnlyViaSiteEndpoints (deny)`."""
        return f"{self.source}: {self.statement.label} ({'allow' if self.statement.allows else 'deny'})"


@dataclass(frozen=True, slots=True)
class PolicySet:
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


@dataclass(frozen=True, slots=True)
class Policies:
    """Every policy set of one request. Each level of `scp` and `rcp` is a set of its own; None does not apply."""

    identity: PolicySet | None
    boundary: PolicySet | None
    session: PolicySet | None
    resource: PolicySet | None
    vpc_endpoint: PolicySet | None
    scp: tuple[PolicySet, ...]
    rcp: tuple[PolicySet, ...]


def read_policies(value: object) -> Policies:
    """The policies by kind; raises Malformed for an unknown kind or a document AWS would not have accepted."""
    members = read_object(value, "policies", MEMBERS)
    attached = {kind: _read_set(members.get(kind), kind, rule) for kind, rule in ATTACHED_KINDS.items()}
    levelled = {kind: _read_levels(members.get(kind), kind, rule) for kind, rule in LEVELLED_KINDS.items()}
    document = members.get("resource")
    rule = PrincipalRule.REQUIRED
    documents = () if document is None else (read_document(document, "policies.resource", rule),)
    return Policies(**attached, **levelled, resource=PolicySet("resource", documents) if documents else None)


def _naming(statement: Statement, request: Request, deny_unnamed: bool) -> Naming:
    """How closely the statement names the caller; one without principals is about its bearer."""
    principals = statement.principals
    if principals is None or (deny_unnamed and principals.negated and not statement.allows):
        return Naming.DIRECT
    return principals.naming(request.caller)


def _read_set(value: object, kind: str, rule: PrincipalRule) -> PolicySet | None:
    """A list of documents of one kind; none, or an empty list, means that the kind does not apply."""
    documents = [] if value is None else read_list(value, f"policies.{kind}")
    read = tuple(read_document(each, f"policies.{kind}[{place}]", rule) for place, each in enumerate(documents))
    return PolicySet(kind, read) if read else None


def _read_levels(value: object, kind: str, rule: PrincipalRule) -> tuple[PolicySet, ...]:
    """The levels from the organisation's root down to the account; a level may be empty."""
    where = f"policies.{kind}"
    levels = [] if value is None else read_list(value, where)
    return tuple(
        _read_level(level, f"{where}[{place}]", f"{kind} level {place + 1}", rule) for place, level in enumerate(levels)
    )


def _read_level(value: object, where: str, name: str, rule: PrincipalRule) -> PolicySet:
    """One level: the documents attached to the root, to one unit or to the account."""
    documents = enumerate(read_list(value, where))
    return PolicySet(name, tuple(read_document(each, f"{where}[{place}]", rule) for place, each in documents))
