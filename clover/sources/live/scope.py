"""What a live reading reads: of each type, which properties, and by which calls; the rest it knows nothing of."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple

from clover.sources.live.azure import shapes
from clover.sources.live.azure.rows import tables as azure_tables
from clover.sources.live.paths import UNREAD
from clover.sources.live.reading import Gap
from clover.sources.live.site import tables as aws_tables


class Scope(NamedTuple):
    """The properties of a type that are read, and the calls without which its things would not all be seen."""

    properties: frozenset[str]
    calls: frozenset[str]

    def is_open(self, gaps: Sequence[Gap]) -> bool:
        """Whether a call was refused that may have shown another thing of the type."""
        return any(_folded(gap.call) in self.calls for gap in gaps)


@cache
def scopes() -> Mapping[str, Scope]:
    """Every type that is read, by its token."""
    found: dict[str, Scope] = {}
    for topics in (aws_tables(), azure_tables()):
        for rows in topics.values():
            for token, scope in _within(rows, frozenset()):
                before = found.get(token, Scope(frozenset(), frozenset()))
                found[token] = Scope(before.properties | scope.properties, before.calls | scope.calls)
    return found


def _within(rows: Sequence[Mapping[str, Any]], above: frozenset[str]) -> Iterator[tuple[str, Scope]]:
    for row in rows:
        calls = above | {_folded(row["call"])} if "call" in row else above
        for gift in row.get("gives", ()):
            if "|" not in gift["type"]:
                yield gift["type"], Scope(_properties(gift), calls)
        yield from _within(row.get("each", ()), calls)


def _properties(gift: Mapping[str, Any]) -> frozenset[str]:
    told = gift["properties"]
    if isinstance(told, str):
        return frozenset((*shapes.type_of(gift["type"]).shape.members, *shapes.parameters(gift["type"])))
    named = {name for name, expression in told.items() if expression is not UNREAD}
    return frozenset(named | ({"tags"} if "tagsAll" in named else set()))


def _folded(call: str) -> str:
    """A call's name as tables and gaps both write it."""
    return call.replace("_", "").lower()
