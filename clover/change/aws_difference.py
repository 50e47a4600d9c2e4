"""Two sets of AWS policies around one thing: a request that only one of them allows, where there is any."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from clover.logic.aws import Malformed, evaluate
from clover.logic.aws_sets import Replay, Request, RequestSet, Undecided, World, compare, names_principals
from clover.model.aws.policies import Document, statements

VERSION = "2012-10-17"
ALLOW_ALL: dict[str, Any] = {"Effect": "Allow", "Action": "*", "Resource": "*"}
ANY_IDENTITY: Document = {"Version": VERSION, "Statement": [ALLOW_ALL]}
"""The identity policy that anybody may hold."""

Policies = Mapping[str, Any]
"""Policies by kind, in the form of `clover simulate`."""


class Difference(NamedTuple):
    """A request that only the new policies allow, and one that only the old ones did; `open` says what is undecided."""

    added: Request | None = None
    removed: Request | None = None
    open: str | None = None


def allowed(request: Mapping[str, Any], policies: Policies) -> bool:
    """What the plain evaluator says."""
    return evaluate(request, policies).decision == "allow"


def difference(account: str, before: Policies, after: Policies, asked: Sequence[Document]) -> Difference:
    """What differs within the last of the questions; a witness of an earlier one is preferred, as it tells more."""
    try:
        if _has_variables(before, after):
            return _by_comparison(before, after)
        return _by_sets(account, before, after, asked)
    except (Undecided, Malformed) as error:
        return Difference(open=str(error))


def _by_sets(account: str, before: Policies, after: Policies, asked: Sequence[Document]) -> Difference:
    world = World(account, [before, after], asked)
    old, new = world.effective(before, asked[-1]), world.effective(after, asked[-1])
    questions = [world.question(document) for document in asked]
    added = _shown(new.minus(old), questions, before, after)
    removed = _shown(old.minus(new), questions, after, before)
    return Difference(added, removed)


def _shown(found: RequestSet, questions: Iterable[RequestSet], denying: Policies, allowing: Policies) -> Request | None:
    """A request of the set that the plain evaluator confirms; raises Undecided where a set shows none."""
    if found.is_empty():
        return None

    def confirmed(request: Request) -> bool:
        return allowed(request, allowing) and not allowed(request, denying)

    for question in questions:
        witness = found.intersect(question).witness(confirmed)
        if witness is not None:
            return witness
    raise Undecided("no request was found that shows what may be a difference")


def denials(before: Policies, after: Policies) -> Difference:
    """What only one side denies by its own words, whether or not anything would allow it."""
    old, new = (_denied(each) for each in (before, after))
    try:
        found = compare(old, new, _replayed(old, new))
    except (Undecided, Malformed) as error:
        return Difference(open=str(error))
    return Difference(found.added, found.removed)


def _denied(policies: Policies) -> Document:
    """The Deny statements, turned into the question of what they are about."""
    listed = [one for one in _as_one(policies)["Statement"] if one.get("Effect") == "Deny"]
    return {"Version": VERSION, "Statement": [{**one, "Effect": "Allow"} for one in listed]}


def _has_variables(*policies: Policies) -> bool:
    return any("${" in json.dumps(each) for each in policies)


def _by_comparison(before: Policies, after: Policies) -> Difference:
    """Documents with variables, compared alone: there every value of a variable is looked at."""
    old, new = _as_one(before), _as_one(after)
    found = compare(old, new, _replayed(old, new))
    return Difference(found.added, found.removed)


def _replayed(old: Document, new: Document) -> Replay:
    """What the plain evaluator says of a request, on each document."""

    def replay(request: Request, beside: bool) -> tuple[bool, bool]:
        return _alone(old, request, beside), _alone(new, request, beside)

    return replay


def _as_one(policies: Policies) -> Document:
    """The one kind of document that differs, all of its kind together; the account's own grant beside a resource's."""
    levels = policies.get("scp") or policies.get("rcp")
    if levels:
        return {
            "Version": VERSION,
            "Statement": [one for level in levels for each in level for one in statements(each)],
        }
    listed = [policies["resource"]] if "resource" in policies else policies.get("vpc_endpoint") or policies["identity"]
    return {"Version": VERSION, "Statement": [one for document in listed for one in statements(document)]}


def _alone(document: Document, request: Request, beside: bool) -> bool:
    """Whether a document lets a request pass, by itself or beside another side that allows everything."""
    if names_principals(document):
        return allowed(request, {"resource": document} | ({"identity": [ANY_IDENTITY]} if beside else {}))
    owner = {**ALLOW_ALL, "Principal": {"AWS": request["resource_account"]}}
    other = {"resource": {"Version": VERSION, "Statement": [owner]}}
    return allowed(request, {"identity": [document]} | (other if beside else {}))
