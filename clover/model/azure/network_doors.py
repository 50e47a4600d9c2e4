"""Ways into and out of an Azure network beside its firewall; see network_doors.yaml."""

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.flows import Box, possible
from clover.logic.network.names import NameClasses
from clover.logic.network.routing import outside
from clover.logic.network.rules import Action, Default, Rule, RuleList
from clover.model.aws.network_links import known, present, several
from clover.model.azure.arm_ids import arm_id
from clover.model.azure.network_facts import facts, platform, read_addresses
from clover.model.azure.network_places import Subnet, by_arm_id, lower, subnets
from clover.model.azure.network_routes import TABLE, table_routes
from clover.model.azure.network_security import GROUP, IN, SOURCE, priority, rule_from, rules_of
from clover.model.resources import Resources, every, value
from clover.sources import Resource
from clover.tables import read_table

OWN_RULE = "Azure's own rule AllowVNetInBound"


class Door(NamedTuple):
    """One door, or what may be one: `certain` is False where that is not known."""

    resource: Resource
    what: str
    property: str
    found: Any
    allowed: str
    certain: bool = True


class Incoming(NamedTuple):
    """Flows from outside that a security group lets in; `rule` is None where it is not known.

    `tag` is the service tag that stands for the sources, where it is one whose addresses no plan lists.
    """

    group: Resource
    rule: Rule | None
    box: Box
    tag: str | None = None


@cache
def _table() -> Mapping[str, Any]:
    return read_table(Path(__file__).with_name("network_doors.yaml"))


def kinds() -> int:
    """How many types are looked for."""
    return len(_table()["doors"])


def doors(resources: Resources) -> Iterator[Door]:
    """Every door that a resource is by its type or by a property."""
    for kind, fact in _table()["doors"].items():
        for resource in resources.of(kind):
            yield from _door(resource, fact)
    for kind, paths in _table()["addresses"].items():
        for resource in resources.of(kind):
            for path in paths:
                yield from _addressed(resource, path)


def _door(resource: Resource, fact: Mapping[str, Any]) -> Iterator[Door]:
    if "when" not in fact:
        yield Door(resource, fact["door"], "type", resource.type, "no resource of this type")
    for name, harmless in fact.get("when", {}).items():
        found = value(resource, name)
        if found not in harmless and (name in resource.inputs or known(found)):
            yield Door(resource, fact["door"], name, found, "none", known(found))


def _addressed(resource: Resource, path: str) -> Iterator[Door]:
    """A public address at one of the places of a path."""
    top = path.partition("[")[0].partition(".")[0]
    for found in every(resource, path):
        if present(found):
            certain = known(found)
            yield Door(resource, f"public address ({path})", top, value(resource, top), "no public address", certain)


def incoming(resources: Resources, subscription: str, inner: Addresses) -> Iterator[Incoming]:
    """Everything from outside `inner` that a security group lets in."""
    flows = _from_outside(inner)
    for group in resources.of(GROUP):
        listed, tags = inbound(resources, subscription, group, inner)
        if listed is None:
            yield Incoming(group, None, Box())
            continue
        for outcome in listed.judge(flows, NameClasses(())).passed:
            if outcome.rule and outcome.rule.unknown:
                yield Incoming(group, None, Box())
            elif outcome.rule:
                yield Incoming(group, outcome.rule, outcome.box, tags.get(outcome.rule.label))


def _from_outside(inner: Addresses) -> list[Box]:
    """Every flow into a network from where neither it nor the platform is."""
    return possible(outside(inner) - platform(), inner, 1)


def inbound(
    resources: Resources, subscription: str, group: Resource, inner: Addresses
) -> tuple[RuleList | None, Mapping[str, str]]:
    """The rules of a group for what comes in, and the service tags in them by rule; None where one is not known.

    Azure's own rule is the last: it lets in all that VirtualNetwork stands for, which is besides the network's own
    addresses every prefix that a user-defined route names
    (https://learn.microsoft.com/azure/virtual-network/service-tags-overview#available-service-tags).
    """
    rules: list[Rule] = []
    tags: dict[str, str] = {}
    for holder, read in sorted(rules_of(resources, subscription, group, IN), key=lambda pair: priority(pair[1])):
        made = rule_from(holder, read, inner, outgoing=False)
        if made is None:
            return None, tags
        rules.append(made)
        texts = [str(each) for name in SOURCE[:2] for each in several(read(name)) if present(each)]
        tagged = next((text for text in texts if _is_tag(text)), None)
        tags |= {made.label: tagged} if tagged else {}
    routed = _routed(resources, subscription, group)
    sources, doubt = (EVERYWHERE, "a route") if routed is None else (inner | routed, None)
    own = Rule(Action.PASS, OWN_RULE, sources=sources, destinations=inner, source=group.urn, unknown=doubt)
    return RuleList((*rules, own), Default.DROP), tags


def _routed(resources: Resources, subscription: str, group: Resource) -> Addresses | None:
    """The prefixes that the routes of a group's subnets name; None where one is not known."""
    tables, place = by_arm_id(resources, subscription, TABLE), lower(arm_id(group, subscription))
    held = [each for each in subnets(resources, subscription) if _may_be(each, "networkSecurityGroup.id", place)]
    found = Addresses()
    for reference in {each.reference("routeTable.id") for each in held} - {None}:
        table = tables.get(reference) if isinstance(reference, str) else None
        routes = table_routes(resources, table, reference).routes if table else ()
        if table is None or any(each.destination is None for each in routes):
            return None
        found = found | Addresses.union(each.destination for each in routes if each.destination)
    return found


def _may_be(subnet: Subnet, path: str, place: str) -> bool:
    reference = subnet.reference(path)
    return reference == place or not known(reference)


def _is_tag(text: str) -> bool:
    """Whether a text is a service tag whose addresses are the cloud's to choose."""
    own = {"internet", "virtualnetwork", *(name.lower() for name in facts()["platform"])}
    return read_addresses(text) is None and text.lower() not in own
