"""Whether what a lock, a security rule or a firewall's rule holds back is held back without it, and by what."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from clover.controls.azure_requests import Permissions, request_of
from clover.controls.case import Case
from clover.controls.network import azure_gateway, azure_networks, gateway, networks
from clover.controls.operator.azure_changes import own_type
from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.flows import Box, common, possible, subtract
from clover.logic.network.names import NameClasses
from clover.logic.network.resolution import answers_plainly
from clover.logic.network.routing import Kind, outside, ways
from clover.logic.network.rules import FORWARD, Action, Stage, classes_of
from clover.model.aws.network_firewall import firewalls as aws_firewalls
from clover.model.azure.arm_ids import arm_id, below
from clover.model.azure.network import Network
from clover.model.azure.network_dns import Resolver
from clover.model.azure.network_doors import inbound
from clover.model.azure.network_facts import platform
from clover.model.azure.network_firewall import firewalls as azure_firewalls
from clover.model.azure.network_places import Subnet
from clover.sources import Resource
from tests.mutants.deletions import Deletion, asked
from tests.mutants.site import case

LOCK = "azure-native:authorization:ManagementLockByScope"
Covers = tuple[str, ...] | Mapping[str, Any] | None


def held_back(deletion: Deletion) -> Covers:
    """What holds back the same; a request that gets through; None where neither is known, or it is something else."""
    if not (deletion.item[:1] in (("securityRules",), ("ruleGroup",)) or f"{LOCK}::" in deletion.urn):
        return None
    for site, hand in asked(deletion):
        before = case((), site, hand=hand)
        gone = next((each for each in before.resources.all if each.urn == deletion.urn), None)
        if gone is not None:
            return _of(deletion, before, case([deletion.change], site, hand=hand), gone)
    return None


def _of(deletion: Deletion, before: Case, after: Case, gone: Resource) -> Covers:
    if gone.type == LOCK and not deletion.item:
        return _locked(before, after, gone)
    if deletion.item[:1] == ("securityRules",):
        return _grouped(before, after, gone)
    if deletion.item[:1] == ("ruleGroup",):
        return _filtered(before, after, int(deletion.item[-1]))
    return None


def _locked(before: Case, after: Case, lock: Resource) -> Covers:
    """Nobody who is not trusted may delete what is locked, or anything in it."""
    permissions, scope = Permissions(after), str(lock.inputs["scope"])
    if permissions.undecided("", None) is not None:
        return None
    held = (arm_id(each, before.site.account) for each in before.resources.all if each.custom)
    places = dict.fromkeys((scope, *(each for each in held if each and below(each, scope) and "/locks/" not in each)))
    for principal in sorted(set(permissions.roles.principals) - {each.lower() for each in after.trusted}):
        for place in places:
            asked_for = request_of(after, principal, f"{own_type(place)}/delete", place, is_data=False)
            if permissions.allows(asked_for):
                return asked_for
    return ("for all but the trusted base, no role deletes it", *permissions.given)


def _grouped(before: Case, after: Case, group: Resource) -> Covers:
    """What besides leaves a subnet without the rule is stopped where it comes to; nothing besides comes in."""
    old, new = azure_networks.network_of(before), azure_networks.network_of(after)
    inner = azure_gateway.inner(new)
    flows = possible(EVERYWHERE, inner, 1)
    entering = [inbound(each.resources, each.subscription, _same(each, group), inner)[0] for each in (old, new)]
    if None in entering or _more(flows, *entering):
        return None
    found: dict[str, None] = {}
    for subnet in (each for each in new.subnets if new.security_of(each).group is _same(new, group)):
        flows = possible(subnet.addresses or Addresses(), EVERYWHERE, 1)
        listed = [each.security_of(_place(each, subnet)).listed for each in (old, new)]
        for box in _more(flows, *listed):
            named = list(_stopped(new, subnet, box, inner))
            if None in named:
                return None
            found |= dict.fromkeys(each for each in named if each)
    return tuple(found) or None


def _same(network: Network, group: Resource) -> Resource:
    return next(each for each in network.resources.all if each.urn == group.urn)


def _place(network: Network, subnet: Subnet) -> Subnet:
    return next(each for each in network.subnets if each.id == subnet.id)


def _more(flows: Sequence[Box], old: Any, new: Any) -> list[Box]:
    """What the new list lets through, and the old one does not."""
    none = NameClasses(())
    left = [outcome.box for outcome in new.judge(flows, none).passed]
    for outcome in old.judge(flows, none).passed:
        left = subtract(left, outcome.box)
    return left


def _stopped(network: Network, subnet: Subnet, box: Box, inner: Addresses) -> Iterator[str | None]:
    """What stops flows of a box, part by part; None for a part that nothing stops."""
    for other in network.subnets:
        if other.id == subnet.id or not common([box], Box(destinations=other.addresses or Addresses())):
            continue
        security = network.security_of(other)
        part = common([box], Box(destinations=other.addresses or Addresses()))
        listed = inbound(network.resources, network.subscription, security.group, inner)[0] if security.group else None
        if other.firewalls_only:
            yield f"{other.resource.name}: nothing lies in it but the firewall"
        else:
            let_in = listed is None or listed.judge(part, NameClasses(())).passed
            yield None if let_in or security.group is None else f"{security.group.name}: what it lets in"
    yield from _names(network, subnet, box)
    abroad = common([box], Box(destinations=outside(inner) - platform()))
    if abroad:
        yield from _filtered_out(network, subnet, abroad, inner)


def _names(network: Network, subnet: Subnet, box: Box) -> Iterator[str | None]:
    """Azure's resolver answers the same to whoever asks it, by the policy of the network."""
    if common([box], Box(destinations=platform())):
        resolver = Resolver(network.resources, network.subscription, network.networks[subnet.network], subnet.network)
        blocked = next((rule for rule in reversed(resolver.rules) if not rule.answers), None)
        refuses = blocked is not None and not answers_plainly(resolver.rules, "nobody-declares.example.net")
        yield blocked.label if refuses and blocked else None


