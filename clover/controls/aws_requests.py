"""Questions about requests on AWS: whether any of a set is allowed, by which statements not, and a request that is.

Every question is a policy document: the set of requests that it would allow. Whoever calls is taken to hold an identity
policy that allows everything, unless the question is about a role whose policies are declared.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from typing import Any, NamedTuple

import msgspec

from clover.controls.alike import Alike, named_in, with_arn
from clover.controls.aws_callers import told_apart
from clover.controls.aws_organisation import Above
from clover.controls.aws_policies import Policies, as_texts
from clover.controls.aws_together import whole
from clover.controls.case import Case
from clover.controls.verdict import Answer, Ground, Outcome, proved, refuted, unknown
from clover.logic.aws import Decision, decide, evaluate, read_policies, read_request
from clover.logic.aws import Policies as Weighable
from clover.logic.aws_sets import RequestSet, Undecided
from clover.logic.aws_sets import World as Requests
from clover.model.aws.policies import Document, Held, statements
from clover.sources import Unknown


class Finding(NamedTuple):
    """Whether no request of a set is allowed; else one that is. `undecided` says why neither is known."""

    empty: bool
    request: Mapping[str, Any] | None
    undecided: str | None
    grounds: tuple[Ground, ...]


class Asking(NamedTuple):
    """One of several questions about the same policies, which are answered together."""

    questions: Mapping[str, Document]
    name: str


def ask(case: Case, policies: Policies, question: Document | Asking, account: str | None = None) -> Finding:
    """Whether the policies allow any request of the question about resources of `account`, the site's unless given."""
    asking = question if isinstance(question, Asking) else Asking({"": question}, "")
    return ask_each(case, policies, asking.questions, account)[asking.name]


Findings = Mapping[str, Finding]
_FINDINGS = Alike[Findings]()


def keep_what_is_closed() -> None:
    """Forget the findings with a request that is allowed: which one it is hangs on the stack that was asked about."""
    _FINDINGS.keep(lambda found: all(each.empty for each in found.values()))


def ask_each(case: Case, policies: Policies, questions: Mapping[str, Document], account: str | None = None) -> Findings:
    """The findings on several questions about the same policies, by the questions' names."""
    open_ones = [policy.origin for policy in policies.held if isinstance(policy.document, Unknown)]
    if open_ones:
        told = f"the policy of {', '.join(map(last, open_ones))} is not known"
        return dict.fromkeys(questions, Finding(False, None, told, ()))
    met = policies.narrowed(frozenset(service for question in questions.values() for service in _services(question)))
    plain = met.plain()
    asked = [each for question in questions.values() for each in statements(question)]
    name = named_in([text for each in asked for text in as_texts(each.get("Resource"))])
    owner = account or case.site.account
    made = partial(_worked_out, case, owner, met.numbered(), questions)
    found = _FINDINGS.of([owner, plain, questions], name, made, partial(_carried, plain))
    origins = [policy.origin for policy in policies.held]
    return {name: _held_at(origins, each) for name, each in found.items()}


def _carried(plain: Mapping[str, Any], found: Findings, old: str, new: str) -> Findings | None:
    """The findings with one ARN for another; None where a request does not replay under the policies of the other."""
    carried = {name: each._replace(request=with_arn(each.request, old, new)) for name, each in found.items()}
    shown = (each.request for each in carried.values() if each.request)
    return carried if all(evaluate(request, plain).decision == "allow" for request in shown) else None


def _held_at(origins: Sequence[str], found: Finding) -> Finding:
    """The finding with grounds by where the policies are held, not by their numbers."""
    return found._replace(grounds=tuple(Ground(origins[int(each.urn)], each.statement) for each in found.grounds))


def _worked_out(case: Case, account: str, policies: Policies, questions: Mapping[str, Document]) -> Findings:
    plain, denials = policies.plain(), list(_denials(policies))
    try:
        asked = [*questions.values(), *(document for _, document in denials)]
        shared = told_apart(case) if account == case.site.account else ()
        world = Requests(account, [plain], asked, shared)
        return {
            name: _found(world.effective(plain, question), plain, question, partial(_grounds, world, question, denials))
            for name, question in questions.items()
        }
    except Undecided as error:
        return dict.fromkeys(questions, Finding(False, None, str(error), ()))


def _services(question: Document) -> Iterator[str]:
    """The services that a question is about; `*` where it may be about any."""
    for statement in statements(question):
        for action in as_texts(statement.get("Action", "*")):
            yield action.partition(":")[0].lower()


def _found(
    allowed: RequestSet, plain: Mapping[str, Any], question: Document, grounds: Callable[[], tuple[Ground, ...]]
) -> Finding:
    if allowed.is_empty():
        return Finding(True, None, None, grounds())
    request = allowed.witness(lambda request: evaluate(request, plain).decision == "allow")
    if request is None:
        return Finding(False, None, "no request was found that shows what may be allowed", ())
    return Finding(False, whole(request, plain, question), None, ())


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


def nobody(case: Case, policies: Policies, question: Document | Asking, told: str, resource: str) -> Answer:
    """The answer to "no request of the question is allowed": outright where it can be, else given the foundation."""
    rivals = policies.resource.rivals if policies.resource else ()
    if policies.resource and rivals:
        each = [policies.resource._replace(rivals=()), *rivals]
        return _worst(each, [nobody(case, policies._replace(resource=one), question, told, resource) for one in each])
    outright = ask(case, policies, question)
    if outright.empty:
        return proved(told, resource=resource, rests_on=outright.grounds or _silent(policies))
    bound = policies.under(case)
    found = ask(case, bound, question) if bound.scp or bound.rcp else outright
    if found.empty:
        given = Above(case).leaning(found.grounds)
        return proved(told, resource=resource, rests_on=found.grounds, given=given)
    return failing(found, resource)


def _worst(held: Sequence[Held], found: Sequence[Answer]) -> Answer:
    """The worst of what several policies of a thing lead to; never proved, for it is not known which counts."""
    worst = min(found, key=lambda answer: list(Outcome).index(answer.outcome))
    if worst.outcome is not Outcome.PROVED:
        return worst
    return unknown(
        f"which of {', '.join(last(one.origin) for one in held)} counts is not known", resource=worst.resource
    )


def _silent(policies: Policies) -> tuple[Ground, ...]:
    """The Allow statements that a request meets and none of which allows it."""
    declared = (policy for policy in policies.held if policy.origin.startswith("urn:"))
    return tuple(ground for policy in declared for ground in allows(policy))


def allowed(case: Case, policies: Policies, request: Mapping[str, Any], resource: str) -> Answer:
    """The answer to "this request is allowed", under the organisation's policies as far as givens say what they are."""
    met = policies.under(case).narrowed(frozenset({request["action"].partition(":")[0].lower()}))
    open_ones = [policy.origin for policy in met.held if isinstance(policy.document, Unknown) or policy.rivals]
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


def failing(found: Finding, resource: str | None) -> Answer:
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


def either(*questions: Document) -> Document:
    """The question that is about whatever one of several is about."""
    return {**questions[0], "Statement": [one for each in questions for one in statements(each)]}


def last(urn: str) -> str:
    """The last part of a URN: the resource's own name."""
    return urn.rpartition("::")[2]
