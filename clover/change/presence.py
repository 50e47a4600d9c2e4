"""What comes and what goes: a guard that goes leaves something unguarded, an opening that comes lets something out.

A store or a key that goes takes what it holds along: nobody reads it any more, and nobody keeps it any more.
"""

from collections.abc import Iterator
from typing import Any

from clover.change.classes import Type, others, types
from clover.change.finding import Direction, Finding, undecided
from clover.change.pairing import Pair, Sides
from clover.model.resources import Resources, value
from clover.sources import Resource, Unknown


def presence_findings(sides: Sides) -> Iterator[Finding]:
    """Every resource that is there on one side only, or that is made anew."""
    deployed = any(resource.custom and resource.settled for resource in sides.after.all)
    for pair in sides.pairs:
        if not pair.one.custom:
            continue
        kind = types().get(pair.type) or others().get(pair.type)
        if pair.before and pair.after:
            if kind and replaced(pair, deployed):
                yield from _replaced(pair.after, kind)
        elif kind is None:
            came = "comes" if pair.after else "goes"
            yield undecided("RES-5", pair.urn, f"{pair.type} is not classified, and {pair.one.name} {came}")
        else:
            yield from _one_sided(sides, pair, kind)


def replaced(pair: Pair, deployed: bool) -> bool:
    """Whether the thing behind the name is another one: its id differs, or it is made anew in what is deployed."""
    before, after = pair.before, pair.after
    if before is None or after is None or before.id is None or isinstance(before.id, Unknown):
        return False
    if isinstance(after.id, Unknown):
        return before.settled and not after.settled and deployed
    return after.id is not None and before.id != after.id


def _replaced(resource: Resource, kind: Type) -> Iterator[Finding]:
    if kind.kind in ("store", "key"):
        witness = {"kind": "property", "urn": resource.urn, "property": "id", "before": "there", "after": "made anew"}
        why = f"{resource.name} is made anew: what it holds goes with it"
        yield Finding(LOST[kind.kind], resource.urn, "there", "made anew", Direction.MIXED, witness, why)


WAY = "a way for data to leave or to be lost"
WAYS = {"GRD-8": "by which another account writes what guards the rest"}
"""What an opening is, by the control that it is of."""
LOST = {"store": "EVD-2", "key": "KEY-6"}
"""The control that is worse where a thing goes with what it holds."""


def _one_sided(sides: Sides, pair: Pair, kind: Type) -> Iterator[Finding]:
    resource, came = pair.one, pair.after is not None
    if kind.kind == "guard" and _hangs_on_something(sides, resource, kind):
        direction = Direction.NARROWS if came else Direction.WIDENS
        yield _finding(pair, kind.control, direction, f"the guard {resource.name} {'comes' if came else 'goes'}")
    elif kind.kind == "opening" and _hangs_on_something(sides, resource, kind):
        direction = Direction.WIDENS if came else Direction.NARROWS
        told = f"{resource.name}, {WAYS.get(kind.control, WAY)}, {'comes' if came else 'goes'}"
        yield _finding(pair, kind.control, direction, told)
    elif kind.kind in LOST and not came:
        told = f"{resource.name} goes, and what it holds goes with it"
        yield _finding(pair, LOST[kind.kind], Direction.MIXED, told)


def _finding(pair: Pair, control: str, direction: Direction, why: str) -> Finding:
    before, after = ("there", None) if pair.before else (None, "there")
    witness: dict[str, Any] = {"kind": "property", "urn": pair.urn, "property": pair.type}
    return Finding(control, pair.urn, before, after, direction, witness | {"before": before, "after": after}, why)


def _hangs_on_something(sides: Sides, guard: Resource, kind: Type) -> bool:
    """Whether what it hangs on is there on both sides; what comes or goes with its thing changes nothing else."""
    if kind.of is None:
        return True
    about = value(guard, kind.of)
    if about is None or isinstance(about, Unknown):
        return True
    return all(_there(resources, about) for resources in (sides.before, sides.after))


def _there(resources: Resources, about: Any) -> bool:
    """Whether a thing of that id, ARN or name is there; what only hangs on it and shares its name is not it."""
    return any(_is(resource, about) for resource in resources.all if resource.custom)


def _is(resource: Resource, about: Any) -> bool:
    kind = types().get(resource.type)
    if kind and kind.of and value(resource, kind.of) == about:
        return False
    return about in (resource.id, *(resource.outputs.get(name) for name in ("arn", "bucket", "name")))
