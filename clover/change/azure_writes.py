"""Two sets of Azure policies: a write, or a deletion, that one of them stops and the other lets through.

The resource is built up property by property, from the values that the policies themselves tell apart, any other one,
and none at all. What is built so far is given up as soon as no such resource can be among the sought ones, whatever
the rest of it is (clover.logic.azure.policy_partial), so that a search which ends without a resource has shown that
there is none; unless it had to leave something open, which is told apart.
"""

from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from clover.change.azure_standing import Policy
from clover.change.azure_write_values import GROUPED, Values, values_of
from clover.logic.aws.reading import Malformed
from clover.logic.azure.policy_assignments import PolicyAssignment
from clover.logic.azure.policy_fields import TAG
from clover.logic.azure.policy_partial import ANY_OTHER, Told, meets
from clover.logic.azure.request import Request, read_request
from clover.logic.azure.scopes import Hierarchy, read_scope
from clover.sources.plain import as_list, as_object

SOMEBODY = "99999999-9999-9999-9999-999999999999"
OTHER_TYPE = "Other.Provider/things"
"""Stands for every type that no policy names."""
MOST = 2000
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
        """Find what the policies tell apart."""
        self.values = values_of(self.sought.stopping, self.sought.free_of)

    def run(self) -> Result:
        """Every type in every kind of group, until something is found."""
        self.certain = self.values.exact
        for group in self.values.groups(self.sought.subscription):
            for kind in self.values.types:
                body = {"type": kind, "id": self._id(group, kind)}
                told = Told(body, frozenset({"type", "id", "name"}), self.values.whole)
                self._descend(told, self.sought.stopping, self.sought.free_of)
                if self.found:
                    return Result(self.found, True)
        return Result(None, self.certain)

    def _id(self, group: str, kind: str) -> str:
        place = f"/subscriptions/{self.sought.subscription}/resourceGroups/{group}"
        if kind.lower() in GROUPED:
            return place
        provider, *segments = (OTHER_TYPE if kind == ANY_OTHER else kind).split("/")
        return "/".join((place, "providers", provider, *(f"{segment}/x" for segment in segments)))

    def _descend(self, told: Told, stopping: Sequence[Policy], free_of: Sequence[Policy]) -> None:
        """Look at a partial resource, and at those with one property more; the first that is found ends all.

        What is decided of a policy stays so: the others alone are looked at further.
        """
        self.looked_at += 1
        old = {each: self._met(each, told, 0) for each in stopping}
        new = {each: self._met(each, told, 1) for each in free_of}
        if all(met is False for met in old.values()) or True in new.values():
            return
        if (shown := self._shown(told.body)) is not None:
            self.found = shown
            return
        open_ones = [each for met in (old, new) for each, known in met.items() if known is None]
        name = next(self.values.following(open_ones, told), None)
        if name is None or self.looked_at > MOST:
            self.certain = False
            return
        kept = [each for each, met in old.items() if met is not False]
        for content in self.values.of(name, str(told.body["type"])):
            self._descend(_with(told, name, content), kept, [each for each, met in new.items() if met is None])
            if self.found:
                return

    def _time(self) -> dict[str, Any]:
        """A moment at which every exemption counts that ends."""
        policies = (*self.sought.stopping, *self.sought.free_of)
        ends = [each.expires for policy in policies for each in policy.read.exemptions if each.expires]
        if not ends:
            return {}
        before = min(map(datetime.fromisoformat, ends)) - timedelta(days=1)
        return {"attributes": {"environment": {"UtcNow": [before.strftime("%Y-%m-%dT%H:%M:%SZ")]}}}

    def _met(self, policy: Policy, told: Told, side: int) -> bool | None:
        try:
            return meets(policy.read, told, read_scope(told.body["id"], "id"), self.sought.hierarchies[side])
        except Malformed:
            return None

    def _shown(self, body: Mapping[str, Any]) -> dict[str, Any] | None:
        """The request where the plain evaluator confirms it."""
        whole = _plain(body)
        request: dict[str, Any] = {
            "principal": SOMEBODY,
            "action": f"{whole['type']}/{self.verb}",
            "scope": whole["id"],
            "resource": whole,
            "contents": [],
            **self._time(),
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
        held[step] = as_object(held.get(step)) or {}
        held = held[step]
    if content is not None:
        held[path[-1]] = content
    return told._replace(body=body, paths=told.paths | {name.lower().removeprefix(f"{str(body['type']).lower()}/")})


def _path(kind: str, name: str) -> list[str]:
    """Where a field stands in a resource: beside its properties, or in them."""
    if tag := TAG.fullmatch(name):
        return ["tags", tag["after_dot"] or tag["in_brackets"].strip("'")]
    if not name.lower().startswith(f"{kind.lower()}/"):
        return name.split(".")
    steps = name[len(kind) + 1 :].split(".")
    beside = steps[0].lower() in ("sku", "kind", "identity") and kind.lower() != "microsoft.keyvault/vaults"
    return steps if beside else ["properties", *steps]


def _plain(body: Mapping[str, Any]) -> dict[str, Any]:
    """The resource with words in the place of what stands for any other text."""
    words = {"type": OTHER_TYPE, "location": "eastus"}
    return {name: _worded(content, words.get(name, "something-else")) for name, content in body.items()}


def _worded(content: Any, word: str) -> Any:
    if (members := as_object(content)) is not None:
        return {name: _worded(inner, word) for name, inner in members.items()}
    if (listed := as_list(content)) is not None:
        return [_worded(inner, word) for inner in listed]
    return content.replace(ANY_OTHER, word) if isinstance(content, str) else content
