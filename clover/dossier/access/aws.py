"""The access register on AWS: exact questions about each caller's requests, under every policy that they meet."""

from collections.abc import Iterator, Mapping, Sequence, Set
from functools import partial
from typing import Any, NamedTuple

from clover.controls.alike import Alike, named_in
from clover.controls.audit.aws import AUDITOR_PATH
from clover.controls.aws_callers import NOT_A_SERVICE, SERVICE_LINKED, told_apart
from clover.controls.aws_policies import EVERYTHING, Policies
from clover.controls.aws_requests import Asked, requests
from clover.controls.backups.aws_copies import copier_of
from clover.controls.case import Case
from clover.controls.residency.aws_reading import (
    CLASS_TAG,
    data_actions,
    known,
    role_of,
    site_endpoints,
    stores,
)
from clover.dossier.access.register import VERBS, Looked, Reach, Row
from clover.logic.aws_sets import Undecided, World
from clover.model.aws.policies import Document, Guarded, Held
from clover.model.aws.principals import Principal, roles
from clover.model.resources import value
from clover.sources import Unknown
from clover.sources.plain import as_object

Condition = Mapping[str, Mapping[str, Any]]

ANY_IDENTITY = (Held("any identity policy", EVERYTHING),)
CONTROLS = {
    "auditor": ("AUD-1", "AUD-2", "AUD-3"),
    "declared": ("RES-P1", "OPR-1"),
    "copier": ("RES-P1", "BAK-1"),
    "trusted": ("RES-P1", "OPR-1"),
    "own": ("RES-P1", "RES-P2"),
    "zone": ("RES-3", "RES-P1"),
    "service": ("RES-P2", "EVD-1"),
    "anybody": ("RES-3", "RES-P1"),
}
"""The controls whose verdicts a reader turns to for each kind of caller."""


class Caller(NamedTuple):
    """Somebody who may ask, by what is known of their requests, with the identity policies that they hold."""

    kind: str
    name: str
    condition: Condition
    identity: tuple[Held, ...] = ANY_IDENTITY


class Places(NamedTuple):
    """Where requests may come from: the site's endpoints, and the auditor's networks."""

    doors: Sequence[Any]
    networks: Sequence[str]

    def conditions(self) -> Iterator[tuple[Reach, Condition]]:
        """What a request that comes further than a reach fulfils, from the nearest reach to the widest."""
        elsewhere: Condition = {"StringNotEquals": {"aws:SourceVpce": list(self.doors)}} if self.doors else {}
        yield Reach.NOTHING, {}
        yield Reach.ENDPOINTS, elsewhere
        yield Reach.AUDITOR_NETWORKS, {**elsewhere, "NotIpAddress": {"aws:SourceIp": list(self.networks)}}


def looked(case: Case) -> Iterator[Looked]:
    """Every bucket of the site with a row for each caller."""
    callers = list(_callers(case))
    places = Places(site_endpoints(case), list(case.zone.file.auditor.networks))
    for store in stores(case):
        tags = as_object(value(store.resource, "tags")) or {}
        rows = tuple(_rows(case, store, callers, places))
        yield Looked(store.resource.name, str(tags.get(CLASS_TAG, "restricted")), str(role_of(store.resource)), rows)


def _callers(case: Case) -> Iterator[Caller]:
    """Everybody whom the register tells apart: together they are all who can ask."""
    named = [role for role in roles(case.resources) if isinstance(role.arn, str)]
    copiers = {each.arn for store in stores(case) if (each := copier_of(case, store.resource))}
    for role in named:
        yield _of_role(role, copiers)
    for principal in sorted(case.trusted):
        yield Caller("trusted", principal, {"ArnEquals": {"aws:PrincipalArn": principal}})
    left_out = sorted({str(role.arn) for role in named} | case.trusted)
    own = {
        "StringEquals": {"aws:PrincipalAccount": case.site.account},
        "ArnNotEquals": {"aws:PrincipalArn": left_out},
        "StringNotLike": {"aws:PrincipalArn": SERVICE_LINKED},
    }
    yield Caller("own", case.site.account, {**own, **NOT_A_SERVICE})
    others = sorted(case.accounts - {case.site.account})
    if others:
        yield Caller("zone", ", ".join(others), {"StringEquals": {"aws:PrincipalAccount": others}, **NOT_A_SERVICE})
    yield Caller("service", "", {"Bool": {"aws:PrincipalIsAWSService": "true"}})
    outside = {"StringNotEquals": {"aws:PrincipalAccount": sorted(case.accounts)}}
    yield Caller("anybody", "", {**outside, **NOT_A_SERVICE})


