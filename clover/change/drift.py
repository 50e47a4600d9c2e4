"""Drift: what is declared of a site and what is there, thing by thing, and what each difference means."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.change.classes import types
from clover.change.difference import change
from clover.change.drift_meaning import Meaning
from clover.change.drift_values import Difference, differences
from clover.change.finding import Finding
from clover.controls.proof import Proof
from clover.errors import BadInput, Place
from clover.model.resources import value
from clover.sources import Resource, Subject, Unknown, World
from clover.sources.live.scope import Scope, scopes
from clover.sources.plain import as_list
from clover.tables import read_table

Prover = Callable[[World], Proof]

FILLED = frozenset({"routes", "securityRules", "subnets", "virtualNetworkPeerings"})
"""Lists of Azure whose entries may be resources of their own, which fill them in where nobody else declares them."""

VOLATILE = frozenset({"etag", "provisioningState"})
"""What changes with every write, whoever makes it."""

NOT_READ = "not read"
"""Stands where an answer was refused."""


class Kind(StrEnum):
    """How what is there differs."""

    MISSING = "missing"
    """Declared, and not there."""
    EXTRA = "extra"
    """There, and not declared."""
    CHANGED = "changed"
    """There, and otherwise than declared."""
    UNREAD = "unread"
    """Declared, and nothing says whether it is there so: it is not read, lies elsewhere, or a call was refused."""


class Thing(NamedTuple):
    """A resource as declared and as it is, where it is on both sides; `kind` is None where nothing differs."""

    kind: Kind | None
    declared: Resource | None
    live: Resource | None
    properties: tuple[Difference, ...] = ()

    @property
    def one(self) -> Resource:
        """The resource as declared; as it is where nobody declares it."""
        found = self.declared or self.live
        if found is None:
            raise ValueError("a thing is declared, or there")
        return found

    @property
    def id(self) -> str | None:
        """What the cloud calls it."""
        found = (self.live or self.one).id
        return found if isinstance(found, str) else None


class Drifted(NamedTuple):
    """One thing that differs, and what that means."""

    thing: Thing
    means: tuple[Finding, ...]


class Drift(NamedTuple):
    """All differences of one site; `beside` is what they mean together and no single one alone."""

    declared: Subject
    things: tuple[Drifted, ...]
    beside: tuple[Finding, ...]


def drift(declared: World, observed: World, prover: Prover) -> Drift:
    """Compare a declared world with a live reading of the same site; BadInput where they are of different sites."""
    (known,), (seen,) = declared.subjects, observed.subjects
    refuse_other(declared, seen.site)
    things = list(_things(declared.of(known), observed.of(seen), seen))
    proofs = cache(prover)
    found = change(declared, _as_it_is(declared, known, things), proofs).findings
    meaning = Meaning(found, proofs(declared).verdicts if found else ())
    drifted = [Drifted(each, meaning.of(each.one.urn, each.id)) for each in things if each.kind]
    told = {id(finding) for each in drifted for finding in each.means}
    return Drift(known, tuple(sorted(drifted, key=_order)), tuple(each for each in found if id(each) not in told))


def refuse_other(declared: World, site: str | None) -> None:
    """Raise BadInput where a world declares nothing of the site: it is of another one, or was read live itself."""
    (known,) = declared.subjects
    if known.observed:
        raise BadInput("was read live, and declares nothing: give a plan or a stack export", Place(known.source))
    if known.site != site:
        raise BadInput(f"is of site {known.site}, and {site} is audited", Place(known.source))


def _things(declared: Sequence[Resource], observed: Sequence[Resource], seen: Subject) -> Iterator[Thing]:
    wanted = {_identity(each): each for each in declared if each.custom and not each.type.startswith("pulumi:")}
    there = {_identity(each): each for each in observed if each.custom}
    ids = frozenset(identity[1] for identity in wanted)
    own = _own_subscription(ids)
    for identity, resource in wanted.items():
        scope = scopes().get(resource.type) if _subscription(identity[1]) in (own, None) else None
        yield _compared(_Pair(resource, there.get(identity), ids), scope, seen)
    for identity, resource in there.items():
        if identity not in wanted and not _is_brought(resource, ids):
            yield Thing(Kind.EXTRA, None, resource)


def _identity(resource: Resource) -> tuple[str, str]:
    """What a thing is in its cloud."""
    return resource.type, _folded(str(resource.id))


def _folded(identifier: str) -> str:
    """An id as it is compared: those of Azure know no case."""
    return identifier.lower() if identifier.startswith("/") else identifier


def _subscription(identifier: str) -> str | None:
    """The subscription that an id of Azure lies in; None for what lies in none."""
    parts = identifier.split("/")
    return parts[2] if parts[1:2] == ["subscriptions"] else None


def _own_subscription(ids: Iterable[str]) -> str | None:
    """The subscription of a site: the one that most of what it declares lies in. No other is read with it."""
    counted = Counter(filter(None, map(_subscription, ids)))
    return next((found for found, _ in counted.most_common(1)), None)


@cache
def _brought() -> dict[str, Any]:
    """What a cloud makes by itself; see brought.yaml."""
    return read_table(Path(__file__).with_name("brought.yaml"))


def _is_brought(resource: Resource, declared: frozenset[str]) -> bool:
    for row in _brought().get(resource.type, ()):
        found = value(resource, row["property"])
        if not isinstance(found, str):
            continue
        if row.get("declared") and _folded(found) in declared:
            return True
        if "matches" in row and re.fullmatch(row["matches"], found):
            return True
    return False


class _Pair(NamedTuple):
    """A declared resource, what is there of it, and the ids of everything that is declared beside it."""

    declared: Resource
    live: Resource | None
    beside: frozenset[str]


def _compared(pair: _Pair, scope: Scope | None, seen: Subject) -> Thing:
    declared, live, _ = pair
    if live is None:
        is_open = scope is None or scope.is_open(seen.gaps)
        return Thing(Kind.UNREAD if is_open else Kind.MISSING, declared, None)
    read = scope.properties if scope else frozenset[str]()
    if properties := tuple(_changed(declared, live, read, pair.beside)):
        return Thing(Kind.CHANGED, declared, live, properties)
    refused = tuple((name, None, NOT_READ) for name in sorted(read) if isinstance(live.outputs.get(name), Unknown))
    return Thing(Kind.UNREAD if refused else None, declared, live, refused)


def _changed(declared: Resource, live: Resource, read: Iterable[str], beside: frozenset[str]) -> Iterator[Difference]:
    """What is otherwise than declared, and what nobody declared and some control turns on."""
    telling = _telling(declared.type)
    for name in sorted(read):
        there = live.outputs.get(name)
        if name in declared.inputs:
            otherwise = list(differences(name, declared.inputs[name], there))
            yield from otherwise or (_filled_in(name, declared, there) if name in telling else ())
        elif name in FILLED:
            entries = (entry for entry in as_list(there) or [] if _folded(str(entry.get("id"))) not in beside)
            yield from ((f"{name}[]", None, entry) for entry in entries)
        elif name in telling and declared.settled:
            yield from differences(name, declared.outputs.get(name), there)


def _filled_in(name: str, declared: Resource, there: Any) -> Iterator[Difference]:
    """What the cloud had filled in beside what was declared, and is otherwise now."""
    if declared.settled and name in declared.outputs:
        for found in differences(name, declared.outputs[name], there, whole=True):
            if found[0].rpartition(".")[2] not in VOLATILE:
                yield found


def _telling(kind: str) -> frozenset[str]:
    """The properties of a type that a change of it is judged by."""
    known = types().get(kind)
    paths = (*known.settings, *known.judged) if known else ()
    return frozenset(map(_top, paths))


def _top(path: str) -> str:
    return path.partition(".")[0].partition("[")[0]


def _as_it_is(declared: World, known: Subject, things: Iterable[Thing]) -> World:
    """What is declared, with every difference: what a refresh of the state would make of it."""
    kept = [each for each in declared.of(known) if not each.custom or each.type.startswith("pulumi:")]
    found = [resource for each in things if (resource := _refreshed(each)) is not None]
    return World({known._replace(digest=f"{known.digest}, as it is"): [*kept, *found]})


def _refreshed(thing: Thing) -> Resource | None:
    """The resource as declared, with what is otherwise; None where it is not there."""
    declared, live = thing.declared, thing.live
    if declared is None:
        return live
    if live is None:
        return declared if thing.kind is Kind.UNREAD else None
    inputs, outputs = dict(declared.inputs), dict(declared.outputs)
    for name in {_top(path) for path, _, _ in thing.properties}:
        inputs[name] = outputs[name] = live.outputs.get(name)
    there = {name: held for name, held in inputs.items() if held is not None}
    return declared._replace(inputs=there, outputs={name: held for name, held in outputs.items() if held is not None})


def _order(each: Drifted) -> tuple[int, str, str]:
    kind = each.thing.kind or Kind.UNREAD
    return list(Kind).index(kind), each.thing.one.type, each.thing.one.urn
