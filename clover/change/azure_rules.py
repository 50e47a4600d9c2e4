"""What firewalls, security groups and route tables on Azure let through, as exact sets of flows.

Sources: https://learn.microsoft.com/azure/firewall/rule-processing (network rules before application rules, groups and
collections by priority), https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview (the first
rule that fits decides; the default rules stand behind all others) and
https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview (without a route for it, what is not of
the network leaves to the internet).
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from clover.logic.network.addresses import EVERYWHERE, Addresses
from clover.logic.network.flows import PORTS, PROTOCOLS
from clover.logic.network.intervals import Intervals
from clover.logic.network.names import below, exactly
from clover.logic.network.rules import Action, Rule
from clover.sources import Unknown
from clover.sources.plain import as_list, as_object

PROTOCOL = {"tcp": 6, "udp": 17, "icmp": 1, "esp": 50, "ah": 51}
PRIVATE = Addresses.of("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7")
LOOPBACK = "169.254.0.0/16"
SPOKEN = {"https": ("tls",), "http": ("http",), "mssql": ("other",)}
ALLOW = {"allow": Action.PASS, "deny": Action.DROP}


class Unclear(ValueError):
    """Something that is not known, or that nobody understands."""


class Tags:
    """Service tags as address ranges that stand for them: nobody lists what a tag holds, but each is a set of its own.

    They lie in 198.18.0.0/15, which no network uses (RFC 2544), so that they count as outside of every site.
    """

    def __init__(self, inner: Addresses) -> None:
        """Know the site's own addresses, which the tag VirtualNetwork means."""
        self._inner = inner
        self._known: dict[str, Addresses] = {}

    def addresses(self, written: Iterable[Any]) -> Addresses:
        """What prefixes and tags mean together; raises Unclear for what is not known."""
        found = Addresses()
        for each in written:
            found = found | self._one(each)
        return found

    def _one(self, written: Any) -> Addresses:
        if isinstance(written, Unknown):
            raise Unclear(f"{written.path} is not known")
        text = str(written)
        if text == "*":
            return EVERYWHERE
        if text == "VirtualNetwork":
            return self._inner
        if text == "Internet":
            return EVERYWHERE - self._inner - PRIVATE
        try:
            return Addresses.of(text)
        except ValueError:
            return self._known.setdefault(text, Addresses.of(f"198.18.{len(self._known)}.0/24"))

    def name_of(self, address: str) -> str:
        """The tag that an address stands for, or the address itself."""
        one = Addresses.of(address)
        return next((name for name, held in self._known.items() if one <= held), address)


def ports_of(written: Iterable[Any]) -> Intervals:
    """Ports and ranges of ports; `*` is every port."""
    ranges: list[tuple[int, int]] = []
    for each in written:
        if isinstance(each, Unknown):
            raise Unclear(f"{each.path} is not known")
        low, _, high = str(each).partition("-")
        if low == "*":
            return PORTS
        ranges.append((int(low), int(high or low)))
    return Intervals.of(ranges)


def protocols_of(written: Iterable[Any]) -> Intervals:
    """Protocols by name; `*` and Any are every protocol."""
    found = Intervals()
    for each in written:
        name = str(each).lower()
        if name in ("*", "any"):
            return PROTOCOLS
        if name not in PROTOCOL:
            raise Unclear(f"the protocol {name}")
        found = found | Intervals.only(PROTOCOL[name])
    return found


def both(rule: Mapping[str, Any], one: str, many: str) -> list[Any]:
    """What a rule says in the singular and in the plural."""
    single = rule.get(one)
    return [*([] if single in (None, "") else [single]), *(as_list(rule.get(many)) or [])]


def security_rules(listed: Any, direction: str, tags: Tags) -> list[Rule]:
    """The rules of one direction in the order of their priority, the default rules behind them."""
    rules = [rule for rule in as_list(listed) or [] if str(rule.get("direction")).lower() == direction.lower()]
    found = [_security_rule(rule, tags) for rule in sorted(rules, key=_priority)]
    return [*found, *_defaults(direction, tags)]


