"""A resource taken out with whatever names it: what refers to nothing would be refused before anything is asked.

A list loses the item that names it, and stays; what names it anywhere else goes too, and so on. That something was
only made after it is no reason to go.
"""

from collections.abc import Iterator
from typing import Any, cast

State = dict[str, Any]


class Named(Exception):
    """A property outside every list names what was taken out."""


def below(resources: list[State], urn: str) -> set[str]:
    """A resource and all that lies in it; an engine names parents before their children."""
    found = {urn}
    for state in resources:
        if state.get("parent") in found:
            found.add(state["urn"])
    return found


def without(resources: list[State], urn: str) -> list[State]:
    """The resources without that one, all that lies in it, and what names one of those."""
    left, gone = resources, below(resources, urn)
    while gone:
        ids = {each["id"] for each in left if each["urn"] in gone and each.get("id")}
        left = [each for each in left if each["urn"] not in gone]
        made = {f"{urn}::{each}" for urn in gone for each in ids}
        kept = [_unnamed(each, ids) if each.get("provider") not in made else None for each in left]
        gone = {
            each["urn"] for each, after in zip(left, kept, strict=True) if after is None or each.get("parent") in gone
        }
        left = [after or each for each, after in zip(left, kept, strict=True)]
    return left


def _unnamed(state: State, ids: set[str]) -> State | None:
    """The resource without the items that name one of the ids; None where it names one itself."""
    try:
        inputs = _cut(state.get("inputs", {}), ids)
    except Named:
        return None
    if inputs == state.get("inputs", {}):
        return state
    return {**state, "inputs": inputs, "outputs": _said(state.get("outputs") or {}, ids)}


def _said(outputs: dict[str, Any], ids: set[str]) -> dict[str, Any]:
    """What the cloud would give back: nothing that names one of the ids."""
    found: dict[str, Any] = {}
    for name, held in outputs.items():
        try:
            found[name] = _cut(held, ids)
        except Named:
            continue
    return found


def _cut(content: Any, ids: set[str]) -> Any:
    if isinstance(content, dict):
        return {name: _cut(held, ids) for name, held in cast("dict[str, Any]", content).items()}
    if isinstance(content, list):
        return list(_items(cast("list[Any]", content), ids))
    if isinstance(content, str) and content in ids:
        raise Named(content)
    return content


def _items(content: list[Any], ids: set[str]) -> Iterator[Any]:
    for each in content:
        try:
            yield _cut(each, ids)
        except Named:
            continue
