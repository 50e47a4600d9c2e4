"""The deployed Dublin, as it is and with changes that are written as data."""

import re
from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import yaml

from clover.controls.case import Case, Question
from clover.controls.verdict import Answer, Basis, Outcome
from clover.model.resources import Resources
from clover.sources import Resource, Unknown, read_world
from clover.zones.zone import Zone, load_zone

ROOT = Path(__file__).parents[3]
STATE = Path(__file__).parents[1] / "data" / "dublin.state.json"
Change = Mapping[str, Any]


@cache
def declared() -> tuple[Resource, ...]:
    world = read_world([STATE])
    return tuple(world.of(world.subjects[0]))


@cache
def zone_of_europe() -> Zone:
    return load_zone(ROOT / "zones" / "europe.yaml")


def case_of(resources: Iterable[Resource]) -> Case:
    zone = zone_of_europe()
    site = next(site for site in zone.file.sites if site.name == "dublin")
    held = Resources(resources)
    return Case(stack="dublin", basis=Basis.LAB, resources=held, zone=zone, site=site, day=date(2026, 11, 24))


def mutants(file: Path) -> list[dict[str, Any]]:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def changed(changes: Iterable[Change]) -> list[Resource]:
    """The resources after the changes; `${name}` in a value is the id of the resource of that name."""
    resources = [deepcopy(resource) for resource in declared()]
    for change in changes:
        how = next(word for word in ("set", "drop", "replace", "remove", "add", "undeclare") if word in change)
        resources = _HOW[how](resources, _filled(change, resources))
    return resources


def not_yet_known(resources: Iterable[Resource]) -> list[Resource]:
    """The resources as the first preview has them: no ids, and nothing of what refers to one."""
    held = list(resources)
    told = {
        str(each)
        for resource in held
        for each in (resource.id, resource.outputs.get("arn"))
        if each and resource.custom
    }
    told = {text for text in told if not text.startswith("clover-")}
    return [
        resource._replace(id=None, outputs={}, inputs=_open(dict(resource.inputs), told), settled=False)
        if resource.custom
        else resource._replace(outputs={})
        for resource in held
    ]


def _open(held: Any, told: set[str]) -> Any:
    if isinstance(held, str):
        return Unknown(held) if any(text in held for text in told) else held
    if isinstance(held, dict):
        return {name: _open(inner, told) for name, inner in cast("dict[str, Any]", held).items()}
    return [_open(inner, told) for inner in cast("list[Any]", held)] if isinstance(held, list) else held


def answers(question: Question, resources: Iterable[Resource]) -> list[Answer]:
    return list(question(case_of(resources)))


def refutations(found: Iterable[Answer]) -> list[Answer]:
    return [answer for answer in found if answer.outcome is Outcome.REFUTED]


def named(urn: str | None) -> str:
    return (urn or "").rpartition("::")[2]


def _set(resources: list[Resource], change: Change) -> list[Resource]:
    for resource in _of(resources, change["set"]):
        for properties in (resource.inputs, resource.outputs):
            _put(cast("dict[str, Any]", properties), change["path"].split("."), change.get("to"))
    return resources


def _drop(resources: list[Resource], change: Change) -> list[Resource]:
    for resource in _of(resources, change["drop"]):
        for properties in (resource.inputs, resource.outputs):
            cast("dict[str, Any]", properties).pop(change["path"], None)
    return resources


def _replace(resources: list[Resource], change: Change) -> list[Resource]:
    def text(held: Any) -> Any:
        assert change["old"] in held
        return held.replace(change["old"], change["new"])

    for resource in _of(resources, change["replace"]):
        for properties in (resource.inputs, resource.outputs):
            _put(cast("dict[str, Any]", properties), change["path"].split("."), text)
    return resources


def _remove(resources: list[Resource], change: Change) -> list[Resource]:
    _of(resources, change["remove"])
    return [resource for resource in resources if resource.name != change["remove"]]


def _add(resources: list[Resource], change: Change) -> list[Resource]:
    name, kind = change["add"], change["type"]
    like = next(resource for resource in resources if resource.name == "egress-vpc")
    held = dict(change.get("with") or {})
    urn = f"urn:pulumi:dublin::clover::{kind}::{name}"
    more = like._replace(urn=urn, type=kind, name=name, id=change.get("id", f"id-{name}"), inputs=held, outputs=held)
    return [*resources, more]


def _undeclare(resources: list[Resource], change: Change) -> list[Resource]:
    intent = next(resource for resource in resources if resource.type == "clover-aws:index:EgressGateway")
    held = cast("dict[str, Any]", intent.inputs)
    held["allowed_domains"] = [entry for entry in held["allowed_domains"] if entry["name"] != change["undeclare"]]
    return resources


def _put(properties: dict[str, Any], path: list[str], to: Any) -> None:
    *way, last = path
    held: Any = properties
    for step in way:
        held = held[int(step)] if step.isdigit() else held.setdefault(step, {})
    key: Any = int(last) if last.isdigit() else last
    held[key] = to(held[key]) if callable(to) else deepcopy(to)


def _of(resources: list[Resource], name: str) -> list[Resource]:
    found = [resource for resource in resources if resource.name == name and resource.custom]
    assert found, f"there is no {name}"
    return found


def _filled(value: Any, resources: list[Resource]) -> Any:
    ids = {resource.name: resource.id for resource in resources if resource.custom}
    if isinstance(value, str):
        return re.sub(r"\$\{([\w-]+)\}", lambda found: str(ids.get(found[1], found[0])), value)
    if isinstance(value, dict):
        members = cast("dict[str, Any]", value)
        return {name: _filled(inner, resources) for name, inner in members.items()}
    return [_filled(inner, resources) for inner in cast("list[Any]", value)] if isinstance(value, list) else value


_HOW: Mapping[str, Callable[[list[Resource], Change], list[Resource]]] = {
    "set": _set,
    "drop": _drop,
    "replace": _replace,
    "remove": _remove,
    "add": _add,
    "undeclare": _undeclare,
}
