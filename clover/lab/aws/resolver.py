"""Route 53 Resolver: the DNS firewall's lists, groups and rules."""

import uuid
from collections.abc import Callable
from typing import Any

from clover.lab.aws import tagging
from clover.lab.aws.cloud import Call
from clover.lab.aws.kind import Kind, Tagger, Update, given, items, table
from clover.lab.provider.wire import Props

SERVICE = "route53resolver"
RULE = {
    "action": "Action",
    "blockOverrideDnsType": "BlockOverrideDnsType",
    "blockOverrideDomain": "BlockOverrideDomain",
    "blockOverrideTtl": "BlockOverrideTtl",
    "blockResponse": "BlockResponse",
    "firewallDomainRedirectionAction": "FirewallDomainRedirectionAction",
    "name": "Name",
    "priority": "Priority",
    "qType": "Qtype",
}


def request_id() -> str:
    """Return a text that tells this request from any other."""
    return uuid.uuid4().hex


def arn(call: Call, kind: str, resource_id: str) -> str:
    """Return the ARN of a thing of the account and region of the call."""
    return f"arn:{call.partition}:{SERVICE}:{call.region}:{call.account}:{kind}/{resource_id}"


def tagger(kind: str) -> Tagger:
    """Return how things of a kind (the word in their ARN) are tagged."""

    def add(call: Call, resource_id: str, tags: Props) -> None:
        call.do(SERVICE, "tag_resource", ResourceArn=arn(call, kind, resource_id), Tags=tagging.as_list(tags))

    def remove(call: Call, resource_id: str, keys: list[str]) -> None:
        call.do(SERVICE, "untag_resource", ResourceArn=arn(call, kind, resource_id), TagKeys=keys)

    return Tagger(add=add, remove=remove)


def tags_of(call: Call, resource_arn: str) -> Props:
    """Return the tags of a thing."""
    return tagging.from_list(call.pages(SERVICE, "list_tags_for_resource", "Tags", ResourceArn=resource_arn))


def new_thing(inputs: Props) -> Props:
    """Return what every thing is made with."""
    tags = tagging.as_list(table(inputs, "tagsAll"))
    return given(CreatorRequestId=request_id(), Name=inputs.get("name"), Tags=tags)


def wait_for_status(call: Call, what: str, look: Callable[[], Props | None], wanted: str) -> None:
    """Wait until a thing has the status."""

    def has_status() -> Props | None:
        found = look()
        return found if found and found.get("Status") == wanted else None

    call.wait_for(f"{what} to become {wanted}", has_status)


def wait_until_gone(call: Call, what: str, look: Callable[[], Props | None]) -> None:
    """Wait until a thing that is being removed is gone."""
    call.wait_for(f"{what} to go", lambda: True if look() is None else None)


def _create_list(call: Call, inputs: Props) -> str:
    return call.do(SERVICE, "create_firewall_domain_list", **new_thing(inputs))["FirewallDomainList"]["Id"]


def _complete_list(call: Call, domain_list: str, inputs: Props) -> None:
    if domains := items(inputs, "domains"):
        _write_domains(call, domain_list, "REPLACE", domains)


def _write_domains(call: Call, domain_list: str, how: str, domains: list[str]) -> None:
    call.do(SERVICE, "update_firewall_domains", FirewallDomainListId=domain_list, Operation=how, Domains=domains)
    wait_for_status(call, f"domain list {domain_list}", lambda: _list(call, domain_list), "COMPLETE")


def _list(call: Call, domain_list: str) -> Props | None:
    found = call.find(SERVICE, "get_firewall_domain_list", FirewallDomainListId=domain_list)
    return found["FirewallDomainList"] if found else None


def _read_list(call: Call, domain_list: str, said: Props) -> Props | None:
    found = _list(call, domain_list)
    if found is None or found.get("Status") == "DELETING":
        return None
    domains = call.pages(SERVICE, "list_firewall_domains", "Domains", FirewallDomainListId=domain_list)
    told = {str(domain).rstrip("."): domain for domain in items(said, "domains")}
    return {
        "arn": found["Arn"],
        "name": found["Name"],
        "domains": sorted(told.get(domain.rstrip("."), domain.rstrip(".")) for domain in domains),
        "tagsAll": tags_of(call, found["Arn"]),
    }


