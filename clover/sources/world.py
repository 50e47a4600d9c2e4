"""Several files as one world: every stack once, every link to something that is there."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import Any, NamedTuple

from clover.errors import BadInput, Place
from clover.sources.export import is_export, is_local, read_export
from clover.sources.files import read_json
from clover.sources.live.observation import read_observed
from clover.sources.live.reading import Gap
from clover.sources.plain import as_object
from clover.sources.preview import HOW, is_preview, read_preview
from clover.sources.resource import Resource
from clover.sources.values import Unknown

STACK = "pulumi:pulumi:Stack"

SITE = "site"
"""The hand of a stack that says nothing else (clover.zones.vocabulary.StackKind)."""


class Subject(NamedTuple):
    """One stack of the world: what it calls itself, what was read, and whether that is a lab's.

    `hand` says whose stack it is, by the kind of stack (`site`, `auditor` …); one that says nothing is a site's.
    `observed` says that it was read live, `planned` that it is a plan; `gaps` are the calls that a reading was refused.
    """

    project: str
    stack: str
    site: str | None
    zone: str | None
    source: str
    digest: str
    lab: bool
    hand: str = SITE
    observed: bool = False
    gaps: tuple[Gap, ...] = ()
    planned: bool = False


class World:
    """Every resource of every stack that was read."""

    def __init__(self, stacks: Mapping[Subject, Sequence[Resource]]) -> None:
        """Hold the resources of each stack."""
        self.subjects = tuple(stacks)
        self._stacks = stacks
        self._by_urn = {resource.urn: resource for resources in stacks.values() for resource in resources}

    def of(self, subject: Subject) -> Sequence[Resource]:
        """The resources of one stack, in the engine's order."""
        return self._stacks[subject]

    def beside(self, other: "World") -> "World":
        """This world's stacks, then those of another one; BadInput where a stack is of both."""
        subjects = list(self.subjects)
        for subject in other.subjects:
            subjects.append(subject)
            refuse_twice(subjects)
        return World({**self._stacks, **other._stacks})

    def of_the_lab(self) -> "World":
        """The same world as a lab's: a plan does not say whether it is one."""
        return World({subject._replace(lab=True): resources for subject, resources in self._stacks.items()})

    def about(self, subject: Subject) -> "World":
        """The same world asked about one of its stacks; the others are still looked at where that one leads there."""
        narrowed = copy(self)
        narrowed.subjects = (subject,)
        return narrowed

    def where(self, urn: str) -> Place | None:
        """Where a resource is declared: its component's line of configuration, else the line of the program."""
        resource = self._by_urn.get(urn)
        position = resource.position if resource else None
        while resource:
            declared = resource.inputs.get("declared_at")
            if isinstance(declared, str) and (place := _place(declared)):
                return place
            resource = self._by_urn.get(resource.parent) if resource.parent else None
        return position


def read_world(paths: Sequence[Path], contents: Mapping[Path, bytes] | None = None) -> World:
    """Read all files; BadInput, with file and place, for whatever is not a whole plan or state.

    `contents` are those of files that have been read elsewhere.
    """
    stacks: dict[Subject, Sequence[Resource]] = {}
    for path in paths:
        subject, resources = _stack(read_json(path, (contents or {}).get(path)), Place(str(path)))
        refuse_twice([*stacks, subject])
        stacks[subject] = resources
    return World(stacks)


def refuse_twice(subjects: Sequence[Subject]) -> None:
    """Refuse the last of the subjects where another one is the same stack."""
    *others, subject = subjects
    for other in others:
        if (other.project, other.stack) == (subject.project, subject.stack):
            told = f"is stack {subject.stack} of {subject.project}, and so is {other.source}"
            raise BadInput(told, Place(subject.source))


def observed_world(export: Mapping[str, Any], source: str) -> World:
    """The world of one site that was read live, as `read_world` gives it of the same export in the file `source`."""
    subject, resources = _stack(export, Place(source))
    return World({subject: resources})


def stack_world(resources: Sequence[Resource], place: Place) -> World:
    """The world of one stack whose configuration is not told; BadInput where the resources do not hold together."""
    _refuse_inconsistent(resources, {}, place)
    return World({_subject({}, resources, place): resources})


