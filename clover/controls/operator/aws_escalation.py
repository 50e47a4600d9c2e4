"""OPR-1 on AWS: nobody who is declared comes to hold what they were not given, in any number of steps."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from clover.controls.aws_organisation import Above
from clover.controls.aws_policies import EVERYTHING, Policies
from clover.controls.aws_requests import Asked, Finding, allows, ask, requests
from clover.controls.case import Case
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.logic.aws_sets.comparison import compare
from clover.model.aws.escalations import Call, Way, ways
from clover.model.aws.organisation import denies
from clover.model.aws.policies import Document, Held, statements
from clover.model.aws.principals import Holder, Principal, holders, principals
from clover.sources import Unknown

LONGEST_SESSION = timedelta(days=2)
"""No credential of a session is older than this: the longest that STS issues (GetSessionToken) lasts 36 hours."""


class Found(NamedTuple):
    """The chain that makes more of a principal, or why it is not known whether there is one."""

    path: str
    becomes: str
    chain: tuple[Mapping[str, Any], ...]
    undecided: str | None = None


def nobody_becomes_more(case: Case) -> Iterator[Answer]:
    """OPR-1: one answer for each role and user outside the trusted base; one for the site where there is none."""
    known = principals(case.resources)
    things = tuple(holders(case.resources, known))
    about = [each for each in known if each.kind != "group" and each.arn not in case.trusted]
    known += [_of_the_base(case, arn, about[0]) for arn in sorted(case.trusted) if about]
    for each in about:
        if isinstance(each.arn, Unknown) or each.arn is None:
            yield unknown(f"the ARN of {each.resource.name} is not known", resource=each.resource.urn)
        else:
            yield _answer(case, each, known, things)
    if not about:
        yield proved("no role or user is declared beside the trusted base")


def _of_the_base(case: Case, arn: str, like: Principal) -> Principal:
    """One of the trusted base, which no stack of the site declares: it holds anything."""
    told = [given.id for given in case.givens.values() if given.kind.value == "trust-policy" and arn == case.deployer]
    trust = Held(told[0], case.zone.documents[told[0]]) if told else None
    named = like.resource._replace(urn=arn, name=arn.rpartition("/")[2], inputs={}, outputs={})
    return Principal("role", named, arn, (Held(arn, EVERYTHING),), (), trust, (), ())


def _answer(case: Case, who: Principal, known: Sequence[Principal], things: Sequence[Holder]) -> Answer:
    """Proved outright, or given the organisation's policies; else the chain."""
    urn, name = who.resource.urn, who.resource.name
    outright = Search(case, Policies(), known, things).of(who)
    found, bound = outright, Policies().under(case)
    if outright and (bound.scp or bound.rcp):
        found = Search(case, bound, known, things).of(who)
    if found is None:
        grounds = tuple(dict.fromkeys(ground for held in who.identity for ground in allows(held)))
        more = _denying(bound) if outright else ()
        given = Above(case).leaning(more)
        return proved(f"{name} stays what it is", resource=urn, rests_on=(*grounds, *more), given=given)
    if found.undecided:
        return unknown(f"whether {name} becomes more: {found.undecided}", resource=urn)
    told = f"{name} comes to hold {found.becomes} (path {found.path})"
    return refuted(told, {"kind": "chain", "requests": list(found.chain)}, resource=urn)


def _denying(bound: Policies) -> tuple[Ground, ...]:
    """The organisation's policies that deny: what holds where nothing else stops a principal."""
    held = (policy for level in (*bound.scp, *bound.rcp) for policy in level if denies(policy))
    return tuple(sorted({Ground(policy.origin, "what it denies") for policy in held}))