def _update_list(call: Call, update: Update) -> None:
    if not update.touches("domains"):
        return
    if wanted := items(update.new, "domains"):
        _write_domains(call, update.id, "REPLACE", wanted)
    elif present := items(update.state, "domains"):
        _write_domains(call, update.id, "REMOVE", present)


def _delete_list(call: Call, domain_list: str, _state: Props) -> None:
    call.remove(SERVICE, "delete_firewall_domain_list", FirewallDomainListId=domain_list)
    wait_until_gone(call, f"domain list {domain_list}", lambda: _list(call, domain_list))


def _create_group(call: Call, inputs: Props) -> str:
    return call.do(SERVICE, "create_firewall_rule_group", **new_thing(inputs))["FirewallRuleGroup"]["Id"]


def _group(call: Call, group: str) -> Props | None:
    found = call.find(SERVICE, "get_firewall_rule_group", FirewallRuleGroupId=group)
    return found["FirewallRuleGroup"] if found else None


def _read_group(call: Call, group: str, _said: Props) -> Props | None:
    found = _group(call, group)
    if found is None or found.get("Status") == "DELETING":
        return None
    return {
        "arn": found["Arn"],
        "name": found["Name"],
        "ownerId": found.get("OwnerId", call.account),
        "shareStatus": found.get("ShareStatus", "NOT_SHARED"),
        "tagsAll": tags_of(call, found["Arn"]),
    }


def _delete_group(call: Call, group: str, _state: Props) -> None:
    call.remove(SERVICE, "delete_firewall_rule_group", FirewallRuleGroupId=group)
    wait_until_gone(call, f"rule group {group}", lambda: _group(call, group))


def _create_rule(call: Call, inputs: Props) -> str:
    group, domains = inputs["firewallRuleGroupId"], inputs["firewallDomainListId"]
    settings = {theirs: inputs.get(ours) for ours, theirs in RULE.items()}
    named = {"FirewallRuleGroupId": group, "FirewallDomainListId": domains}
    call.do(SERVICE, "create_firewall_rule", **given(CreatorRequestId=request_id(), **named, **settings))
    return f"{group}:{domains}"


def _read_rule(call: Call, rule: str, said: Props) -> Props | None:
    group, _, domains = rule.partition(":")
    if _group(call, group) is None:
        return None
    rules = call.pages(SERVICE, "list_firewall_rules", "FirewallRules", FirewallRuleGroupId=group)
    of_list = [entry for entry in rules if entry.get("FirewallDomainListId") == domains]
    found = next((entry for entry in of_list if entry.get("Qtype") == said.get("qType")), None) or next(
        iter(of_list), None
    )
    if found is None:
        return None
    settings = {ours: found.get(theirs) for ours, theirs in RULE.items()}
    return {"firewallRuleGroupId": group, "firewallDomainListId": domains, **settings}


def _update_rule(call: Call, update: Update) -> None:
    if update.touches(*RULE):
        group, _, domains = update.id.partition(":")
        settings = {theirs: update.new.get(ours) for ours, theirs in RULE.items()}
        named = {"FirewallRuleGroupId": group, "FirewallDomainListId": domains}
        call.do(SERVICE, "update_firewall_rule", **given(**named, **settings))


def _delete_rule(call: Call, rule: str, state: Props) -> None:
    group, _, domains = rule.partition(":")
    named: dict[str, Any] = {"FirewallRuleGroupId": group, "FirewallDomainListId": domains}
    call.remove(SERVICE, "delete_firewall_rule", **given(**named, Qtype=state.get("qType")))


KINDS = {
    "aws:route53/resolverFirewallDomainList:ResolverFirewallDomainList": Kind(
        tagger=tagger("firewall-domain-list"),
        create=_create_list,
        complete=_complete_list,
        read=_read_list,
        update=_update_list,
        delete=_delete_list,
    ),
    "aws:route53/resolverFirewallRuleGroup:ResolverFirewallRuleGroup": Kind(
        tagger=tagger("firewall-rule-group"), create=_create_group, read=_read_group, delete=_delete_group
    ),
    "aws:route53/resolverFirewallRule:ResolverFirewallRule": Kind(
        create=_create_rule, read=_read_rule, update=_update_rule, delete=_delete_rule
    ),
}
