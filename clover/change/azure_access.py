"""Who may do what where on Azure: role assignments and delegations before and after, as sets of requests.

Assignments add up, and what is granted at a scope is granted below it
(https://learn.microsoft.com/azure/role-based-access-control/overview), so that an assignment widens exactly when the
others do not grant all of its actions at its own scope. Actions are looked at class by class: those that the patterns
of the principal's roles tell apart, each with a name that stands for it. What a condition or an activation hangs on is
granted under it only.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from clover.change.finding import Direction, Finding, undecided
from clover.change.pairing import Sides
from clover.controls.guardrails.azure_writes import asked
from clover.logic.azure import Malformed, evaluate
from clover.logic.azure.action_classes import ActionClasses
from clover.logic.sets.bounds import Undecided
from clover.model.azure.declared_roles import (
    Held,
    Open,
    declared_assignments,
    declared_definitions,
    declared_delegations,
)
from clover.model.azure.organisation import PREFIX
from clover.model.resources import Resources

LISTS = {False: ("actions", "notActions"), True: ("dataActions", "notDataActions")}


class Row(NamedTuple):
    """One grant: the URN that says so, the tenant it is delegated to, whether it counts once activated only."""

    urn: str
    home: str | None
    eligible: bool
    row: Mapping[str, Any]

    @property
    def condition(self) -> str:
        """The condition that it hangs on, empty for none."""
        return str(self.row.get("condition") or "")

    @property
    def free(self) -> "Row":
        """The grant without its condition."""
        return self._replace(row={name: held for name, held in self.row.items() if not name.startswith("condition")})

    def beside(self, other: "Row") -> bool:
        """Whether the other one grants to the same principal, and as readily."""
        same = (self.row["principalId"], self.home) == (other.row["principalId"], other.home)
        return same and (self.eligible or not other.eligible)


class Grant(NamedTuple):
    """A request that a grant allows and the other side's grants beside it do not."""

    request: Mapping[str, Any]
    allowing: Row
    denying: Sequence[Row]


def access_findings(sides: Sides) -> Iterator[Finding]:
    """Every grant that only one side has, at most one finding for each resource that says so."""
    old, unclear_before = _rows(sides.before)
    new, unclear_after = _rows(sides.after)
    unclear = {(sides.renamed.get(each.origin, each.origin), each.what) for each in (*unclear_before, *unclear_after)}
    yield from (undecided("RES-3", origin, f"{what} is not known") for origin, what in sorted(unclear))
    if unclear:
        return
    renamed = [each._replace(urn=sides.renamed.get(each.urn, each.urn)) for each in old]
    added, gone = dict(_granted(new, renamed)), dict(_granted(renamed, new))
    for urn in sorted({*added, *gone}):
        yield _finding(urn, added.get(urn), gone.get(urn))


def _finding(urn: str, added: Grant | str | None, gone: Grant | str | None) -> Finding:
    """What one resource grants or takes: a request that shows it, or in words why nobody knows."""
    grant = added or gone
    if isinstance(added, str) or isinstance(gone, str) or grant is None or isinstance(grant, str):
        return undecided("RES-3", urn, next(str(each) for each in (added, gone) if isinstance(each, str)))
    direction = Direction.MIXED if added and gone else Direction.WIDENS if added else Direction.NARROWS
    request, sides = grant.request, [_plain(grant.denying), _plain([grant.allowing])]
    before, after = sides if added else sides[::-1]
    was, now = ("denied", "allowed") if added else ("allowed", "denied")
    why = f"{request['principal']} may {'now' if added else 'no longer'} do {request['action']} at {request['scope']}"
    witness = {"kind": "request", "request": request, "policies": {"before": before, "after": after}}
    return Finding(_control(request), urn, was, now, direction, witness, why)


def _plain(rows: Iterable[Row]) -> dict[str, Any]:
    """The grants in the form that the evaluator takes."""
    return {"role_assignments": [each.row for each in rows]}


