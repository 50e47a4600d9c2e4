"""What Azure firewalls, security groups and route tables let through before and after."""

from collections.abc import Callable, Iterator, Mapping
from ipaddress import ip_network
from typing import Any

from clover.change.azure_rules import LOOPBACK, Tags, Unclear, firewall_rules, security_rules
from clover.change.finding import Direction, Finding, undecided
from clover.change.flow_difference import FlowDifference, flow_difference
from clover.change.pairing import Sides
from clover.controls.network.counterexample import described
from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.plain import pick
from clover.logic.network.routing import Route, chosen
from clover.logic.network.rules import Default
from clover.model.resources import Resources, every, value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list

GROUP = "azure-native:network:NetworkSecurityGroup"
RULES = "azure-native:network:FirewallPolicyRuleCollectionGroup"
ROUTES = "azure-native:network:RouteTable"
NETWORK = "azure-native:network:VirtualNetwork"


def network_findings(sides: Sides) -> Iterator[Finding]:
    """Every list of rules or routes that changed."""
    tags = Tags(_inner(sides.before) | _inner(sides.after))
    for pair in sides.pairs:
        compare = COMPARED.get(pair.type)
        if compare and pair.before and pair.after:
            try:
                yield from compare(pair.before, pair.after, tags)
            except (Unclear, ArithmeticError, KeyError, ValueError) as error:
                yield undecided("NET-3", pair.urn, f"the rules of {pair.one.name} are not decided: {error}")
        elif pair.type == RULES:
            yield from _of_firewall(pair.before, pair.after, tags)


def _inner(resources: Resources) -> Addresses:
    """The addresses of the site's networks."""
    prefixes = (prefix for each in resources.of(NETWORK) for prefix in every(each, "addressSpace.addressPrefixes[]"))
    return Addresses.of(*(prefix for prefix in prefixes if isinstance(prefix, str)))


def _listed(resource: Resource | None, name: str) -> Any:
    found = value(resource, name) if resource else None
    if isinstance(found, Unknown):
        raise Unclear(f"{found.path} is not known")
    return found


def _of_group(before: Resource, after: Resource, tags: Tags) -> Iterator[Finding]:
    """A security group, in both directions."""
    old, new = _listed(before, "securityRules"), _listed(after, "securityRules")
    found = [
        flow_difference(security_rules(old, direction, tags), security_rules(new, direction, tags), Default.DROP)
        for direction in ("Outbound", "Inbound")
    ]
    whole = FlowDifference(
        next((each.added for each in found if each.added), None),
        next((each.removed for each in found if each.removed), None),
    )
    yield from flow_finding("NET-1", after, whole, tags.name_of)


def _of_firewall(before: Resource | None, after: Resource | None, tags: Tags) -> Iterator[Finding]:
    """A group of rules of a firewall; one that comes or goes is compared with none."""
    old, new = (firewall_rules(_listed(each, "ruleCollections"), tags) for each in (before, after))
    about = after or before
    if about is not None:
        found = flow_difference(old, new, Default.DROP_ESTABLISHED)
        yield from flow_finding("NET-3", about, found, tags.name_of)


def flow_finding(
    control: str, about: Resource, found: FlowDifference, name_of: Callable[[str], str] = str
) -> Iterator[Finding]:
    """The finding that a flow shows."""
    flow = found.added or found.removed
    if flow is None:
        return
    direction = Direction.NARROWS
    if found.added:
        direction = Direction.MIXED if found.removed else Direction.WIDENS
    was, now = ("dropped", "passed") if found.added else ("passed", "dropped")
    told = dict(described(flow))
    where = f"{told.get('server_name') or name_of(flow.destination)}{f' port {flow.port}' if flow.port else ''}"
    why = f"{about.name} {'now lets' if found.added else 'no longer lets'} {told['protocol']} to {where} through"
    witness = {"kind": "path", "hops": [{"urn": about.urn, "what": about.name}], "flow": told}
    yield Finding(control, about.urn, was, now, direction, witness, why)


FREE = ("Internet", "VirtualNetworkGateway")
"""Next hops behind which no firewall of the site stands."""


def _of_routes(before: Resource, after: Resource, _: Tags) -> Iterator[Finding]:
    """A route table: which addresses are reached past the site's own hops."""
    old, new = (_freely(_listed(each, "routes")) for each in (before, after))
    added, gone = new - old, old - new
    turned = _turned(_listed(before, "routes"), _listed(after, "routes"))
    if not (added or gone or turned):
        return
    direction = Direction.MIXED
    if bool(added) != bool(gone):
        direction = Direction.WIDENS if added else Direction.NARROWS
    reached = (added or gone).witness() if added or gone else None
    free, bound = (_listed(each, "routes") for each in ((after, before) if added else (before, after)))
    if reached and (_hop(free, reached) not in FREE or _hop(bound, reached) in FREE):
        raise Unclear(f"route by route, a packet to {reached} is no difference")
    was, now = (
        ("past the firewall", "through the firewall") if not added else ("through the firewall", "past the firewall")
    )
    hops = [{"urn": after.urn, "what": turned or after.name}]
    witness: Mapping[str, Any] = {"kind": "path", "hops": hops, "flow": {"destination": reached}}
    why = f"packets to {reached} now go {now}" if reached else f"packets go another way: {turned}"
    yield Finding("NET-1", after.urn, was, now, direction, witness, why)


def _routes(listed: Any) -> Iterator[Route]:
    for each in as_list(listed) or []:
        prefix = each.get("addressPrefix")
        if not isinstance(prefix, str) or "/" not in prefix:
            raise Unclear(f"the route to {prefix}")
        yield Route(
            ip_network(prefix, strict=False), str(each.get("nextHopType")), "", str(each.get("nextHopIpAddress"))
        )
    yield from (Route(ip_network(text), "Internet", "", "", 1) for text in ("0.0.0.0/0", "::/0"))


def _freely(listed: Any) -> Addresses:
    """The addresses whose packets take a next hop without a firewall."""
    found = Addresses()
    for route, part in chosen(list(_routes(listed)), EVERYWHERE - Addresses.of(LOOPBACK)):
        if route.target in FREE:
            found = found | part
    return found


def _hop(listed: Any, destination: str) -> str:
    """The next hop of one packet, chosen apart from the sets."""
    route = pick(list(_routes(listed)), destination)
    return route.target if route else ""


def _turned(old: Any, new: Any) -> str | None:
    """Next hops of the site's own that only one side has."""
    hops = [
        {f"{route.target} {route.label}" for route in _routes(listed) if route.target not in FREE}
        for listed in (old, new)
    ]
    return (
        f"{', '.join(sorted(hops[0])) or 'none'} → {', '.join(sorted(hops[1])) or 'none'}"
        if hops[0] != hops[1]
        else None
    )


COMPARED: Mapping[str, Callable[[Resource, Resource, Tags], Iterator[Finding]]] = {
    GROUP: _of_group,
    RULES: _of_firewall,
    ROUTES: _of_routes,
}
