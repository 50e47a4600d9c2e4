"""Network Firewall: rule groups, policies, and the tags that all of its things share."""

from typing import Any

from clover.lab.aws import tagging
from clover.lab.aws.casing import from_aws, to_aws
from clover.lab.aws.cloud import Call
from clover.lab.aws.kind import Kind, Tagger, Update, given, table
from clover.lab.aws.network_firewall_shapes import NAMES, group_from_aws, group_to_aws
from clover.lab.provider.wire import Props

SERVICE = "network-firewall"
GONE = "DELETING"


def _add_tags(call: Call, arn: str, tags: Props) -> None:
    call.do(SERVICE, "tag_resource", ResourceArn=arn, Tags=tagging.as_list(tags))


def _remove_tags(call: Call, arn: str, keys: list[str]) -> None:
    call.do(SERVICE, "untag_resource", ResourceArn=arn, TagKeys=keys)


TAGGER = Tagger(add=_add_tags, remove=_remove_tags)


def tag_list(inputs: Props) -> list[Props]:
    """Return a thing's tags as the service takes them."""
    return tagging.as_list(table(inputs, "tagsAll"))


def encryption(inputs: Props) -> Any:
    """Return a thing's encryption as the service takes it."""
    return to_aws(inputs.get("encryptionConfiguration"), NAMES)


def gone_after(call: Call, what: str, operation: str, **parameters: Any) -> None:
    """Wait until a thing that is being deleted is gone."""
    call.wait_for(f"{what} to go", lambda: True if call.find(SERVICE, operation, **parameters) is None else None)


def _rules(inputs: Props) -> Props:
    """Return the rules, given as text or as a structure."""
    if inputs.get("rules"):
        return {"Rules": inputs["rules"]}
    return {"RuleGroup": group_to_aws(inputs["ruleGroup"])}


def _create_rule_group(call: Call, inputs: Props) -> str:
    made = call.do(
        SERVICE,
        "create_rule_group",
        **given(
            RuleGroupName=inputs["name"],
            Type=inputs["type"],
            Capacity=inputs["capacity"],
            Description=inputs.get("description"),
            EncryptionConfiguration=encryption(inputs),
            Tags=tag_list(inputs),
            **_rules(inputs),
        ),
    )
    return made["RuleGroupResponse"]["RuleGroupArn"]


def _read_rule_group(call: Call, arn: str, said: Props) -> Props | None:
    found = call.find(SERVICE, "describe_rule_group", RuleGroupArn=arn)
    if found is None or found["RuleGroupResponse"].get("RuleGroupStatus") == GONE:
        return None
    about, group = found["RuleGroupResponse"], group_from_aws(found.get("RuleGroup") or {})
    text = table(group, "rulesSource").get("rulesString")
    return {
        **_common(about, "RuleGroupArn", found),
        "name": about["RuleGroupName"],
        "type": about["Type"],
        "capacity": about["Capacity"],
        "ruleGroup": group,
        **({"rules": text} if "rules" in said else {}),
    }


def _common(about: Props, arn: str, found: Props) -> Props:
    return {
        "arn": about[arn],
        "description": about.get("Description"),
        "encryptionConfiguration": from_aws(about.get("EncryptionConfiguration"), NAMES),
        "updateToken": found.get("UpdateToken"),
        "tagsAll": tagging.from_list(about.get("Tags")),
    }


def _description(update: Update) -> str | None:
    """Return the description to write: an empty one takes the old one off."""
    return update.new.get("description", "" if update.touches("description") else None)


def _update_rule_group(call: Call, update: Update) -> None:
    if not update.touches("description", "encryptionConfiguration", "ruleGroup", "rules"):
        return
    found = call.do(SERVICE, "describe_rule_group", RuleGroupArn=update.id)
    new = {**given(ruleGroup=update.state.get("ruleGroup")), **update.new}
    call.do(
        SERVICE,
        "update_rule_group",
        UpdateToken=found["UpdateToken"],
        RuleGroupArn=update.id,
        Description=_description(update),
        EncryptionConfiguration=encryption(new),
        **_rules(new),
    )


def _delete_rule_group(call: Call, arn: str, _state: Props) -> None:
    call.remove(SERVICE, "delete_rule_group", RuleGroupArn=arn)
    gone_after(call, arn, "describe_rule_group", RuleGroupArn=arn)


def _create_policy(call: Call, inputs: Props) -> str:
    made = call.do(
        SERVICE,
        "create_firewall_policy",
        **given(
            FirewallPolicyName=inputs["name"],
            FirewallPolicy=group_to_aws(inputs["firewallPolicy"]),
            Description=inputs.get("description"),
            EncryptionConfiguration=encryption(inputs),
            Tags=tag_list(inputs),
        ),
    )
    return made["FirewallPolicyResponse"]["FirewallPolicyArn"]


def _read_policy(call: Call, arn: str, _said: Props) -> Props | None:
    found = call.find(SERVICE, "describe_firewall_policy", FirewallPolicyArn=arn)
    if found is None or found["FirewallPolicyResponse"].get("FirewallPolicyStatus") == GONE:
        return None
    about = found["FirewallPolicyResponse"]
    return {
        **_common(about, "FirewallPolicyArn", found),
        "name": about["FirewallPolicyName"],
        "firewallPolicy": group_from_aws(found["FirewallPolicy"]),
    }


def _update_policy(call: Call, update: Update) -> None:
    if not update.touches("description", "encryptionConfiguration", "firewallPolicy"):
        return
    found = call.do(SERVICE, "describe_firewall_policy", FirewallPolicyArn=update.id)
    call.do(
        SERVICE,
        "update_firewall_policy",
        UpdateToken=found["UpdateToken"],
        FirewallPolicyArn=update.id,
        FirewallPolicy=group_to_aws(update.new["firewallPolicy"]),
        Description=_description(update),
        EncryptionConfiguration=encryption(update.new),
    )


def _delete_policy(call: Call, arn: str, _state: Props) -> None:
    call.remove(SERVICE, "delete_firewall_policy", FirewallPolicyArn=arn)
    gone_after(call, arn, "describe_firewall_policy", FirewallPolicyArn=arn)


KINDS = {
    "aws:networkfirewall/ruleGroup:RuleGroup": Kind(
        tagger=TAGGER,
        create=_create_rule_group,
        read=_read_rule_group,
        update=_update_rule_group,
        delete=_delete_rule_group,
    ),
    "aws:networkfirewall/firewallPolicy:FirewallPolicy": Kind(
        tagger=TAGGER,
        create=_create_policy,
        read=_read_policy,
        update=_update_policy,
        delete=_delete_policy,
    ),
}
