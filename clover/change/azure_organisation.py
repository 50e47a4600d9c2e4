"""What policies and denials at management groups let through on Azure, before and after: subscription by subscription.

What stands above a subscription hangs on where it is placed, on the groups, the assignments, their definitions and
exemptions: all that together is compared, by what it stops. A subscription that nothing places lies in the tenant's
root group (https://learn.microsoft.com/azure/governance/management-groups/overview). A group that no subscription of
the stack lies below is asked about with a subscription that stands for any.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from clover.change.azure_denied import denied_request
from clover.change.azure_standing import Denial, Policy, Side, standing
from clover.change.azure_writes import SOMEBODY, Result, Sought, search
from clover.change.finding import Direction, Finding, undecided
from clover.change.pairing import Sides
from clover.controls.guardrails.azure_writes import control_of
from clover.logic.aws.reading import Malformed
from clover.model.azure.organisation import PREFIX

ANY_SUBSCRIPTION = "99999999-0000-0000-0000-000000000001"
"""Stands for any subscription of a group that no subscription is placed below."""
OWNER = {"actions": ["*"], "notActions": [], "dataActions": [], "notDataActions": []}
Row = Policy | Denial


class Place(NamedTuple):
    """A subscription; `at` is the group below which it is imagined."""

    subscription: str
    at: str | None = None


class Found(NamedTuple):
    """What was found for one resource that says something else: what opens, what closes, or why nobody knows."""

    added: Mapping[str, Any] | None = None
    removed: Mapping[str, Any] | None = None
    open: str | None = None

    def beside(self, other: "Found") -> "Found":
        """Both together, the first place that shows something counting."""
        return Found(self.added or other.added, self.removed or other.removed, self.open or other.open)


def organisation_findings(sides: Sides) -> Iterator[Finding]:
    """Every resource that says something else about what is stopped."""
    old, new = Side(sides.before), Side(sides.after)
    if not any(side.policies or side.denials for side in (old, new)) and not (old.open or new.open):
        return
    try:
        found = _found(sides, old, new)
    except Malformed as error:
        yield undecided("GRD-1", None, f"what stands above the subscriptions is not decided: {error}")
        return
    for urn, each in sorted(found.items()):
        yield from _told(urn, each)


def _found(sides: Sides, old: Side, new: Side) -> dict[str, Found]:
    """What each resource opens and closes, at whichever place shows it."""
    found: dict[str, Found] = {}
    for place in _places(old, new):
        for urn, each in _at(sides, old, new, place):
            found[urn] = found.get(urn, Found()).beside(each)
    for urn, each in _open(sides, old, new):
        found[urn] = found.get(urn, Found()).beside(each)
    return found


def _places(old: Side, new: Side) -> Iterator[Place]:
    """Every subscription that a side places, and one for each scope without any."""
    placed = sorted(old.placed.keys() | new.placed.keys())
    yield from map(Place, placed)
    covered = {group.lower() for each in placed for side in (old, new) for group in side.groups(each)}
    rows = [row for side in (old, new) for row in (*side.policies, *side.denials)]
    scopes = dict.fromkeys(str(row.read.scope) for row in rows)
    for scope in scopes:
        if scope.lower().startswith("/subscriptions/"):
            if (subscription := scope.split("/")[2].lower()) not in placed:
                yield Place(subscription)
        elif scope.lower() not in covered:
            yield Place(ANY_SUBSCRIPTION, scope)


def _open(sides: Sides, old: Side, new: Side) -> Iterator[tuple[str, Found]]:
    """What changed and is not known on a side."""
    changed = _changed(sides)
    for each in (*old.open, *new.open):
        urn = sides.renamed.get(each.origin, each.origin)
        if urn in changed:
            yield urn, Found(open=f"{each.what} is not known")


def _changed(sides: Sides) -> set[str]:
    """The resources that come, go, or are declared otherwise."""
    both = ((pair.urn, pair.before, pair.after) for pair in sides.pairs)
    return {urn for urn, before, after in both if not (before and after and before.inputs == after.inputs)}


def _at(sides: Sides, old: Side, new: Side, place: Place) -> Iterator[tuple[str, Found]]:
    """What changed above one subscription, by the resource that says so."""
    for kind in ("policies", "denials"):
        before, after = (
            standing(getattr(side, kind), place.subscription, side.hierarchy(*place)) for side in (old, new)
        )
        lost = [row for says, row in before.items() if says not in after]
        gained = [row for says, row in after.items() if says not in before]
        about = _Comparison(sides, old, new, place)
        for urn, rows in about.by_urn(lost).items():
            found = about.asked(rows, [*after.values()], backwards=False)
            unclear = about.unclear(found, new, urn)
            yield urn, Found(open=unclear) if unclear else Found(added=found.request)
        for urn, rows in about.by_urn(gained).items():
            yield urn, Found(removed=about.asked(rows, [*before.values()], backwards=True).request)


class _Comparison:
    """The two sides above one subscription."""

    def __init__(self, sides: Sides, old: Side, new: Side, place: Place) -> None:
        """Take both sides; nothing is compared yet."""
        self._sides, self._old, self._new, self._place = sides, old, new, place
        self._changed = _changed(sides)

    def by_urn(self, rows: Sequence[Row]) -> Mapping[str, list[Any]]:
        """The rows by the resource of which the change is."""
        found: dict[str, list[Any]] = {}
        for row in rows:
            found.setdefault(self._says(row), []).append(row)
        return found

    def _says(self, row: Row) -> str:
        """What declares that a row stands there, or stands there no longer: of it the part that changed."""
        parts = [*row.origins[::-1]]
        for side in (self._old, self._new):
            parts += [*side.origins_of(self._place.subscription), *side.exemptions()]
        named = [self._sides.renamed.get(each, each) for each in parts]
        return next((each for each in named if each in self._changed), named[0])

    def asked(self, rows: list[Any], other: list[Any], *, backwards: bool) -> Result:
        """A request that the rows stop and the other side does not, with what stands on both sides."""
        first, second = (self._new, self._old) if backwards else (self._old, self._new)
        hierarchies = (first.hierarchy(*self._place), second.hierarchy(*self._place))
        if isinstance(rows[0], Denial):
            found = denied_request(rows, other, hierarchies, self._place.subscription)
        else:
            found = search(Sought(rows, other, hierarchies, self._place.subscription))
        if found.request is None:
            return found
        sides = [self._policies(first, rows), self._policies(second, other)]
        before, after = sides[::-1] if backwards else sides
        return Result({"request": found.request, "policies": {"before": before, "after": after}}, True)

    def _policies(self, side: Side, rows: list[Any]) -> dict[str, Any]:
        """What the evaluator takes: whoever asks holds every role."""
        kind = "deny_assignments" if rows and isinstance(rows[0], Denial) else "policy_assignments"
        return {
            "role_assignments": [],
            kind: [dict(each.row) for each in rows],
            "management_groups": side.groups(*self._place),
        }

    def unclear(self, found: Result, freeing: Side, urn: str) -> str | None:
        """Why it is not known what this opens or closes; None where it is.

        What is not known on either side counts as stopping nothing on either.
        """
        name = urn.rpartition("::")[2]
        news = [each for each in freeing.open if self._sides.renamed.get(each.origin, each.origin) in self._changed]
        if found.request and news:
            return f"{news[0].what} is not known, and may stop what {name} no longer does"
        if found.request is None and not found.certain:
            return f"whether anything is stopped on one side only, by {name}, is not decided"
        return None


def _told(urn: str, found: Found) -> Iterator[Finding]:
    """One finding: what opens is shown; what may open and is not decided is not told as closing."""
    shown = found.added or found.removed
    if found.open and not found.added:
        yield undecided("GRD-1", urn, found.open)
        return
    if shown is None:
        return
    request, policies = shown["request"], shown["policies"]
    who = [{"principalId": request["principal"], "scope": "/", "role": OWNER}]
    witness = {"kind": "request", "request": request}
    witness |= {"policies": {side: {**held, "role_assignments": who} for side, held in policies.items()}}
    direction = Direction.NARROWS
    if found.added:
        direction = Direction.MIXED if found.removed else Direction.WIDENS
    was, now = ("denied", "allowed") if found.added else ("allowed", "denied")
    stops = "nothing stops" if found.added else "the organisation stops"
    who_asks = "anybody" if request["principal"] == SOMEBODY else request["principal"]
    why = f"{stops} {who_asks} from calling {request['action']} at {_where(request['scope'])}"
    rules = [each["definition"]["policyRule"] for each in _denying(policies, found).get("policy_assignments", ())]
    yield Finding(control_of(request, rules), urn, was, now, direction, witness, why)


def _denying(policies: Mapping[str, Any], found: Found) -> Mapping[str, Any]:
    """The side that stops what is shown."""
    return policies["before" if found.added else "after"]


def _where(scope: str) -> str:
    return scope.removeprefix(PREFIX)