def _stack(found: object, place: Place) -> tuple[Subject, Sequence[Resource]]:
    data = as_object(found)
    if data is None:
        raise BadInput(f"is neither a stack export nor a preview; {HOW}", place)
    if is_export(data):
        resources = read_export(data, place)
    elif is_preview(data):
        resources = read_preview(data, place)
    else:
        raise BadInput(f"is neither a stack export nor a preview; {HOW}", place)
    _refuse_inconsistent(resources, data, place)
    return _subject(data, resources, place), resources


def _refuse_inconsistent(resources: Sequence[Resource], data: Mapping[str, Any], place: Place) -> None:
    """Refuse an empty world, two stacks in one, a URN twice, a link to nothing, a circle.

    Only a resource whose deletion is under way may share its URN, with its replacement.
    """
    if not resources:
        raise BadInput("holds no resource: there is nothing to judge", place)
    stacks = {(resource.project, resource.stack) for resource in resources}
    if len(stacks) > 1:
        raise BadInput(f"holds resources of {len(stacks)} stacks", place)
    known = {resource.urn for resource in resources}
    if len(known) < len(resources) - _pending_deletions(data):
        raise BadInput("holds a URN twice", place)
    for resource in resources:
        links = [resource.parent, (resource.provider or "").rpartition("::")[0] or None, *resource.dependencies]
        for link in links:
            if link is not None and link not in known:
                raise BadInput(f"{resource.urn} refers to {link[:200]}, which is not there", place)
    _refuse_circles({resource.urn: resource.parent for resource in resources}, place)


def _pending_deletions(data: Mapping[str, Any]) -> int:
    """How many resources of an export wait to be deleted, beside their replacements."""
    if not is_export(data):
        return 0
    return sum(1 for state in data["deployment"]["resources"] if state.get("delete") is True)


def _refuse_circles(parents: Mapping[str, str | None], place: Place) -> None:
    """Refuse resources that are their own ancestors."""
    clear: set[str] = set()
    for urn in parents:
        walked: list[str] = []
        step: str | None = urn
        while step is not None and step not in clear:
            if step in walked:
                raise BadInput(f"{step} is its own ancestor", place)
            walked.append(step)
            step = parents[step]
        clear.update(walked)


def _subject(data: Mapping[str, Any], resources: Sequence[Resource], place: Place) -> Subject:
    hand, site, zone = _named(data, resources)
    observed = read_observed(data, place)
    return Subject(
        project=resources[0].project,
        stack=resources[0].stack,
        site=site,
        zone=zone,
        source=place.file,
        digest=_digest(resources),
        lab=observed.lab if observed else is_export(data) and is_local(data),
        hand=hand,
        observed=observed is not None,
        gaps=observed.gaps if observed else (),
        planned=observed is None and not is_export(data),
    )


def _named(data: Mapping[str, Any], resources: Iterable[Resource]) -> tuple[str, str | None, str | None]:
    """Hand, site and zone that the stack names: in its configuration, in its exports, or to its components."""
    config = as_object(data.get("config")) or {}
    kind, zone = config.get("clover:kind"), _text(config.get("clover:zone"))
    if isinstance(kind, str) and kind != SITE:
        return kind, None, zone
    if isinstance(config.get("clover:site"), str):
        return SITE, config["clover:site"], zone
    for resource in sorted(resources, key=lambda each: each.type != STACK):
        told = resource.outputs if resource.type == STACK else resource.inputs
        if resource.type == STACK and (hand := as_object(told.get("hand"))) and isinstance(hand.get("kind"), str):
            return hand["kind"], None, _text(hand.get("zone"))
        site = as_object(told.get("site")) or {}
        if isinstance(site.get("zone"), str):
            return SITE, _text(site.get("name")), site["zone"]
    return SITE, None, None


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _digest(resources: Sequence[Resource]) -> str:
    """The sha256 of what was read, independent of the order of keys: URN, id, inputs and outputs of each resource."""
    content = sorted(
        (resource.urn, str(resource.settled), _plain(resource.id), _plain(resource.inputs), _plain(resource.outputs))
        for resource in resources
    )
    return hashlib.sha256(json.dumps(content, separators=(",", ":")).encode()).hexdigest()


def _plain(value: object) -> str:
    """Canonical JSON in which an unknown is an object of its own."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_open)


def _open(value: object) -> object:
    if isinstance(value, Unknown):
        return {"unknown": True}
    raise TypeError(f"{type(value).__name__} is no plan data")


def _place(declared: str) -> Place | None:
    """The place in `Pulumi.dublin.yaml:17`."""
    file, _, line = declared.rpartition(":")
    return Place(file, int(line)) if file and line.isdecimal() else None
