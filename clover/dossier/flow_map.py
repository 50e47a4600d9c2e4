"""The map of a site's data flows: country around cloud, region, network, stores; ways in at the left, out at the right.

A way is drawn as stopped only where every control that stops it is proved, and a store stands inside the network only
where it is proved to be reached through that alone.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from clover.controls.verdict import Claim, Outcome
from clover.dossier.plain_text import cut, shown
from clover.dossier.site_facts import SiteFacts, StoreFacts, worst

WIDTH = 1120
ROW = 40
"""Pixels from one way or store to the next."""
LEFT, RIGHT = 240, 810
"""Where the country begins and ends."""
NESTING = 16
"""Pixels between the edges of nested boxes."""
TITLE = 22
"""Pixels that a box's title takes."""
LONGEST_IN, LONGEST_OUT, LONGEST_STORE = 32, 42, 32
"""Characters of a label that fit at the left of the map, at its right, and in a store's box."""


class State(StrEnum):
    """How a way is drawn."""

    STOPPED = "stopped"
    ALLOWED = "allowed"
    UNDECIDED = "undecided"
    """It should be stopped, or should be limited, and that is not proved."""


@dataclass(frozen=True)
class Flow:
    """A way that data takes, or is kept from taking; `label` is a key of the page's words, `detail` where it leads."""

    label: str
    detail: str
    state: State
    outcome: Outcome
    controls: tuple[str, ...]
    inward: bool


class Box(NamedTuple):
    """A rectangle with a title."""

    kind: str
    x: int
    y: int
    width: int
    height: int
    title: str
    note: str = ""


class Line(NamedTuple):
    """A way from one side to the other at one height; stopped at `x2`, or with an arrowhead there."""

    flow: Flow
    x1: int
    x2: int
    y: int
    text_x: int


@dataclass(frozen=True)
class FlowMap:
    """One site's drawing in pixels, and the ways in it for those who cannot see it."""

    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    flows: tuple[Flow, ...]


def flows(site: SiteFacts) -> Iterator[Flow]:
    """The ways in, then the ways out; hosts that the gateway lets out to each have one."""
    yield from (_stopped(site, name, controls, inward=True) for name, controls in INWARD.items())
    if any(store.role == "evidence" for store in site.stores):
        yield _allowed(site, "auditor", "", ("AUD-1", "AUD-3"), inward=True)
    yield from (_allowed(site, "domain", domain.name, ("NET-3",), inward=False) for domain in site.domains)
    if any(verdict.verdict is Outcome.ASSUMED for verdict in site.of("NET-3")):
        yield _allowed(site, "handshake", "", ("NET-3",), inward=False)
    yield from (_stopped(site, name, controls, inward=False) for name, controls in OUTWARD.items())
    if site.of("RES-6"):
        yield _allowed(site, "metadata", "", ("RES-6",), inward=False)


INWARD: Mapping[str, tuple[str, ...]] = {
    "strangers": ("RES-3",),
    "not-from-site": ("RES-P1",),
    "relays": ("RES-P2",),
    "doors": ("NET-6",),
}
GATEWAY = ("domain", "handshake", "elsewhere")
"""The ways that lead to the gateway; they are drawn first."""
OUTWARD: Mapping[str, tuple[str, ...]] = {
    "elsewhere": ("NET-2",),
    "around": ("NET-1",),
    "names": ("NET-5",),
    "other-accounts": ("NET-4",),
    "copies": ("RES-1", "RES-2"),
}


def _stopped(site: SiteFacts, label: str, controls: tuple[str, ...], *, inward: bool) -> Flow:
    found = [verdict for control in controls for verdict in site.of(control, Claim.HOLDS)]
    whole = {verdict.control for verdict in found} == set(controls)
    outcome = worst(found) if whole else Outcome.UNKNOWN
    state = State.STOPPED if outcome is Outcome.PROVED else State.UNDECIDED
    return Flow(label, "", state, outcome, controls, inward)


