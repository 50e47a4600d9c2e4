"""What an organisation's policies on AWS let through, before and after: place by place, whatever way they are packed.

A place is a root, a unit or an account. What stands at the root stands above all of it; what stands above a unit or an
account besides is known as far as the stack declares those. Beside what is declared, AWS's own policy that allows
everything counts as attached everywhere. Policies bind the principals (service control) and the resources (resource
control) of member accounts, whatever those hold
(https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html).
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any, NamedTuple

from clover.change.aws_difference import (
    ALLOW_ALL,
    ANY_IDENTITY,
    VERSION,
    Difference,
    Policies,
    allowed,
    denials,
    difference,
)
from clover.change.finding import Direction, Finding, undecided
from clover.change.pairing import Sides
from clover.controls.guardrails.aws_questions import asked, relaying, together
from clover.model.aws.organisation import ACCOUNTS, KINDS, OPT_OUT, POLICY, Attached, attached, full_access, parents
from clover.model.aws.policies import Document, statements
from clover.model.resources import Resources, declared, value
from clover.sources import Unknown

DOCUMENTATION = "123456789012"
"""The account id that stands for any member account where the stack names none."""
ANYBODY: Document = {"Version": VERSION, "Statement": [{**ALLOW_ALL, "Principal": "*"}]}
SERVICE = "service-control-policy"
MEMBERS = {SERVICE: "scp", "resource-control-policy": "rcp"}
TOLD_FIRST = ("s3:GetObject", "s3:PutObject", "organizations:LeaveOrganization", "kms:Decrypt", "ec2:CopySnapshot")
"""Actions that a person would ask about first."""


class Place(NamedTuple):
    """One kind of policies at one place, and those above it, from the root down."""

    kind: str
    target: str
    own: Sequence[Attached]
    levels: Sequence[Sequence[Attached]]

    @property
    def policies(self) -> "Policies | Unknown":
        """The policies with AWS's own, around somebody to whom all else allows everything."""
        documents = [[full_access(self.kind), *(each.policy.document for each in level)] for level in self.levels]
        unknown = next((each for level in documents for each in level if isinstance(each, Unknown)), None)
        if unknown is not None:
            return unknown
        around = {} if self.kind == SERVICE else {"resource": ANYBODY}
        return {"identity": [ANY_IDENTITY], **around, MEMBERS[self.kind]: documents}


class Organisation:
    """The places of one side."""

    def __init__(self, resources: Resources) -> None:
        """Read what is attached where."""
        self.resources = resources
        self.attached = list(attached(resources))
        self.parents = parents(resources)
        known = {each.target for each in self.attached if isinstance(each.target, str)}
        self.targets = known | self.parents.keys()
        self.roots = sorted(each for each in known | set(self.parents.values()) if each.startswith("r-"))

    def at(self, kind: str, target: str) -> Place:
        """What stands at a place, and above it."""
        path = [target]
        while (above := self.parents.get(path[0])) and above not in path:
            path.insert(0, above)
        path = [*(root for root in self.roots if root not in path), *path]
        levels = [[each for each in self.attached if (each.kind, each.target) == (kind, place)] for place in path]
        return Place(kind, target, levels[-1], levels)

    @property
    def account(self) -> str | None:
        """A member account that the stack names."""
        named = {str(each.id) for each in self.resources.of(ACCOUNTS) if each.id}
        return next(iter(sorted(each for each in self.targets | named if each.isdecimal())), None)


def organisation_findings(sides: Sides) -> Iterator[Finding]:
    """Every place at which, or above which, what the stack declares changed."""
    old, new = Organisation(sides.before), Organisation(sides.after)
    yield from _not_compared(sides)
    for kind in MEMBERS:
        for target in sorted(old.targets | new.targets):
            before, after = old.at(kind, target), new.at(kind, target)
            moved = old.parents.get(target) != new.parents.get(target) and target in old.targets & new.targets
            unknown = any(isinstance(each.policy.document, Unknown) for each in after.own)
            if moved or unknown or _texts(before) != _texts(after):
                account = target if target.isdecimal() else new.account or old.account or DOCUMENTATION
                yield from _compared(account, before, after, _says(sides, before, after))
    open_ones = [each for each in new.attached if isinstance(each.target, Unknown)]
    yield from (
        undecided("GRD-1", each.attachment, f"where {_name(each)} is attached is not known") for each in open_ones
    )


def _not_compared(sides: Sides) -> Iterator[Finding]:
    """Policies that decide no request: what they say is not looked at."""
    for pair in sides.pairs:
        texts = [value(each, "content") if each else None for each in (pair.before, pair.after)]
        kind = declared(pair.one, "type", "SERVICE_CONTROL_POLICY")
        if pair.type == POLICY and kind not in (*KINDS, OPT_OUT) and texts[0] != texts[1]:
            yield undecided("GRD-1", pair.urn, f"what the {kind} {pair.one.name} says is not compared")


def _texts(place: Place) -> list[str]:
    """What stands at a place itself, in whatever order."""
    return sorted(json.dumps(each.policy.document, sort_keys=True, default=str) for each in place.own)


