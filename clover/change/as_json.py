"""A change for programs: `clover.diff/1`, whose JSON Schema lies in schema/diff.schema.json."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from clover.change.difference import Change
from clover.change.finding import Direction

WITNESS = """Of a widening, what was impossible before and is possible after: a request (with the policies of both
sides), a chain of requests, a path with a flow, an event that leaves no record any more, or a property with both its
values. Of kind `unknown`: what is not known; the direction is `mixed` then, for it may be either."""


class Entry(Struct, frozen=True, kw_only=True):
    """One difference in meaning."""

    control: str
    resource: Annotated[str | None, Meta(description="The URN after the change, or before it for what goes.")]
    before: str | None
    after: str | None
    direction: Direction
    witness: Annotated[dict[str, Any] | None, Meta(description=" ".join(WITNESS.split()))]


class DiffDocument(Struct, frozen=True, kw_only=True):
    """What `clover diff --format json` prints."""

    schema: Literal["clover.diff/1"] = "clover.diff/1"
    direction: Annotated[Direction, Meta(description="Of all changes together; neutral ones do not count.")]
    changes: tuple[Entry, ...]


def document(change: Change) -> DiffDocument:
    """The change with its direction."""
    entries = (
        Entry(
            control=each.control,
            resource=each.resource,
            before=each.before,
            after=each.after,
            direction=each.direction,
            witness=None if each.witness is None else dict(each.witness),
        )
        for each in change.findings
    )
    return DiffDocument(direction=change.direction, changes=tuple(entries))


def as_json(change: Change) -> str:
    """The change as JSON text, byte for byte the same for the same input."""
    return msgspec.json.format(msgspec.json.encode(document(change)), indent=2).decode() + "\n"
