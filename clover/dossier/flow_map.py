"""Where data lies and which ways lead in and out, as coordinates of a drawing."""

from dataclasses import dataclass

from clover.controls.verdict import Outcome
from clover.dossier.site_facts import SiteFacts, StoreFacts, worst

ROW = 34
HEAD = 64
STORES_LEFT = 40


@dataclass(frozen=True)
class Flow:
    """A way that data takes, or is kept from taking."""

    y: int
    label: str
    stopped: bool
    control: str
    outcome: str


@dataclass(frozen=True)
class FlowMap:
    """One site's drawing: country around region around network around stores, ways at the right; pixels."""

    height: int
    rows: tuple[tuple[int, StoreFacts], ...]
    flows: tuple[Flow, ...]


def flow_map(site: SiteFacts) -> FlowMap:
    """Place the site's stores below each other, and the ways beside them."""
    rows = tuple((HEAD + ROW * (index + 1), store) for index, store in enumerate(site.stores))
    ways = [(f"by the gateway to {domain}", False, "NET-3") for domain in site.domains]
    ways += [
        ("to anywhere else", True, "NET-2"),
        ("around the gateway", True, "NET-1"),
        ("copies to another region", True, "RES-2"),
        ("reads from outside the site", True, "RES-P1"),
    ]
    flows = tuple(_flow(site, HEAD + ROW * (index + 1), *way) for index, way in enumerate(ways))
    return FlowMap(height=HEAD + ROW * (max(len(rows), len(flows)) + 1) + 20, rows=rows, flows=flows)


def _flow(site: SiteFacts, y: int, label: str, stopped: bool, control: str) -> Flow:
    """A way is drawn as stopped only where its control is proved."""
    outcome = worst(site.of(control))
    return Flow(y, label, stopped and outcome is Outcome.PROVED, control, outcome.value)
