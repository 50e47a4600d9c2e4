"""Rules of a rule group: one for each domain list (and query type), in the order of their priorities."""

from collections.abc import Mapping
from typing import Any

from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.pages import page
from clover.lab.cloud.extensions.resolver.rule_groups import group_of
from clover.lab.cloud.extensions.resolver.state import STATE, Record, found, invalid, not_found, now

_SETTINGS = (
    "Name",
    "Priority",
    "Action",
    "BlockResponse",
    "BlockOverrideDomain",
    "BlockOverrideDnsType",
    "BlockOverrideTtl",
    "FirewallDomainRedirectionAction",
    "Qtype",
)
_OVERRIDES = ("BlockOverrideDomain", "BlockOverrideDnsType", "BlockOverrideTtl")


def create(call: Call) -> Mapping[str, Any]:
    """CreateFirewallRule."""
    state, group, asked = STATE.of(call), group_of(call), call.parameters
    if "FirewallDomainListId" not in asked:
        raise invalid("FirewallDomainListId must be given (the lab has no DNS Firewall Advanced)")
    domain_list = found(state.lists, asked["FirewallDomainListId"], "Firewall domain list")["Id"]
    rules = state.rules[group["Id"]]
    if _matching(rules, domain_list, asked.get("Qtype")):
        raise invalid(f"a rule for '{domain_list}' exists in '{group['Id']}' already")
    rule: Record = {
        "FirewallRuleGroupId": group["Id"],
        "FirewallDomainListId": domain_list,
        "CreatorRequestId": asked["CreatorRequestId"],
        "FirewallDomainRedirectionAction": "INSPECT_REDIRECTION_DOMAIN",
        "CreationTime": now(),
        "ModificationTime": now(),
        **{name: asked[name] for name in _SETTINGS if name in asked},
    }
    _check(rule, rules)
    rules.append(rule)
    group["RuleCount"] = len(rules)
    return {"FirewallRule": rule}


def update(call: Call) -> Mapping[str, Any]:
    """UpdateFirewallRule: settings that are not given stay."""
    rules, rule = _rule(call)
    changed = {**rule, **{name: call.parameters[name] for name in _SETTINGS if name in call.parameters}}
    if changed["Action"] != "BLOCK":
        changed.pop("BlockResponse", None)
    if changed.get("BlockResponse") != "OVERRIDE":
        changed = {name: value for name, value in changed.items() if name not in _OVERRIDES}
    _check(changed, [one for one in rules if one is not rule])
    rule.clear()
    rule.update(changed, ModificationTime=now())
    return {"FirewallRule": rule}


def delete(call: Call) -> Mapping[str, Any]:
    """DeleteFirewallRule."""
    rules, rule = _rule(call)
    rules.remove(rule)
    group_of(call)["RuleCount"] = len(rules)
    return {"FirewallRule": rule}


def listed(call: Call) -> Mapping[str, Any]:
    """ListFirewallRules, of all or of one priority or action."""
    asked = call.parameters
    rules = STATE.of(call).rules[group_of(call)["Id"]]
    wanted = {name: asked[name] for name in ("Priority", "Action") if name in asked}
    rows = [rule for rule in rules if all(rule[name] == value for name, value in wanted.items())]
    rows.sort(key=lambda rule: rule["Priority"])
    return page(rows, asked, "FirewallRules", "ValidationException")


def _rule(call: Call) -> tuple[list[Record], Record]:
    """The group's rules, and the one that `call` names."""
    rules = STATE.of(call).rules[group_of(call)["Id"]]
    domain_list = str(call.parameters.get("FirewallDomainListId"))
    matching = _matching(rules, domain_list, call.parameters.get("Qtype"))
    if not matching:
        raise not_found("Firewall rule", domain_list)
    return rules, matching[0]


def _matching(rules: list[Record], domain_list: str, query_type: str | None) -> list[Record]:
    return [one for one in rules if (one["FirewallDomainListId"], one.get("Qtype")) == (domain_list, query_type)]


def _check(rule: Record, others: list[Record]) -> None:
    if any(one["Priority"] == rule["Priority"] for one in others):
        raise invalid(f"the priority {rule['Priority']} is taken by another rule of the group")
    if (rule["Action"] == "BLOCK") != ("BlockResponse" in rule):
        raise invalid("BlockResponse must be given with the action BLOCK and with no other")
    overrides = [name for name in _OVERRIDES if name in rule]
    if rule.get("BlockResponse") == "OVERRIDE":
        if len(overrides) != len(_OVERRIDES):
            raise invalid(f"{', '.join(_OVERRIDES)} must be given with the block response OVERRIDE")
    elif overrides:
        raise invalid(f"{', '.join(overrides)} can only be given with the block response OVERRIDE")


OPERATIONS = {
    "CreateFirewallRule": create,
    "UpdateFirewallRule": update,
    "DeleteFirewallRule": delete,
    "ListFirewallRules": listed,
}
