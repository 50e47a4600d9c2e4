"""A preview: what will be deployed once the update has run."""

from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.errors import BadInput, Place
from clover.sources.plain import as_list, as_object
from clover.sources.resource import Resource, read_resource
from clover.sources.values import SENTINELS
from clover.tables import read_table

HOW = "make one with: pulumi preview --json --show-sames"

STABLE = frozenset({"arn", "id", "keyId", "ownerId", "uniqueId", "urn"})
"""Computed values that an update in place leaves as they are: they are the thing's identity."""

REFRESH = "refresh"

_OPEN = min(SENTINELS)


class Effect(NamedTuple):
    """What a step leaves in the world; see operations.yaml."""

    leaves: str
    counted: bool
    outputs: str = "none"
    counted_as: str | None = None


@cache
def effects() -> Mapping[str, Effect]:
    """The effect of each operation."""
    rows = read_table(Path(__file__).with_name("operations.yaml"))
    return {operation: Effect(**row) for operation, row in rows.items()}


def is_preview(data: Mapping[str, Any]) -> bool:
    """Whether the data has the form of a preview."""
    return "changeSummary" in data or "steps" in data


def read_preview(data: Mapping[str, Any], place: Place) -> list[Resource]:
    """The resources as they will be; BadInput for a preview that failed, or that does not show every step."""
    _refuse_errors(data, place)
    steps = [as_object(step) for step in as_list(data.get("steps") or []) or [None]]
    known = [step for step in steps if step is not None]
    if len(known) < len(steps):
        raise BadInput("is a preview whose steps are no list of objects", place)
    for step in known:
        if str(step.get("op")) not in effects():
            raise BadInput(f"has a step with the unknown operation {str(step.get('op'))[:40]!r}", place)
    planned = _planned(known)
    _refuse_missing(data, planned, place)
    return list(_resources(planned, place))


def _planned(steps: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The steps without those of a preview's own refresh (`--refresh`): what follows starts from what they found.

    The engine shows a refresh of each resource first, and its summary counts what follows alone. A refresh by itself
    (`pulumi refresh --preview-only`) has such steps for what it found unchanged, and counts them as the same.
    """
    followed = {str(step.get("urn")) for step in steps if step["op"] != REFRESH}
    return [step for step in steps if step["op"] != REFRESH or str(step.get("urn")) not in followed]


def _refuse_errors(data: Mapping[str, Any], place: Place) -> None:
    """Refuse a preview that ended in an error: it shows a part."""
    diagnostics = as_list(data.get("diagnostics") or [])
    if diagnostics is None:
        raise BadInput("is a preview whose diagnostics are no list", place)
    for entry in (as_object(diagnostic) or {} for diagnostic in diagnostics):
        if entry.get("severity") == "error":
            raise BadInput(f"is a preview that failed: {str(entry.get('message'))[:200]}", place)


def _refuse_missing(data: Mapping[str, Any], steps: list[dict[str, Any]], place: Place) -> None:
    """Refuse steps that do not add up to the summary: what is not shown cannot be judged."""
    summary = as_object(data.get("changeSummary"))
    if summary is None:
        raise BadInput(f"is a preview without its changeSummary; {HOW}", place)
    shown = Counter(
        str(effects()[step["op"]].counted_as or step["op"]) for step in steps if effects()[step["op"]].counted
    )
    counted = {operation: number for operation, number in summary.items() if number}
    for operation in sorted(shown.keys() | counted.keys()):
        if shown[operation] != counted.get(operation, 0):
            says = str(counted.get(operation, 0))[:40]
            told = f"{shown[operation]} steps are {operation[:40]!r}, its summary says {says}"
            raise BadInput(f"does not show every step: {told}; {HOW}", place)


UNCHANGED = frozenset({"same", REFRESH, "read"})
"""The operations that leave everything as it was."""


def _resources(steps: list[dict[str, Any]], place: Place) -> Iterator[Resource]:
    """The resources that are left; what components and the stack say of a plan that changes something is of before."""
    changing = any(step["op"] not in UNCHANGED for step in steps)
    found = any(step["op"] == REFRESH for step in steps)
    gone = frozenset(str(step.get("urn")) for step in steps if found and effects()[step["op"]].leaves == "gone")
    for index, step in enumerate(steps):
        effect = effects()[step["op"]]
        if found and effect.outputs == "changed":
            effect = effect._replace(outputs="found")
        if effect.leaves == "keep":
            path = f"steps[{index}]"
            try:
                resource = _resource(step, effect, path)
            except ValueError as error:
                raise BadInput(str(error), place) from None
            # What a refresh did not find is still what others were declared after.
            yield resource._replace(
                dependencies=tuple(each for each in resource.dependencies if each not in gone),
                settled=resource.settled and (resource.custom or not changing),
            )


def _resource(step: Mapping[str, Any], effect: Effect, path: str) -> Resource:
    old = as_object(step.get("oldState"))
    state = as_object(step.get("newState")) or old
    if state is None:
        raise ValueError(f"{path} has no state")
    if state.get("urn") != step.get("urn"):
        raise ValueError(f"{path} is about another resource than its state")
    before = as_object(old.get("outputs")) if old else None
    if effect.outputs == "none" or before is None:
        return read_resource({**state, "id": state.get("id") or _OPEN}, None, not _is_made(state), path)
    state = {**state, "id": state.get("id") or (old or {}).get("id")}
    if effect.outputs in ("old", "found"):
        return read_resource(
            state, as_object(state.get("outputs")) if effect.outputs == "found" else before, True, path
        )
    return read_resource(state, _changed(before, as_object(state.get("inputs")) or {}), True, path)


def _is_made(state: Mapping[str, Any]) -> bool:
    """Whether a provider makes the thing, and may fill in what was not declared."""
    return state.get("custom") is True


def _changed(before: Mapping[str, Any], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The outputs after an update in place: declared values are the new ones, computed ones are open."""
    return {name: inputs.get(name, value if name in STABLE else _OPEN) for name, value in before.items()}
