"""What is recorded as evidence, before and after: events that a trail selects, categories of a diagnostic setting.

What is no longer recorded is the witness of a widening; other words for the same events are no change.
"""

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, NamedTuple

from clover.change.finding import Direction, Finding, shown, undecided
from clover.change.pairing import Sides
from clover.controls.evidence.selectors import MANY, Event, Selector, advanced, kinds, selects
from clover.model.aws.network_links import entries, known
from clover.model.resources import value
from clover.sources import Resource
from clover.sources.plain import as_list

TRAIL = "aws:cloudtrail/trail:Trail"
SETTING = "azure-native:monitor:DiagnosticSetting"
CONTROL = "EVD-1"

CATEGORIES = ("Management", "Data", "NetworkActivity")
"""https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_AdvancedFieldSelector.html."""


class Recorded(NamedTuple):
    """One thing that only one side records: the event, and how people call it."""

    event: Mapping[str, str]
    told: str


def record_findings(sides: Sides) -> Iterator[Finding]:
    """Every trail and diagnostic setting that is there on both sides."""
    for pair in sides.pairs:
        if pair.before and pair.after and pair.type in COMPARED:
            try:
                yield from COMPARED[pair.type](pair.before, pair.after)
            except ArithmeticError as error:
                yield undecided(CONTROL, pair.urn, f"what {pair.one.name} records is not decided: {error}")


def _of_trail(before: Resource, after: Resource) -> Iterator[Finding]:
    """Two sides of a trail, whichever kind of selectors says it."""
    paths = ("advancedEventSelectors", "eventSelectors")
    if not all(known(value(each, path)) for each in (before, after) for path in paths):
        yield undecided(CONTROL, after.urn, f"the event selectors of {after.name} are not known")
        return
    old, new = _selectors(before), _selectors(after)
    yield from _finding(after, (old, new), _only(old, new), _only(new, old))


def _selectors(trail: Resource) -> list[Selector]:
    """What a trail selects: advanced selectors, or what basic ones stand for."""
    return entries(trail, "advancedEventSelectors") or advanced(entries(trail, "eventSelectors"))


def _only(one: Sequence[Selector], other: Sequence[Selector]) -> Recorded | None:
    """An event that only the first selectors select: one of few made-up words, if there are several."""
    found = [event for category in CATEGORIES for event in _lost(category, one, other)]
    named = {text for each in (*one, *other) for text in _texts(each)}
    event = min(found, key=lambda event: sum(text not in named for text in event.values()), default=None)
    if event is None:
        return None
    facts = [f"{name}={held}" for name, held in event.items() if name != "eventCategory"]
    return Recorded(event, f"{event['eventCategory']} events{' with ' if facts else ''}{', '.join(facts)}")


def _lost(category: str, one: Sequence[Selector], other: Sequence[Selector]) -> Iterator[Event]:
    """The kinds of events of a category that only the first selectors select; OverflowError for too many kinds."""
    about, beside = ([each for each in listed if _is_of(each, category)] for listed in (one, other))
    fields = {field["field"] for each in (*about, *beside) for field in each.get("fieldSelectors") or ()}
    given: dict[str, Sequence[str]] = {"eventCategory": (category,)}
    given |= {"readOnly": ("true", "false")} if "readOnly" in fields else {}
    for number, event in enumerate(islice(kinds([*about, *beside], given), MANY + 1)):
        if number == MANY:
            raise OverflowError(f"the selectors tell more than {MANY} kinds of events apart")
        if _any_selects(about, event) and not _any_selects(beside, event):
            yield event


def _any_selects(selectors: Sequence[Selector], event: Event) -> bool:
    return any(selects(selector, event) for selector in selectors)


def _is_of(selector: Selector, category: str) -> bool:
    """Whether a selector may select events of a category."""
    fields = [field for field in selector.get("fieldSelectors") or () if field["field"] == "eventCategory"]
    return selects({"fieldSelectors": fields}, {"eventCategory": category})


def _texts(selector: Selector) -> Iterator[str]:
    """Every text that a selector names."""
    for field in selector.get("fieldSelectors") or ():
        for held in field.values():
            yield from map(str, as_list(held) or [])


def _of_setting(before: Resource, after: Resource) -> Iterator[Finding]:
    """Two sides of a diagnostic setting."""
    if not all(known(value(each, "logs")) for each in (before, after)):
        yield undecided(CONTROL, after.urn, f"the categories that {after.name} records are not known")
        return
    old, new = _switched_on(before), _switched_on(after)
    if AUDIT in old ^ new and ALL not in old | new:
        told = f"which categories the group {AUDIT[1]} of {after.name} holds is not known"
        yield undecided(CONTROL, after.urn, told)
        return
    lost, gained = _missing(old, new), _missing(new, old)
    yield from _finding(after, (sorted(old), sorted(new)), _category(after, lost), _category(after, gained))


ALL, AUDIT = ("categoryGroup", "alllogs"), ("categoryGroup", "audit")
"""The groups of categories (https://learn.microsoft.com/azure/azure-monitor/platform/diagnostic-settings): `allLogs`
holds every category that there is and that is to come, `audit` some of them."""

EVERY_OTHER = "every category that is not named"


def _switched_on(setting: Resource) -> set[tuple[str, str]]:
    """The categories and groups that are recorded."""
    return {
        (name, str(entry[name]).lower())
        for entry in entries(setting, "logs")
        for name in ("category", "categoryGroup")
        if entry.get("enabled") and entry.get(name)
    }


def _missing(one: set[tuple[str, str]], other: set[tuple[str, str]]) -> list[str]:
    """What the first side records and the other does not."""
    if ALL in other:
        return []
    named = sorted(text for _, text in one - other - {ALL})
    return [*named, EVERY_OTHER] if ALL in one else named


def _category(setting: Resource, missing: Sequence[str]) -> Recorded | None:
    if not missing:
        return None
    event = {
        "resource": str(value(setting, "resourceUri") or setting.inputs.get("resourceUri")),
        "category": missing[0],
    }
    return Recorded(event, ", ".join(missing))


def _finding(
    about: Resource, held: tuple[Any, Any], lost: Recorded | None, gained: Recorded | None
) -> Iterator[Finding]:
    """The finding that an event shows, what is lost first."""
    recorded = lost or gained
    if recorded is None:
        return
    direction = Direction.NARROWS
    if lost:
        direction = Direction.MIXED if gained else Direction.WIDENS
    was, now = ("recorded", "not recorded") if lost else ("not recorded", "recorded")
    settings = {"before": held[0], "after": held[1]}
    witness = {"kind": "event", "event": dict(recorded.event), "settings": settings}
    why = f"{about.name} {'no longer records' if lost else 'now records'} {shown(recorded.told)}"
    yield Finding(CONTROL, about.urn, was, now, direction, witness, why)


COMPARED = {TRAIL: _of_trail, SETTING: _of_setting}
