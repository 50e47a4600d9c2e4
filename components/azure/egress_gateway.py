"""The site's network, and the one way out of it."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi
from pulumi_azure_native import network

from components.azure import (
    addresses,
    egress_dns,
    egress_endpoints,
    egress_firewall,
    egress_network,
    egress_rules,
    locks,
    recording,
)
from components.azure import site as names
from components.azure.site import SiteArgs
from components.azure.versions import without_versions
from components.egress import AllowedDomain
from components.ordering import once_created


class EgressGatewayArgs(TypedDict):
    """The network's size and place, and what may leave it."""

    site: SiteArgs
    """The site that the network belongs to."""
    cidr: str
    """The address range, IPv4, at least a /22."""
    availability_zones: Sequence[str]
    """The availability zones of the firewall, by number."""
    interface_endpoints: Sequence[str]
    """Azure services that have a private zone in the network; `blob` always has, listed or not."""
    allowed_domains: Sequence[AllowedDomain]
    """The hosts that workloads may reach; nothing else leaves."""
    evidence: pulumi.Input[str]
    """Id of the evidence store that flow, firewall and query logs go to."""
    monitor: NotRequired[str]
    """Id of the workspace in which the auditor's monitor looks at firewall and query logs, where the site has one."""
    protected: bool
    """Whether firewall and DNS filter refuse to be taken down; False only for a site that is given up."""
    declared_at: NotRequired[str]
    """Where the network is declared, as `file:line`."""


class EgressGateway(pulumi.ComponentResource):
    """A network whose every way out passes one firewall that lets the declared hosts through, over TLS.

    The firewall has application rules only, and a last one that stops everything, Azure's own infrastructure included.
    Subnets have neither an address of Azure's to leave by nor service endpoints, no route of a gateway reaches them,
    and their security groups deny what is not named, Azure's resolver too: workloads ask the firewall, whose own
    resolver answers for the declared hosts and the services' private zones alone. There is no IPv6. Flows, firewall and
    queries are logged as evidence.

    Routes and resolvers name the address that the firewall will have: as long as there is none, nothing leaves. Host
    names are what a client claims; TLS is not opened. A domain in the resolver's list stands for all names below it,
    and those of a service for everybody's resources: what they resolve to is still not reached. The firewall's subnet,
    where Azure allows no security group, is not filtered.
    """

    network_id: pulumi.Output[str]
    """Id of the network."""
    workload_subnet_ids: pulumi.Output[Sequence[str]]
    """Ids of the subnets for workloads: the one, across all availability zones, delivered when all guards exist."""
    store_endpoints: pulumi.Output[Sequence[str]]
    """Ids of the subnets that stores have their private endpoints in: the one, delivered when all zones answer."""
    endpoint_ids: pulumi.Output[Mapping[str, str]]
    """The id of each service's private zone."""
    rule_set_digest: pulumi.Output[str]
    """SHA-256 of everything that decides what leaves; known in a preview."""

    def __init__(self, name: str, args: EgressGatewayArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare the network; Refusal names what cannot be declared."""
        super().__init__("clover-azure:index:EgressGateway", name, dict(args), without_versions(opts))
        site, services = args["site"], egress_rules.private_services(args["interface_endpoints"])
        planned = addresses.plan(args["cidr"], args["availability_zones"])
        hosts = [domain["name"] for domain in args["allowed_domains"]]
        rules = egress_rules.rule_set(site, planned, hosts, services)
        frame = egress_network.Frame(
            self, name, site, args["cidr"], planned, args["availability_zones"], args["protected"]
        )
        built = egress_network.declare(frame, rules)
        records = recording.Records(args["evidence"], args.get("monitor"))
        filtered = egress_firewall.declare(frame, built, rules, records)
        resolved = egress_dns.declare(frame, built, rules, records)
        flows = _flows(frame, built, args["evidence"])
        kept = self._kept(frame, filtered, resolved)
        zones = egress_endpoints.declare(frame, built, services)
        guards = [filtered.firewall, filtered.logged, *resolved, flows, *kept]
        self.network_id = once_created(names.network_id(site), [built.whole])
        workload = once_created(egress_network.subnet_id(site, "workload"), [built.workload, *guards])
        answering = egress_firewall.answering(frame, filtered)
        self.workload_subnet_ids = pulumi.Output.all(workload, answering).apply(lambda found: [found[0]])
        endpoints = once_created(egress_network.subnet_id(site, "endpoints"), [built.endpoints])
        self.store_endpoints = pulumi.Output.all(endpoints, *zones.values()).apply(lambda found: [found[0]])
        self.endpoint_ids = pulumi.Output.all(**zones)
        self.rule_set_digest = pulumi.Output.from_input(rules.digest)
        self.register_outputs({output: getattr(self, output) for output in _OUTPUTS})

    def _kept(
        self, frame: egress_network.Frame, filtered: egress_firewall.Firewall, resolved: Sequence[pulumi.Resource]
    ) -> list[pulumi.Resource]:
        """Locks on firewall and resolver policy, where the site is in use."""
        if not frame.protected:
            return []
        return [
            locks.lock(self, f"{frame.name}-firewall", filtered.id, [filtered.firewall, filtered.logged]),
            locks.lock(self, f"{frame.name}-dns", egress_dns.policy_id(frame), resolved),
        ]


_OUTPUTS = ("network_id", "workload_subnet_ids", "store_endpoints", "endpoint_ids", "rule_set_digest")


def _flows(frame: egress_network.Frame, built: egress_network.Network, evidence: pulumi.Input[str]) -> network.FlowLog:
    """Every flow of the network, written by the region's network watcher; the store's lock keeps the record.

    Azure makes the watcher with a region's first network
    (https://learn.microsoft.com/azure/network-watcher/network-watcher-create).
    """
    return network.FlowLog(
        f"{frame.name}-flows",
        flow_log_name=names.network_name(frame.site),
        network_watcher_name=f"NetworkWatcher_{frame.site['region']}",
        resource_group_name="NetworkWatcherRG",
        location=frame.site["region"],
        target_resource_id=once_created(names.network_id(frame.site), [built.whole]),
        storage_id=evidence,
        enabled=True,
        format={"type": "JSON", "version": 2},
        retention_policy={"enabled": False, "days": 0},
        tags=frame.common()["tags"],
        opts=frame.child(),
    )
