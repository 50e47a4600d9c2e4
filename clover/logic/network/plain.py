"""One packet and one flow, step by step: written apart from the sets, so that what they say can be checked.

Addresses are compared with the standard library; nothing here is shared with the sets but the shape of facts.
"""

from collections.abc import Iterator, Sequence
from ipaddress import ip_address

from clover.logic.network.flows import TCP, Flow, Stage
from clover.logic.network.routing import Graph, Kind, Node, Route
from clover.logic.network.rules import BACK, FORWARD, Action, Default, Rule, RuleList
from clover.logic.network.stateless import FORWARD_ON, Inspection

LONGEST = 64
"""Hops after which a packet is dropped."""


def follow(graph: Graph, start: str, destination: str) -> Iterator[Node]:
    """Yield the nodes that one packet visits after `start`, to its end; none where it is dropped at once."""
    node = graph[start]
    for _ in range(LONGEST):
        route = pick(node.routes, destination)
        if route is None:
            return
        node = graph.get(route.target) or Node(route.target, Kind.UNKNOWN, route.target)
        yield node
        if node.kind not in (Kind.PLACE, Kind.GATE, Kind.RELAY):
            return


def pick(routes: Sequence[Route], destination: str) -> Route | None:
    """Return the route that one packet takes: the longest prefix, then the lowest rank."""
    address = ip_address(destination)
    fitting = [
        route
        for route in routes
        if route.destination is not None
        and route.destination.version == address.version
        and address in route.destination
    ]
    return min(
        fitting,
        key=lambda route: (-(route.destination.prefixlen if route.destination else 0), route.rank),
        default=None,
    )


def lets_out(inspection: Inspection, flow: Flow) -> tuple[bool, bool]:
    """Tell whether a firewall lets the flow's opening packet out, and whether its data."""
    ends = (flow.source, flow.source_port, flow.destination, flow.port)
    for rule in inspection.stateless:
        if flow.protocol in rule.protocols and _between(rule, *ends) and not rule.narrowed:
            return _stateless(rule.action, inspection, flow)
    return _stateless(inspection.default, inspection, flow)


def _stateless(action: Action, inspection: Inspection, flow: Flow) -> tuple[bool, bool]:
    if action is FORWARD_ON:
        return leaves(inspection.listed, flow)
    return (action is Action.PASS, action is Action.PASS)


def leaves(listed: RuleList, flow: Flow) -> tuple[bool, bool]:
    """Tell whether the flow's opening packet leaves, and whether its data does."""
    opened = False
    for stage in Stage:
        for direction in (FORWARD, BACK):
            verdict = _verdict(listed, flow, stage, direction)
            if verdict is Action.PASS:
                return True, True
            if verdict is Action.DROP:
                return opened, False
            if stage is Stage.OPENING and direction == FORWARD:
                opened = True
                if flow.protocol != TCP:
                    return True, True
    return True, True


def _verdict(listed: RuleList, flow: Flow, stage: Stage, direction: str) -> Action | None:
    """What becomes of one packet: passed with the whole flow, dropped, or let through as it is (None)."""
    for rule in listed.rules:
        if rule.action is Action.ALERT or (rule.narrowed and rule.action is not Action.PASS):
            continue
        if _fits(rule, flow, stage, direction):
            return Action.PASS if rule.action is Action.PASS else Action.DROP
    established = stage is Stage.APPLICATION and direction == FORWARD
    dropping = listed.default is Default.DROP or (listed.default is Default.DROP_ESTABLISHED and established)
    return Action.DROP if dropping else None


def _fits(rule: Rule, flow: Flow, stage: Stage, direction: str) -> bool:
    """Whether one packet of the flow fits the rule."""
    if direction not in rule.directions or stage not in rule.stages or flow.protocol not in rule.protocols:
        return False
    if not _says(rule, flow, stage):
        return False
    ends = (flow.source, flow.source_port, flow.destination, flow.port)
    turned = (flow.destination, flow.port, flow.source, flow.source_port)
    seen = [ends if direction == FORWARD else turned]
    if rule.both_ways:
        seen = [ends, turned]
    return any(_between(rule, *each) for each in seen)


def _says(rule: Rule, flow: Flow, stage: Stage) -> bool:
    """Whether the application, as far as it can be seen, is what the rule asks for."""
    if rule.applications is None and rule.name is None:
        return True
    if stage is not Stage.APPLICATION and flow.protocol == TCP:
        return False
    if rule.applications is not None and flow.application not in rule.applications:
        return False
    return rule.name is None or (flow.server_name is not None and rule.name.fits(flow.server_name))


def _between(rule: Rule, source: str, source_port: int, destination: str, port: int) -> bool:
    """Whether the ends of a packet are those of the rule."""
    ports = source_port in rule.source_ports and port in rule.ports
    return ports and _among(source, rule.sources) and _among(destination, rule.destinations)


def _among(text: str, addresses: object) -> bool:
    """Whether an address is one of a set's."""
    address = ip_address(text)
    ranges = getattr(addresses, "four" if address.version == 4 else "six").ranges
    return any(low <= int(address) <= high for low, high in ranges)
