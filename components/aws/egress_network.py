"""Network, subnets and routes of a site: workloads, then the firewall, then the address translation, then outside."""

from collections.abc import Sequence
from typing import NamedTuple

import pulumi
from pulumi_aws import ec2, networkfirewall

from components.aws.addresses import ZoneAddresses
from components.aws.site import SiteArgs
from components.refusal import Refusal
from components.tags import tags

EVERYWHERE = "0.0.0.0/0"


class Frame(NamedTuple):
    """What every part of the gateway is declared in."""

    parent: pulumi.Resource
    name: str
    site: SiteArgs
    cidr: str
    protected: bool

    def child(self, after: Sequence[pulumi.Resource] = ()) -> pulumi.ResourceOptions:
        """The options of a resource of the gateway that follows others."""
        return pulumi.ResourceOptions(parent=self.parent, depends_on=list(after) or None)


class Zone(NamedTuple):
    """One availability zone: its addresses, its subnets with their route tables, and its way to the outside."""

    addresses: ZoneAddresses
    workload: ec2.Subnet
    workload_routes: ec2.RouteTable
    firewall: ec2.Subnet
    firewall_routes: ec2.RouteTable
    egress_routes: ec2.RouteTable
    nat: ec2.NatGateway


class Network(NamedTuple):
    """The site's network before anything is routed."""

    vpc: ec2.Vpc
    internet: ec2.InternetGateway
    zones: list[Zone]


def declare(frame: Frame, zones: Sequence[ZoneAddresses]) -> Network:
    """Declare the network with its subnets; no route leads out of it yet."""
    vpc = ec2.Vpc(
        f"{frame.name}-vpc",
        cidr_block=frame.cidr,
        assign_generated_ipv6_cidr_block=False,
        enable_dns_support=True,
        enable_dns_hostnames=True,
        instance_tenancy="default",
        tags=tags(frame.site),
        opts=frame.child(),
    )
    _empty_defaults(frame, vpc)
    internet = ec2.InternetGateway(f"{frame.name}-internet", vpc_id=vpc.id, tags=tags(frame.site), opts=frame.child())
    return Network(vpc, internet, [_zone(frame, vpc, internet, zone) for zone in zones])


def _empty_defaults(frame: Frame, vpc: ec2.Vpc) -> None:
    """Leave nothing to what joins the network without being placed: no route and no open port."""
    ec2.DefaultRouteTable(
        f"{frame.name}-default-routes",
        default_route_table_id=vpc.default_route_table_id,
        routes=[],
        tags=tags(frame.site),
        opts=frame.child(),
    )
    ec2.DefaultSecurityGroup(
        f"{frame.name}-default-security-group",
        vpc_id=vpc.id,
        ingress=[],
        egress=[],
        tags=tags(frame.site),
        opts=frame.child(),
    )


def _zone(frame: Frame, vpc: ec2.Vpc, internet: ec2.InternetGateway, planned: ZoneAddresses) -> Zone:
    """The subnets of one availability zone, and the address translation in the last of them."""
    prefix = f"{frame.name}-{planned.letter}"
    workload, workload_routes = _subnet(frame, vpc, f"{prefix}-workload", planned.zone, planned.workload)
    firewall, firewall_routes = _subnet(frame, vpc, f"{prefix}-firewall", planned.zone, planned.firewall)
    egress, egress_routes = _subnet(frame, vpc, f"{prefix}-egress", planned.zone, planned.egress)
    address = ec2.Eip(f"{prefix}-address", domain="vpc", tags=tags(frame.site), opts=frame.child([internet]))
    nat = ec2.NatGateway(
        f"{prefix}-nat",
        allocation_id=address.id,
        connectivity_type="public",
        subnet_id=egress.id,
        tags=tags(frame.site),
        opts=frame.child([internet]),
    )
    return Zone(planned, workload, workload_routes, firewall, firewall_routes, egress_routes, nat)


def _subnet(frame: Frame, vpc: ec2.Vpc, name: str, zone: str, cidr: str) -> tuple[ec2.Subnet, ec2.RouteTable]:
    """A subnet without public addresses, with a route table of its own that is still empty."""
    subnet = ec2.Subnet(
        name,
        vpc_id=vpc.id,
        availability_zone=zone,
        cidr_block=cidr,
        map_public_ip_on_launch=False,
        assign_ipv6_address_on_creation=False,
        tags=tags(frame.site),
        opts=frame.child(),
    )
    routes = ec2.RouteTable(f"{name}-routes", vpc_id=vpc.id, tags=tags(frame.site), opts=frame.child())
    ec2.RouteTableAssociation(f"{name}-association", subnet_id=subnet.id, route_table_id=routes.id, opts=frame.child())
    return subnet, routes


def route(
    frame: Frame, network: Network, firewall: networkfirewall.Firewall, logged: Sequence[pulumi.Resource]
) -> None:
    """Lead every packet out, and back, through the firewall of its own zone, once filters and logs are in place."""
    for zone in network.zones:
        prefix, there = f"{frame.name}-{zone.addresses.letter}", _endpoint(firewall, zone.addresses.zone)
        ec2.Route(
            f"{prefix}-workload-out",
            route_table_id=zone.workload_routes.id,
            destination_cidr_block=EVERYWHERE,
            vpc_endpoint_id=there,
            opts=frame.child(logged),
        )
        ec2.Route(
            f"{prefix}-firewall-out",
            route_table_id=zone.firewall_routes.id,
            destination_cidr_block=EVERYWHERE,
            nat_gateway_id=zone.nat.id,
            opts=frame.child(),
        )
        ec2.Route(
            f"{prefix}-egress-out",
            route_table_id=zone.egress_routes.id,
            destination_cidr_block=EVERYWHERE,
            gateway_id=network.internet.id,
            opts=frame.child(),
        )
        ec2.Route(
            f"{prefix}-egress-back",
            route_table_id=zone.egress_routes.id,
            destination_cidr_block=zone.addresses.workload,
            vpc_endpoint_id=there,
            opts=frame.child(),
        )


def _endpoint(firewall: networkfirewall.Firewall, zone: str) -> pulumi.Output[str]:
    """The firewall's endpoint in one availability zone; Refusal where AWS reports none."""

    def find(statuses: Sequence[networkfirewall.outputs.FirewallFirewallStatus]) -> str:
        for status in statuses:
            for state in status.sync_states or []:
                if state.availability_zone == zone and state.attachments:
                    return str(state.attachments[0].endpoint_id)
        raise Refusal(f"Network Firewall reports no endpoint in {zone}")

    return firewall.firewall_statuses.apply(find)
