"""The sample sites as cases of the prover, as they are and after changes."""

from collections.abc import Iterable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import msgspec

from clover.controls.case import Case, Question
from clover.controls.hands import parts
from clover.controls.verdict import Answer, Basis, Outcome
from clover.model.resources import Resources
from clover.sources import Resource, Unknown
from clover.sources.resource import read_resource
from clover.zones.vocabulary import WORKSPACE, StackKind
from clover.zones.zone import Zone, load_zone
from tests.data import state
from tests.mutants.changes import UNKNOWN, Change, Declared, State
from tests.mutants.changes import changed as _changed
from tests.zones import own_evidence

ROOT = Path(__file__).parents[2]
DAY = date(2026, 11, 24)
"""A day on which the sample foundation counts."""
ORGANISATION = "organisation"
"""The organisation's stack, and the hand that deploys it."""
BACKEND = "backend"
"""The backends' stack, and the hand that deploys it."""
BACKUPS = "backups"
"""The stack of second copies, and the hand that deploys it."""
AUDITORS = {"europe": "auditor", "us": "texas-auditor"}
"""The auditor's stack of each sample zone."""


@cache
def zone(site: str = "dublin") -> Zone:
    """The sample zone that a site is of, or the zone in which neither Dublin nor Hamar has a vault."""
    if site in own_evidence.SITES:
        return own_evidence.zone()
    known = (load_zone(ROOT / "zones" / f"{name}.yaml") for name in AUDITORS)
    return next(each for each in known if site in {one.name for one in each.file.sites})


def zone_file(stack: str) -> str:
    """The file of the zone that a stack is of."""
    if stack in own_evidence.SITES:
        return str(own_evidence.file())
    return str(ROOT / "zones" / f"{zone(stack).name}.yaml")


def site_of(stack: str) -> str:
    """The site that a stack is of."""
    return own_evidence.SITES.get(stack, stack)


def auditors_stack(site: str) -> str | None:
    """The stack of the auditor's that keeps a site's records; None for a site that keeps its own."""
    return AUDITORS[zone(site).name] if zone(site).file.auditor.vault(site_of(site)) else None


def stacks(site: str, *, organisation: bool = False, hand: str = "site") -> list[str]:
    """The stacks that are read for a site or another hand's part of it, its own first."""
    if hand == BACKEND:
        return [site, BACKEND]
    auditors = AUDITORS[zone(site).name] if hand in (WORKSPACE, BACKUPS) else auditors_stack(site)
    backups = BACKUPS if hand == BACKUPS or (hand == "site" and zone(site).file.copies(site_of(site))) else None
    beside = (auditors, backups, ORGANISATION if organisation else None)
    return [each for each in (site, *beside) if each]


@cache
def _before(site: str, organisation: bool, hand: str) -> Declared:
    known = stacks(site, organisation=organisation, hand=hand)
    read = [state(stack)["deployment"]["resources"] for stack in known]
    return Declared([each for stack in read for each in stack], zone(site).documents)


@cache
def _read(site: str, organisation: bool, hand: str) -> dict[int, Resource]:
    return {id(held): _resource(held) for held in _before(site, organisation, hand).resources}


def _resource(held: State) -> Resource:
    return read_resource(held, held.get("outputs"), True, held["urn"])


def after(
    changes: Iterable[Change], site: str = "dublin", *, organisation: bool = False, hand: str = "site"
) -> tuple[list[Resource], Declared]:
    """The resources after the changes, those of other hands' stacks last, and what they were read from."""
    declared = _changed(_before(site, organisation, hand), changes)
    known = _read(site, organisation, hand)
    return [known.get(id(held)) or _resource(held) for held in declared.resources], declared


def changed(changes: Iterable[Change], site: str = "dublin") -> list[Resource]:
    """The resources of a site after the changes."""
    return [each for each in after(changes, site)[0] if stack_of(each.urn) == site]


def stack_of(urn: str) -> str:
    """The stack that a URN is of."""
    return urn.partition("::")[0].rpartition(":")[2]


def declared(site: str = "dublin") -> list[Resource]:
    """The resources of a site as it is deployed."""
    return changed((), site)


def case(
    changes: Iterable[Change] = (),
    site: str = "dublin",
    *,
    foundation: bool = True,
    hand: str = "site",
    organisation: bool = False,
) -> Case:
    """The site after the changes, with the zone's givens or without any; or the part of another hand's for it."""
    resources, found = after(changes, site, organisation=organisation, hand=hand)
    within = zone_with(found.documents if foundation else {}, zone(site))
    beside = [each for each in resources if stack_of(each.urn) != site]
    whole = case_of([each for each in resources if stack_of(each.urn) == site], site, within, beside)
    return whole if hand == "site" else next(part for part in whole.others if _is_for(part, hand, whole))


def _is_for(part: Case, hand: str, site: Case) -> bool:
    """Whether a part is the hand's for a site: organisation and workspace are for every site of the cloud."""
    if hand == WORKSPACE:
        return part.is_workspace and part.site.cloud is site.site.cloud
    same = part.site.name == site.site.name or hand == ORGANISATION
    return part.hand.value == hand and part.site.cloud is site.site.cloud and same


def case_of(
    resources: Iterable[Resource], site: str = "dublin", under: Zone | None = None, beside: Iterable[Resource] = ()
) -> Case:
    """A case of any resources, with those of the other hands' stacks beside it, where there are any."""
    within, read = under or zone(site), list(beside)
    about = next(each for each in within.file.sites if each.name == site_of(site))
    above = _parts(StackKind.ORGANISATION, ORGANISATION, read, within)
    auditors = auditors_parts(read, site, within)
    copies = [part.beside(auditors) for part in _parts(StackKind.BACKUPS, BACKUPS, read, within)]
    others = (*auditors, *above, *_parts(StackKind.BACKEND, BACKEND, read, within), *copies)
    return Case(site, Basis.LAB, Resources(resources), within, about, DAY, others=others)


def auditors_parts(resources: Iterable[Resource], site: str, within: Zone) -> tuple[Case, ...]:
    """The cases of the parts of the auditor's stack that a site's records lean on; none without any resources."""
    return _parts(StackKind.AUDITOR, AUDITORS[within.name], resources, within)


def _parts(hand: StackKind, stack: str, resources: Iterable[Resource], within: Zone) -> tuple[Case, ...]:
    """The cases of the parts of a hand's stack; none where nothing of it was read."""
    held = [each for each in resources if stack_of(each.urn) == stack]
    found = parts(hand, stack, held, within) if held else ()
    return tuple(
        Case(each.name, Basis.LAB, each.resources, within, each.site, DAY, standing=each.standing) for each in found
    )


def zone_with(documents: Any, known: Zone | None = None) -> Zone:
    """A sample zone with other documents: a given without one does not stand."""
    known = known or zone()
    if documents is known.documents:
        return known
    kept = type(known.file.foundation)(given for given in known.file.foundation if given.id in documents)
    return msgspec.structs.replace(
        known, documents=documents, file=msgspec.structs.replace(known.file, foundation=kept)
    )


def unknown(change: Change) -> Change:
    """The same change to a value that is not known."""
    return {**change, "to": UNKNOWN}


def answers(question: Question, resources: Iterable[Resource], site: str = "dublin") -> list[Answer]:
    """What a question answers about the resources."""
    return list(question(case_of(resources, site)))


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