def _of_role(role: Principal, copiers: Set[str]) -> Caller:
    kind = "auditor" if value(role.resource, "path") == AUDITOR_PATH else "declared"
    kind = "copier" if role.arn in copiers else kind
    return Caller(kind, str(role.arn), {"ArnEquals": {"aws:PrincipalArn": str(role.arn)}}, role.identity)


def _rows(case: Case, store: Guarded, callers: Sequence[Caller], places: Places) -> Iterator[Row]:
    """A row for each caller; callers with the same identity policies are asked about together."""
    groups: dict[int, list[Caller]] = {}
    for caller in callers:
        groups.setdefault(id(caller.identity), []).append(caller)
    found = {
        id(caller): reach
        for group in groups.values()
        for caller, reach in zip(group, _reaches(case, store, group, places), strict=True)
    }
    for caller in callers:
        yield Row(caller.kind, caller.name, found[id(caller)], CONTROLS[caller.kind])


def _reaches(case: Case, store: Guarded, group: Sequence[Caller], places: Places) -> Iterator[Mapping[str, Reach]]:
    """How far each of the group comes with each verb; open where a policy or an endpoint is not known."""
    met = Policies(identity=group[0].identity, resource=store.policy).under(case)
    is_open = any(isinstance(policy.document, Unknown) for policy in met.held)
    if is_open or not known(store) or any(isinstance(door, Unknown) for door in places.doors):
        yield from (dict.fromkeys(VERBS, Reach.OPEN) for _ in group)
        return
    arn = str(store.arn)
    questions: dict[str, Document] = {}
    for number, caller in enumerate(group):
        for verb, asked in _verbs(arn, caller.kind).items():
            for reach, condition in places.conditions():
                questions[f"{number}/{verb}/{reach}"] = requests(asked, _both(caller.condition, condition))
    empty = _EMPTY.of(
        [case.site.account, met.plain(), questions],
        named_in([arn]),
        partial(_empty, case, met.narrowed(frozenset({"s3"})), questions),
        lambda found, _old, _new: found,
    )
    for number in range(len(group)):
        yield {verb: _reach(empty, f"{number}/{verb}", places) for verb in VERBS}


Empty = Mapping[str, bool | None]
_EMPTY = Alike[Empty]()


def _empty(case: Case, met: Policies, questions: Mapping[str, Document]) -> Empty:
    """Whether no request of each question is allowed; None for all where that is not decided."""
    plain = met.plain()
    try:
        world = World(case.site.account, [plain], questions.values(), told_apart(case))
        allowed = world.effective(plain)
        return {name: allowed.intersect(world.question(asked)).is_empty() for name, asked in questions.items()}
    except Undecided:
        return dict.fromkeys(questions)


def _reach(empty: Empty, name: str, places: Places) -> Reach:
    """The nearest reach that no allowed request goes beyond."""
    for reach, _ in places.conditions():
        beyond = empty[f"{name}/{reach}"]
        if beyond is None:
            return Reach.OPEN
        if beyond:
            return reach
    return Reach.ANYWHERE


def _verbs(arn: str, kind: str) -> Mapping[str, list[Asked]]:
    """What each verb stands for; reads that S3 makes while it copies are not counted as the copier's."""
    found = data_actions()["s3"]
    copied = found["copied"] if kind == "copier" else ()
    return {
        "read": [Asked([each for each in found["read"] if each not in copied], [f"{arn}/*"])],
        "write": [Asked(found["write"], [f"{arn}/*"])],
        "list": [Asked([*found["list"], *found["names"]], [arn])],
    }


def _both(one: Condition, other: Condition) -> Condition:
    """The condition that both hold; an operator of both has the keys of both."""
    return {operator: {**one.get(operator, {}), **other.get(operator, {})} for operator in {**one, **other}}