def _says(sides: Sides, before: Place, after: Place) -> str:
    """The resource that says what changed: a policy with another text, else what was attached or is no longer."""
    old = {sides.renamed.get(each.policy.origin, each.policy.origin): each for each in before.own}
    new = {each.policy.origin: each for each in after.own}
    for urn in old.keys() & new.keys():
        if old[urn].policy.document != new[urn].policy.document:
            return urn
    one_sided = [*(old[urn] for urn in old.keys() - new.keys()), *(new[urn] for urn in new.keys() - old.keys())]
    for each in sorted(one_sided, key=lambda each: each.attachment):
        urn = sides.renamed.get(each.policy.origin, each.policy.origin)
        there = urn in sides.before.by_urn and urn in sides.after.by_urn
        return sides.renamed.get(each.attachment, each.attachment) if there else urn
    moved = (each.urn for each in sides.after.all if each.custom and each.id == after.target)
    return next(moved, after.target)


def _name(each: Attached) -> str:
    return each.policy.origin.rpartition("::")[2]


def _compared(account: str, before: Place, after: Place, urn: str) -> Iterator[Finding]:
    """What requests in an account below the place are denied on one side only."""
    old, new, where = before.policies, after.policies, f"at or below {after.target}"
    if isinstance(old, Unknown) or isinstance(new, Unknown):
        yield undecided("GRD-1", urn, f"what is denied {where} is not known: the text of a policy is not")
        return
    found = Difference()
    if one_sided := _one_sided(before, after):
        found = difference(account, old, new, _questions(after.kind, account, one_sided))
    shown = found.added or found.removed
    if found.open:
        yield undecided("GRD-1", urn, f"what is denied {where} is not decided: {found.open}")
    elif shown:
        policies, denying = {"before": old, "after": new}, before if found.added else after
        witness = {"kind": "request", "request": shown, "policies": policies}
        why = f"{'nothing' if found.added else 'the organisation'} stops {shown['principal']} "
        why += f"from calling {shown['action']} {where}"
        direction = Direction.NARROWS
        if found.added:
            direction = Direction.MIXED if found.removed else Direction.WIDENS
        was, now = ("denied", "allowed") if found.added else ("allowed", "denied")
        yield Finding(_control(denying, shown), urn, was, now, direction, witness, why)
    else:
        yield from _covers(after, urn, old, new)


def _covers(place: Place, urn: str, old: Policies, new: Policies) -> Iterator[Finding]:
    """What is denied once less, or once more, at a place although it is denied above it anyhow."""
    kind = MEMBERS[place.kind]
    found = denials(*({"identity": each["identity"], kind: each[kind][-1:]} for each in (old, new)))
    shown = found.removed or found.added
    if shown:
        told = "no longer also" if found.removed else "now also"
        why = f"what stands at {place.target} {told} stops {shown['principal']} from calling {shown['action']}"
        was, now = ("denied twice", "denied once") if found.removed else ("denied once", "denied twice")
        yield Finding("GRD-1", urn, was, now, Direction.NEUTRAL, None, f"{why}; nothing opens")


def _one_sided(before: Place, after: Place) -> list[Mapping[str, Any]]:
    """The denials that only one side states: whatever differs is about one of them, since all else is allowed."""
    old, new = ({_bare(each): each for each in _denials(place)} for place in (before, after))
    return [each for text, each in {**old, **new}.items() if (text in old) != (text in new)]


def _denials(place: Place) -> list[Mapping[str, Any]]:
    """What is denied at a place or above it."""
    held = [each for level in place.levels for one in level for each in statements(one.policy.document)]
    return [each for each in held if each.get("Effect") == "Deny"]


def _bare(statement: Mapping[str, Any]) -> str:
    """A statement without its name."""
    return json.dumps({name: held for name, held in statement.items() if name != "Sid"}, sort_keys=True)


def _questions(kind: str, account: str, denials: Sequence[Mapping[str, Any]]) -> list[Document]:
    """The requests that the denials are about and that such policies decide; before them what people ask first."""
    bound = {"StringEquals": {"aws:PrincipalAccount": account}} if kind == SERVICE else {}
    within = [
        {**each, "Effect": "Allow", "Principal": "*", "Condition": together(bound, each.get("Condition", {}))}
        for each in denials
    ]
    actions = [list(TOLD_FIRST), *([sorted({one for each in _lists().values() for one in each})] if bound else [])]
    told = [[{**ALLOW_ALL, "Principal": "*", "Action": each, "Condition": bound}] for each in actions]
    return [{"Version": VERSION, "Statement": each} for each in (*told, within)]


def _control(denying: Place, request: Mapping[str, Any]) -> str:
    """The control that the statement serves which stops the request."""
    if denying.kind != SERVICE:
        return "GRD-7"
    stopping = [each for each in _denials(denying) if _stops(each, request)]
    if any("requestedregion" in json.dumps(each.get("Condition", {})).lower() for each in stopping):
        return "GRD-2"
    if str(request["principal"]).endswith(":root"):
        return "GRD-6"
    action = str(request["action"]).lower()
    fitting = (control for control, each in _lists().items() if any(fnmatchcase(action, one.lower()) for one in each))
    return next(fitting, "GRD-1")


def _lists() -> dict[str, list[str]]:
    """The actions that each control is about."""
    holes = [action for hole in asked()["holes"] for action in hole["actions"]]
    return {"GRD-5": asked()["leaving"], "GRD-6": asked()["roles"], "GRD-3": holes, "GRD-4": relaying()}


def _stops(statement: Mapping[str, Any], request: Mapping[str, Any]) -> bool:
    """Whether a statement denies the request by itself."""
    alone = {"Version": VERSION, "Statement": [statement]}
    policies = {"identity": [ANY_IDENTITY], "scp": [[full_access(SERVICE), alone]]}
    return not allowed(request, policies)
