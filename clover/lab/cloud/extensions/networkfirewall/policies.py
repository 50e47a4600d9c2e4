"""Firewall policies: default actions and references to rule groups."""

from collections.abc import Mapping
from typing import Any

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.networkfirewall.state import (
    STATE,
    Policy,
    RuleGroup,
    State,
    checked_token,
    encryption_of,
    found,
    new_tags,
    refuse_taken,
)
from clover.lab.cloud.extensions.pages import page

_STATELESS_ACTIONS = {"aws:pass", "aws:drop", "aws:forward_to_sfe"}
_STRICT_ACTIONS = {
    "aws:drop_strict",
    "aws:drop_established",
    "aws:drop_established_app_layer",
    "aws:alert_strict",
    "aws:alert_established",
    "aws:alert_established_app_layer",
}
_MOST_STATEFUL_CAPACITY = 30_000


def create(call: Call) -> Mapping[str, Any]:
    """CreateFirewallPolicy."""
    state, asked = STATE.of(call), call.parameters
    arn = call.arn("network-firewall", f"firewall-policy/{asked['FirewallPolicyName']}")
    refuse_taken(state.policies, arn)
    policy = Policy(
        name=asked["FirewallPolicyName"],
        arn=arn,
        description=asked.get("Description"),
        tags=new_tags(call),
        encryption=encryption_of(call),
        document=_checked(asked["FirewallPolicy"], state),
    )
    if not asked.get("DryRun"):
        state.policies[arn] = policy
    return {"UpdateToken": policy.token, "FirewallPolicyResponse": _described(policy, state)}


def describe(call: Call) -> Mapping[str, Any]:
    """DescribeFirewallPolicy."""
    state = STATE.of(call)
    policy = found(state.policies, call, "FirewallPolicy")
    described = _described(policy, state)
    return {"UpdateToken": policy.token, "FirewallPolicy": policy.document, "FirewallPolicyResponse": described}


def update(call: Call) -> Mapping[str, Any]:
    """UpdateFirewallPolicy: everything but the name is replaced; the rule order stays."""
    state = STATE.of(call)
    policy = found(state.policies, call, "FirewallPolicy")
    checked_token(policy, call)
    document = _checked(call.parameters["FirewallPolicy"], state)
    if _order(document) != _order(policy.document):
        raise Refusal("InvalidRequestException", "rule order can't be changed, parameter: [StatefulEngineOptions]")
    if not call.parameters.get("DryRun"):
        policy.document = document
        policy.description = call.parameters.get("Description")
        policy.encryption = encryption_of(call)
        policy.renew()
    return {"UpdateToken": policy.token, "FirewallPolicyResponse": _described(policy, state)}


def delete(call: Call) -> Mapping[str, Any]:
    """DeleteFirewallPolicy: refused while a firewall uses the policy."""
    state = STATE.of(call)
    policy = found(state.policies, call, "FirewallPolicy")
    if _associations(policy, state):
        message = f"Unable to delete the object because it is still in use: {policy.arn}"
        raise Refusal("InvalidOperationException", message)
    del state.policies[policy.arn]
    return {"FirewallPolicyResponse": {**_described(policy, state), "FirewallPolicyStatus": "DELETING"}}


def listed(call: Call) -> Mapping[str, Any]:
    """ListFirewallPolicies."""
    rows = [{"Name": policy.name, "Arn": policy.arn} for policy in STATE.of(call).policies.values()]
    return page(rows, call.parameters, "FirewallPolicies", "InvalidRequestException")


def _checked(document: Mapping[str, Any], state: State) -> Mapping[str, Any]:
    custom = {row["ActionName"] for row in document.get("StatelessCustomActions", ())}
    for name in ("StatelessDefaultActions", "StatelessFragmentDefaultActions"):
        actions = set(document[name])
        if actions - _STATELESS_ACTIONS - custom or len(actions & _STATELESS_ACTIONS) != 1:
            raise _refused(f"invalid actions: {sorted(actions)}", name)
    strict = _order(document) == "STRICT_ORDER"
    stateful = document.get("StatefulDefaultActions", ())
    if stateful and (not strict or set(stateful) - _STRICT_ACTIONS):
        raise _refused(f"invalid actions: {stateful}", "StatefulDefaultActions")
    for row in document.get("StatelessRuleGroupReferences", ()):
        _referenced(row["ResourceArn"], "STATELESS", state)
    for row in document.get("StatefulRuleGroupReferences", ()):
        _check_stateful(row, strict, state)
    if _capacity(document, state, "StatefulRuleGroupReferences") > _MOST_STATEFUL_CAPACITY:
        raise Refusal("LimitExceededException", f"stateful rule capacity is above {_MOST_STATEFUL_CAPACITY}")
    return document


def _check_stateful(row: Mapping[str, Any], strict: bool, state: State) -> None:
    group = _referenced(row["ResourceArn"], "STATEFUL", state)
    if group is None:
        return
    order = group.rules.get("StatefulRuleOptions", {}).get("RuleOrder", "DEFAULT_ACTION_ORDER")
    if (order == "STRICT_ORDER") != strict:
        raise _refused(f"rule order of {group.arn} is not the policy's", "StatefulRuleGroupReferences")
    if strict != ("Priority" in row):
        raise _refused("a priority is to be given with strict order and with no other", "Priority")


def _referenced(arn: str, kind: str, state: State) -> RuleGroup | None:
    """The rule group `arn`; None for a group that AWS manages (aws-managed), which the lab takes on trust."""
    if ":aws-managed:" in arn:
        return None
    group = state.rule_groups.get(arn)
    if group is None:
        raise _refused("rule group does not exist", arn)
    if group.type != kind:
        raise _refused("rule group ARN is of incorrect entity type", arn)
    return group


def _capacity(document: Mapping[str, Any], state: State, references: str) -> int:
    arns = [row["ResourceArn"] for row in document.get(references, ())]
    return sum(state.rule_groups[arn].capacity for arn in arns if arn in state.rule_groups)


def _order(document: Mapping[str, Any]) -> str:
    return document.get("StatefulEngineOptions", {}).get("RuleOrder", "DEFAULT_ACTION_ORDER")


def _refused(message: str, parameter: str) -> Refusal:
    return Refusal("InvalidRequestException", f"{message}, parameter: [{parameter}]")


def _associations(policy: Policy, state: State) -> int:
    return sum(firewall.policy_arn == policy.arn for firewall in state.firewalls.values())


def _described(policy: Policy, state: State) -> dict[str, Any]:
    return {
        "FirewallPolicyName": policy.name,
        "FirewallPolicyArn": policy.arn,
        "FirewallPolicyId": policy.id,
        "Description": policy.description,
        "FirewallPolicyStatus": "ACTIVE",
        "Tags": policy.tag_list() or None,
        "ConsumedStatelessRuleCapacity": _capacity(policy.document, state, "StatelessRuleGroupReferences"),
        "ConsumedStatefulRuleCapacity": _capacity(policy.document, state, "StatefulRuleGroupReferences"),
        "NumberOfAssociations": _associations(policy, state),
        "EncryptionConfiguration": policy.encryption,
        "LastModifiedTime": policy.changed,
    }


OPERATIONS = {
    "CreateFirewallPolicy": create,
    "DescribeFirewallPolicy": describe,
    "UpdateFirewallPolicy": update,
    "DeleteFirewallPolicy": delete,
    "ListFirewallPolicies": listed,
}
