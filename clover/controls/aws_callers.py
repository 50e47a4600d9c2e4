"""Who calls on AWS: the conditions that questions put, and what tells callers apart in all of a site's policies.

Every set of policies of a site, and every question about it, tells callers apart by much the same: its principals, and
what conditions say of them. Worlds that are made with all of it share what is costly to find, the atoms of callers.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from clover.controls.case import Case
from clover.logic.aws_sets import OF_CALLERS, Literal, Undecided
from clover.logic.aws_sets import World as Requests
from clover.model.aws import policies
from clover.model.aws.policies import Document, Held, statements
from clover.model.aws.principals import principals
from clover.sources import Unknown
from clover.sources.plain import as_object
from clover.zones.vocabulary import Cloud

SERVICE_LINKED = "*:role/aws-service-role/*"
"""Roles that AWS's own services act as; organisations' policies do not bind them, so no claim is about them."""
NOT_A_SERVICE = {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
"""Callers that are no service of AWS; requests of nobody (anonymous ones) have no such key."""
MOST_SHARED = 64
"""Ways to tell callers apart that are shared; beyond, every world looks at its own alone."""


def another(case: Case) -> str:
    """An account that stands for every account outside the zone."""
    return next(number for number in map(str, range(999_999_999_999, 0, -1)) if number not in case.accounts)


def partition(case: Case) -> str:
    """The partition of the site's region."""
    region = case.zone.file.region(case.site.cloud, case.site.region)
    return region.partition if region else "aws"


def not_trusted(case: Case, beside: Sequence[str] = ()) -> dict[str, Any]:
    """The condition that whoever calls is neither of the trusted base, nor one of those `beside` it, nor a service."""
    return {
        "ArnNotEquals": {"aws:PrincipalArn": sorted({*case.trusted, *beside})},
        "StringNotLike": {"aws:PrincipalArn": SERVICE_LINKED},
        **NOT_A_SERVICE,
    }


def outsiders(case: Case) -> dict[str, Any]:
    """The condition that whoever calls is of no account that may reach data and keys, and no service."""
    return {"StringNotEquals": {"aws:PrincipalAccount": sorted(case.insiders)}, **NOT_A_SERVICE}


def insiders(case: Case) -> dict[str, Any]:
    """The condition that whoever calls is of the site's account, and not of the trusted base."""
    return {**not_trusted(case), "StringEquals": {"aws:PrincipalAccount": case.site.account}}


_SHARED: dict[int, tuple[Case, tuple[Literal, ...]]] = {}
"""What was found for the last cases, each kept with it, so that no other has its id."""


def told_apart(case: Case) -> tuple[Literal, ...]:
    """By what the site's policies, and the questions about them, tell callers apart; none where that is too much."""
    if id(case) not in _SHARED:
        if len(_SHARED) > 3:
            _SHARED.clear()
        _SHARED[id(case)] = case, _found(case)
    return _SHARED[id(case)][1]


def _found(case: Case) -> tuple[Literal, ...]:
    about = {repr(each): each for each in _of_callers(case)}
    if len(about) > 4 * MOST_SHARED:
        return ()
    listed = [{**each, "Effect": "Allow", "Action": "*", "Resource": "*"} for each in about.values()]
    try:
        world = Requests(case.site.account, [], [{"Version": policies.VERSION, "Statement": [one]} for one in listed])
    except Undecided:
        return ()
    found = world.callers()
    return found if len(found) <= MOST_SHARED else ()


def _of_callers(case: Case) -> Iterator[dict[str, Any]]:
    """What each statement of a policy, and each question, says of callers."""
    asked: tuple[Mapping[str, Any], ...] = (not_trusted(case), outsiders(case), insiders(case))
    yield from ({"Condition": each} for each in (*asked, {"Bool": {"aws:PrincipalIsAWSService": "true"}}))
    names = (each.arn for each in principals(case.resources) if isinstance(each.arn, str))
    yield from ({"Condition": {"ArnEquals": {"aws:PrincipalArn": name}}} for name in (*names, *case.trusted))
    for auditor in case.zone.file.auditor.principals:
        for path in (auditor.person, auditor.machine) if auditor.cloud is Cloud.AWS else ():
            name = f"arn:{partition(case)}:iam::{auditor.account}:{path}"
            yield {"Condition": {"ArnNotEquals": {"aws:PrincipalArn": name}}}
    for held in _held(case):
        if not isinstance(held.document, Unknown):
            yield from map(_said, statements(held.document))


def _held(case: Case) -> Iterator[Held]:
    """Every policy of the site, and of the organisation above it."""
    yield from (held for kind in case.above for level in kind for held in level)
    told = (given for given in case.givens.values() if given.kind.value in ("trust-policy", "identity-policy"))
    yield from (Held(given.id, case.zone.documents[given.id]) for given in told)
    guarded = (*policies.buckets(case.resources, partition(case)), *policies.keys(case.resources))
    for each in (*guarded, *policies.endpoints(case.resources)):
        yield from (each.policy, *each.policy.rivals) if each.policy else ()
    for principal in principals(case.resources):
        yield from (*principal.identity, *principal.boundary, *([principal.trust] if principal.trust else ()))


def _said(statement: Document) -> dict[str, Any]:
    """What a statement says of callers."""
    kept: dict[str, Any] = {name: statement[name] for name in ("Principal", "NotPrincipal") if name in statement}
    condition: dict[str, dict[str, Any]] = {}
    for operator, keys in (as_object(statement.get("Condition")) or {}).items():
        about = {key: told for key, told in (as_object(keys) or {}).items() if key.lower() in OF_CALLERS}
        condition |= {operator: about} if about else {}
    return kept | ({"Condition": condition} if condition else {})
