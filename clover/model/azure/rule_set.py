"""The rule set of a gateway on Azure: the firewall's rules and policy, the security groups, and what is resolved."""

from typing import Any

from clover.model.aws.network_links import entries, present
from clover.model.azure.arm_ids import arm_id
from clover.model.azure.network_dns import Resolver
from clover.model.azure.network_firewall import Firewall
from clover.model.azure.network_places import Subnet, lower
from clover.model.azure.network_security import RULE, rules_of
from clover.model.resources import Resources, value
from clover.model.rule_set import RuleSet, plain
from clover.sources import Resource

_DECIDING = ("basePolicy", "dnsSettings", "explicitProxy", "intrusionDetection", "snat", "sql", "threatIntelMode",
             "threatIntelWhitelist", "transportSecurity")  # fmt: skip
"""The properties of a firewall policy that decide what leaves (FirewallPolicyPropertiesFormat of Microsoft.Network)."""

_REPORTED = frozenset({"etag", "id", "provisioning_state", "type"})
"""What a security rule's answer has beside what was declared."""

_RESOLVING = [{"action_type": "Allow"}, {"action_type": "Block", "block_response_code": "SERVFAIL"}]
_FIXED = {"rule_collection_type": "FirewallPolicyFilterRuleCollection", "rule_type": "ApplicationRule"}
"""What every collection and every rule of ours is, so that the set does not say it."""


def rule_set(firewall: Firewall, resources: Resources) -> RuleSet:
    """The set of one firewall and of its network; whoever asks has made sure that all of it is known."""
    also: list[Any] = []
    groups = [_security(firewall, subnet) for subnet in _subnets(firewall)]
    routed = [rules for rules in groups if rules is not None]
    resolvable, blocked = _names(firewall, resources, also)
    content = {
        "collections": [_collection(plain(each.held)) for each in firewall.collections],
        "policy": _policy(firewall),
        "workload": routed[-1] if routed else [],
        "endpoints": routed[0] if len(routed) > 1 else [],
        "resolvable": resolvable,
        "blocked": blocked,
    }
    also += [] if len(routed) == 2 and len(groups) == 2 else groups
    return RuleSet(content, also)


def _policy(firewall: Firewall) -> dict[str, Any]:
    held = {name: value(firewall.policy, name) for name in _DECIDING} if firewall.policy else {}
    return plain({name: found for name, found in held.items() if present(found)})


def _collection(held: dict[str, Any]) -> dict[str, Any]:
    """A collection as it is declared to the component: its action by name, without what all of them are."""
    action: dict[str, Any] = held.get("action") or {}
    short: Any = action["type"] if list(action) == ["type"] else action
    return {**_unfixed(held), "action": short, "rules": [_unfixed(rule) for rule in held.get("rules", [])]}


def _unfixed(held: dict[str, Any]) -> dict[str, Any]:
    return {name: found for name, found in held.items() if _FIXED.get(name) != found}


def _subnets(firewall: Firewall) -> list[Subnet]:
    """The subnets that workloads and endpoints lie in, by name."""
    found = [each for each in firewall.network.subnets if not each.firewalls_only]
    return sorted(found, key=lambda subnet: subnet.called)


def _security(firewall: Firewall, subnet: Subnet) -> list[Any] | None:
    """The rules of a subnet's security group, those that are resources of their own after the others."""
    reference = subnet.reference("networkSecurityGroup.id")
    found = firewall.network.resources.of("azure-native:network:NetworkSecurityGroup")
    group = next((each for each in found if lower(arm_id(each, firewall.network.subscription)) == reference), None)
    if group is None:
        return None
    apart = firewall.network.resources.of(RULE)
    held = {id(holder) for way in ("inbound", "outbound") for holder, _ in
            rules_of(firewall.network.resources, firewall.network.subscription, group, way)}  # fmt: skip
    return [
        _rule(plain(one)) for one in (*entries(group, "securityRules"), *(r.inputs for r in apart if id(r) in held))
    ]


def _rule(held: dict[str, Any]) -> dict[str, Any]:
    """A rule as it is declared, without what Azure reports beside that and lists of nothing."""
    return {name: found for name, found in held.items() if name not in _REPORTED and found != []}


def _names(firewall: Firewall, resources: Resources, also: list[Any]) -> tuple[list[str], list[str]]:
    """The names that are answered for and those that are blocked, where one rule each says so in this order."""
    network = firewall.network
    resolvers = [Resolver(resources, network.subscription, whole, place) for place, whole in network.networks.items()]
    rules = [(plain(value(rule, "action")), _domains(each, rule)) for each in resolvers for rule in each.declared]
    if [action for action, _ in rules] == _RESOLVING:
        return rules[0][1], rules[1][1]
    also.append([[action, domains] for action, domains in rules])
    return [], []


def _domains(resolver: Resolver, rule: Resource) -> list[str]:
    return sorted(str(name) for held in resolver.lists(rule) if held for name in entries(held, "domains"))
