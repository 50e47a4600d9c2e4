"""Questions about requests on AWS: whether any of a set is allowed, by which statements not, and a request that is.

Every question is a policy document: the set of requests that it would allow. Whoever calls is taken to hold an identity
policy that allows everything, unless the question is about a role whose policies are declared.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from itertools import count
from typing import Any, NamedTuple

import msgspec

from clover.controls.alike import Alike, named_in, with_arn
from clover.controls.case import Case
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.logic.aws import Decision, decide, evaluate, read_policies, read_request
from clover.logic.aws import Policies as Weighable
from clover.logic.aws_sets import RequestSet, Undecided
from clover.logic.aws_sets import World as Requests
from clover.model.aws.policies import Document, Held, levels, statements
from clover.sources import Unknown

EVERYTHING: Document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
"""The identity policy that anybody may hold."""

SERVICE_LINKED = "*:role/aws-service-role/*"
"""Roles that AWS's own services act as; organisations' policies do not bind them, so no claim is about them."""


class Policies(NamedTuple):
    """The policies that a set of requests meets, each with where it is held."""

    identity: tuple[Held, ...] = (Held("any identity policy", EVERYTHING),)
    resource: Held | None = None
    scp: tuple[tuple[Held, ...], ...] = ()
    rcp: tuple[tuple[Held, ...], ...] = ()
    vpc_endpoint: tuple[Held, ...] = ()
    boundary: tuple[Held, ...] = ()

    @property
    def held(self) -> Iterator[Held]:
        """Every policy."""
        yield from self.identity
        yield from (self.resource,) if self.resource else ()
        yield from (policy for level in (*self.scp, *self.rcp) for policy in level)
        yield from self.vpc_endpoint
        yield from self.boundary

    def plain(self) -> dict[str, Any]:
        """The documents in the form that `clover simulate` takes."""
        found: dict[str, Any] = {"identity": [policy.document for policy in self.identity]}
        found |= {"resource": self.resource.document} if self.resource else {}
        found |= {"scp": _plain_levels(self.scp)} if self.scp else {}
        found |= {"rcp": _plain_levels(self.rcp)} if self.rcp else {}
        for kind, held in (("vpc_endpoint", self.vpc_endpoint), ("boundary", self.boundary)):
            found |= {kind: [policy.document for policy in held]} if held else {}
        return found

    def narrowed(self, services: frozenset[str]) -> "Policies":
        """These policies as far as they are about the services; a level of the organisation's stays a level."""

        def of(found: Iterable[Held]) -> tuple[Held, ...]:
            narrow = ((policy, _narrowed(policy.document, services)) for policy in found)
            return tuple(policy._replace(document=document) for policy, document in narrow if document is not None)

        resource = of([self.resource])[:1] if self.resource else ()
        return Policies(
            of(self.identity),
            resource[0] if resource else None,
            tuple(of(level) for level in self.scp),
            tuple(of(level) for level in self.rcp),
            of(self.vpc_endpoint) or self.vpc_endpoint,
            of(self.boundary) or self.boundary,
        )

    def numbered(self) -> "Policies":
        """These policies, each held at its number among them."""
        numbers = count()

        def of(found: Iterable[Held]) -> tuple[Held, ...]:
            return tuple(policy._replace(origin=str(next(numbers))) for policy in found)

        return Policies(
            of(self.identity),
            self.resource and of([self.resource])[0],
            tuple(map(of, self.scp)),
            tuple(map(of, self.rcp)),
            of(self.vpc_endpoint),
            of(self.boundary),
        )

    def under(self, case: Case) -> "Policies":
        """These policies below the organisation's, as far as the givens that count say what they are."""
        found = {kind: levels(case.givens, case.zone.documents, kind) for kind in _KINDS}
        scp, rcp = (tuple(tuple(level) for level in found[kind]) for kind in _KINDS)
        return self._replace(scp=scp, rcp=rcp)


_KINDS = ("service-control-policy", "resource-control-policy")


def _plain_levels(found: Sequence[Sequence[Held]]) -> list[list[Any]]:
    return [[policy.document for policy in level] for level in found]


class Finding(NamedTuple):
    """Whether no request of a set is allowed; else one that is. `undecided` says why neither is known."""

    empty: bool
    request: Mapping[str, Any] | None
    undecided: str | None
    grounds: tuple[Ground, ...]


