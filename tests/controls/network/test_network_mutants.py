"""Every single change that opens a way is found, with a counterexample that a plain step-by-step check confirms."""

from collections.abc import Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any

import pytest

from clover.controls.network.aws import QUESTIONS
from clover.controls.network.networks import network_of
from clover.controls.verdict import Answer, Outcome
from clover.logic.network.flows import Flow
from clover.logic.network.plain import follow, lets_out
from clover.logic.network.resolution import answers_plainly
from clover.logic.network.routing import Kind, Node
from clover.model.aws.network import Network
from clover.model.aws.network_dns import Resolver
from clover.model.aws.network_firewall import firewalls
from clover.model.aws.network_links import identity
from clover.model.resources import Resources, value
from clover.sources import Unknown
from tests.controls.network.dublin import answers, changed, declared, mutants, named, not_yet_known, refutations

HERE = Path(__file__).parent
MUTANTS = mutants(HERE / "mutants.yaml")
HARMLESS = mutants(HERE / "harmless.yaml")
PROTOCOLS = {"icmp": 1, "tcp": 6, "udp": 17}


def test_the_deployed_site_is_proved_but_for_what_is_assumed():
    outcomes = {
        control: sorted({answer.outcome.value for answer in answers(question, declared())})
        for control, question in QUESTIONS.items()
    }
    assert outcomes == {
        "NET-1": ["proved"],
        "NET-2": ["proved"],
        "NET-3": ["assumed", "proved"],
        "NET-5": ["proved"],
        "NET-6": ["proved"],
    }


def test_there_are_enough_mutants_and_each_has_a_name_of_its_own():
    assert len(MUTANTS) >= 60
    assert len({mutant["name"] for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: str(mutant["name"]))
def test_a_mutant_is_found_and_its_counterexample_replays(mutant: dict[str, Any]):
    resources = changed(mutant["changes"])
    found = [
        answer
        for answer in answers(QUESTIONS[mutant["control"]], resources)
        if named(answer.resource) == mutant["about"]
    ]
    if mutant.get("unknown"):
        assert any(answer.outcome is Outcome.UNKNOWN for answer in found), found
        return
    refuted = refutations(found)
    assert refuted, found
    for answer in refuted:
        assert answer.counterexample is not None
        assert answer.counterexample["kind"] == mutant["kind"]
        replay(mutant["control"], answer, Resources(resources))


SETTINGS = [mutant for mutant in MUTANTS if len(mutant["changes"]) == 1 and "set" in mutant["changes"][0]]


@pytest.mark.parametrize("mutant", SETTINGS, ids=lambda mutant: str(mutant["name"]))
def test_what_a_mutant_changes_is_not_proved_while_it_is_unknown(mutant: dict[str, Any]):
    (change,) = mutant["changes"]
    found = answers(QUESTIONS[mutant["control"]], changed([{**change, "to": Unknown(change["path"])}]))
    assert Outcome.UNKNOWN in {answer.outcome for answer in found}
    assert not refutations(found)


def test_a_first_preview_refutes_nothing():
    for question in QUESTIONS.values():
        found = answers(question, not_yet_known(declared()))
        assert found
        assert not refutations(found)


@pytest.mark.parametrize("change", HARMLESS, ids=lambda change: str(change["name"]))
def test_a_harmless_change_finds_nothing_new(change: dict[str, Any]):
    resources = changed(change["changes"])
    for control, question in QUESTIONS.items():
        bad = [
            answer for answer in answers(question, resources) if answer.outcome in (Outcome.REFUTED, Outcome.UNKNOWN)
        ]
        assert not bad, (control, bad)


@pytest.mark.parametrize("control", QUESTIONS)
def test_a_proof_rests_on_resources_that_are_there(control: str):
    urns = {resource.urn for resource in declared()}
    for answer in answers(QUESTIONS[control], declared()):
        assert answer.rests_on
        assert {ground.urn for ground in answer.rests_on} <= urns
        assert len(set(answer.rests_on)) == len(answer.rests_on)


def replay(control: str, answer: Answer, resources: Resources) -> None:
    """Confirm a counterexample without the sets that found it."""
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
