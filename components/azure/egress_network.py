"""Network, subnets, security groups and routes of a site: everything but the firewall itself."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import pulumi
from pulumi_azure_native import network

from components.azure import site as names
from components.azure.addresses import Addresses
from components.azure.egress_rules import RuleSet
from components.azure.site import SiteArgs
from components.ordering import once_created
from components.tags import tags

EVERYWHERE = "0.0.0.0/0"
FIREWALL_SUBNET = "AzureFirewallSubnet"
"""The name that Azure prescribes (https://learn.microsoft.com/azure/firewall/firewall-faq)."""


class Frame(NamedTuple):
    """What every part of the gateway is declared in."""

    parent: pulumi.Resource
    name: str
    site: SiteArgs
    cidr: str
    addresses: Addresses
    zones: Sequence[str]
    protected: bool

    def child(self, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """The options of a resource of the gateway that follows others."""
        return pulumi.ResourceOptions(parent=self.parent, depends_on=list(after) or None)

    def common(self) -> dict[str, Any]:
        """Group, place and tags of a resource that Azure keeps in the site's region."""
        return {
            "resource_group_name": names.group(self.site),
            "location": self.site["region"],
            "tags": tags(self.site),
        }


class Network(NamedTuple):
    """The site's network, with its subnets in place."""

    whole: network.VirtualNetwork
    firewall: network.Subnet
    endpoints: network.Subnet
    workload: network.Subnet


def declare(frame: Frame, rules: RuleSet) -> Network:
    """Declare the network; its only way out is the address that the firewall will have."""
    whole = network.VirtualNetwork(
        f"{frame.name}-network",
        virtual_network_name=names.network_name(frame.site),
        address_space={"address_prefixes": [frame.cidr]},
        dhcp_options={"dns_servers": [frame.addresses.firewall_address]},
        **frame.common(),
        opts=frame.child(),
    )
    routes = _routes(frame)
    # Azure takes one change of a network at a time, so each subnet waits for the one before.
    firewall = _subnet(frame, FIREWALL_SUBNET, frame.addresses.firewall, {}, [whole])
    closed = _placed(frame, "endpoints", rules.endpoints, routes)
    endpoints = _subnet(frame, "endpoints", frame.addresses.endpoints, closed, [firewall])
    closed = _placed(frame, "workload", rules.workload, routes)
    workload = _subnet(frame, "workload", frame.addresses.workload, closed, [endpoints])
    return Network(whole, firewall, endpoints, workload)


def subnet_id(site: SiteArgs, name: str) -> str:
    """The id of a subnet of the site's network."""
    return f"{names.network_id(site)}/subnets/{name}"


def _routes(frame: Frame) -> network.RouteTable:
    """Everything outside goes to the firewall, whatever a gateway would announce."""
    return network.RouteTable(
        f"{frame.name}-routes",
        route_table_name=f"{names.network_name(frame.site)}-routes",
        disable_bgp_route_propagation=True,
        routes=[
            {
                "name": "outside",
                "address_prefix": EVERYWHERE,
                "next_hop_type": "VirtualAppliance",
                "next_hop_ip_address": frame.addresses.firewall_address,
            }
        ],
        **frame.common(),
        opts=frame.child(),
    )


def _placed(frame: Frame, name: str, rules: Sequence[dict[str, Any]], routes: network.RouteTable) -> dict[str, Any]:
    """What a subnet is held by: a security group of its own, and the routes."""
    group, table = f"{names.network_name(frame.site)}-{name}", f"{names.network_name(frame.site)}-routes"
    closed = network.NetworkSecurityGroup(
        f"{frame.name}-{name}-security",
        network_security_group_name=group,
        security_rules=[network.SecurityRuleArgs(**rule) for rule in rules],
        **frame.common(),
        opts=frame.child(),
    )
    security = names.resource_id(frame.site, "Microsoft.Network/networkSecurityGroups", group)
    routed = names.resource_id(frame.site, "Microsoft.Network/routeTables", table)
    return {
        "network_security_group": {"id": once_created(security, [closed])},
        "route_table": {"id": once_created(routed, [routes])},
    }


def _subnet(
    frame: Frame, name: str, cidr: str, placed: dict[str, Any], after: Sequence[pulumi.Resource]
) -> network.Subnet:
    """A subnet that gives nobody a way out by itself: neither an address of Azure's nor a service endpoint."""
    return network.Subnet(
        f"{frame.name}-{name.lower()}",
        subnet_name=name,
        virtual_network_name=names.network_name(frame.site),
        resource_group_name=names.group(frame.site),
        address_prefix=cidr,
        default_outbound_access=False,
        private_endpoint_network_policies=network.VirtualNetworkPrivateEndpointNetworkPolicies.ENABLED,
        service_endpoints=[],
        **placed,
        opts=frame.child(after),
    )
