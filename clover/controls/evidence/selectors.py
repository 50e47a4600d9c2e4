"""Which events a trail records: CloudTrail's event selectors, evaluated exactly.

Within a field, what selects is an alternative and what deselects always counts; fields hold together; one selector is
enough (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/filtering-data-events.html).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

Event = Mapping[str, str]
Selector = Mapping[str, Any]

MANY = 200_000
"""Kinds of events; a trail that tells more apart is not decided."""

_FITS: Mapping[str, Callable[[str, str], bool]] = {
    "equals": str.__eq__,
    "startsWiths": str.startswith,
    "endsWiths": str.endswith,
}
_DENIES = {"notEquals": "equals", "notStartsWiths": "startsWiths", "notEndsWiths": "endsWiths"}


def selects(selector: Selector, event: Event) -> bool:
    """Tell whether an advanced event selector selects the event."""
    return all(_field_fits(field, event.get(field["field"])) for field in selector.get("fieldSelectors") or ())


def _field_fits(field: Mapping[str, Any], held: str | None) -> bool:
    wanted = [(fits, found) for name, fits in _FITS.items() for found in field.get(name) or ()]
    denied = [(_FITS[name], found) for deny, name in _DENIES.items() for found in field.get(deny) or ()]
    if held is None:
        return not wanted
    chosen = not wanted or any(fits(held, found) for fits, found in wanted)
    return chosen and not any(fits(held, found) for fits, found in denied)


def unrecorded(selectors: Sequence[Selector], events: Iterable[Event]) -> Event | None:
    """Return an event that no selector selects; None when all are. OverflowError when there are too many kinds."""
    for number, event in enumerate(islice(events, MANY + 1)):
        if number == MANY:
            raise OverflowError(f"the selectors tell more than {MANY} kinds of events apart")
        if not any(selects(selector, event) for selector in selectors):
            return event
    return None


def kinds(selectors: Sequence[Selector], given: Mapping[str, Sequence[str]]) -> Iterator[Event]:
    """Yield one event of each kind that the selectors tell apart, among those whose fields are `given`.

    A field's values in `given` stand for themselves; one that ends in `*` stands for every text that begins so.
    """
    fields = {field["field"] for selector in selectors for field in selector.get("fieldSelectors") or ()}
    names = [*given, *sorted(fields - set(given))]
    values = [list(dict.fromkeys(_values(name, given.get(name, ("*",)), selectors))) for name in names]
    for combination in product(*values):
        yield dict(zip(names, combination, strict=True))


def _values(name: str, given: Sequence[str], selectors: Sequence[Selector]) -> Iterator[str]:
    """The values of a field that make a difference: those given, and for open ones those that selectors name."""
    named = [
        field for selector in selectors for field in selector.get("fieldSelectors") or () if field["field"] == name
    ]
    starts = [
        text
        for field in named
        for key in ("equals", "notEquals", "startsWiths", "notStartsWiths")
        for text in field.get(key) or ()
    ]
    ends = [text for field in named for key in ("endsWiths", "notEndsWiths") for text in field.get(key) or ()]
    for text in given:
        if not text.endswith("*"):
            yield text
            continue
        beginnings = [text[:-1], *(each for each in starts if each.startswith(text[:-1]))]
        for beginning in beginnings:
            yield from (beginning, f"{beginning}any") if beginning != text[:-1] else (f"{beginning}any",)
            yield from (f"{beginning}any{end}" for end in ends)


def advanced(basic: Sequence[Mapping[str, Any]]) -> list[Selector]:
    """The selectors that basic event selectors stand for; without any, a trail records management events.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_EventSelector.html.
    """
    if not basic:
        return [{"fieldSelectors": [_equal("eventCategory", "Management")]}]
    return [made for selector in basic for made in _of_basic(selector)]


def _of_basic(selector: Mapping[str, Any]) -> Iterator[Selector]:
    kind = {"ReadOnly": [_equal("readOnly", "true")], "WriteOnly": [_equal("readOnly", "false")]}
    reading = kind.get(str(selector.get("readWriteType")), [])
    if selector.get("includeManagementEvents") is not False:
        without = [{"field": "eventSource", "notEquals": list(selector.get("excludeManagementEventSources") or ())}]
        yield {"fieldSelectors": [_equal("eventCategory", "Management"), *without, *reading]}
    for resource in selector.get("dataResources") or ():
        named = [_equal("eventCategory", "Data"), _equal("resources.type", str(resource.get("type")))]
        where = [{"field": "resources.ARN", "startsWiths": list(resource.get("values") or ())}]
        yield {"fieldSelectors": [*named, *where, *reading]}


def _equal(field: str, held: str) -> Mapping[str, Any]:
    return {"field": field, "equals": [held]}