def ask(account: str, policies: Policies, question: Document) -> Finding:
    """Whether the policies allow any request of the question about resources of `account`."""
    if any(isinstance(policy.document, Unknown) for policy in policies.held):
        return ask_each(account, policies, {"": question})[""]
    plain = policies.plain()

    def made() -> Finding:
        return ask_each(account, policies.numbered(), {"": question})[""]

    def carried(found: Finding, old: str, new: str) -> Finding | None:
        request = with_arn(found.request, old, new)
        holds = request is None or evaluate(request, plain).decision == "allow"
        return found._replace(request=request) if holds else None

    name = named_in([text for each in statements(question) for text in _listed(each.get("Resource"))])
    found = _FINDINGS.of([account, plain, question], name, made, carried)
    origins = [policy.origin for policy in policies.held]
    return found._replace(grounds=tuple(Ground(origins[int(each.urn)], each.statement) for each in found.grounds))


_FINDINGS = Alike[Finding]()


def _listed(found: Any) -> Sequence[str]:
    """The texts of an element that may stand without a list."""
    return [found] if isinstance(found, str) else found or ()


def ask_each(account: str, policies: Policies, questions: Mapping[str, Document]) -> dict[str, Finding]:
    """The findings on several questions about the same policies, by the questions' names."""
    open_ones = [policy.origin for policy in policies.held if isinstance(policy.document, Unknown)]
    if open_ones:
        told = f"the policy of {', '.join(map(last, open_ones))} is not known"
        return dict.fromkeys(questions, Finding(False, None, told, ()))
    services = frozenset(service for question in questions.values() for service in _services(question))
    plain, narrow = policies.plain(), policies.narrowed(services)
    met, denials = narrow.plain(), list(_denials(narrow))
    try:
        world = Requests(account, [met], [*questions.values(), *(document for _, document in denials)])
        return {
            name: _found(world.effective(met, question), plain, partial(_grounds, world, question, denials))
            for name, question in questions.items()
        }
    except Undecided as error:
        return dict.fromkeys(questions, Finding(False, None, str(error), ()))


def _services(question: Document) -> Iterator[str]:
    """The services that a question is about; `*` where it may be about any."""
    for statement in statements(question):
        for action in _listed(statement.get("Action", "*")):
            yield action.partition(":")[0].lower()


def _narrowed(document: Any, services: frozenset[str]) -> Any:
    """The document without actions of other services: they decide no request of these.

    Every statement keeps a name, so that what is left out of the document does not shift the names of the rest.
    """
    kept: list[Mapping[str, Any]] = []
    for index, statement in enumerate(statements(document)):
        named = {"Sid": f"Statement[{index}]", **statement}
        listed = statement.get("Action")
        if listed is not None:
            named["Action"] = [action for action in _listed(listed) if _concerns(action, services)]
        if named.get("Action") != []:
            kept.append(named)
    return {**document, "Statement": kept} if kept else None


def _concerns(action: str, services: frozenset[str]) -> bool:
    service = action.partition(":")[0].lower()
    return "*" in services or service in services or "*" in service or "?" in service


def _found(allowed: RequestSet, plain: Mapping[str, Any], grounds: Callable[[], tuple[Ground, ...]]) -> Finding:
    if allowed.is_empty():
        return Finding(True, None, None, grounds())
    request = allowed.witness(lambda request: evaluate(request, plain).decision == "allow")
    return Finding(False, request, None if request else "no request was found that shows what may be allowed", ())


def _denials(policies: Policies) -> Iterator[tuple[Ground, Document]]:
    """Every Deny statement with where it is held, turned into the question of what it is about."""
    for policy in policies.held:
        for index, statement in enumerate(statements(policy.document)):
            if statement.get("Effect") == "Deny":
                label = statement.get("Sid") or f"Statement[{index}]"
                yield Ground(policy.origin, str(label)), {"Version": "2012-10-17", "Statement": [_allowing(statement)]}


def _allowing(statement: Mapping[str, Any]) -> dict[str, Any]:
    return {**statement, "Effect": "Allow"}


def _grounds(world: Requests, question: Document, denials: Iterable[tuple[Ground, Document]]) -> tuple[Ground, ...]:
    """The Deny statements that take something away from what is asked."""
    asked = world.question(question)
    return tuple(ground for ground, document in denials if not world.question(document).intersect(asked).is_empty())


