"""NET-2 on Azure: what no rule of the firewall allows is denied, and what is known to be malicious before that."""

from collections.abc import Iterator
from typing import Any

from clover.controls.case import Case
from clover.controls.network.azure_networks import network_of
from clover.controls.network.counterexample import wrong
from clover.controls.verdict import Answer, Ground, proved, refuted, unknown
from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.flows import possible
from clover.logic.network.names import NameClasses
from clover.logic.network.routing import outside
from clover.logic.network.rules import Judgement, classes_of
from clover.model.aws.network_links import known, last, member, present, several
from clover.model.azure.network import Network
from clover.model.azure.network_facts import read_addresses
from clover.model.azure.network_firewall import BUILT_IN, Firewall, Nat, firewalls, told
from clover.model.azure.network_places import NETWORK, range_of
from clover.model.azure.network_security import union_of_ports
from clover.model.resources import value

_PROTOCOLS = {"any": "tcp", "tcp": "tcp", "udp": "udp"}


def drops_the_rest(case: Case) -> Iterator[Answer]:
    """Answer for every firewall, and for every network without one."""
    network = network_of(case)
    for firewall in firewalls(network):
        yield next(_wrong(firewall), None) or _proof(firewall)
    unplaced = [gate.resource.urn for gate in network.gates if not gate.subnet]
    for whole in case.resources.of(NETWORK):
        if network.gates_of(whole):
            continue
        if unplaced or whole not in network.networks.values():
            told_of = last(unplaced[0]) if unplaced else "any firewall"
            yield unknown(f"whether {told_of} stands in {last(whole.urn)} is not known", resource=whole.urn)
        else:
            example = wrong(whole.urn, "firewall", None, "a firewall in every network")
            yield refuted(f"no firewall stands in {last(whole.urn)}", example, resource=whole.urn)


def _wrong(firewall: Firewall) -> Iterator[Answer]:
    """What is wrong with the firewall, what is certain first."""
    yield from _threats(firewall)
    yield from _incoming(firewall)
    doubts = list(not_known(firewall))
    if not doubts:
        yield from built_in(firewall)
    yield from _unclear(firewall)
    yield from doubts


def not_known(firewall: Firewall) -> Iterator[Answer]:
    """What of the firewall, or of who sends through it, is not known."""
    for urn, what in firewall.inspection.unknown:
        grounds = (Ground(urn, what),)
        yield unknown(f"not known: {what}, of {last(urn)}", resource=firewall.resource.urn, rests_on=grounds)
    if any(firewall.network.senders(each) is None for each in firewall.network.networks.values()):
        yield unknown("the addresses of a subnet are not known", resource=firewall.resource.urn)


def _threats(firewall: Firewall) -> Iterator[Answer]:
    """Threat intelligence, which comes before every rule: https://learn.microsoft.com/azure/firewall/threat-intel."""
    holder, mode = firewall.setting("threatIntelMode")
    if known(mode) and str(mode or "Alert").lower() != "deny":
        says = f"{last(holder.urn)} lets through what is known to be malicious (threatIntelMode={mode or 'Alert'})"
        yield refuted(says, wrong(holder.urn, "threatIntelMode", mode, "Deny"), resource=firewall.resource.urn)
    for name in ("ipAddresses", "fqdns"):
        path = f"threatIntelWhitelist.{name}"
        found = value(holder, path)
        if known(found) and present(found):
            says = f"{last(holder.urn)} exempts {', '.join(map(str, several(found)))} from threat intelligence"
            yield refuted(says, wrong(holder.urn, path, found, "none"), resource=firewall.resource.urn)


def _unclear(firewall: Firewall) -> Iterator[Answer]:
    for name in ("threatIntelMode", "threatIntelWhitelist"):
        holder, found = firewall.setting(name)
        if not known(found):
            yield unknown(f"{name} of {last(holder.urn)} is not known", resource=firewall.resource.urn)


def _incoming(firewall: Firewall) -> Iterator[Answer]:
    """Rules that let connections in: each brings a network rule of its own that allows what it translates."""
    for nat in firewall.nats:
        if known(nat.rule):
            yield _lets_in(firewall, nat)