class Search:
    """The principals that one can become, step by step, under one set of the organisation's policies."""

    def __init__(self, case: Case, above: Policies, known: Sequence[Principal], things: Sequence[Holder]) -> None:
        """Nothing is asked yet."""
        self._case, self._above, self._known, self._things = case, above, known, things
        since = (case.day - LONGEST_SESSION).isoformat()
        self._now = {
            "DateGreaterThanEqualsIfExists": {
                "aws:CurrentTime": f"{case.day.isoformat()}T00:00:00Z",
                "aws:TokenIssueTime": f"{since}T00:00:00Z",
            }
        }

    def of(self, who: Principal) -> Found | None:
        """The first chain by which `who` comes to hold what it was not given; None where there is none."""
        given = list(who.identity)
        open_ones: list[tuple[Principal, tuple[Mapping[str, Any], ...]]] = [(who, ())]
        seen = {who.arn}
        while open_ones:
            caller, before = open_ones.pop(0)
            for way in ways(caller, self._known, self._things):
                if way.becomes.arn in seen and not way.anything and way.becomes.arn != caller.arn:
                    continue
                made = self._possible(caller, way)
                if made is None:
                    continue
                if isinstance(made, str):
                    return Found(way.path, way.becomes.resource.name, (), made)
                by_name = way.becomes.names(caller.arn) and not way.anything
                if not by_name and (_gains(given, way) or _freed(caller, way)):
                    return Found(way.path, _what(way), (*before, *made))
                if not way.anything and way.becomes.arn not in seen:
                    seen.add(way.becomes.arn)
                    given += way.becomes.identity if by_name else ()
                    open_ones.append((way.becomes, (*before, *made)))
        return None

    def _possible(self, caller: Principal, way: Way) -> tuple[Mapping[str, Any], ...] | str | None:
        """The calls of a way as requests; None where one is not allowed, a text where that is not known."""
        if not all(_may(caller, call.action) or call.guard for call in way.calls):
            return None
        made: list[Mapping[str, Any]] = []
        for call in way.calls:
            found = self._asked(caller, call)
            if found.empty:
                return None
            if found.request is None:
                return str(found.undecided)
            made.append(found.request)
        return tuple(made)

    def _asked(self, caller: Principal, call: Call) -> Finding:
        """Whether the caller's own policies, and those above, allow a call."""
        met = self._above._replace(identity=caller.identity, boundary=caller.boundary, resource=call.guard)
        told = {"StringEquals": dict(call.condition)} if call.condition else {}
        who = {"ArnEquals": {"aws:PrincipalArn": caller.arn}, **told, **self._now}
        return ask(self._case, met, requests([Asked([call.action], [call.arn])], who))


def _what(way: Way) -> str:
    if way.anything:
        return f"any policy, as {way.becomes.resource.name}"
    return f"what {way.becomes.resource.name} holds"


def _gains(given: Sequence[Held], way: Way) -> bool:
    """Whether a way leads to something that is not within what was given; where that is not known, it does."""
    limits = [held.document for held in way.becomes.boundary]
    goals = (
        limits
        if way.anything and limits
        else [EVERYTHING]
        if way.anything
        else [_joined(way.becomes.identity), *limits]
    )
    return all(_wider(_joined(given), goal) for goal in goals)


def _freed(caller: Principal, way: Way) -> bool:
    """Whether a caller that loses its boundary holds more than the boundary let it."""
    limited = caller.boundary and way.becomes.arn == caller.arn and not way.becomes.boundary
    return bool(limited) and _wider(_joined(caller.boundary), _joined(caller.identity))


def _wider(given: "Document | Unknown", goal: "Document | Unknown") -> bool:
    if isinstance(goal, Unknown) or isinstance(given, Unknown):
        return True
    if not statements(goal):
        return False
    return not statements(given) or compare(given, goal).added is not None


def _joined(held: Sequence[Held]) -> "Document | Unknown":
    """All policies as one."""
    parts = [each.document for each in held]
    open_one = next((each for each in parts if isinstance(each, Unknown)), None)
    if open_one is not None:
        return open_one
    return {"Version": "2012-10-17", "Statement": [one for each in parts for one in statements(each)]}


def _may(caller: Principal, action: str) -> bool:
    """Whether some statement could allow the action at all: a quick look before the exact question."""
    documents = [held.document for held in caller.identity]
    return any(isinstance(each, Unknown) or any(_names(one, action) for one in statements(each)) for each in documents)


def _names(statement: Mapping[str, Any], action: str) -> bool:
    listed = statement.get("Action")
    if statement.get("Effect") != "Allow":
        return False
    if listed is None:
        return "NotAction" in statement
    patterns = [listed] if isinstance(listed, str) else listed
    return any(fnmatchcase(action.lower(), pattern.lower().replace("[", "[[]")) for pattern in patterns)
