"""A witness is replayed by what was written apart from the comparison: denied before, allowed after."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from clover.change.classes import types
from clover.change.finding import Finding
from clover.change.pairing import Sides
from clover.controls.network.networks import network_of
from clover.logic.aws import evaluate
from clover.logic.azure import evaluate as evaluate_azure
from clover.logic.azure import evaluate_network
from clover.logic.network.plain import follow
from clover.logic.network.routing import Kind
from clover.model.aws.network import SUBNET, Network
from clover.model.aws.network_links import identity
from clover.model.azure.network import Network as AzureNetwork
from clover.model.azure.network_routes import TABLE
from clover.sources import Resource
from tests.change.resolving import answers


def replays(finding: Finding, sides: Sides) -> None:
    """Fail unless the witness of a widening shows it."""
    witness = finding.witness or {}
    _REPLAYS[witness["kind"]](finding, witness, sides)


def _request(finding: Finding, witness: Mapping[str, Any], sides: Sides) -> None:
    policies = witness["policies"]
    decide = evaluate_azure if "scope" in witness["request"] else evaluate
    assert decide(witness["request"], policies["before"]).decision != "allow"
    assert decide(witness["request"], policies["after"]).decision == "allow"


def _property(finding: Finding, witness: Mapping[str, Any], sides: Sides) -> None:
    """The two values are there, and the table says that the second is the weaker one, or is neither."""
    assert witness["before"] != witness["after"]
    pair = next(each for each in sides.pairs if each.urn == witness["urn"])
    setting = types()[pair.type].settings.get(witness["property"]) if pair.type in types() else None
    if setting and setting.strong and finding.direction.value == "widens":
        order = [str(each).lower() for each in setting.strong]
        old, new = (str(witness[side]).lower().split(", ") for side in ("before", "after"))
        assert max(map(order.index, old)) < max(map(order.index, new))


def _origin(finding: Finding, witness: Mapping[str, Any], sides: Sides) -> None:
    settings = witness["settings"]
    assert evaluate_network(witness["origin"], settings["before"]).decision != "allow"
    assert evaluate_network(witness["origin"], settings["after"]).decision == "allow"


def _path(finding: Finding, witness: Mapping[str, Any], sides: Sides) -> None:
    """A path names who stands on it, and where to; from a subnet of AWS the packet is followed on both sides.

    Flows through firewalls and groups are replayed packet by packet by the comparison itself, which fails otherwise.
    """
    assert witness["hops"][0]["urn"]
    assert ip_address(witness["flow"]["destination"])
    pair = next(each for each in sides.pairs if each.urn == finding.resource)
    if pair.before and pair.after and witness["flow"].get("application") == "dns":
        name, kind = witness["flow"]["server_name"], witness["flow"].get("query_type", "")
        assert not answers(sides.before, pair.before, name, kind)
        assert answers(sides.after, pair.after, name, kind)
    if pair.type == TABLE and finding.direction.value == "widens":
        _past_the_firewall(sides, str(pair.one.id), witness["flow"]["destination"])
    if pair.before and pair.after and pair.type in SUBNET:
        before = _exit(network_of(sides.before), pair.before, witness["flow"]["destination"])
        after = _exit(network_of(sides.after), pair.after, witness["flow"]["destination"])
        assert after is not None
        assert before is None or (before and not after)


def _past_the_firewall(sides: Sides, table: str, destination: str) -> None:
    """From every subnet of a route table on Azure the packet leaves by a firewall before, and by none after."""
    for side, gates in ((sides.before, 1), (sides.after, 0)):
        network = AzureNetwork(side, next(iter(side.accounts())))
        senders = [str(each.id) for each in network.subnets if each.reference("routeTable.id") == table.lower()]
        assert senders
        for sender in senders:
            nodes = list(follow(network.graph, sender, destination))
            assert nodes[-1].kind is Kind.EXIT
            assert sum(node.kind is Kind.GATE for node in nodes) == gates


def _exit(network: Network, subnet: Resource, destination: str) -> list[str] | None:
    """The firewalls on the way of one packet that leaves; None for one that does not."""
    nodes = list(follow(network.graph, str(identity(subnet)), destination))
    if not nodes or nodes[-1].kind not in (Kind.EXIT, Kind.DOOR):
        return None
    return [node.name for node in nodes if node.kind is Kind.GATE]


def _event(finding: Finding, witness: Mapping[str, Any], sides: Sides) -> None:
    """The event is selected before and not after; CloudTrail's own words are evaluated apart from the comparison."""
    settings, event = witness["settings"], witness["event"]
    recorded = _selected if "eventCategory" in event else _switched_on
    assert recorded(settings["before"], event)
    assert not recorded(settings["after"], event)


def _selected(selectors: Any, event: Mapping[str, str]) -> bool:
    return any(all(_field(field, event[field["field"]]) for field in each["fieldSelectors"]) for each in selectors)


def _field(field: Mapping[str, Any], held: str) -> bool:
    ways = {"equals": str.__eq__, "startsWiths": str.startswith, "endsWiths": str.endswith}
    wanted = [way(held, text) for name, way in ways.items() for text in field.get(name, ())]
    names = {"equals": "notEquals", "startsWiths": "notStartsWiths", "endsWiths": "notEndsWiths"}
    denied = [way(held, text) for name, way in ways.items() for text in field.get(names[name], ())]
    return (not wanted or any(wanted)) and not any(denied)


def _switched_on(listed: Any, event: Mapping[str, str]) -> bool:
    return any(tuple(each) in (("category", event["category"]), ("categoryGroup", "alllogs")) for each in listed)


_REPLAYS = {"event": _event, "request": _request, "property": _property, "origin": _origin, "path": _path}
