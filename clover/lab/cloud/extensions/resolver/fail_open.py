"""DNS Firewall's configuration of a VPC: whether queries pass when the firewall does not answer."""

import secrets
from collections.abc import Mapping
from typing import Any

from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.pages import page
from clover.lab.cloud.extensions.resolver.state import STATE, Record, invalid, refuse_unknown_vpc


def get(call: Call) -> Mapping[str, Any]:
    """GetFirewallConfig: every VPC has one, closed until it is changed."""
    return {"FirewallConfig": _config(call)}


def update(call: Call) -> Mapping[str, Any]:
    """UpdateFirewallConfig."""
    wanted = call.parameters["FirewallFailOpen"]
    if wanted == "USE_LOCAL_RESOURCE_SETTING":
        raise invalid("USE_LOCAL_RESOURCE_SETTING needs a Route 53 Profile on the VPC")
    config = _config(call)
    config["FirewallFailOpen"] = wanted
    return {"FirewallConfig": config}


def listed(call: Call) -> Mapping[str, Any]:
    """ListFirewallConfigs."""
    return page(list(STATE.of(call).fail_open.values()), call.parameters, "FirewallConfigs", "ValidationException")


def _config(call: Call) -> Record:
    vpc = call.parameters["ResourceId"]
    refuse_unknown_vpc(call, vpc)
    fresh = {"Id": f"rslvr-fc-{secrets.token_hex(8)}", "ResourceId": vpc, "OwnerId": call.account}
    return STATE.of(call).fail_open.setdefault(vpc, {**fresh, "FirewallFailOpen": "DISABLED"})


OPERATIONS = {"GetFirewallConfig": get, "UpdateFirewallConfig": update, "ListFirewallConfigs": listed}