def nobody(case: Case, policies: Policies, question: Document, told: str, resource: str) -> Answer:
    """The answer to "no request of the question is allowed": outright where it can be, else given the foundation."""
    outright = ask(case.site.account, policies, question)
    if outright.empty:
        return proved(told, resource=resource, rests_on=outright.grounds or _silent(policies))
    bound = policies.under(case)
    found = ask(case.site.account, bound, question) if bound.scp or bound.rcp else outright
    if found.empty:
        used = {policy.origin for level in (*bound.scp, *bound.rcp) for policy in level}
        given = tuple(sorted({ground.urn for ground in found.grounds if ground.urn in used}))
        return proved(told, resource=resource, rests_on=found.grounds, given=given)
    return failing(found, resource)


def _silent(policies: Policies) -> tuple[Ground, ...]:
    """The Allow statements that a request meets and none of which allows it."""
    declared = (policy for policy in policies.held if policy.origin.startswith("urn:"))
    return tuple(ground for policy in declared for ground in allows(policy))


def allowed(case: Case, policies: Policies, request: Mapping[str, Any], resource: str) -> Answer:
    """The answer to "this request is allowed", under the organisation's policies as far as givens say what they are."""
    met = policies.under(case)
    open_ones = [policy.origin for policy in met.held if isinstance(policy.document, Unknown)]
    if open_ones:
        return unknown(f"the policy of {', '.join(map(last, open_ones))} is not known", resource=resource)
    plain, about = met.plain(), [request["resource"], *_texts_of(request["context"])]
    made = partial(_decided, request, plain)
    decision = _DECISIONS.of([plain, request], named_in(about), made, lambda found, _old, _new: found)
    if decision.decision == "allow":
        grounds = tuple(ground for policy in policies.held for ground in allows(policy))
        told = f"{request['principal']} may do what it is there for"
        return proved(told, resource=resource, rests_on=grounds)
    reason = f"{request['principal']} may not call {request['action']} on {request['resource']}: {decision.because[-1]}"
    return refuted(reason, {"kind": "request", "request": request}, resource=resource)


_DECISIONS = Alike[Decision]()


def _decided(request: Mapping[str, Any], plain: Mapping[str, Any]) -> Decision:
    """The decision on one request; many requests in turn meet the same policies, which are read once."""
    return decide(read_request(request), _read(msgspec.json.encode(plain)))


@lru_cache(maxsize=64)
def _read(policies: bytes) -> Weighable:
    return read_policies(msgspec.json.decode(policies))


def _texts_of(context: Mapping[str, Any]) -> list[str]:
    """The texts among the values of a request's keys."""
    return [text for text in context.values() if isinstance(text, str)]


def allows(policy: Held) -> Iterator[Ground]:
    """The Allow statements of a policy, with where it is held."""
    for index, statement in enumerate(statements(policy.document)):
        if statement.get("Effect") == "Allow":
            yield Ground(policy.origin, str(statement.get("Sid") or f"Statement[{index}]"))


def not_trusted(case: Case) -> dict[str, Any]:
    """The condition that whoever calls is neither of the trusted base nor a service."""
    return {
        "ArnNotEquals": {"aws:PrincipalArn": sorted(case.trusted)},
        "StringNotLike": {"aws:PrincipalArn": SERVICE_LINKED},
        "Bool": {"aws:PrincipalIsAWSService": "false"},
    }


def failing(found: Finding, resource: str) -> Answer:
    """The answer where a request is allowed, or where that is not known."""
    if found.request is None:
        return unknown(str(found.undecided), resource=resource)
    request = found.request
    reason = f"{request['principal']} may call {request['action']} on {request['resource']}"
    return refuted(reason, {"kind": "request", "request": request}, resource=resource)


class Asked(NamedTuple):
    """Actions, and the resources that they are about."""

    actions: Sequence[str]
    resources: Sequence[str]


def requests(asked: Iterable[Asked], condition: Mapping[str, Any]) -> Document:
    """A question: each of the actions on its resources, by anybody, where the condition holds."""
    held = {"Condition": condition} if condition else {}
    statements = [
        {"Effect": "Allow", "Principal": "*", "Action": list(each.actions), "Resource": list(each.resources), **held}
        for each in asked
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def last(urn: str) -> str:
    """The last part of a URN: the resource's own name."""
    return urn.rpartition("::")[2]
