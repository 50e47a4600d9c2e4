"""How a principal could come to hold more: the published paths, made out for the principals that a stack declares."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.model.aws.policies import Held
from clover.model.aws.principals import Holder, Principal
from clover.tables import read_table

_EDITS = ("iam:Put", "iam:Attach", "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion")
"""How actions begin that write what a principal holds."""


class Call(NamedTuple):
    """One action on one ARN, under the policy of the thing itself and a condition."""

    action: str
    arn: str
    guard: Held | None = None
    condition: tuple[tuple[str, str], ...] = ()


class Way(NamedTuple):
    """What a path needs, and what it leads to: another principal, or any policy at all within what limits it."""

    path: str
    calls: tuple[Call, ...]
    becomes: Principal
    anything: bool


@cache
def rows() -> Sequence[Mapping[str, Any]]:
    """The published paths; see escalations.yaml."""
    return read_table(Path(__file__).with_name("escalations.yaml"))


def ways(caller: Principal, known: Sequence[Principal], things: Sequence[Holder]) -> Iterator[Way]:
    """Every way that the published paths name for a caller, allowed or not."""
    others = [each for each in known if each.arn != caller.arn]
    for row in rows():
        if row["by"] in ("self", "boundary"):
            yield from _own(row, caller, others)
        elif row["by"] == "principal":
            yield from (way for target in others for way in _other(row, target))
        elif row["by"] == "pass":
            yield from (_passed(row, target) for target in others if row["service"] in target.services)
        else:
            yield from (_run(row, each) for each in things if each.service == row["service"])


def _own(row: Mapping[str, Any], caller: Principal, others: Sequence[Principal]) -> Iterator[Way]:
    """Changes of what the caller itself holds."""
    about: Sequence[Any] = [caller.arn] if row["about"] == caller.kind else ()
    if row["about"] == "policy":
        about = caller.attached
    if row["about"] == "group" and caller.kind == "user":
        if row["actions"] == ["iam:AddUserToGroup"]:
            groups = [each for each in others if each.kind == "group" and each.arn not in caller.groups]
            yield from (Way(row["id"], _calls(row, str(each.arn)), each, anything=False) for each in groups)
            return
        about = caller.groups
    if row["by"] == "boundary":
        freed = caller._replace(boundary=())
        about = about if caller.boundary else ()
        yield from (Way(row["id"], _calls(row, str(arn)), freed, anything=False) for arn in about)
        return
    yield from (Way(row["id"], _calls(row, str(arn)), caller, anything=True) for arn in about)


def _other(row: Mapping[str, Any], target: Principal) -> Iterator[Way]:
    """Ways to become another principal, or to do so after writing what it holds."""
    kind = row["about"]
    if target.kind != ("role" if kind == "policy" else kind):
        return
    writes = any(action.startswith(_EDITS) for action in row["actions"])
    for policy in target.attached if kind == "policy" else ("",):
        calls = [_on(action, target, policy) for action in row["actions"]]
        yield Way(row["id"], tuple(calls), target, anything=writes)


def _on(action: str, target: Principal, policy: str) -> Call:
    if action == "sts:AssumeRole":
        return Call(action, str(target.arn), target.trust)
    return Call(action, policy if "PolicyVersion" in action else str(target.arn))


def _passed(row: Mapping[str, Any], target: Principal) -> Way:
    """A role handed to a new thing of a service."""
    to = (("iam:PassedToService", row["service"]),)
    calls = [
        Call(action, str(target.arn), None, to) if action == "iam:PassRole" else Call(action, "*")
        for action in row["actions"]
    ]
    return Way(row["id"], tuple(calls), target, anything=False)


def _run(row: Mapping[str, Any], thing: Holder) -> Way:
    """A thing that has a role already."""
    return Way(row["id"], _calls(row, "*"), thing.role, anything=False)


def _calls(row: Mapping[str, Any], arn: str) -> tuple[Call, ...]:
    return tuple(Call(action, arn) for action in row["actions"])
