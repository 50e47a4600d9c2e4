"""Domain lists. AWS keeps every domain with its final dot: `example.com` is read back as `example.com.`."""

import re
from collections.abc import Mapping
from typing import Any

from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.pages import page
from clover.lab.cloud.extensions.resolver.state import STATE, Record, conflict, found, invalid, new_record, now

_LABEL = r"[A-Za-z0-9_-]{1,63}"
_DOMAIN = re.compile(rf"(\*|(\*\.)?{_LABEL}(\.{_LABEL})*)\.?")
_MOST_IN_ONE_CALL = 1000


def create(call: Call) -> Mapping[str, Any]:
    """CreateFirewallDomainList: the same CreatorRequestId gives the same list."""
    state = STATE.of(call)
    for record in state.lists.values():
        if record["CreatorRequestId"] == call.parameters["CreatorRequestId"]:
            return {"FirewallDomainList": record}
    record = new_record(call, "rslvr-fdl", "firewall-domain-list", DomainCount=0, Status="COMPLETE")
    state.lists[record["Id"]] = record
    state.domains[record["Id"]] = []
    return {"FirewallDomainList": record}


def get(call: Call) -> Mapping[str, Any]:
    """GetFirewallDomainList."""
    return {"FirewallDomainList": _list(call)}


def delete(call: Call) -> Mapping[str, Any]:
    """DeleteFirewallDomainList: refused while a rule uses the list."""
    state, record = STATE.of(call), _list(call)
    for rules in state.rules.values():
        if any(rule.get("FirewallDomainListId") == record["Id"] for rule in rules):
            raise conflict(f"Firewall domain list '{record['Id']}' is in use by a rule")
    del state.lists[record["Id"]], state.domains[record["Id"]], state.tags[record["Arn"]]
    return {"FirewallDomainList": {**record, "Status": "DELETING"}}


def listed(call: Call) -> Mapping[str, Any]:
    """ListFirewallDomainLists."""
    rows = [
        {name: record[name] for name in ("Id", "Arn", "Name", "CreatorRequestId")}
        for record in STATE.of(call).lists.values()
    ]
    return page(rows, call.parameters, "FirewallDomainLists", "ValidationException")


def update_domains(call: Call) -> Mapping[str, Any]:
    """UpdateFirewallDomains: adds, removes or replaces domains."""
    record, asked = _list(call), call.parameters
    if len(asked["Domains"]) > _MOST_IN_ONE_CALL:
        raise invalid(f"Domains: at most {_MOST_IN_ONE_CALL} in one call")
    given = list(dict.fromkeys(_absolute(domain) for domain in asked["Domains"]))
    kept = STATE.of(call).domains[record["Id"]]
    if asked["Operation"] == "REPLACE":
        kept[:] = given
    elif asked["Operation"] == "ADD":
        kept.extend(domain for domain in given if domain not in kept)
    else:
        kept[:] = [domain for domain in kept if domain not in given]
    record |= {"DomainCount": len(kept), "ModificationTime": now()}
    return {
        "Id": record["Id"],
        "Name": record["Name"],
        "Status": "COMPLETE",
        "StatusMessage": "Finished domain list update",
    }


def list_domains(call: Call) -> Mapping[str, Any]:
    """ListFirewallDomains."""
    return page(STATE.of(call).domains[_list(call)["Id"]], call.parameters, "Domains", "ValidationException")


def _list(call: Call) -> Record:
    return found(STATE.of(call).lists, call.parameters["FirewallDomainListId"], "Firewall domain list")


def _absolute(domain: str) -> str:
    if not _DOMAIN.fullmatch(domain):
        raise invalid(f"The domain '{domain}' is invalid")
    return domain.lower().removesuffix(".") + "."


OPERATIONS = {
    "CreateFirewallDomainList": create,
    "GetFirewallDomainList": get,
    "DeleteFirewallDomainList": delete,
    "ListFirewallDomainLists": listed,
    "UpdateFirewallDomains": update_domains,
    "ListFirewallDomains": list_domains,
}
