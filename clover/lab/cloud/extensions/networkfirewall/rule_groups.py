"""Rule groups: stateful (rules string, domain list or rules) and stateless."""

from collections.abc import Mapping
from math import prod
from typing import Any

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.networkfirewall.state import (
    STATE,
    RuleGroup,
    State,
    checked_token,
    encryption_of,
    found,
    new_tags,
    refuse_taken,
)
from clover.lab.cloud.extensions.networkfirewall.suricata import rules_in
from clover.lab.cloud.extensions.pages import page

_ARN_KINDS = {"STATEFUL": "stateful-rulegroup", "STATELESS": "stateless-rulegroup"}
_MOST_CAPACITY = 30_000


def create(call: Call) -> Mapping[str, Any]:
    """CreateRuleGroup; the capacity is fixed for the group's life."""
    asked = call.parameters
    kind = _ARN_KINDS.get(asked["Type"])
    if kind is None:
        raise Refusal("InvalidRequestException", f"the lab has no rule groups of type {asked['Type']}")
    arn = call.arn("network-firewall", f"{kind}/{asked['RuleGroupName']}")
    refuse_taken(STATE.of(call).rule_groups, arn)
    if not 0 < asked["Capacity"] <= _MOST_CAPACITY:
        raise Refusal("InvalidRequestException", f"parameter is invalid, parameter: [Capacity], {asked['Capacity']}")
    rules = _rules(call)
    group = RuleGroup(
        name=asked["RuleGroupName"],
        arn=arn,
        description=asked.get("Description"),
        tags=new_tags(call),
        encryption=encryption_of(call),
        type=asked["Type"],
        capacity=asked["Capacity"],
        rules=rules,
        consumed=_consumed(rules, asked["Capacity"]),
    )
    if not asked.get("DryRun"):
        STATE.of(call).rule_groups[arn] = group
    return {"UpdateToken": group.token, "RuleGroupResponse": _described(group, STATE.of(call))}


def describe(call: Call) -> Mapping[str, Any]:
    """DescribeRuleGroup."""
    group = found(STATE.of(call).rule_groups, call, "RuleGroup")
    described = _described(group, STATE.of(call))
    return {"UpdateToken": group.token, "RuleGroup": group.rules, "RuleGroupResponse": described}


def describe_metadata(call: Call) -> Mapping[str, Any]:
    """DescribeRuleGroupMetadata."""
    group = found(STATE.of(call).rule_groups, call, "RuleGroup")
    return {
        "RuleGroupArn": group.arn,
        "RuleGroupName": group.name,
        "Description": group.description,
        "Type": group.type,
        "Capacity": group.capacity,
        "StatefulRuleOptions": group.rules.get("StatefulRuleOptions"),
        "LastModifiedTime": group.changed,
    }


def update(call: Call) -> Mapping[str, Any]:
    """UpdateRuleGroup: everything but name, type and capacity is replaced."""
    group = found(STATE.of(call).rule_groups, call, "RuleGroup")
    checked_token(group, call)
    rules = _rules(call)
    if _order(rules) != _order(group.rules):
        raise Refusal("InvalidRequestException", "rule order can't be changed, parameter: [StatefulRuleOptions]")
    consumed = _consumed(rules, group.capacity)
    if not call.parameters.get("DryRun"):
        group.rules, group.consumed = rules, consumed
        group.description = call.parameters.get("Description")
        group.encryption = encryption_of(call)
        group.renew()
    return {"UpdateToken": group.token, "RuleGroupResponse": _described(group, STATE.of(call))}


def delete(call: Call) -> Mapping[str, Any]:
    """DeleteRuleGroup: refused while a policy uses the group."""
    state = STATE.of(call)
    group = found(state.rule_groups, call, "RuleGroup")
    if _associations(group, state):
        message = f"Unable to delete the object because it is still in use: {group.arn}"
        raise Refusal("InvalidOperationException", message)
    del state.rule_groups[group.arn]
    return {"RuleGroupResponse": {**_described(group, state), "RuleGroupStatus": "DELETING"}}


def listed(call: Call) -> Mapping[str, Any]:
    """ListRuleGroups: the account's own ones."""
    wanted = call.parameters.get("Type")
    groups = [one for one in STATE.of(call).rule_groups.values() if wanted in (None, one.type)]
    rows = [{"Name": group.name, "Arn": group.arn} for group in groups]
    return page(rows, call.parameters, "RuleGroups", "InvalidRequestException")


def _rules(call: Call) -> Mapping[str, Any]:
    """The RuleGroup structure that the call gives, as a structure or as a bare rules string."""
    structure, text = call.parameters.get("RuleGroup"), call.parameters.get("Rules")
    if (structure is None) == (text is None):
        raise Refusal("InvalidRequestException", "you must provide either RuleGroup or Rules")
    rules: Mapping[str, Any] = structure or {"RulesSource": {"RulesString": text}}
    if len(rules["RulesSource"]) != 1:
        raise Refusal("InvalidRequestException", "exactly one rules source must be given, parameter: [RulesSource]")
    return rules


def _consumed(rules: Mapping[str, Any], capacity: int) -> int:
    """The capacity that `rules` take; Refusal where they are wrong or take more than `capacity`."""
    source = rules["RulesSource"]
    if "RulesString" in source:
        used = len(rules_in(source["RulesString"]))
    elif "RulesSourceList" in source:
        used = len(source["RulesSourceList"]["Targets"]) * len(source["RulesSourceList"]["TargetTypes"])
    elif "StatefulRules" in source:
        used = len(source["StatefulRules"])
    else:
        used = sum(_complexity(rule) for rule in source["StatelessRulesAndCustomActions"]["StatelessRules"])
    if used > capacity:
        message = f"capacity is insufficient: the rules take {used} of {capacity}, parameter: [Capacity]"
        raise Refusal("InvalidRequestException", message)
    return used


def _complexity(rule: Mapping[str, Any]) -> int:
    """The capacity of a stateless rule: the product of the numbers of elements of its match settings."""
    return prod(max(1, len(setting)) for setting in rule["RuleDefinition"]["MatchAttributes"].values())


def _order(rules: Mapping[str, Any]) -> str:
    return rules.get("StatefulRuleOptions", {}).get("RuleOrder", "DEFAULT_ACTION_ORDER")


def _associations(group: RuleGroup, state: State) -> int:
    return sum(group.arn in policy.references() for policy in state.policies.values())


def _described(group: RuleGroup, state: State) -> dict[str, Any]:
    return {
        "RuleGroupArn": group.arn,
        "RuleGroupName": group.name,
        "RuleGroupId": group.id,
        "Description": group.description,
        "Type": group.type,
        "Capacity": group.capacity,
        "RuleGroupStatus": "ACTIVE",
        "Tags": group.tag_list() or None,
        "ConsumedCapacity": group.consumed,
        "NumberOfAssociations": _associations(group, state),
        "EncryptionConfiguration": group.encryption,
        "LastModifiedTime": group.changed,
    }


OPERATIONS = {
    "CreateRuleGroup": create,
    "DescribeRuleGroup": describe,
    "DescribeRuleGroupMetadata": describe_metadata,
    "UpdateRuleGroup": update,
    "DeleteRuleGroup": delete,
    "ListRuleGroups": listed,
}
