"""Counterexamples of the network's controls, checked hop by hop and rule by rule."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from clover.controls.network.networks import network_of
from clover.controls.verdict import Answer
from clover.logic.network.flows import Flow
from clover.logic.network.plain import follow, lets_out
from clover.logic.network.resolution import answers_plainly
from clover.logic.network.routing import Kind, Node
from clover.model.aws.network import Network
from clover.model.aws.network_dns import Resolver
from clover.model.aws.network_firewall import firewalls
from clover.model.aws.network_links import identity
from clover.model.resources import Resources, value

PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17}


def replay(control: str, answer: Answer, resources: Resources) -> None:
    """Confirm a counterexample of the network's controls step by step."""
    counterexample = answer.counterexample or {}
    network = network_of(resources)
    if counterexample["kind"] == "property":
        _replay_property(counterexample, resources)
    elif control == "NET-1":
        _replay_path(counterexample, network)
    elif control in ("NET-2", "NET-3"):
        _replay_flow(control, counterexample, network)
    elif control == "NET-5":
        vpc = next(vpc for vpc in network.vpcs() if vpc.urn == answer.resource)
        assert answers_plainly(Resolver(resources, vpc).rules, counterexample["flow"]["server_name"])
    else:
        _replay_entry(counterexample, network, resources)


def _replay_path(counterexample: Mapping[str, Any], network: Network) -> None:
    hops, flow = counterexample["hops"], counterexample["flow"]
    graph = dict(network.graph)
    for vpc in network.vpcs():
        graph[vpc.urn] = Node(vpc.urn, Kind.PLACE, "main", network.tables.main(identity(vpc)).routes)
    start = next(
        (name for name, urn in network.urns.items() if urn == hops[0]["urn"] and name in graph), hops[0]["urn"]
    )
    visited = list(follow(graph, start, flow["destination"]))
    assert [node.what for node in visited] == [hop["what"].partition(", by ")[0] for hop in hops[1:]]
    assert visited[-1].kind in (Kind.EXIT, Kind.INSIDE)
    if visited[-1].kind is Kind.EXIT:
        assert all(node.kind is not Kind.GATE for node in visited)


def _replay_flow(control: str, counterexample: Mapping[str, Any], network: Network) -> None:
    told = counterexample["flow"]
    flow = Flow(
        protocol=PROTOCOLS[told["protocol"]] if told["protocol"] in PROTOCOLS else int(told["protocol"]),
        source=told["source"],
        source_port=told.get("source_port", 0),
        destination=told["destination"],
        port=told.get("port", 0),
        application=told["application"],
        server_name=told.get("server_name"),
    )
    firewall = next(each for each in firewalls(network) if each.resource.urn == counterexample["hops"][0]["urn"])
    opened, data = lets_out(firewall.inspection, flow)
    assert data if control == "NET-3" else opened


def _replay_entry(counterexample: Mapping[str, Any], network: Network, resources: Resources) -> None:
    source = ip_address(counterexample["flow"]["source"])
    group = next(each for each in resources.all if each.urn == counterexample["hops"][0]["urn"])
    held = str(dict(group.inputs))
    inner = [value(vpc, "cidrBlock") for vpc in network.vpcs()]
    assert not any(source in ip_network(cidr) for cidr in inner)
    ranges = [part.strip("'\"[],} ") for part in held.split() if "/" in part or "::" in part]
    assert any(source in ip_network(cidr) for cidr in ranges if ip_network(cidr).version == source.version)


def _replay_property(counterexample: Mapping[str, Any], resources: Resources) -> None:
    holder = next(each for each in resources.all if each.urn == counterexample["urn"])
    name, found = counterexample["property"], counterexample["value"]
    if name == "type":
        assert holder.type == found
    elif found is not None or ":" not in name:
        assert value(holder, name) == found
    assert str(found) != counterexample["allowed"]
