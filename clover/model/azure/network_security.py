"""Network security groups: what they let out of a subnet, and whom they let in.

Rules are asked in the order of their priority, and what none of them decides is decided by Azure's own, which let
everything out and nothing in from outside: https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview
A service tag has addresses that no plan lists: what allows it is taken for wide, what denies it for nothing.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.flows import PORTS, PROTOCOLS, Box, possible
from clover.logic.network.intervals import Intervals
from clover.logic.network.names import NameClasses
from clover.logic.network.routing import outside
from clover.logic.network.rules import Action, Default, Judgement, Rule, RuleList
from clover.model.aws.network_links import entries, known, last, member, present, several
from clover.model.azure.arm_ids import arm_id
from clover.model.azure.network_facts import facts, nowhere, read_addresses
from clover.model.azure.network_places import Subnet, by_arm_id, children, lower
from clover.model.resources import Resources, value
from clover.sources import Resource, Unknown

GROUP, RULE = "azure-native:network:NetworkSecurityGroup", "azure-native:network:SecurityRule"
OUT, IN = "outbound", "inbound"
_Read = Callable[[str], Any]


@dataclass(frozen=True)
class Security:
    """What leaves a subnet: everything where there is no group; `unknown` says what about it is not known."""

    group: Resource | None
    listed: RuleList
    unknown: str | None = None

    def judge(self, source: Addresses, inner: Addresses) -> Judgement:
        """What of all flows from `source` to outside `inner` leaves the subnet."""
        return self.listed.judge(possible(source, outside(inner), 1), NameClasses(()))

    def passed(self, source: Addresses, inner: Addresses) -> list[Box]:
        """The flows that leave; all of them where something about the group is not known."""
        if self.group is None or self.unknown:
            return possible(source, outside(inner), 1)
        return [outcome.box for outcome in self.judge(source, inner).passed]

    def lets_out(self, source: Addresses, inner: Addresses) -> bool:
        """Whether anything leaves."""
        return bool(self.passed(source, inner))


def security_of(resources: Resources, subscription: str, subnet: Subnet, inner: Addresses) -> Security:
    """The security group of a subnet, as it decides on what leaves."""
    reference = subnet.reference("networkSecurityGroup.id")
    if reference is None:
        return Security(None, RuleList((), Default.PASS))
    group = by_arm_id(resources, subscription, GROUP).get(reference) if isinstance(reference, str) else None
    if group is None:
        return Security(None, RuleList((), Default.PASS), f"the security group of {subnet.called}")
    rules, unclear = list[Rule](), None
    for holder, read in sorted(rules_of(resources, subscription, group, OUT), key=lambda pair: priority(pair[1])):
        made = rule_from(holder, read, inner)
        unclear = unclear or (None if made else f"a rule of {last(group.urn)}")
        rules += [made] if made else []
    own = Rule(Action.PASS, "Azure's own rule AllowInternetOutBound", source=group.urn)
    return Security(group, RuleList((*rules, own), Default.DROP), unclear)


def rules_of(
    resources: Resources, subscription: str, group: Resource, direction: str
) -> Iterator[tuple[Resource, _Read]]:
    """The rules of a group for one direction, by itself and as resources of their own; unknown ones stay."""
    found: list[tuple[Resource, _Read]] = [
        (group, lambda name, held=entry: member(held, name)) for entry in entries(group, "securityRules")
    ]
    for rule, certain in children(resources, RULE, str(lower(arm_id(group, subscription)))):
        unclear = None if certain else Unknown(f"{rule.name}.networkSecurityGroupName")
        found.append((rule, lambda name, held=rule, instead=unclear: value(held, name) if instead is None else instead))
    return (pair for pair in found if str(pair[1]("direction")).lower() == direction or not known(pair[1]("direction")))


def rule_from(holder: Resource, read: _Read, inner: Addresses, *, outgoing: bool = True) -> Rule | None:
    """One rule; None where something about it is not known."""
    names = ("access", "protocol", "priority", *SOURCE, *DESTINATION, *_PORTS, "name")
    if not all(known(read(name)) for name in names):
        return None
    allows = str(read("access")).lower() == "allow"
    wide = EVERYWHERE if allows and outgoing else inner
    source, destination = (_addresses(read, names, allows, inner, wide) for names in (SOURCE, DESTINATION))
    numbers = facts()["protocols"].get(str(read("protocol")).lower())
    return Rule(
        Action.PASS if allows else Action.DROP,
        f"rule {read('name') or last(holder.urn)} of {last(holder.urn)}",
        protocols=Intervals.only(*numbers) if numbers else PROTOCOLS,
        sources=source,
        source_ports=_ports(read, "sourcePortRange", "sourcePortRanges"),
        destinations=destination,
        ports=_ports(read, "destinationPortRange", "destinationPortRanges"),
        source=holder.urn,
    )


SOURCE = ("sourceAddressPrefix", "sourceAddressPrefixes", "sourceApplicationSecurityGroups")
DESTINATION = ("destinationAddressPrefix", "destinationAddressPrefixes", "destinationApplicationSecurityGroups")
_PORTS = ("sourcePortRange", "sourcePortRanges", "destinationPortRange", "destinationPortRanges")


def _addresses(
    read: _Read, names: tuple[str, str, str], allows: bool, inner: Addresses, network: Addresses
) -> Addresses:
    """The addresses of one end; machines of an application group are those of the network, or none to a denial."""
    single, listed, groups = names
    texts = [each for name in (single, listed) for each in several(read(name)) if present(each)]
    found = Addresses()
    for text in texts:
        found = found | _named(str(text), allows, inner, network)
    return found | inner if allows and present(read(groups)) else found


def _named(text: str, allows: bool, inner: Addresses, network: Addresses) -> Addresses:
    """What an address or a service tag stands for; `network` is what VirtualNetwork does.

    It has every prefix that a declared route names: a default route makes it everything, as a destination.
    """
    plain = read_addresses(text)
    if plain is not None:
        return plain
    platform = {name.lower(): Addresses.of(*held) for name, held in facts()["platform"].items()}
    if text.lower() in platform:
        return platform[text.lower()]
    if text.lower() == "virtualnetwork":
        return network
    if text.lower() == "internet":
        return EVERYWHERE - inner if allows else EVERYWHERE - inner - nowhere()
    return EVERYWHERE - inner if allows else Addresses()


def _ports(read: _Read, single: str, listed: str) -> Intervals:
    """The ports of one end; everything where nothing is said."""
    texts = [str(each) for name in (single, listed) for each in several(read(name)) if present(each)]
    return union_of_ports(texts) if texts else PORTS


def union_of_ports(texts: Iterable[str]) -> Intervals:
    """Ports such as `443`, `8000-8080` and `*`."""
    found: list[tuple[int, int]] = []
    for text in texts:
        low, _, high = text.partition("-")
        found.append((0, 65535) if text == "*" else (int(low), int(high or low)))
    return Intervals.of(found)


def priority(read: _Read) -> int:
    """How early a rule is asked: the lowest first."""
    held = read("priority")
    return int(held) if isinstance(held, int | float) else 0
