"""What AWS firewalls, security groups and routes let through before and after."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from clover.change.azure_network import flow_finding
from clover.change.azure_rules import Unclear
from clover.change.finding import Direction, Finding, undecided
from clover.change.flow_difference import FlowDifference, first, flow_difference
from clover.change.pairing import Sides
from clover.controls.network.counterexample import path
from clover.controls.network.gateway import every_rule, home
from clover.controls.network.networks import network_of
from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.flows import ICMP, PORTS, PROTOCOLS, Box, Flow, possible
from clover.logic.network.intervals import Intervals
from clover.logic.network.plain import lets_out
from clover.logic.network.routing import Kind, Way, outside, ways
from clover.logic.network.rules import Action, Default, Rule, classes_of
from clover.model.aws.network import SUBNET, Network, addresses_of, placed
from clover.model.aws.network_firewall import Firewall, firewalls
from clover.model.aws.network_links import identity
from clover.model.resources import value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list

GROUPS = ("aws:ec2/securityGroup:SecurityGroup", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup")
NUMBERS = {"tcp": 6, "udp": 17, "icmp": 1, "icmpv6": 58}


def network_findings(sides: Sides) -> Iterator[Finding]:
    """Every firewall, security group and subnet whose flows changed."""
    old, new = network_of(sides.before), network_of(sides.after)
    yield from _of_firewalls(sides, old, new)
    for pair in sides.pairs:
        if pair.type in GROUPS and pair.before and pair.after:
            try:
                yield from _of_group(pair.before, pair.after)
            except Unclear as error:
                yield undecided("NET-4", pair.urn, f"the rules of {pair.one.name} are not decided: {error}")
    yield from _of_subnets(sides, old, new)


def _of_firewalls(sides: Sides, old: Network, new: Network) -> Iterator[Finding]:
    before = {sides.renamed.get(each.resource.urn, each.resource.urn): each for each in firewalls(old)}
    for after in firewalls(new):
        found = before.get(after.resource.urn)
        if found is not None and found.inspection != after.inspection:
            try:
                yield from _of_firewall(found, after)
            except ArithmeticError as error:
                told = f"what {after.resource.name} lets out is not decided: {error}"
                yield undecided("NET-3", after.resource.urn, told)


def _of_firewall(before: Firewall, after: Firewall) -> Iterator[Finding]:
    """What two inspections let out of the network."""
    doubts = [what for each in (before, after) for _, what in each.inspection.unknown]
    if doubts:
        told = f"what {after.resource.name} lets out is not decided: {doubts[0]} is not known"
        yield undecided("NET-3", after.resource.urn, told)
        return
    classes = classes_of((*every_rule(before), *every_rule(after)))
    inner = home(before) | home(after)
    flows = possible(inner, outside(inner), classes.everything)
    passed = [[one.box for one in each.inspection.judge(flows, classes).passed] for each in (before, after)]

    def shown(denying: Firewall, allowing: Firewall, found: list[Box], without: list[Box]) -> Flow | None:
        def replays(flow: Flow) -> bool:
            return lets_out(allowing.inspection, flow)[1] and not lets_out(denying.inspection, flow)[1]

        return first(found, without, classes, replays)

    found = FlowDifference(shown(before, after, passed[1], passed[0]), shown(after, before, passed[0], passed[1]))
    yield from flow_finding("NET-3", after.resource, found)


def _of_group(before: Resource, after: Resource) -> Iterator[Finding]:
    """A security group: rules add up, and whoever another group holds is a set of its own."""
    found: list[FlowDifference] = []
    for side in ("ingress", "egress"):
        names: dict[str, Addresses] = {}
        old, new = (_rules(each, side, names) for each in (before, after))
        found.append(flow_difference(old, new, Default.DROP))
    whole = FlowDifference(
        next((each.added for each in found if each.added), None),
        next((each.removed for each in found if each.removed), None),
    )
    yield from flow_finding("NET-4", after, whole)


def _rules(resource: Resource, side: str, names: dict[str, Addresses]) -> list[Rule]:
    listed = value(resource, side)
    if isinstance(listed, Unknown):
        raise Unclear(f"{side} is not known")
    return [_rule(rule, side, names) for rule in as_list(listed) or []]


def _rule(rule: Any, side: str, names: dict[str, Addresses]) -> Rule:
    """One rule: what stands at the other end is its source on the way in, its destination on the way out."""
    others = Addresses()
    for member in ("cidrBlocks", "ipv6CidrBlocks"):
        written = [each for each in as_list(rule.get(member)) or [] if not isinstance(each, Unknown)]
        others = others | Addresses.of(*written)
    held = [each for member in ("securityGroups", "prefixListIds") for each in as_list(rule.get(member)) or []]
    for name in [*held, *(["itself"] if rule.get("self") else [])]:
        if isinstance(name, Unknown):
            raise Unclear(f"{name.path} is not known")
        others = others | names.setdefault(str(name), Addresses.of(f"198.18.{len(names)}.0/24"))
    protocol, low, high = str(rule.get("protocol")), rule.get("fromPort"), rule.get("toPort")
    if isinstance(low, Unknown) or isinstance(high, Unknown):
        raise Unclear("a port is not known")
    protocols = PROTOCOLS if protocol == "-1" else Intervals.only(NUMBERS.get(protocol) or int(protocol))
    ports = PORTS if protocol == "-1" or protocols <= ICMP else Intervals.of([(int(low or 0), int(high or 0))])
    rule_of = Rule(Action.PASS, str(rule.get("description")), protocols, ports=ports)
    return replace(rule_of, sources=others) if side == "ingress" else replace(rule_of, destinations=others)


def _of_subnets(sides: Sides, old: Network, new: Network) -> Iterator[Finding]:
    """Where packets of each subnet come to, past the firewall and at all."""
    back = {after: before for before, after in sides.renamed.items()}
    before = {each.urn: each for each in sides.before.of(*SUBNET)}
    for subnet in sides.after.of(*SUBNET):
        earlier = before.get(back.get(subnet.urn, ""))
        if earlier is None:
            continue
        if not placed(subnet) or not placed(earlier):
            yield undecided("NET-1", subnet.urn, f"the network, the addresses or the id of {subnet.name} are not known")
            continue
        yield from _of_subnet(earlier, subnet, old, new)


def _of_subnet(before: Resource, after: Resource, old: Network, new: Network) -> Iterator[Finding]:
    found = [_ways(network, subnet) for network, subnet in ((old, before), (new, after))]
    if _unclear(found[0]) != _unclear(found[1]):
        told = ", ".join(sorted(_unclear(found[0]) ^ _unclear(found[1])))
        yield undecided("NET-1", after.urn, f"where packets of {after.name} go is not known: {told}")
        return
    past = [_reached(listed, free=True) for listed in found]
    at_all = [_reached(listed, free=False) for listed in found]
    added = (past[1] - past[0]) or (at_all[1] - at_all[0])
    gone = (past[0] - past[1]) or (at_all[0] - at_all[1])
    if not (added or gone):
        return
    direction = Direction.MIXED if added and gone else Direction.WIDENS if added else Direction.NARROWS
    network, listed, reached = (new, found[1], added) if added else (old, found[0], gone)
    way = next(way for way in listed if way.addresses & reached)
    shown = (way.addresses & reached).witness()
    how = "past the firewall" if not way.gates else "through the firewall"
    witness = path(network, way.hops, addresses_of(after), Addresses.of(shown))
    was, now = ("no such way", "a way") if added else ("a way", "no such way")
    why = f"{after.name} {'now' if added else 'no longer'} reaches {shown} {how}, by {way.end.what}"
    yield Finding("NET-1", after.urn, was, now, direction, witness, why)


def _ways(network: Network, subnet: Resource) -> list[Way]:
    """The ways out of a subnet, to everywhere but the network itself."""
    vpc = next((each for each in network.vpcs() if identity(each) == value(subnet, "vpcId")), None)
    inner = network.range_of(vpc) if vpc else Addresses()
    return list(ways(network.graph, str(identity(subnet)), outside(inner) if inner else EVERYWHERE))


def _unclear(listed: Sequence[Way]) -> frozenset[str]:
    """The ends of which nobody knows who comes there; a door has a control of its own."""
    return frozenset(way.end.what for way in listed if way.end.kind is Kind.UNKNOWN or not _is_clear(way))


def _is_clear(way: Way) -> bool:
    return way.known or way.end.kind is Kind.DOOR


def _reached(listed: Sequence[Way], *, free: bool) -> Addresses:
    """The addresses that ways lead to; `free`: those that pass no firewall only."""
    found = Addresses()
    for way in listed:
        if way.known and way.end.kind in (Kind.EXIT, Kind.DOOR) and not (free and way.gates):
            found = found | way.addresses
    return found
