"""Rule groups: what a VPC is associated with."""

from collections.abc import Mapping
from typing import Any

from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.pages import page
from clover.lab.cloud.extensions.resolver.state import STATE, Record, conflict, found, new_record


def create(call: Call) -> Mapping[str, Any]:
    """CreateFirewallRuleGroup: the same CreatorRequestId gives the same group."""
    state = STATE.of(call)
    for record in state.groups.values():
        if record["CreatorRequestId"] == call.parameters["CreatorRequestId"]:
            return {"FirewallRuleGroup": record}
    more = {"OwnerId": call.account, "RuleCount": 0, "ShareStatus": "NOT_SHARED", "Status": "COMPLETE"}
    record = new_record(call, "rslvr-frg", "firewall-rule-group", **more)
    state.groups[record["Id"]] = record
    state.rules[record["Id"]] = []
    return {"FirewallRuleGroup": record}


def get(call: Call) -> Mapping[str, Any]:
    """GetFirewallRuleGroup."""
    return {"FirewallRuleGroup": group_of(call)}


def delete(call: Call) -> Mapping[str, Any]:
    """DeleteFirewallRuleGroup: refused while a VPC is associated with the group."""
    state, record = STATE.of(call), group_of(call)
    if any(one["FirewallRuleGroupId"] == record["Id"] for one in state.associations.values()):
        raise conflict(f"Firewall rule group '{record['Id']}' is associated with a VPC")
    del state.groups[record["Id"]], state.rules[record["Id"]], state.tags[record["Arn"]]
    return {"FirewallRuleGroup": {**record, "Status": "DELETING"}}


def listed(call: Call) -> Mapping[str, Any]:
    """ListFirewallRuleGroups."""
    names = ("Id", "Arn", "Name", "OwnerId", "CreatorRequestId", "ShareStatus")
    rows = [{name: record[name] for name in names} for record in STATE.of(call).groups.values()]
    return page(rows, call.parameters, "FirewallRuleGroups", "ValidationException")


def group_of(call: Call) -> Record:
    """The rule group that `call` names."""
    return found(STATE.of(call).groups, call.parameters["FirewallRuleGroupId"], "Firewall rule group")


OPERATIONS = {
    "CreateFirewallRuleGroup": create,
    "GetFirewallRuleGroup": get,
    "DeleteFirewallRuleGroup": delete,
    "ListFirewallRuleGroups": listed,
}