def _priority(rule: Mapping[str, Any]) -> int:
    held = rule.get("priority")
    if not isinstance(held, int | float):
        raise Unclear("the priority of a rule")
    return int(held)


def _security_rule(rule: Mapping[str, Any], tags: Tags) -> Rule:
    if rule.get("sourceApplicationSecurityGroups") or rule.get("destinationApplicationSecurityGroups"):
        raise Unclear("an application security group")
    return Rule(
        ALLOW[str(rule["access"]).lower()],
        str(rule.get("name")),
        protocols_of([rule.get("protocol", "*")]),
        tags.addresses(both(rule, "sourceAddressPrefix", "sourceAddressPrefixes")),
        ports_of(both(rule, "sourcePortRange", "sourcePortRanges")),
        tags.addresses(both(rule, "destinationAddressPrefix", "destinationAddressPrefixes")),
        ports_of(both(rule, "destinationPortRange", "destinationPortRanges")),
    )


def _defaults(direction: str, tags: Tags) -> Iterator[Rule]:
    """AllowVnet…, AllowInternetOutBound and DenyAll… (65000 to 65500)."""
    inner = tags.addresses(["VirtualNetwork"])
    yield Rule(Action.PASS, "within the network", sources=inner, destinations=inner)
    if direction.lower() == "outbound":
        yield Rule(Action.PASS, "to the internet", destinations=tags.addresses(["Internet"]))


def firewall_rules(collections: Any, tags: Tags) -> list[Rule]:
    """The rules of a group, network rules first, each kind by the priority of its collections."""
    listed = sorted(as_list(collections) or [], key=_priority)
    rules = [(collection, rule) for collection in listed for rule in as_list(collection.get("rules")) or []]
    network = [_network_rule(of, rule, tags) for of, rule in rules if rule.get("ruleType") == "NetworkRule"]
    applied = [
        made for of, rule in rules if rule.get("ruleType") == "ApplicationRule" for made in _named(of, rule, tags)
    ]
    other = [rule for _, rule in rules if rule.get("ruleType") not in ("NetworkRule", "ApplicationRule")]
    if other:
        raise Unclear(f"a rule of the kind {other[0].get('ruleType')}")
    return [*network, *applied]


def _action(collection: Mapping[str, Any]) -> Action:
    action = as_object(collection.get("action")) or {}
    return ALLOW[str(action.get("type")).lower()]


def _network_rule(collection: Mapping[str, Any], rule: Mapping[str, Any], tags: Tags) -> Rule:
    if rule.get("sourceIpGroups") or rule.get("destinationIpGroups") or rule.get("destinationFqdns"):
        raise Unclear(f"groups of addresses or names in {rule.get('name')}")
    return Rule(
        _action(collection),
        str(rule.get("name")),
        protocols_of(as_list(rule.get("ipProtocols")) or ["*"]),
        tags.addresses(as_list(rule.get("sourceAddresses")) or []),
        destinations=tags.addresses(as_list(rule.get("destinationAddresses")) or []),
        ports=ports_of(as_list(rule.get("destinationPorts")) or []),
    )


def _named(collection: Mapping[str, Any], rule: Mapping[str, Any], tags: Tags) -> Iterator[Rule]:
    """One rule for each host and protocol of an application rule."""
    if rule.get("sourceIpGroups") or rule.get("fqdnTags") or rule.get("webCategories") or rule.get("targetUrls"):
        raise Unclear(f"groups, tags or categories in {rule.get('name')}")
    for host in as_list(rule.get("targetFqdns")) or []:
        if isinstance(host, Unknown):
            raise Unclear(f"{host.path} is not known")
        for spoken in as_list(rule.get("protocols")) or []:
            yield Rule(
                _action(collection),
                str(rule.get("name")),
                Intervals.only(PROTOCOL["tcp"]),
                tags.addresses(as_list(rule.get("sourceAddresses")) or []),
                ports=ports_of([spoken.get("port")]),
                applications=frozenset(SPOKEN[str(spoken.get("protocolType")).lower()]),
                name=None if host == "*" else below(host[2:]) if host.startswith("*.") else exactly(host),
            )