def _rows(resources: Resources) -> tuple[list[Row], list[Open]]:
    definitions, unclear = declared_definitions(resources)
    rows: list[Row] = []
    for found in (*declared_assignments(resources, definitions), *declared_delegations(resources)):
        if isinstance(found, Open):
            unclear.append(found)
        else:
            rows.append(Row(found.origins[0], found.home, found.eligible, _row(found)))
    return rows, unclear


def _row(held: Held) -> dict[str, Any]:
    """The row of an assignment; a delegation is one for a principal of another tenant."""
    return {name: content for name, content in held.row.items() if name != "delegatedRoleDefinitionIds"}


def _granted(rows: Sequence[Row], others: Sequence[Row]) -> Iterator[tuple[str, Grant | str]]:
    """What each row grants that the others do not, or in words what is not decided; by the URN that says so."""
    for row in rows:
        if row in others:
            continue
        beside = [each for each in others if row.beside(each)]
        try:
            found = _request(row, beside)
        except (Malformed, Undecided) as error:
            found = f"what {row.urn.rpartition('::')[2]} grants is not decided: {error}"
        if found is not None:
            yield row.urn, found


def _request(row: Row, beside: Sequence[Row]) -> Grant | str | None:
    """A request that the row grants and those beside it do not, as the evaluator confirms.

    What hangs on the same condition covers it whatever the condition says. In words where the evaluator, which knows no
    attributes, cannot show what is left.
    """
    covering = [each.free for each in beside if each.condition in ("", row.condition)]
    shown = False
    for is_data in (True, False):
        for action in _actions(row, beside, is_data):
            request = _asked(row, action, is_data)
            if not _allowed(request, [row.free]) or _allowed(request, covering):
                continue
            shown = True
            if _allowed(request, [row]) and not _allowed(request, beside):
                return Grant(request, row, beside)
    return f"what the condition of {row.urn.rpartition('::')[2]} lets through is not decided" if shown else None


def _asked(row: Row, action: str, is_data: bool) -> dict[str, Any]:
    return {
        "principal": row.row["principalId"],
        "action": action,
        "scope": row.row["scope"],
        **({"is_data_action": True} if is_data else {}),
    }


def _allowed(request: Mapping[str, Any], rows: Sequence[Row]) -> bool:
    return evaluate(request, _plain(rows)).decision == "allow"


def _actions(row: Row, others: Sequence[Row], is_data: bool) -> Iterator[str]:
    """One action of every class that the patterns tell apart, those that a person would ask about first."""
    found = {one for each in (row, *others) for name in LISTS[is_data] for one in each.row["role"].get(name) or ()}
    if not row.row["role"].get(LISTS[is_data][0]):
        return
    yield from asked()["writing"] if _is_at_group(row.row) and not is_data else ()
    yield from FIRST[is_data]
    yield from ActionClasses(sorted(found)).all()


BLOBS, KEYS = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs", "Microsoft.KeyVault/vaults/keys"
FIRST: Mapping[bool, Sequence[str]] = {
    True: (f"{BLOBS}/read", f"{BLOBS}/write", f"{KEYS}/decrypt/action", f"{KEYS}/wrap/action", f"{KEYS}/read"),
    False: ("Microsoft.Storage/storageAccounts/listKeys/action", "Microsoft.Authorization/roleAssignments/write"),
}
"""Actions that a person would ask about first, by whether they are data actions."""


def _is_at_group(held: Mapping[str, Any]) -> bool:
    """Whether a grant or a request is at a management group, where the guardrails stand."""
    return str(held["scope"]).lower().startswith(PREFIX.lower())


def _control(request: Mapping[str, Any]) -> str:
    """The control that an action is of."""
    action = str(request["action"]).lower()
    if _is_at_group(request) and action in map(str.lower, asked()["writing"]):
        return "GRD-8"
    if action.startswith("microsoft.keyvault"):
        used = ("encrypt", "decrypt", "wrap", "unwrap", "sign", "verify")
        return "KEY-4" if any(f"/{word}/" in action for word in used) else "KEY-5"
    return "RES-3"
