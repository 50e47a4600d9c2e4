"""MIG-2: nothing is left declared at a site that has had its time."""

from collections.abc import Iterator, Sequence

from clover.controls.case import Case
from clover.controls.verdict import Answer, assumed, proved, refuted
from clover.sources import Resource
from clover.zones.vocabulary import Lifecycle

EMPTIED = (
    "that the site held nothing any more when it went is observed in its inventory, or the operator's auditor attests"
)


def nothing_is_left(case: Case, kinds: Sequence[str]) -> Iterator[Answer]:
    """Answer for each resource of `kinds` (stores, keys, grants) that is declared although the site is retired."""
    state = case.site.state(case.day)
    left = case.resources.of(*kinds)
    if state is not Lifecycle.RETIRED:
        named = state.value if state else "not begun"
        yield proved(f"{case.site.title} is {named} on {case.day}{_ending(case)}: what it declares is in its time")
        return
    yield from (_left(case, resource) for resource in left)
    if not left:
        yield proved(f"{case.site.title} is retired on {case.day}, and declares no store, key or grant any more")
        yield assumed(EMPTIED)


def _ending(case: Case) -> str:
    """When its time is over, where the zone says so."""
    ends = (step.since for step in case.site.lifecycle if step.state is Lifecycle.RETIRED)
    return "".join(f", until {end}" for end in ends)


def _left(case: Case, resource: Resource) -> Answer:
    since = next(step.since for step in case.site.lifecycle if step.state is Lifecycle.RETIRED)
    told = f"{resource.name} is still declared at {case.site.title}, whose time ended on {since}"
    example = {
        "kind": "property",
        "urn": resource.urn,
        "property": "lifecycle",
        "value": Lifecycle.RETIRED.value,
        "allowed": "no store, key or grant after the end",
    }
    return refuted(told, example, resource=resource.urn)
