"""Associations of rule groups with VPCs. Priorities lie between 100 and 9,900, both excluded, each once in a VPC.

Source: https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_AssociateFirewallRuleGroup.html
"""

from collections.abc import Mapping
from typing import Any

from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.pages import page
from clover.lab.cloud.extensions.resolver.rule_groups import group_of
from clover.lab.cloud.extensions.resolver.state import (
    STATE,
    Record,
    conflict,
    found,
    invalid,
    new_record,
    now,
    refuse_unknown_vpc,
)

_SETTINGS = ("Name", "Priority", "MutationProtection")


def create(call: Call) -> Mapping[str, Any]:
    """AssociateFirewallRuleGroup."""
    group, asked, state = group_of(call), call.parameters, STATE.of(call)
    refuse_unknown_vpc(call, asked["VpcId"])
    others = [one for one in state.associations.values() if one["VpcId"] == asked["VpcId"]]
    if any(one["FirewallRuleGroupId"] == group["Id"] for one in others):
        raise conflict(f"Firewall rule group '{group['Id']}' is associated with '{asked['VpcId']}' already")
    _check_priority(asked["Priority"], others)
    record = new_record(
        call,
        "rslvr-frgassoc",
        "firewall-rule-group-association",
        FirewallRuleGroupId=group["Id"],
        VpcId=asked["VpcId"],
        Priority=asked["Priority"],
        MutationProtection=asked.get("MutationProtection", "DISABLED"),
        Status="COMPLETE",
    )
    state.associations[record["Id"]] = record
    return {"FirewallRuleGroupAssociation": record}


def get(call: Call) -> Mapping[str, Any]:
    """GetFirewallRuleGroupAssociation."""
    return {"FirewallRuleGroupAssociation": _association(call)}


def update(call: Call) -> Mapping[str, Any]:
    """UpdateFirewallRuleGroupAssociation: a protected association can only be set free first."""
    record, asked = _association(call), call.parameters
    given = {name: asked[name] for name in _SETTINGS if name in asked}
    if record["MutationProtection"] == "ENABLED" and set(given) - {"MutationProtection"}:
        raise conflict(f"'{record['Id']}' is protected against changes")
    if "Priority" in given:
        state = STATE.of(call)
        _check_priority(
            given["Priority"],
            [one for one in state.associations.values() if one["VpcId"] == record["VpcId"] and one is not record],
        )
    record |= {**given, "ModificationTime": now()}
    return {"FirewallRuleGroupAssociation": record}


def delete(call: Call) -> Mapping[str, Any]:
    """DisassociateFirewallRuleGroup: refused while the association is protected."""
    record, state = _association(call), STATE.of(call)
    if record["MutationProtection"] == "ENABLED":
        raise conflict(f"'{record['Id']}' is protected against removal")
    del state.associations[record["Id"]], state.tags[record["Arn"]]
    return {"FirewallRuleGroupAssociation": {**record, "Status": "DELETING"}}


def listed(call: Call) -> Mapping[str, Any]:
    """ListFirewallRuleGroupAssociations, of all or of a group, VPC, priority or status."""
    asked = call.parameters
    names = ("FirewallRuleGroupId", "VpcId", "Priority", "Status")
    wanted = {name: asked[name] for name in names if name in asked}
    records = STATE.of(call).associations.values()
    rows = [one for one in records if all(one[name] == value for name, value in wanted.items())]
    return page(rows, asked, "FirewallRuleGroupAssociations", "ValidationException")


def _association(call: Call) -> Record:
    association = call.parameters["FirewallRuleGroupAssociationId"]
    return found(STATE.of(call).associations, association, "Firewall rule group association")


def _check_priority(priority: int, others: list[Record]) -> None:
    if not 100 < priority < 9900:
        raise invalid("Priority must be greater than 100 and less than 9900")
    if any(one["Priority"] == priority for one in others):
        raise invalid(f"the priority {priority} is taken by another association of the VPC")


OPERATIONS = {
    "AssociateFirewallRuleGroup": create,
    "GetFirewallRuleGroupAssociation": get,
    "UpdateFirewallRuleGroupAssociation": update,
    "DisassociateFirewallRuleGroup": delete,
    "ListFirewallRuleGroupAssociations": listed,
}
