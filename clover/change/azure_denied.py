"""Two sets of deny assignments: a call that one of them denies and the other does not.

Exact: actions are looked at class by class, as the patterns of both sides tell them apart, and principals one by one,
those that are named and somebody who is not.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from clover.change.azure_standing import Denial
from clover.change.azure_writes import SOMEBODY, Result
from clover.controls.guardrails.azure_writes import asked
from clover.logic.aws.reading import Malformed
from clover.logic.azure.action_classes import ActionClasses
from clover.logic.azure.request import Request, read_request
from clover.logic.azure.scopes import Hierarchy
from clover.logic.azure.values import EVERYBODY
from clover.logic.sets.bounds import Undecided


def denied_request(
    denying: Sequence[Denial], other: Sequence[Denial], hierarchies: tuple[Hierarchy, Hierarchy], subscription: str
) -> Result:
    """A call that the first ones deny and the others do not, on their sides; conditions are not decided."""
    try:
        for request in _requests(denying, other, subscription):
            read = read_request(request)
            if _denied(read, denying, hierarchies[0]) and not _denied(read, other, hierarchies[1]):
                return Result(request, True)
    except (Malformed, Undecided):
        return Result(None, False)
    return Result(None, all(each.read.condition is None for each in (*denying, *other)))


def _denied(request: Request, denials: Sequence[Denial], hierarchy: Hierarchy) -> bool:
    return any(each.read.applies(request, hierarchy, from_managing_tenant=False) for each in denials)


def _requests(denying: Sequence[Denial], other: Sequence[Denial], subscription: str) -> Iterator[dict[str, Any]]:
    """A call of each class, by each principal, at each scope that is told apart, those one would ask about first."""
    rows = [*denying, *other]
    principals = {who for each in rows for who in (*each.read.principals, *each.read.excluded)} - {EVERYBODY}
    scopes = [f"/subscriptions/{subscription}", f"/subscriptions/{subscription}/resourceGroups/anything"]
    scopes += [str(each.read.scope) for each in rows if each.read.scope.in_subscription]
    for action in _actions(rows):
        for principal in (SOMEBODY, *sorted(principals)):
            for scope in dict.fromkeys(scopes):
                yield {"principal": principal, "action": action, "scope": scope}


def _actions(rows: Sequence[Denial]) -> Iterator[str]:
    patterns = {name for each in rows for one in each.read.permissions for name in (*one.actions, *one.not_actions)}
    for listed in ("running", "leaving", "roles"):
        yield from asked()[listed]
    yield from ActionClasses(sorted(patterns)).all()