def _allowed(site: SiteFacts, label: str, detail: str, controls: tuple[str, ...], *, inward: bool) -> Flow:
    outcome = worst([verdict for control in controls for verdict in site.of(control, Claim.HOLDS)])
    fails = outcome in (Outcome.REFUTED, Outcome.UNKNOWN)
    return Flow(label, detail, State.UNDECIDED if fails else State.ALLOWED, outcome, controls, inward)


def flow_map(site: SiteFacts) -> FlowMap:
    """Place the stores below each other, the ways in beside them at the left and the ways out at the right."""
    found = tuple(flows(site))
    inside = [store for store in site.stores if _only_through_the_network(site, store)]
    outside = [store for store in site.stores if store not in inside]
    top = 4 + 4 * TITLE + 8
    inward = [flow for flow in found if flow.inward and flow.label != "auditor"]
    outward = [flow for flow in found if not flow.inward and flow.label not in ("copies", "metadata")]
    rows = max(len(inside) + 1, len(inward), len(outward))
    below = top + rows * ROW + NESTING
    last = [flow for flow in found if flow.label in ("auditor", "copies", "metadata")]
    rest = max(len(outside), sum(not flow.inward for flow in last), 1)
    height = below + rest * ROW + 3 * NESTING
    boxes = (*_places(site, height, below), *_stores(inside, top + ROW, NETWORK), *_stores(outside, below, REGION))
    workload = Box("workload", _x(NETWORK), top, _width(NETWORK) - NESTING, ROW - 10, "", "note")
    passing = sum(flow.label in GATEWAY for flow in outward)
    gate = Box("gateway", RIGHT - 3 * NESTING - 4, top, 8, passing * ROW - 10, "")
    lines = (
        *_ways(inward, top, _x(NETWORK - 1)),
        *_ways(outward, top, _x(NETWORK - 1) + _width(NETWORK - 1)),
        *_ways([flow for flow in last if flow.inward], below, _x(REGION)),
        *_ways([flow for flow in last if not flow.inward], below, _x(REGION - 1) + _width(REGION - 1)),
    )
    return FlowMap(height, (*boxes, workload, *((gate,) if passing else ())), lines, found)


REGION, NETWORK = 3, 4
"""How deep what lies in the region, and what lies in the network, is nested."""


def _only_through_the_network(site: SiteFacts, store: StoreFacts) -> bool:
    found = site.about(store, "RES-P1")
    return bool(found) and worst(found) is Outcome.PROVED


def _x(depth: int) -> int:
    return LEFT + depth * NESTING


def _width(depth: int) -> int:
    return RIGHT - LEFT - 2 * depth * NESTING


def _places(site: SiteFacts, height: int, below: int) -> Iterator[Box]:
    known = site.case.site
    titles = (known.country, site.cloud, known.region, f"{known.title} {site.network}")
    for depth, (kind, title) in enumerate(zip(("country", "cloud", "region", "network"), titles, strict=True)):
        y = 4 + depth * TITLE
        bottom = below - NESTING if kind == "network" else height - 4 - depth * 6
        yield Box(kind, _x(depth), y, _width(depth), bottom - y, cut(title, 48))


def _stores(stores: Sequence[StoreFacts], top: int, depth: int) -> Iterator[Box]:
    for index, store in enumerate(stores):
        note = f"{store.data_class} · {store.role}"
        yield Box(
            "store",
            _x(depth),
            top + index * ROW,
            _width(depth) - (NESTING if depth == NETWORK else 0),
            ROW - 10,
            _ending(store.name),
            cut(note, 28),
        )


def _ending(name: str) -> str:
    """A name as far as it fits: long names of one account differ at their ends."""
    visible = shown(name)
    return visible if len(visible) <= LONGEST_STORE else f"…{visible[1 - LONGEST_STORE :]}"


def _ways(found: Sequence[Flow], top: int, edge: int) -> Iterator[Line]:
    """Ways in come from the left to the edge, ways out leave it to the right."""
    for index, flow in enumerate(found):
        y = top + index * ROW + (ROW - 10) // 2
        if flow.inward:
            yield Line(flow, LEFT - 12, edge, y, LEFT - 20)
        else:
            stop = edge + 18 if flow.state is State.STOPPED else RIGHT + 14
            yield Line(flow, edge, stop, y, RIGHT + 22)
