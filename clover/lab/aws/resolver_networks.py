"""Route 53 Resolver: what stands between a network and DNS: rule groups, failing open, the log of queries."""

from clover.lab.aws.cloud import Call
from clover.lab.aws.kind import Kind, Update, given
from clover.lab.aws.resolver import SERVICE, new_thing, tagger, tags_of, wait_for_status, wait_until_gone
from clover.lab.provider.wire import Props

FAIL_CLOSED = "DISABLED"


def _associate(call: Call, inputs: Props) -> str:
    made = call.do(
        SERVICE,
        "associate_firewall_rule_group",
        **new_thing(inputs),
        **given(
            FirewallRuleGroupId=inputs["firewallRuleGroupId"],
            VpcId=inputs["vpcId"],
            Priority=inputs["priority"],
            MutationProtection=inputs.get("mutationProtection"),
        ),
    )
    return made["FirewallRuleGroupAssociation"]["Id"]


def _complete_association(call: Call, association: str, _inputs: Props) -> None:
    wait_for_status(call, f"association {association}", lambda: _association(call, association), "COMPLETE")


def _association(call: Call, association: str) -> Props | None:
    found = call.find(SERVICE, "get_firewall_rule_group_association", FirewallRuleGroupAssociationId=association)
    return found["FirewallRuleGroupAssociation"] if found else None


def _read_association(call: Call, association: str, _said: Props) -> Props | None:
    found = _association(call, association)
    if found is None or found.get("Status") == "DELETING":
        return None
    return {
        "arn": found["Arn"],
        "name": found["Name"],
        "firewallRuleGroupId": found["FirewallRuleGroupId"],
        "vpcId": found["VpcId"],
        "priority": found["Priority"],
        "mutationProtection": found.get("MutationProtection"),
        "tagsAll": tags_of(call, found["Arn"]),
    }


def _update_association(call: Call, update: Update) -> None:
    if update.touches("name", "priority", "mutationProtection"):
        new = update.new
        call.do(
            SERVICE,
            "update_firewall_rule_group_association",
            FirewallRuleGroupAssociationId=update.id,
            Name=new["name"],
            Priority=new["priority"],
            MutationProtection=new.get("mutationProtection"),
        )
        _complete_association(call, update.id, new)


def _delete_association(call: Call, association: str, _state: Props) -> None:
    call.remove(SERVICE, "disassociate_firewall_rule_group", FirewallRuleGroupAssociationId=association)
    wait_until_gone(call, f"association {association}", lambda: _association(call, association))


def _write_config(call: Call, network: str, fail_open: str | None) -> Props:
    answer = call.do(SERVICE, "update_firewall_config", ResourceId=network, FirewallFailOpen=fail_open or FAIL_CLOSED)
    return answer["FirewallConfig"]


def _create_config(call: Call, inputs: Props) -> str:
    return _write_config(call, inputs["resourceId"], inputs.get("firewallFailOpen"))["Id"]


def _read_config(call: Call, config: str, _said: Props) -> Props | None:
    configs = call.pages(SERVICE, "list_firewall_configs", "FirewallConfigs")
    found = next((entry for entry in configs if entry["Id"] == config), None)
    if found is None:
        return None
    return {
        "resourceId": found["ResourceId"],
        "firewallFailOpen": found["FirewallFailOpen"],
        "ownerId": found.get("OwnerId", call.account),
    }


def _update_config(call: Call, update: Update) -> None:
    if update.touches("firewallFailOpen"):
        _write_config(call, update.new["resourceId"], update.new.get("firewallFailOpen"))


def _delete_config(call: Call, _config: str, state: Props) -> None:
    """Go back to failing closed, as a network does that was never told."""
    call.remove(SERVICE, "update_firewall_config", ResourceId=state["resourceId"], FirewallFailOpen=FAIL_CLOSED)


def _create_log(call: Call, inputs: Props) -> str:
    destination = inputs["destinationArn"]
    answer = call.do(SERVICE, "create_resolver_query_log_config", **new_thing(inputs), DestinationArn=destination)
    return answer["ResolverQueryLogConfig"]["Id"]


def _complete_log(call: Call, log: str, _inputs: Props) -> None:
    wait_for_status(call, f"query log {log}", lambda: _log(call, log), "CREATED")


def _log(call: Call, log: str) -> Props | None:
    found = call.find(SERVICE, "get_resolver_query_log_config", ResolverQueryLogConfigId=log)
    return found["ResolverQueryLogConfig"] if found else None


def _read_log(call: Call, log: str, _said: Props) -> Props | None:
    found = _log(call, log)
    if found is None or found.get("Status") == "DELETING":
        return None
    return {
        "arn": found["Arn"],
        "name": found["Name"],
        "destinationArn": found["DestinationArn"],
        "ownerId": found.get("OwnerId", call.account),
        "shareStatus": found.get("ShareStatus", "NOT_SHARED"),
        "tagsAll": tags_of(call, found["Arn"]),
    }


def _delete_log(call: Call, log: str, _state: Props) -> None:
    call.remove(SERVICE, "delete_resolver_query_log_config", ResolverQueryLogConfigId=log)
    wait_until_gone(call, f"query log {log}", lambda: _log(call, log))


def _associate_log(call: Call, inputs: Props) -> str:
    named = {"ResolverQueryLogConfigId": inputs["resolverQueryLogConfigId"], "ResourceId": inputs["resourceId"]}
    return call.do(SERVICE, "associate_resolver_query_log_config", **named)["ResolverQueryLogConfigAssociation"]["Id"]


def _complete_log_association(call: Call, association: str, _inputs: Props) -> None:
    wait_for_status(call, f"association {association}", lambda: _log_association(call, association), "ACTIVE")


def _log_association(call: Call, association: str) -> Props | None:
    parameters = {"ResolverQueryLogConfigAssociationId": association}
    found = call.find(SERVICE, "get_resolver_query_log_config_association", **parameters)
    return found["ResolverQueryLogConfigAssociation"] if found else None


def _read_log_association(call: Call, association: str, _said: Props) -> Props | None:
    found = _log_association(call, association)
    if found is None or found.get("Status") == "DELETING":
        return None
    return {"resolverQueryLogConfigId": found["ResolverQueryLogConfigId"], "resourceId": found["ResourceId"]}


def _delete_log_association(call: Call, association: str, state: Props) -> None:
    named = {"ResolverQueryLogConfigId": state["resolverQueryLogConfigId"], "ResourceId": state["resourceId"]}
    call.remove(SERVICE, "disassociate_resolver_query_log_config", **named)
    wait_until_gone(call, f"association {association}", lambda: _log_association(call, association))


KINDS = {
    "aws:route53/resolverFirewallRuleGroupAssociation:ResolverFirewallRuleGroupAssociation": Kind(
        tagger=tagger("firewall-rule-group-association"),
        create=_associate,
        complete=_complete_association,
        read=_read_association,
        update=_update_association,
        delete=_delete_association,
    ),
    "aws:route53/resolverFirewallConfig:ResolverFirewallConfig": Kind(
        create=_create_config, read=_read_config, update=_update_config, delete=_delete_config
    ),
    "aws:route53/resolverQueryLogConfig:ResolverQueryLogConfig": Kind(
        tagger=tagger("resolver-query-log-config"),
        create=_create_log,
        complete=_complete_log,
        read=_read_log,
        delete=_delete_log,
    ),
    "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation": Kind(
        create=_associate_log,
        complete=_complete_log_association,
        read=_read_log_association,
        delete=_delete_log_association,
    ),
}
