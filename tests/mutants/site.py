"""The sample sites as cases of the prover, as they are and after changes."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec

from clover.controls.case import Case, Question
from clover.controls.verdict import Answer, Basis, Outcome
from clover.model.resources import Resources
from clover.sources import Resource, Unknown
from clover.sources.resource import read_resource
from clover.zones.zone import Zone, load_zone
from tests.data import state
from tests.mutants.changes import UNKNOWN, Change, Declared, State
from tests.mutants.changes import changed as _changed

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 24)
"""A day on which the sample foundation counts."""


@cache
def zone() -> Zone:
    """The sample zone."""
    return load_zone(ROOT / "zones" / "europe.yaml")


@cache
def _before(site: str) -> Declared:
    return Declared(state(site)["deployment"]["resources"], zone().documents)


@cache
def _read(site: str) -> dict[int, Resource]:
    return {id(held): _resource(held) for held in _before(site).resources}


def _resource(held: State) -> Resource:
    return read_resource(held, held.get("outputs"), True, held["urn"])


def after(changes: Iterable[Change], site: str = "dublin") -> tuple[list[Resource], Declared]:
    """The resources after the changes, and what they were read from."""
    declared, known = _changed(_before(site), changes), _read(site)
    return [known.get(id(held)) or _resource(held) for held in declared.resources], declared


def changed(changes: Iterable[Change], site: str = "dublin") -> list[Resource]:
    """The resources of a site after the changes."""
    return after(changes, site)[0]


def declared(site: str = "dublin") -> list[Resource]:
    """The resources of a site as it is deployed."""
    return changed((), site)


def case(changes: Iterable[Change] = (), site: str = "dublin", *, foundation: bool = True) -> Case:
    """The site after the changes, with the zone's givens or without any."""
    resources, found = after(changes, site)
    return case_of(resources, site, zone_with(found.documents if foundation else {}))


def case_of(resources: Iterable[Resource], site: str = "dublin", under: Zone | None = None) -> Case:
    """A case of any resources."""
    within = under or zone()
    about = next(each for each in within.file.sites if each.name == site)
    return Case(stack=site, basis=Basis.LAB, resources=Resources(resources), zone=within, site=about, day=DAY)


def zone_with(documents: Any) -> Zone:
    """The sample zone with other documents: a given without one does not stand."""
    known = zone()
    if documents is known.documents:
        return known
    kept = type(known.file.foundation)(given for given in known.file.foundation if given.id in documents)
    return msgspec.structs.replace(
        known, documents=documents, file=msgspec.structs.replace(known.file, foundation=kept)
    )


def unknown(change: Change) -> Change:
    """The same change to a value that is not known."""
    return {**change, "to": UNKNOWN}


def answers(question: Question, resources: Iterable[Resource]) -> list[Answer]:
    """What a question answers about the resources."""
    return list(question(case_of(resources)))


def refutations(found: Iterable[Answer]) -> list[Answer]:
    """The answers that refute."""
    return [answer for answer in found if answer.outcome is Outcome.REFUTED]


def last(urn: str | None) -> str:
    """The name in a URN; empty for the whole site."""
    return (urn or "").rpartition("::")[2]


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
