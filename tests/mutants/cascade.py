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
    left: list[State] = resources
    gone = below(resources, urn)
    while gone:
        ids: set[str] = {each["id"] for each in left if each["urn"] in gone and each.get("id")}
        made = {f"{taken}::{each}" for taken in gone for each in ids}
        left = [each for each in left if each["urn"] not in gone]
        kept = {
            each["urn"]: _unnamed(each, ids)
            for each in left
            if each.get("provider") not in made and _group(each) not in {place.lower() for place in ids}
        }
        orphans = {each["urn"] for each in left if each.get("parent") in gone}
        gone = orphans | {each["urn"] for each in left if kept.get(each["urn"]) is None}
        left = [kept.get(each["urn"]) or each for each in left]
    return left


def _group(state: State) -> str:
    """The id of the group that a resource of Azure lies in, in lower case; empty where it is in none."""
    place, found, _ = str(state.get("id")).lower().partition("/providers/")
    return place if found and "/resourcegroups/" in place else ""


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
