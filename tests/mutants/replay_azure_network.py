"""Counterexamples of the network's controls on Azure, checked hop by hop and rule by rule."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from typing import Any

from clover.controls.case import Case
from clover.controls.network.azure_gateway import inner
from clover.controls.network.azure_networks import network_of
from clover.controls.verdict import Answer
from clover.logic.network.flows import Flow
from clover.logic.network.plain import follow, leaves, lets_out
from clover.logic.network.resolution import answers_plainly
from clover.logic.network.routing import Kind
from clover.model.azure.network import Network
from clover.model.azure.network_dns import Resolver
from clover.model.azure.network_doors import inbound
from clover.model.azure.network_firewall import firewalls
from clover.model.resources import value

PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17}


def replay(control: str, answer: Answer, case: Case) -> None:
    """Confirm a counterexample step by step; AssertionError where it does not show what it says."""
    example, network = answer.counterexample or {}, network_of(case)
    if example["kind"] == "property":
        replay_property(example, case)
    elif control == "NET-5":
        place = next(place for place, whole in network.networks.items() if whole.urn == answer.resource)
        resolver = Resolver(case.resources, case.site.account, network.networks[place], place)
        assert answers_plainly(resolver.rules, example["flow"]["server_name"])
    else:
        shown = {"NET-1": _path, "NET-2": _translated, "NET-3": _let_out, "NET-6": _let_in, "OPS-2": _kept_from}
        shown[control](example, network)


def _flow(told: Mapping[str, Any]) -> Flow:
    return Flow(
        protocol=PROTOCOLS[told["protocol"]] if told["protocol"] in PROTOCOLS else int(told["protocol"]),
        source=told["source"],
        source_port=told.get("source_port", 0),
        destination=told["destination"],
        port=told.get("port", 0),
        application=told["application"],
        server_name=told.get("server_name"),
    )


def _path(example: Mapping[str, Any], network: Network) -> None:
    """The packet takes the hops, meets no firewall, leaves, and the security group lets it."""
    hops, flow = example["hops"], _flow(example["flow"])
    subnet = next(each for each in network.subnets if hops[0]["what"] == f"subnet {each.called}")
    visited = list(follow(network.graph, str(subnet.id), flow.destination))
    assert [node.what for node in visited] == [hop["what"].partition(", by ")[0] for hop in hops[1:]]
    assert visited[-1].kind is Kind.EXIT
    assert all(node.kind is not Kind.GATE for node in visited)
    assert ip_address(flow.source) in _prefixes(network, subnet.called)
    assert leaves(network.security_of(subnet).listed, flow) == (True, True)


def _prefixes(network: Network, called: str) -> Any:
    subnet = next(each for each in network.subnets if each.called == called)

    class Prefixes:
        def __contains__(self, address: Any) -> bool:
            held = [ip_network(prefix) for prefix in (subnet.addresses.prefixes() if subnet.addresses else ())]
            return any(address in prefix for prefix in held)

    return Prefixes()


def _translated(example: Mapping[str, Any], network: Network) -> None:
    """The flow fits a rule that sends it inside."""
    told, urn = example["flow"], example["hops"][1]["urn"]
    rules = [nat.rule for firewall in firewalls(network) for nat in firewall.nats if nat.collection.holder.urn == urn]
    fitting = [rule for rule in rules if str(told["port"]) in rule["destinationPorts"]]
    assert any(told["destination"] in rule["destinationAddresses"] for rule in fitting)


def _let_out(example: Mapping[str, Any], network: Network) -> None:
    firewall = next(each for each in firewalls(network) if each.resource.urn == example["hops"][0]["urn"])
    assert lets_out(firewall.inspection, _flow(example["flow"]))[1]


def _let_in(example: Mapping[str, Any], network: Network) -> None:
    """The group's rules pass a flow from outside."""
    group = next(each for each in network.resources.all if each.urn == example["hops"][0]["urn"])
    listed, _ = inbound(network.resources, network.subscription, group, inner(network))
    assert listed is not None
    flow = _flow(example["flow"])
    assert leaves(listed, flow)[1]
    assert not any(ip_address(flow.source) in ip_network(prefix) for prefix in inner(network).prefixes())


def _kept_from(example: Mapping[str, Any], network: Network) -> None:
    """The group's rules, on the way out of a subnet or into one, drop the flow."""
    group = next(each for each in network.resources.all if each.urn == example["hops"][1]["urn"])
    listed, _ = inbound(network.resources, network.subscription, group, inner(network))
    if example["hops"][1]["what"] == "out":
        listed = next(
            security.listed for security in map(network.security_of, network.subnets) if security.group is group
        )
    assert listed is not None
    assert not leaves(listed, _flow(example["flow"]))[1]


def replay_property(example: Mapping[str, Any], case: Case) -> None:
    """The resource has the value, and it is not what it may be."""
    holder = next(each for each in case.resources.all if each.urn == example["urn"])
    name = example["property"]
    assert (holder.type if name == "type" else value(holder, name)) == example["value"]
    assert str(example["value"]) != example["allowed"]
