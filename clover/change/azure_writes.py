"""Two sets of Azure policies: a write, or a deletion, that one of them stops and the other lets through.

The resource is built up property by property, from the values that the policies themselves tell apart, any other one,
and none at all. What is built so far is given up as soon as no such resource can be among the sought ones, whatever
the rest of it is (clover.logic.azure.policy_partial), so that a search which ends without a resource has shown that
there is none; unless it had to leave something open, which is told apart.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from clover.change.azure_write_values import GROUPED, Values, values_of
from clover.logic.aws.reading import Malformed
from clover.logic.azure.policy_assignments import PolicyAssignment
from clover.logic.azure.policy_partial import ANY_OTHER, Told, meets
from clover.logic.azure.request import Request, read_request
from clover.logic.azure.scopes import Hierarchy, read_scope
from clover.change.azure_standing import Policy

SOMEBODY = "99999999-9999-9999-9999-999999999999"
MOST = 4000
"""Partial resources that one search looks at; beyond, it has decided nothing."""
VERBS = {"deny": "write", "denyaction": "delete"}
"""What an effect stops."""


class Sought(NamedTuple):
    """What is stopped by any of the first policies, and by none of the second."""

    stopping: Sequence[Policy]
    free_of: Sequence[Policy]
    hierarchies: tuple[Hierarchy, Hierarchy]
    """The groups above the place, on the stopping side and on the other."""
    subscription: str


class Result(NamedTuple):
    """A request that was found; without one, whether it is certain that there is none."""

    request: Mapping[str, Any] | None
    certain: bool


def search(sought: Sought) -> Result:
    """A request that the one side stops and the other does not."""
    certain = True
    for effect, verb in VERBS.items():
        of_effect = [[each for each in side if each.read.effect.lower() == effect] for side in sought[:2]]
        if of_effect[0]:
            found = _Search(sought._replace(stopping=of_effect[0], free_of=of_effect[1]), verb).run()
            if found.request:
                return found
            certain = certain and found.certain
    return Result(None, certain)


@dataclass
class _Search:
    """One search, for one verb."""

    sought: Sought
    verb: str
    looked_at: int = 0
    certain: bool = True
    found: dict[str, Any] | None = None
    values: Values = field(init=False)

    def __post_init__(self) -> None:
        self.values = values_of(self.sought.stopping, self.sought.free_of)

    def run(self) -> Result:
        """Every type in every kind of group, until something is found."""
        self.certain = self.values.exact_ids
        for group in self.values.groups(self.sought.subscription):
            for kind in self.values.types:
                body = {"type": kind, "id": self._id(group, kind)}
                self._descend(Told(body, frozenset({"type", "id", "name"})))
                if self.found:
                    return Result(self.found, True)
        return Result(None, self.certain)

    def _id(self, group: str, kind: str) -> str:
        place = f"/subscriptions/{self.sought.subscription}/resourceGroups/{group}"
        provider, *segments = kind.split("/")
        if kind.lower() in GROUPED:
            return place
        return "/".join((place, "providers", provider, *(f"{segment}/x" for segment in segments or ["things"])))

    def _descend(self, told: Told) -> None:
        """Look at a partial resource, and at those with one property more; the first that is found ends all."""
        self.looked_at += 1
        if self.looked_at > MOST:
            self.certain = False
            return
        old = {each: self._met(each, told, 0) for each in self.sought.stopping}
        new = {each: self._met(each, told, 1) for each in self.sought.free_of}
        if all(met is False for met in old.values()) or any(met is True for met in new.values()):
            return
        self.found = self._shown(told.body)
        if self.found:
            return
        open_ones = [each for met in (old, new) for each, known in met.items() if known is None]
        name = next(self.values.following(open_ones, told), None)
        if name is None:
            self.certain = False
            return
        for content in self.values.of(name):
            self._descend(_with(told, name, content))
            if self.found or self.looked_at > MOST:
                return

    def _met(self, policy: Policy, told: Told, side: int) -> bool | None:
        try:
            return meets(policy.read, told, read_scope(told.body["id"], "id"), self.sought.hierarchies[side])
        except Malformed:
            return None

    def _shown(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """The request where the plain evaluator confirms it."""
        whole = _plain(body)
        request = {
            "principal": SOMEBODY,
            "action": f"{whole['type']}/{self.verb}",
            "scope": whole["id"],
            "resource": whole,
            "contents": [],
        }
        try:
            read = read_request(request)
            stopped = _stopped(read, [each.read for each in self.sought.stopping], self.sought.hierarchies[0])
            free = not _stopped(read, [each.read for each in self.sought.free_of], self.sought.hierarchies[1])
        except Malformed:
            return None
        return request if stopped and free else None


def _stopped(request: Request, policies: Iterable[PolicyAssignment], hierarchy: Hierarchy) -> bool:
    return any(each.stops(request, hierarchy) for each in policies)


def _with(told: Told, name: str, content: Any) -> Told:
    """The resource with one property more, or with none where the content is None."""
    body = deepcopy(dict(told.body))
    path = _path(str(body["type"]), name)
    held: Any = body
    for step in path[:-1]:
        held = held.setdefault(step, {})
    if content is not None:
        held[path[-1]] = content
    return Told(body, told.paths | {name.lower().removeprefix(f"{str(body['type']).lower()}/")})


def _path(kind: str, name: str) -> list[str]:
    """Where a field stands in a resource: beside its properties, or in them."""
    if not name.lower().startswith(f"{kind.lower()}/"):
        return [name]
    steps = name[len(kind) + 1 :].split(".")
    beside = steps[0].lower() in ("sku", "kind", "identity") and kind.lower() != "microsoft.keyvault/vaults"
    return steps if beside else ["properties", *steps]


def _plain(content: Any) -> Any:
    """The same with words in the place of what stands for any other text."""
    if isinstance(content, Mapping):
        return {name: _plain(inner) for name, inner in _items(content)}
    if isinstance(content, list):
        return [_plain(inner) for inner in _each(content)]
    if isinstance(content, str) and ANY_OTHER in content:
        return "Other.Provider/things" if content == ANY_OTHER else content.replace(ANY_OTHER, "something-else")
    return content


def _items(content: Any) -> Iterator[tuple[str, Any]]:
    for name, inner in content.items():
        other = name == "location" and inner == ANY_OTHER
        whole = name == "type" or not isinstance(inner, str)
        yield name, "eastus" if other else inner if whole else inner.replace(ANY_OTHER, "something-else")


def _each(content: Any) -> Iterator[Any]:
    yield from content
