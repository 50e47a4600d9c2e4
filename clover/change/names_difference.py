"""Which names a network's resolver answers for, before and after: its rules in their order, the first that fits.

A rule that holds for one type of queries only (such as TXT) is looked at type by type.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any, NamedTuple

from clover.change.finding import Direction, Finding, undecided
from clover.logic.network.resolution import NameRule, answered, answers_plainly, classes_for
from clover.sources import Resource

CONTROL = "NET-5"
EVERY_TYPE = ""
"""Queries of a type that no rule speaks of."""


class Answering(NamedTuple):
    """How the resolver of one network answers: `types` are the types of queries of those rules that hold for one only.

    `failing` names who says that everything is answered while the filter is down, None for nobody; `doubts` are what
    is not known: by whom, what, and whether it may be another thing on the other side although it is named the same.
    """

    about: Resource
    at: str
    rules: tuple[NameRule, ...]
    types: Mapping[str, str] = {}
    failing: Resource | None = None
    doubts: frozenset[tuple[str, str]] = frozenset()
    open: bool = False

    def of_type(self, kind: str) -> list[NameRule]:
        """The rules that a query of a type meets."""
        return [
            replace(rule, narrowed=False)
            for rule in self.rules
            if not rule.narrowed or self.types.get(rule.source) == kind
        ]


class Shown(NamedTuple):
    """A name that only one side answers for, and who decides that it is."""

    name: str
    kind: str
    rule: NameRule | None


def names_findings(before: Answering, after: Answering, names: Mapping[str, str]) -> Iterator[Finding]:
    """What changes for one network; `names` are the URNs after the change by those before."""
    yield from _failing(before, after, names)
    doubts = frozenset((names.get(urn, urn), what) for urn, what in before.doubts) ^ after.doubts
    either = sorted(doubts) or (sorted(after.doubts) if before.open or after.open else [])
    if either:
        urn, what = either[0]
        told = f"{what} of {urn.rpartition('::')[2]} is not known"
        yield undecided(CONTROL, after.about.urn, f"which names are answered in {after.about.name}: {told}")
        return
    added, gone = _shown(after, before), _shown(before, after)
    if added or gone:
        yield _finding(after if added else before, after.about, added, gone)


def _failing(before: Answering, after: Answering, names: Mapping[str, str]) -> Iterator[Finding]:
    """A filter that answers everything while it is down, on one side only."""
    if bool(before.failing) == bool(after.failing):
        return
    holder = after.failing or before.failing
    urn = names.get(holder.urn, holder.urn) if holder else after.about.urn
    told = ["answers everything" if side.failing else "answers nothing" for side in (before, after)]
    direction = Direction.WIDENS if after.failing else Direction.NARROWS
    witness = {"kind": "property", "urn": urn, "property": "firewallFailOpen", "before": told[0], "after": told[1]}
    why = f"while the filter for names is down, the resolver of {after.about.name} {told[1]}"
    yield Finding(CONTROL, urn, told[0], told[1], direction, witness, why)


def _shown(allowing: Answering, denying: Answering) -> Shown | None:
    """A name that the one answers for and the other does not; both replay it rule by rule."""
    types = [EVERY_TYPE, *sorted({*allowing.types.values(), *denying.types.values()})]
    for kind in types:
        new, old = allowing.of_type(kind), denying.of_type(kind)
        classes = classes_for((*new, *old), ())
        without = _union(mask for mask, _ in answered(old, classes))
        for mask, rule in answered(new, classes):
            if found := mask & ~without:
                return _replayed(Shown(str(classes.witness(found)), kind, rule), new, old)
    return None


def _union(masks: Iterable[int]) -> int:
    found = 0
    for mask in masks:
        found |= mask
    return found


def _replayed(shown: Shown, allowing: list[NameRule], denying: list[NameRule]) -> Shown:
    """The same; ArithmeticError where asking rule by rule says otherwise, for then one of the two is wrong."""
    if not answers_plainly(allowing, shown.name) or answers_plainly(denying, shown.name):
        raise ArithmeticError(f"rule by rule, {shown.name} is no difference")
    return shown


def _finding(allowing: Answering, about: Resource, added: Shown | None, gone: Shown | None) -> Finding:
    shown = added or gone
    if shown is None:
        raise ValueError("nothing differs")
    direction = Direction.NARROWS
    if added:
        direction = Direction.MIXED if gone else Direction.WIDENS
    hops = [{"urn": about.urn, "what": f"resolver of {about.name}"}]
    hops += [{"urn": shown.rule.source, "what": shown.rule.label}] if shown.rule else []
    flow: dict[str, Any] = {"protocol": "udp", "port": 53, "application": "dns", "server_name": shown.name}
    flow |= {"query_type": shown.kind} if shown.kind else {}
    witness = {"kind": "path", "hops": hops, "flow": {**flow, "destination": allowing.at}}
    was, now = ("not answered", "answered") if added else ("answered", "not answered")
    kind = f" of type {shown.kind}" if shown.kind else ""
    by = f" ({shown.rule.label})" if shown.rule else " (no rule decides)"
    told = f"the resolver of {about.name} {'now answers' if added else 'no longer answers'} queries{kind}"
    return Finding(CONTROL, about.urn, was, now, direction, witness, f"{told} for {shown.name}{by if added else ''}")
