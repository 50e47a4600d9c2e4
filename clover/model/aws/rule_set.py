"""The rule set of a gateway on AWS: Network Firewall's rules and policy, and what the resolver answers."""

from typing import Any

from clover.model.aws.network_dns import CONFIG, RULE, Resolver
from clover.model.aws.network_firewall import Firewall
from clover.model.aws.network_links import several
from clover.model.resources import Resources, value
from clover.model.rule_set import RuleSet, plain
from clover.sources import Resource

_ALLOW = {"action": "ALLOW", "firewall_domain_redirection_action": "TRUST_REDIRECTION_DOMAIN"}
_BLOCK = {"action": "BLOCK", "block_response": "NXDOMAIN"}
_IDENTITY = frozenset({"name", "region", "firewall_domain_list_id", "firewall_rule_group_id", "priority"})
"""What a resolver rule is called and tied to; its place in the order is that of the list."""

_UNUSED = {"firewall_domain_redirection_action": "INSPECT_REDIRECTION_DOMAIN"}
"""What the provider says of a rule that blocks, where it decides nothing."""


def rule_set(firewall: Firewall, resources: Resources) -> RuleSet:
    """The set of one firewall and of its network's resolver; whoever asks has made sure that all of it is known."""
    also: list[Any] = []
    policy: dict[str, Any] = plain(value(firewall.policy, "firewallPolicy")) if firewall.policy else {}
    rules = [line for group in _groups(firewall, policy, also) for line in _lines(firewall, group, also)]
    resolvable, blocked = _names(firewall, resources, also)
    return RuleSet({"rules": rules, "policy": policy, "resolvable": resolvable, "blocked": blocked}, also)


def _groups(firewall: Firewall, policy: dict[str, Any], also: list[Any]) -> list[Resource]:
    """The stateful groups in their order, taken out of `policy`; stateless ones, and overrides, are something else."""
    references = policy.pop("stateful_rule_group_references", [])
    known = {value(group, "arn"): group for group in firewall.groups}
    for reference in references:
        rest = {name: held for name, held in reference.items() if name not in {"priority", "resource_arn"}}
        also += [rest] if rest else []
    for reference in policy.pop("stateless_rule_group_references", []):
        also.append(plain(value(known[reference["resource_arn"]], "ruleGroup")))
    ordered = sorted(references, key=lambda reference: reference.get("priority", 0))
    return [known[reference["resource_arn"]] for reference in ordered]


def _lines(firewall: Firewall, group: Resource, also: list[Any]) -> list[str]:
    """The lines of a group; its other settings are something else, unless they say what every group of ours does."""
    held: dict[str, Any] = plain(value(group, "ruleGroup"))
    source: dict[str, Any] = held.get("rules_source") or {}
    text = str(source.pop("rules_string", ""))
    home = list(firewall.network.range_of(firewall.vpc).prefixes()) if firewall.vpc else []
    expected = {
        "rule_variables": {"ip_sets": [{"ip_set": {"definitions": home}, "key": "HOME_NET"}]},
        "rules_source": {},
        "stateful_rule_options": {"rule_order": "STRICT_ORDER"},
    }
    if held != expected:
        also.append(held)
    return text.split("\n")


def _names(firewall: Firewall, resources: Resources, also: list[Any]) -> tuple[list[str], list[str]]:
    """The names that are answered for and those that are blocked, where one rule each says so in this order."""
    if firewall.vpc is None:
        return [], []
    resolver = Resolver(resources, firewall.vpc)
    also += [each for config in resolver.config() if (each := value(config, "firewallFailOpen")) != "DISABLED"]
    also += [] if resolver.config() else [CONFIG]
    rules = [(_said(rule), _domains(resolver, rule)) for rule in resolver.ordered()]
    if [said for said, _ in rules] == [_ALLOW, _BLOCK]:
        return rules[0][1], rules[1][1]
    also.append([RULE, *([said, domains] for said, domains in rules)])
    return [], []


def _said(rule: Resource) -> dict[str, Any]:
    """What a resolver rule says: as declared, or of what was read live all that is set."""
    held = plain(rule.inputs) or {name: each for name, each in plain(rule.outputs).items() if each}
    said = {name: each for name, each in held.items() if name not in _IDENTITY}
    blocks = said.get("action") == "BLOCK"
    return {name: held for name, held in said.items() if not (blocks and _UNUSED.get(name) == held)}


def _domains(resolver: Resolver, rule: Resource) -> list[str]:
    return sorted(str(domain) for found in resolver.lists(rule) for domain in several(value(found, "domains")))
