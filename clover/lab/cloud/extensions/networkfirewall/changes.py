"""Changes to firewalls: policy, subnets, protections, description, encryption, analysis."""

from collections.abc import Callable, Mapping
from typing import Any

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.ec2.firewall_endpoints import remove_endpoint
from clover.lab.cloud.extensions.networkfirewall.firewalls import attach, refuse_unknown_policy
from clover.lab.cloud.extensions.networkfirewall.state import STATE, Firewall, checked_token, encryption_of, found


def _changed(call: Call, change: Callable[[Firewall, Call], Mapping[str, Any]]) -> Mapping[str, Any]:
    """The answer to a change of one firewall, under the call's update token."""
    firewall = found(STATE.of(call).firewalls, call, "Firewall")
    checked_token(firewall, call)
    shown = change(firewall, call)
    firewall.renew()
    return {"FirewallArn": firewall.arn, "FirewallName": firewall.name, "UpdateToken": firewall.token, **shown}


def _refuse_protected(firewall: Firewall, protection: str) -> None:
    if firewall.protections[protection]:
        raise Refusal("InvalidOperationException", f"Unable to change the firewall: {protection} is enabled")


def associate_policy(call: Call) -> Mapping[str, Any]:
    """AssociateFirewallPolicy: refused under policy change protection."""

    def change(firewall: Firewall, call: Call) -> Mapping[str, Any]:
        _refuse_protected(firewall, "FirewallPolicyChangeProtection")
        refuse_unknown_policy(call)
        firewall.policy_arn = call.parameters["FirewallPolicyArn"]
        return {"FirewallPolicyArn": firewall.policy_arn}

    return _changed(call, change)


def associate_subnets(call: Call) -> Mapping[str, Any]:
    """AssociateSubnets: refused under subnet change protection."""

    def change(firewall: Firewall, call: Call) -> Mapping[str, Any]:
        _refuse_protected(firewall, "SubnetChangeProtection")
        attach(firewall, call.parameters["SubnetMappings"], call)
        return {"SubnetMappings": firewall.mappings}

    return _changed(call, change)


def disassociate_subnets(call: Call) -> Mapping[str, Any]:
    """DisassociateSubnets: refused under subnet change protection."""

    def change(firewall: Firewall, call: Call) -> Mapping[str, Any]:
        _refuse_protected(firewall, "SubnetChangeProtection")
        leaving = set(call.parameters["SubnetIds"])
        if not leaving <= set(firewall.endpoints):
            raise Refusal("InvalidRequestException", "subnet is not associated, parameter: [SubnetIds]")
        if leaving == set(firewall.endpoints):
            raise Refusal("InvalidRequestException", "a firewall keeps one subnet, parameter: [SubnetIds]")
        for subnet in leaving:
            remove_endpoint(call, firewall.endpoints.pop(subnet))
        firewall.mappings = [mapping for mapping in firewall.mappings if mapping["SubnetId"] not in leaving]
        return {"SubnetMappings": firewall.mappings}

    return _changed(call, change)


def _protect(name: str) -> Callable[[Call], Mapping[str, Any]]:
    def change(firewall: Firewall, call: Call) -> Mapping[str, Any]:
        firewall.protections[name] = call.parameters[name]
        return {name: firewall.protections[name]}

    return lambda call: _changed(call, change)


def describe_otherwise(call: Call) -> Mapping[str, Any]:
    """UpdateFirewallDescription."""

    def change(firewall: Firewall, call: Call) -> Mapping[str, Any]:
        firewall.description = call.parameters.get("Description")
        return {"Description": firewall.description}

    return _changed(call, change)


def encrypt(call: Call) -> Mapping[str, Any]:
    """UpdateFirewallEncryptionConfiguration."""

    def change(firewall: Firewall, call: Call) -> Mapping[str, Any]:
        firewall.encryption = encryption_of(call)
        return {"EncryptionConfiguration": firewall.encryption}

    return _changed(call, change)


def analyse(call: Call) -> Mapping[str, Any]:
    """UpdateFirewallAnalysisSettings."""

    def change(firewall: Firewall, call: Call) -> Mapping[str, Any]:
        firewall.analysis = call.parameters.get("EnabledAnalysisTypes", [])
        return {"EnabledAnalysisTypes": firewall.analysis}

    return _changed(call, change)


OPERATIONS = {
    "AssociateFirewallPolicy": associate_policy,
    "AssociateSubnets": associate_subnets,
    "DisassociateSubnets": disassociate_subnets,
    "UpdateFirewallDeleteProtection": _protect("DeleteProtection"),
    "UpdateSubnetChangeProtection": _protect("SubnetChangeProtection"),
    "UpdateFirewallPolicyChangeProtection": _protect("FirewallPolicyChangeProtection"),
    "UpdateFirewallDescription": describe_otherwise,
    "UpdateFirewallEncryptionConfiguration": encrypt,
    "UpdateFirewallAnalysisSettings": analyse,
}
