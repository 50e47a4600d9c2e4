"""Work through a table of calls: what each answer lists becomes resources, what is refused is kept by name."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, Protocol

from clover.sources.live.paths import UNREAD, Known, evaluate
from clover.sources.plain import as_list, as_object


class RefusedCallError(Exception):
    """A call that was not answered; `code` is the cloud's word for why."""

    def __init__(self, call: str, code: str) -> None:
        """Hold the call as `service.operation`, and the code."""
        super().__init__(f"{call}: {code}")
        self.call, self.code = call, code


class Cloud(Protocol):
    """Something that answers calls, all pages of a listing in one answer; RefusedCallError when it does not."""

    def call(self, operation: str, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """The answer to `service.operation`."""
        ...


class PlacedCloud(Cloud, Protocol):
    """A cloud that says where it answers."""

    @property
    def place(self) -> str:
        """Its address: answers of one place are not those of another."""
        ...


class Found(NamedTuple):
    """One thing that is there, in the provider's words; a value that is UNREAD could not be asked for."""

    type: str
    id: str
    properties: Mapping[str, Any]


THINGS, VALUES = "things", "values"
"""What a refused call leaves unseen: whether there are such things at all, or what one that is there is like."""


FORM = frozenset({"api-version", "$filter"})
"""Parameters that say how a call is made, and nothing of what it is about."""

MALFORMED = "MalformedAnswer"
"""The code of an answer that nobody understands."""


class Gap(NamedTuple):
    """A call that was refused, what it was about, why, and what that leaves unseen."""

    call: str
    about: str
    code: str
    hides: str = THINGS


class Reading:
    """One pass over a cloud; `gaps` are the calls that it refused so far, `calls` how many were made."""

    def __init__(self, cloud: Cloud, ground: Mapping[str, str]) -> None:
        """Hold the cloud, and what is known from the start: account, region, partition."""
        self._cloud, self._ground = cloud, ground
        self.gaps: list[Gap] = []
        self.calls = 0

    def read(self, rows: Sequence[Mapping[str, Any]], within: Known | None = None) -> Iterator[Found]:
        """Everything that the rows find, inside the thing `within` where there is one."""
        for row in rows:
            for item in self._items(row, within or {}):
                yield from self._understood(row, {**item, "^": within or {}, "@": self._ground})

    def _understood(self, row: Mapping[str, Any], known: dict[str, Any]) -> list[Found]:
        """What a row makes of a thing; nothing, and a gap, where the answer is not in the form that was documented."""
        try:
            return list(self._of(row, known)) if _holds(row, known) else []
        except (AttributeError, KeyError, TypeError, ValueError):
            about = next((str(known[name]) for name in ("id", "Arn", "Name") if known.get(name)), "all")
            self.gaps.append(Gap(_asked(row), about, MALFORMED))
            return []

    def _items(self, row: Mapping[str, Any], within: Known) -> list[dict[str, Any]]:
        """The things that a row lists: in an answer of its own, or in what is known already."""
        around = {"^": within, "@": self._ground}
        if "call" not in row:
            found = evaluate(row["over"], around)
        else:
            answer = self._answer(row, around, THINGS)
            found = UNREAD if answer is UNREAD else evaluate(row["items"], answer or {})
        if found is UNREAD:
            return []
        listed = as_list(found) or ([found] if found else [])
        return [as_object(item) or {"it": item} for item in listed]

    def _of(self, row: Mapping[str, Any], known: dict[str, Any]) -> Iterator[Found]:
        for name, further in row.get("also", {}).items():
            known[name] = self._answer(further, known, VALUES)
        for gift in row.get("gives", ()):
            if _holds(gift, known):
                yield self._resource(gift, known)
        yield from self.read(row.get("each", ()), known)

    def _resource(self, gift: Mapping[str, Any], known: Known) -> Found:
        kind = evaluate(gift["type"], known) if "|" in gift["type"] else gift["type"]
        found, identifier = _properties(gift, known), evaluate(gift["id"], known)
        if not identifier or not isinstance(identifier, str):
            raise ValueError(f"a {kind} without an id")
        return Found(kind, identifier, {name: value for name, value in found.items() if value is not None})

    def _answer(self, row: Mapping[str, Any], known: Known, hides: str) -> Any:
        """The answer to a row's call: None where the row says that the refusal means nothing is there."""
        if "when" in row and not evaluate(row["when"], known):
            return None
        parameters = {name: evaluate(value, known) for name, value in row.get("with", {}).items()}
        if any(value is UNREAD for value in parameters.values()):
            return UNREAD
        self.calls += 1
        try:
            return self._cloud.call(row["call"], parameters)
        except RefusedCallError as refusal:
            if refusal.code in row.get("absent", ()):
                return None
            told = (value for name, value in parameters.items() if name not in FORM and isinstance(value, str))
            about = ", ".join(told)
            self.gaps.append(Gap(refusal.call, about or "all", refusal.code, hides))
            return UNREAD


def _asked(row: Mapping[str, Any]) -> str:
    """The call that a row is about; of what it finds in another answer, what that is about."""
    return str(row.get("call") or next((gift["type"] for gift in row.get("gives", ())), "a part of an answer"))


def _holds(row: Mapping[str, Any], known: Known) -> bool:
    """Whether a row's conditions hold; what is not known holds, so that nothing is left out for want of an answer."""
    wanted, unwanted = evaluate(row.get("if", True), known), evaluate(row.get("unless", False), known)
    return bool(wanted) and (unwanted is UNREAD or not unwanted)


def _properties(gift: Mapping[str, Any], known: Known) -> Mapping[str, Any]:
    """What a gift says of a thing: property by property, or as one; `unread` where that one answer was refused."""
    told = gift["properties"]
    if isinstance(told, str):
        whole = as_object(evaluate(told, known))
        if whole is not None:
            return whole
        told = gift["unread"]
    return {name: evaluate(part, known) for name, part in told.items()}
