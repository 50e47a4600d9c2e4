"""The site's network, and the one way out of it."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_aws import ec2

from components.aws import addresses, egress_dns, egress_endpoints, egress_firewall, egress_network, egress_rules
from components.aws.site import SiteArgs
from components.egress import AllowedDomain
from components.ordering import once_created
from components.tags import tags


class EgressGatewayArgs(TypedDict):
    """The network's size and place, and what may leave it."""

    site: SiteArgs
    """The site that the network belongs to."""
    cidr: str
    """The address range, IPv4, at least a /22."""
    availability_zones: Sequence[str]
    """The availability zones, by full name."""
    interface_endpoints: Sequence[str]
    """AWS services reached inside the network; S3 always is, listed or not, through its gateway endpoint."""
    allowed_domains: Sequence[AllowedDomain]
    """The hosts that workloads may reach; nothing else leaves."""
    evidence: pulumi.Input[str]
    """ARN of the evidence store that flow, firewall and query logs go to."""
    protected: bool
    """Whether firewall and DNS filter refuse to be taken down; False only for a site that is given up."""
    declared_at: NotRequired[str]
    """Where the network is declared, as `file:line`."""


class EgressGateway(pulumi.ComponentResource):
    """A network whose every way out, and back, passes one firewall that lets the declared hosts through.

    Network Firewall evaluates in strict order and drops by named action; what that action would let through is dropped
    by explicit rules. The resolver answers for the declared hosts and the site's endpoints alone and fails closed. S3
    and the declared services are reached through endpoints that admit the site's principals on the site's resources
    only. There is no IPv6; default route table and default security group are empty. Flows, firewall and queries are
    logged as evidence before the first route out exists.

    Host names are what a client claims: neither TLS inspection nor pinned addresses back them. Addresses in the egress
    subnets, where only the NAT gateways belong, are not filtered.
    """

    network_id: pulumi.Output[str]
    """Id of the network."""
    workload_subnet_ids: pulumi.Output[Sequence[str]]
    """Ids of the subnets for workloads, one per availability zone, in the order given."""
    store_endpoints: pulumi.Output[Sequence[str]]
    """Ids of the endpoints to stores, delivered when all of the site's endpoints exist."""
    endpoint_ids: pulumi.Output[Mapping[str, str]]
    """The id of each endpoint by its service."""
    rule_set_digest: pulumi.Output[str]
    """SHA-256 of everything that decides what leaves; known in a preview."""

    def __init__(self, name: str, args: EgressGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the network; Refusal names what cannot be declared."""
        super().__init__("clover-aws:index:EgressGateway", name, dict(args), opts)
        site, services = args["site"], [service for service in args["interface_endpoints"] if service != "s3"]
        hosts = [domain["name"] for domain in args["allowed_domains"]]
        rules = egress_rules.declared(site, hosts, args["interface_endpoints"])
        frame = egress_network.Frame(self, name, site, args["cidr"], args["protected"])
        network = egress_network.declare(frame, addresses.plan(args["cidr"], args["availability_zones"]))
        filtered = egress_firewall.declare(frame, network, rules, args["evidence"])
        resolved = egress_dns.declare(frame, network.vpc, rules, args["evidence"])
        flows = ec2.FlowLog(
            f"{name}-flows",
            vpc_id=network.vpc.id,
            traffic_type="ALL",
            log_destination_type="s3",
            log_destination=args["evidence"],
            max_aggregation_interval=60,
            tags=tags(site),
            opts=frame.child(),
        )
        egress_network.route(frame, network, filtered.firewall, [filtered.logged, *resolved, flows])
        endpoints = egress_endpoints.declare(frame, network, services)
        self.network_id = network.vpc.id
        self.workload_subnet_ids = pulumi.Output.all(*(zone.workload.id for zone in network.zones))
        self.store_endpoints = pulumi.Output.all(once_created(endpoints["s3"].id, list(endpoints.values())))
        self.endpoint_ids = pulumi.Output.all(**{service: found.id for service, found in endpoints.items()})
        self.rule_set_digest = pulumi.Output.from_input(rules.digest)
        self.register_outputs({output: getattr(self, output) for output in _OUTPUTS})


_OUTPUTS = ("network_id", "workload_subnet_ids", "store_endpoints", "endpoint_ids", "rule_set_digest")
