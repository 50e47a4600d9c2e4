"""From a world of stacks to verdicts: which zone and site each stack stands for."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from clover.controls.case import Case
from clover.controls.decide import Told, decide, missing, silently
from clover.controls.gaps import withhold
from clover.controls.handed import handed
from clover.controls.hands import cases_of, parts
from clover.controls.proof import Proof, ProvedSubject
from clover.controls.sites import site_of
from clover.controls.verdict import Basis
from clover.errors import BadInput
from clover.model.aws.planned_arns import KINDS, with_arns
from clover.model.resources import Resources
from clover.sources import Subject, World
from clover.zones.attestation import Attestations, overlay_file, read_overlay
from clover.zones.geography import ZoneSite
from clover.zones.problems import nearest, shown
from clover.zones.vaults import partition_of
from clover.zones.vocabulary import Cloud, StackKind
from clover.zones.zone import Zone, find_zone, load_zone

ZONES = Path("zones")
"""Where zones lie in a project, from its own folder."""


def prove(world: World, zone: str | None, day: date, told: Told = silently) -> Proof:
    """Decide every control of every stack; BadInput when a stack's zone or site is not known."""
    return prove_cases(world, cases(world, zone, day), told)


def cases(world: World, zone: str | None, day: date) -> tuple[Case, ...]:
    """What every question is asked about, one case a stack; BadInput when a stack's zone or site is not known."""
    return cases_within(world, lambda subject: surroundings(subject, zone), day)


class Surroundings(NamedTuple):
    """What a stack is judged by beside itself: its zone, what the auditor signed, and what a lab's lends to a plan."""

    zone: Zone
    attestations: Attestations
    lent: Attestations = Attestations()


def surroundings(subject: Subject, wanted: str | None) -> Surroundings:
    """The zone that is asked for by name or file, else the one that the stack names; BadInput where there is none."""
    zone = _zone(subject, wanted)
    in_trial = subject.planned and zone.file.auditor.gateway_key is None
    by_the_lab = read_overlay(overlay_file(zone.name)) if subject.lab or in_trial else None
    if by_the_lab is None:
        return Surroundings(zone, zone.attestations)
    return Surroundings(zone, by_the_lab) if subject.lab else Surroundings(zone, zone.attestations, by_the_lab)


def cases_within(world: World, look: Callable[[Subject], Surroundings], day: date) -> tuple[Case, ...]:
    """The same, with the surroundings of each stack looked up elsewhere.

    A site's case knows the parts of the other hands' stacks of its zone, and that of second copies the auditor's, which
    keeps their records; or what the auditor signed where that is all.
    """
    around = [look(subject) for subject in world.subjects]
    found = [_case(world, subject, each, day) for subject, each in zip(world.subjects, around, strict=True)]
    return tuple(_beside(case, found, each.lent) for case, each in zip(found, around, strict=True))


_LEANING = {StackKind.SITE: frozenset(StackKind), StackKind.BACKUPS: frozenset({StackKind.AUDITOR})}
"""The hands whose stacks a proof of a hand's leans on; of those that are not here, on none."""


def _beside(case: Case, found: Sequence[Case], lent: Attestations) -> Case:
    """The case with the parts of the other hands' stacks of the same zone, or what was signed in place of them."""
    leaning = _LEANING.get(case.hand, frozenset())
    others = [part for each in found if each.zone.digest == case.zone.digest for part in each.parts]
    known = case.beside([part for part in others if part.hand in leaning])
    return replace(known, handed=handed(known, lent)) if StackKind.AUDITOR.value in missing(known) else known


def prove_cases(world: World, asked: Sequence[Case], told: Told = silently) -> Proof:
    """Decide every control of the world's stacks, in their order; what leans on a gap in a live reading is unknown."""
    decided = [decide(case, world, told) for case in asked]
    return Proof(
        subjects=tuple(_subject(subject, case) for subject, case in zip(world.subjects, asked, strict=True)),
        sites=tuple(withhold(proof, subject.gaps) for proof, subject in zip(decided, world.subjects, strict=True)),
    )


def _case(world: World, subject: Subject, around: Surroundings, day: date) -> Case:
    basis = Basis.LAB if subject.lab else Basis.OBSERVED if subject.observed else Basis.DECLARED
    if subject.hand != StackKind.SITE.value:
        return _of_a_hand(world, subject, around, basis, day)
    read = Resources(world.of(subject))
    site = site_of(subject, read, around.zone)
    resources = _named(read, site, around.zone)
    return Case(subject.stack, basis, resources, around.zone, site, day, attestations=around.attestations)


def _named(resources: Resources, site: ZoneSite, zone: Zone) -> Resources:
    """The resources of a site, with the ARNs that follow from names; on Azure ids are known from the start."""
    partition = partition_of(zone, site.cloud, site.region)
    if site.cloud is not Cloud.AWS or not partition or all(each.settled for each in resources.of(*KINDS)):
        return resources
    return Resources(with_arns(resources.all, site.account, partition))


_TITLES = {StackKind.BACKUPS.value: "the stack of second copies"}
"""What a stack is called that is not simply a hand's."""


def _of_a_hand(world: World, subject: Subject, around: Surroundings, basis: Basis, day: date) -> Case:
    """The case of a stack that is no site's: its parts, of which the first stands for the whole."""
    known = {kind.value: kind for kind in StackKind}
    if subject.hand not in known:
        raise BadInput(f"stack {subject.stack}: {shown(subject.hand)} is no hand; {nearest(subject.hand, known)}")
    resources = world.of(subject)
    of_each = cases_of(parts(known[subject.hand], subject.stack, resources, around.zone), around.zone, basis, day)
    whole = msgspec.structs.replace(of_each[0].site, title=_TITLES.get(subject.hand, f"the {subject.hand}'s stack"))
    return replace(
        of_each[0],
        stack=subject.stack,
        site=whole,
        resources=Resources(resources),
        attestations=around.attestations,
        parts=of_each,
    )


def _zone(subject: Subject, wanted: str | None) -> Zone:
    """The zone that is asked for by name or file, else the one that the stack names."""
    if wanted and Path(wanted).suffix == ".yaml":
        if not Path(wanted).is_file():
            raise BadInput(f"--zone {wanted}: there is no such file")
        return load_zone(Path(wanted))
    name = subject.zone if wanted is None else wanted
    if name is None:
        raise BadInput(f"stack {subject.stack} names no zone: say --zone")
    return find_zone(ZONES, name)


def _subject(subject: Subject, case: Case) -> ProvedSubject:
    return ProvedSubject(
        project=subject.project,
        stack=subject.stack,
        site=None if case.standing else case.site.name,
        zone=case.zone.name,
        source=subject.source,
        digest=subject.digest,
    )