def _filtered_out(network: Network, subnet: Subnet, boxes: Sequence[Box], inner: Addresses) -> Iterator[str | None]:
    """Every way out leads by a firewall, whose rules let nothing of it out."""
    found = list(ways(network.graph, str(subnet.id), outside(inner) - platform()))
    if any(not way.gates and way.end.kind is not Kind.INSIDE for way in found):
        yield None
        return
    for firewall in azure_firewalls(network):
        classes = classes_of(firewall.inspection.listed.rules)
        wide = [replace(box, names=classes.everything) for box in boxes]
        yield None if firewall.inspection.judge(wide, classes).passed else f"{firewall.resource.name}: its rules"


def _filtered(before: Case, after: Case, line: int) -> Covers:
    """The firewall lets through what it let through; named are the rules, or the default, that drop it."""
    (old,), (new,) = (aws_firewalls(networks.network_of(each.resources)) for each in (before, after))
    classes = classes_of([*gateway.every_rule(old), *gateway.every_rule(new)])
    flows = possible(EVERYWHERE, EVERYWHERE, classes.everything)
    was, now = (each.inspection.judge(flows, classes) for each in (old, new))
    left = [outcome.box for outcome in now.passed] + list(now.opened)
    for box in (*(outcome.box for outcome in was.passed), *was.opened):
        left = subtract(left, box)
    if left:
        return None
    gone = next(rule for number, rule in enumerate(gateway.every_rule(old)) if number == line)
    fields = list(gone.boxes(Stage.APPLICATION, FORWARD, classes))
    rules = [rule for rule in gateway.every_rule(new) if rule.action in (Action.DROP, Action.REJECT)]
    drops = [
        rule.label for rule in rules for box in rule.boxes(Stage.APPLICATION, FORWARD, classes) if common(fields, box)
    ]
    return (*dict.fromkeys(drops), "what no rule lets out is dropped")
