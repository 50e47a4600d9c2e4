"""Firewalls: one endpoint in each subnet, READY at once."""

from collections.abc import Mapping
from typing import Any

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.ec2.firewall_endpoints import add_endpoint, remove_endpoint, zone_of
from clover.lab.cloud.extensions.networkfirewall.state import (
    STATE,
    Firewall,
    encryption_of,
    found,
    new_tags,
    refuse_taken,
)
from clover.lab.cloud.extensions.pages import page

_PROTECTIONS = ("DeleteProtection", "SubnetChangeProtection", "FirewallPolicyChangeProtection")


def create(call: Call) -> Mapping[str, Any]:
    """CreateFirewall: the subnets must lie in the VPC, one in each availability zone."""
    state, asked = STATE.of(call), call.parameters
    arn = call.arn("network-firewall", f"firewall/{asked['FirewallName']}")
    refuse_taken(state.firewalls, arn)
    if not asked.get("VpcId") or not asked.get("SubnetMappings"):
        raise Refusal("InvalidRequestException", "parameter is invalid, parameter: [VpcId, SubnetMappings]")
    refuse_unknown_policy(call)
    firewall = Firewall(
        name=asked["FirewallName"],
        arn=arn,
        description=asked.get("Description"),
        tags=new_tags(call),
        encryption=encryption_of(call),
        policy_arn=asked["FirewallPolicyArn"],
        vpc=asked["VpcId"],
        protections={name: asked.get(name, True) for name in _PROTECTIONS},
        analysis=asked.get("EnabledAnalysisTypes", []),
    )
    attach(firewall, asked["SubnetMappings"], call)
    state.firewalls[arn] = firewall
    return {"Firewall": _described(firewall), "FirewallStatus": _status(firewall, call)}


def refuse_unknown_policy(call: Call) -> None:
    """Refuse the call's firewall policy unless it exists."""
    arn = call.parameters["FirewallPolicyArn"]
    if arn not in STATE.of(call).policies:
        raise Refusal("InvalidRequestException", f"firewall policy does not exist, parameter: [{arn}]")


def attach(firewall: Firewall, mappings: list[Mapping[str, Any]], call: Call) -> None:
    """Give `firewall` an endpoint in each of `mappings`' subnets."""
    zones = [zone_of(call, subnet) for subnet in firewall.endpoints]
    for mapping in mappings:
        zone = zone_of(call, mapping["SubnetId"], firewall.vpc)
        if zone in zones:
            message = f"there is a subnet in availability zone {zone} already, parameter: [{mapping['SubnetId']}]"
            raise Refusal("InvalidRequestException", message)
        zones.append(zone)
    for mapping in mappings:
        firewall.endpoints[mapping["SubnetId"]] = add_endpoint(call, firewall.arn, firewall.vpc, mapping["SubnetId"])
        firewall.mappings.append({"IPAddressType": "IPV4", **mapping})


def describe(call: Call) -> Mapping[str, Any]:
    """DescribeFirewall."""
    firewall = found(STATE.of(call).firewalls, call, "Firewall")
    status = _status(firewall, call)
    return {"UpdateToken": firewall.token, "Firewall": _described(firewall), "FirewallStatus": status}


def delete(call: Call) -> Mapping[str, Any]:
    """DeleteFirewall: refused while it is protected."""
    state = STATE.of(call)
    firewall = found(state.firewalls, call, "Firewall")
    if firewall.protections["DeleteProtection"]:
        message = "Unable to delete the firewall: delete protection is enabled"
        raise Refusal("InvalidOperationException", message)
    status = {**_status(firewall, call), "Status": "DELETING"}
    for endpoint in firewall.endpoints.values():
        remove_endpoint(call, endpoint)
    del state.firewalls[firewall.arn]
    return {"Firewall": _described(firewall), "FirewallStatus": status}


def listed(call: Call) -> Mapping[str, Any]:
    """ListFirewalls, of all VPCs or of some."""
    vpcs = call.parameters.get("VpcIds")
    firewalls = [one for one in STATE.of(call).firewalls.values() if not vpcs or one.vpc in vpcs]
    rows = [{"FirewallName": firewall.name, "FirewallArn": firewall.arn} for firewall in firewalls]
    return page(rows, call.parameters, "Firewalls", "InvalidRequestException")


def _described(firewall: Firewall) -> dict[str, Any]:
    return {
        "FirewallName": firewall.name,
        "FirewallArn": firewall.arn,
        "FirewallId": firewall.id,
        "FirewallPolicyArn": firewall.policy_arn,
        "VpcId": firewall.vpc,
        "SubnetMappings": firewall.mappings,
        **firewall.protections,
        "Description": firewall.description,
        "Tags": firewall.tag_list() or None,
        "EncryptionConfiguration": firewall.encryption,
        "EnabledAnalysisTypes": firewall.analysis,
    }


def _status(firewall: Firewall, call: Call) -> dict[str, Any]:
    states = {
        zone_of(call, subnet): {"Attachment": {"SubnetId": subnet, "EndpointId": endpoint, "Status": "READY"}}
        for subnet, endpoint in firewall.endpoints.items()
    }
    return {"Status": "READY", "ConfigurationSyncStateSummary": "IN_SYNC", "SyncStates": states}


def no_associations(_call: Call) -> Mapping[str, Any]:
    """ListVpcEndpointAssociations: the lab makes none."""
    return {"VpcEndpointAssociations": []}


OPERATIONS = {
    "CreateFirewall": create,
    "DescribeFirewall": describe,
    "DeleteFirewall": delete,
    "ListFirewalls": listed,
    "ListVpcEndpointAssociations": no_associations,
}
