"""Drift for programs (`clover.drift/1`) and for people."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from clover.change.drift import Drift, Drifted, Kind
from clover.change.finding import Direction, Finding, shown
from clover.change.text import name_of, title_of, word_of
from clover.controls.verdict import Where
from clover.printable import printable
from clover.sources import Unknown, World


class Property(Struct, frozen=True, kw_only=True):
    """One property that is otherwise than declared, both values in one line each."""

    path: str
    declared: str | None
    live: str | None


class Means(Struct, frozen=True, kw_only=True):
    """One consequence: a control that is worse, better, or not known any more."""

    control: str
    resource: str | None
    direction: Direction
    before: str | None
    after: str | None
    why: str
    witness: dict[str, Any] | None


class Entry(Struct, frozen=True, kw_only=True):
    """One thing; `urn` is the declared one, or the live one of what nobody declared."""

    kind: Kind
    type: str
    id: str | None
    urn: str
    where: Where | None
    properties: tuple[Property, ...]
    means: Annotated[tuple[Means, ...], Meta(description="Empty where no verdict turns on the difference.")]


class DriftDocument(Struct, frozen=True, kw_only=True):
    """What `clover audit --declared` writes as drift.json."""

    schema: Literal["clover.drift/1"] = "clover.drift/1"
    site: str | None
    source: str
    digest: str
    things: tuple[Entry, ...]
    beside: Annotated[tuple[Means, ...], Meta(description="What follows from several things together.")]


def document(drift: Drift, declared: World) -> DriftDocument:
    """The drift with the places where things are declared."""
    return DriftDocument(
        site=drift.declared.site,
        source=drift.declared.source,
        digest=drift.declared.digest,
        things=tuple(_entry(each, declared) for each in drift.things),
        beside=tuple(map(_means, drift.beside)),
    )


def as_json(drift: Drift, declared: World) -> str:
    """The drift as JSON text, byte for byte the same for the same input."""
    return msgspec.json.format(msgspec.json.encode(document(drift, declared)), indent=2).decode() + "\n"


def _entry(drifted: Drifted, declared: World) -> Entry:
    thing = drifted.thing
    place = declared.where(thing.one.urn) if thing.declared else None
    return Entry(
        kind=thing.kind or Kind.UNREAD,
        type=thing.one.type,
        id=thing.id,
        urn=thing.one.urn,
        where=Where(place.file, place.line) if place else None,
        properties=tuple(
            Property(path=path, declared=_line(wanted), live=_line(there)) for path, wanted, there in thing.properties
        ),
        means=tuple(map(_means, drifted.means)),
    )


def _line(held: Any) -> str | None:
    return "not known" if isinstance(held, Unknown) else shown(held)


def _means(finding: Finding) -> Means:
    return Means(
        control=finding.control,
        resource=finding.resource,
        direction=finding.direction,
        before=finding.before,
        after=finding.after,
        why=finding.why,
        witness=None if finding.witness is None else dict(finding.witness),
    )


def text(drift: Drift, declared: World) -> str:
    """A paragraph for each thing that differs, then one line for all."""
    return "".join(f"{printable(line)}\n" for line in _lines(drift, declared))


def _lines(drift: Drift, declared: World) -> Iterator[str]:
    site = drift.declared.site or drift.declared.stack
    for each in drift.things:
        yield from _paragraph(site, each, declared)
    for finding in drift.beside:
        yield f"{site}: drift, all together: {_sentence(finding)}"
    kinds = [each.thing.kind for each in drift.things]
    counts = ", ".join(f"{kinds.count(kind)} {kind.value}" for kind in Kind)
    yield f"{site}: drift from {drift.declared.source}: {counts if kinds else 'none'}"


def _paragraph(site: str, drifted: Drifted, declared: World) -> Iterator[str]:
    thing = drifted.thing
    kind = thing.kind.value if thing.kind else ""
    place = declared.where(thing.one.urn) if thing.declared else None
    at = f" ({place.file}:{place.line})" if place else ""
    yield f"{site}: drift: {kind} {thing.one.type} {thing.id or name_of(thing.one.urn)}{at}"
    for path, wanted, there in thing.properties:
        yield f"    {path}: {_line(wanted) or 'nothing'} → {_line(there) or 'nothing'}"
    for finding in drifted.means:
        yield f"    {_sentence(finding)}"
    if not drifted.means and thing.kind is not Kind.UNREAD:
        yield "    no control turns on it"


def _sentence(finding: Finding) -> str:
    return f"{word_of(finding)}: {finding.control} {title_of(finding)}, {name_of(finding.resource)}: {finding.why}"