def _lets_in(firewall: Firewall, nat: Nat) -> Answer:
    """A flow from outside that the rule sends on to the inside."""
    urn = nat.collection.holder.urn
    label = f"rule {nat.collection.name}/{member(nat.rule, 'name')}"
    sources = Addresses()
    for text in several(member(nat.rule, "sourceAddresses")) or ["*"]:
        sources = sources | (read_addresses(str(text)) or EVERYWHERE)
    ports = [str(each) for each in several(member(nat.rule, "destinationPorts"))]
    flow: dict[str, Any] = {
        "protocol": _PROTOCOLS.get(str((several(member(nat.rule, "ipProtocols")) or ["Any"])[0]).lower(), "tcp"),
        "port": union_of_ports(ports).first if ports else 443,
        "source": (sources.of_version(4) or sources).witness(),
        "destination": str((several(member(nat.rule, "destinationAddresses")) or ["*"])[0]),
    }
    hops = [{"urn": firewall.resource.urn, "what": "firewall"}, {"urn": urn, "what": label}]
    inside = member(nat.rule, "translatedAddress") or member(nat.rule, "translatedFqdn")
    says = f"{label} lets {flow['protocol']} to port {flow['port']} in from outside, to {inside}"
    return refuted(says, {"kind": "path", "hops": hops, "flow": flow}, resource=firewall.resource.urn)


def inner(network: Network) -> Addresses:
    """The addresses of the stack's networks."""
    found = Addresses()
    for each in network.networks.values():
        found = found | (range_of(each) or Addresses())
    return found


def outgoing(firewall: Firewall, classes: NameClasses) -> Judgement:
    """What the firewall lets out of the networks, of all that their subnets let out."""
    network = firewall.network
    sources = Addresses()
    for each in network.networks.values():
        sources = sources | (network.senders(each) or Addresses())
    return firewall.inspection.judge(possible(sources, outside(inner(network)), classes.everything), classes)


def built_in(firewall: Firewall) -> Iterator[Answer]:
    """Whether Azure's built-in rules are asked: nobody declares the hosts that they allow."""
    out = outgoing(firewall, classes_of(firewall.inspection.listed.rules))
    if any(outcome.rule and outcome.rule.label == BUILT_IN for outcome in out.passed):
        holder = firewall.groups[-1] if firewall.groups else firewall.policy or firewall.resource
        path = "ruleCollections" if firewall.groups else "applicationRuleCollections"
        example = wrong(holder.urn, path, value(holder, path), "a last application rule that denies every host")
        says = (
            f"{BUILT_IN} let out hosts of Azure's own, since no rule of {told(firewall)} denies every host at the end"
        )
        yield refuted(says, example, resource=firewall.resource.urn)


def _proof(firewall: Firewall) -> Answer:
    says = "threat intelligence denies, then rules by kind and priority; what none allows is denied"
    return proved(says, resource=firewall.resource.urn, rests_on=tuple(sorted(resting(firewall))))


def resting(firewall: Firewall) -> set[Ground]:
    """Everything that decides what the firewall lets out, and who sends through it."""
    found = {
        Ground(firewall.resource.urn, f"firewallPolicy={last(firewall.policy.urn) if firewall.policy else 'none'}")
    }
    for policy in firewall.policies:
        found.add(Ground(policy.urn, f"threatIntelMode={value(policy, 'threatIntelMode')}"))
        found.add(Ground(policy.urn, f"basePolicy={'set' if present(value(policy, 'basePolicy')) else 'none'}"))
    found |= {Ground(each.urn, f"priority={value(each, 'priority')}") for each in firewall.groups}
    found |= {Ground(each.holder.urn, f"{each.path}: {member(each.held, 'name')}") for each in firewall.collections}
    return found | _sending(firewall.network)


def _sending(network: Network) -> set[Ground]:
    """The addresses that may send, and the security groups that keep others from it."""
    found: set[Ground] = set()
    for place, whole in network.networks.items():
        held = range_of(whole)
        found.add(Ground(whole.urn, f"addresses {', '.join(held.prefixes()) if held else 'unknown'}"))
        for subnet in (each for each in network.subnets if each.network == place and not each.firewalls_only):
            group = network.security_of(subnet).group
            if group and subnet.addresses and held and not network.security_of(subnet).lets_out(subnet.addresses, held):
                found |= {Ground(subnet.resource.urn, "networkSecurityGroup"), Ground(group.urn, "outbound rules")}
    return found
