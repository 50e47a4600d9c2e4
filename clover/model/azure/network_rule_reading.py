"""Rules of an Azure firewall, read into what they pass and drop.

Application rules speak for TCP, and read the host in TLS or HTTP: https://learn.microsoft.com/azure/firewall/rule-processing.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.flows import ICMP, PORTS, PROTOCOLS, TCP, UDP
from clover.logic.network.intervals import Intervals
from clover.logic.network.names import NamePattern
from clover.logic.network.rules import Action, Rule
from clover.model.aws.network_links import entries, member, present, several
from clover.model.azure.network import Network
from clover.model.azure.network_facts import facts, read_addresses
from clover.model.azure.network_places import by_arm_id, lower
from clover.model.azure.network_security import union_of_ports
from clover.sources import Resource

IP_GROUP = "azure-native:network:IpGroup"
_PROTOCOLS = {"tcp": Intervals.only(TCP), "udp": Intervals.only(UDP), "icmp": ICMP}


class Wide(NamedTuple):
    """Something in a rule that allows hosts or addresses which nobody declares one by one."""

    holder: Resource
    path: str
    found: Any
    what: str


class _Ends(NamedTuple):
    """Addresses of one end; `narrowed` names what makes them fewer than they seem."""

    addresses: Addresses
    narrowed: tuple[str, ...] = ()


@dataclass
class Reader:
    """Reads rules, and notes those that are wide."""

    network: Network
    wide: list[Wide] = field(default_factory=list[Wide])

    def rules(self, rule: Any, allows: bool, label: str, holder: Resource, place: str) -> list[Rule]:
        """What one declared rule comes to; a denial that is not wholly understood denies nothing."""
        source = self._ends(rule, "source")
        base = Rule(
            Action.PASS if allows else Action.DROP,
            label,
            sources=source.addresses,
            narrowed=source.narrowed,
            source=holder.urn,
        )
        if member(rule, "ruleType") == "NetworkRule":
            return list(self._of_network(base, rule, holder, place))
        return list(self._of_application(base, rule, holder, place))

    def _ends(self, rule: Any, side: str) -> _Ends:
        """The addresses of one end of a rule, with those of the groups that it names."""
        found, narrowed = Addresses(), tuple[str, ...]()
        for text in self._texts(rule, side):
            plain = read_addresses(text) if text is not None else None
            found = EVERYWHERE if plain is None else found | plain
            narrowed = narrowed if plain is not None else (f"{side}Addresses {text or 'of an IP group'}",)
        said = any(present(member(rule, f"{side}{kind}")) for kind in ("Addresses", "IpGroups"))
        return _Ends(found, narrowed) if said else _Ends(EVERYWHERE)

    def _texts(self, rule: Any, side: str) -> Iterator[str | None]:
        """The addresses of one end as texts; None for a group that is not of the stack."""
        yield from (str(each) for each in several(member(rule, f"{side}Addresses")))
        groups = by_arm_id(self.network.resources, self.network.subscription, IP_GROUP)
        for each in several(member(rule, f"{side}IpGroups")):
            group = groups.get(str(lower(each)))
            texts = entries(group, "ipAddresses") if group else [None]
            yield from (text if isinstance(text, str) else None for text in texts)

    def _of_network(self, base: Rule, rule: Any, holder: Resource, place: str) -> Iterator[Rule]:
        """Rules on addresses and ports; a host name in one stands for the addresses that it has."""
        texts = [str(each) for each in several(member(rule, "destinationPorts"))]
        ports = union_of_ports(texts) if texts else PORTS
        allows = base.action is Action.PASS
        tags = [each for each in several(member(rule, "destinationAddresses")) if read_addresses(str(each)) is None]
        if tags and allows:
            told = f"allows the service {', '.join(map(str, tags))}, with every tenant's resources"
            self.wide.append(Wide(holder, f"{place}.destinationAddresses", member(rule, "destinationAddresses"), told))
        names = [str(each) for each in several(member(rule, "destinationFqdns"))]
        end = self._ends(rule, "destination")
        addressed = any(present(member(rule, f"destination{kind}")) for kind in ("Addresses", "IpGroups"))
        for protocol in several(member(rule, "ipProtocols")):
            made = replace(base, protocols=_PROTOCOLS.get(str(protocol).lower(), PROTOCOLS), ports=ports)
            yield from (replace(made, name=pattern(name)) for name in names if allows)
            if (addressed or not names) and not (tags and allows):
                narrowed = (*base.narrowed, *end.narrowed)
                yield replace(made, destinations=end.addresses, narrowed=narrowed)

    def _of_application(self, base: Rule, rule: Any, holder: Resource, place: str) -> Iterator[Rule]:
        """Rules on hosts, one for each protocol and host."""
        allows = base.action is Action.PASS
        for name, what in (("fqdnTags", "hosts behind a tag"), ("webCategories", "a category of hosts")):
            if allows and present(member(rule, name)):
                self.wide.append(Wide(holder, f"{place}.{name}", member(rule, name), f"allows {what}"))
        hosts = [(str(each), ()) for each in several(member(rule, "targetFqdns"))]
        hosts += [(_host(str(each)), ("targetUrls",)) for each in several(member(rule, "targetUrls"))]
        end = self._ends(rule, "destination")
        for protocol in several(member(rule, "protocols")):
            spoken = _spoken(protocol, allows)
            for host, narrowed in hosts if spoken else ():
                yield replace(
                    base,
                    protocols=Intervals.only(TCP),
                    ports=_port(protocol, allows),
                    destinations=end.addresses,
                    applications=spoken,
                    name=pattern(host),
                    narrowed=(*base.narrowed, *end.narrowed, *narrowed),
                )


def _spoken(protocol: Any, allows: bool) -> frozenset[str]:
    """What is spoken by an application rule's protocol; by one that nobody knows, all of it, or nothing is denied."""
    known = facts()["applications"]
    found = known.get(str(member(protocol, "protocolType")).lower())
    everything = (each for spoken in known.values() for each in spoken)
    return frozenset(found if found is not None else everything if allows else ())


def _port(protocol: Any, allows: bool) -> Intervals:
    """The port of an application rule's protocol; without one the usual ones, and all where it is none."""
    found = member(protocol, "port")
    if not present(found):
        return Intervals.only(*facts()["built_in_ports"].values())
    if isinstance(found, int | float) or (isinstance(found, str) and found.isdecimal()):
        return Intervals.only(int(found))
    return PORTS if allows else Intervals()


def pattern(host: str) -> NamePattern:
    """The hosts that a name with `*` for any part stands for."""
    begins, *middle = host.lower().split("*")
    if not middle:
        return NamePattern(whole=begins)
    *holds, ends = middle
    return NamePattern(begins=begins, ends=ends, holds=tuple(filter(None, holds)))


def _host(url: str) -> str:
    """The host of a URL, with or without a scheme."""
    return url.rpartition("://")[2].partition("/")[0]
