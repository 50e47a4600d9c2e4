"""The networks of a stack: VPCs, subnets, gateways, and the graph that packets travel."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from clover.logic.network.addresses import Addresses, prefix_of
from clover.logic.network.routing import Graph, Kind, Node
from clover.model.aws.network_facts import facts
from clover.model.aws.network_links import (
    Found,
    by_id,
    entries,
    identity,
    known,
    last,
    member,
    referring,
    several,
    text,
)
from clover.model.aws.network_routes import LOCAL, NO_TABLE, Table, Tables, doubt
from clover.model.resources import Resources, value
from clover.sources import Resource
from clover.sources.plain import as_list, as_object

VPC = ("aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc")
SUBNET = ("aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet")
NAT, INTERNET = "aws:ec2/natGateway:NatGateway", "aws:ec2/internetGateway:InternetGateway"
FIREWALL = "aws:networkfirewall/firewall:Firewall"
ASSOCIATION = "aws:networkfirewall/vpcEndpointAssociation:VpcEndpointAssociation"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
INTERFACES = ("aws:ec2/networkInterface:NetworkInterface", "aws:ec2/instance:Instance")
GATEWAYS = (
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway",
    "aws:ec2/carrierGateway:CarrierGateway",
    "aws:ec2/vpnGateway:VpnGateway",
    "aws:ec2/vpcPeeringConnection:VpcPeeringConnection",
    "aws:ec2transitgateway/transitGateway:TransitGateway",
)


@dataclass(frozen=True)
class Attachment:
    """One endpoint of a firewall, in one subnet."""

    endpoint: str
    subnet: str
    firewall: Resource


@dataclass
class Network:
    """Everything that decides where packets of a stack go; `urns` names the resource behind each node."""

    resources: Resources
    tables: Tables = field(init=False)
    urns: dict[str, str] = field(default_factory=dict[str, str])

    def __post_init__(self) -> None:
        self.tables = Tables(self.resources)
        self.subnets = by_id(self.resources, *SUBNET)
        self.attachments = tuple(_attachments(self.resources))
        self.graph: Graph = {node.name: node for node in self._nodes()}

    def vpcs(self) -> tuple[Resource, ...]:
        """Every VPC of the stack."""
        return self.resources.of(*VPC)

    def within(self, vpc: Resource) -> tuple[Resource, ...]:
        """The subnets that certainly lie in the VPC."""
        return referring(self.resources, SUBNET, "vpcId", identity(vpc)).certain

    def range_of(self, vpc: Resource) -> Addresses:
        """The addresses of a VPC, as far as they are known."""
        return self.tables.range_of(identity(vpc))

    def table_of(self, subnet: Resource) -> Table:
        """The route table that the subnet uses: its own, or its VPC's main table."""
        return self.tables.of_subnet(subnet)

    def own(self, subnet: Resource) -> bool:
        """Tell whether nothing but firewall endpoints and NAT gateways lies in the subnet, and at least one does."""
        return bool(self._holders(subnet).certain) and not self.tenants(subnet)

    @cached_property
    def wanderers(self) -> tuple[Resource, ...]:
        """What is placed in a subnet that is not known yet."""
        return tuple(resource for resource in self._placeable() if _unplaced(dict(resource.inputs)))

    def perhaps_own(self, subnet: Resource) -> bool:
        """Tell whether that may be so: where a NAT gateway or a firewall lies is not known."""
        return bool(self._holders(subnet).doubtful) and not self.tenants(subnet)

    def _holders(self, subnet: Resource) -> Found:
        """The NAT gateways and firewalls that lie in a subnet, and those that perhaps do."""
        wanted = identity(subnet)
        relays = referring(self.resources, NAT, "subnetId", wanted)
        gates = [
            *_mapped(self.resources.of(FIREWALL), "subnetMappings"),
            *_mapped(self.resources.of(ASSOCIATION), "subnetMapping"),
        ]
        attached = [each.firewall for each in self.attachments if each.subnet == wanted]
        certain = [firewall for firewall, held in gates if isinstance(held, str) and held == wanted]
        doubtful = [firewall for firewall, held in gates if not known(held)]
        return Found((*relays.certain, *attached, *certain), (*relays.doubtful, *doubtful))

    def tenants(self, subnet: Resource) -> tuple[Resource, ...]:
        """What else is placed in a subnet: every resource of another type that names it."""
        return self._mentions.get(identity(subnet) or "", ())

    @cached_property
    def _mentions(self) -> Mapping[str, tuple[Resource, ...]]:
        """Who names which subnet, of all resources but those that place nothing there."""
        found: dict[str, dict[str, Resource]] = {}
        for resource in self._placeable():
            for name in {*_texts(dict(resource.inputs)), *_texts(dict(resource.outputs))} & self.subnets.keys():
                found.setdefault(name, {})[resource.urn] = resource
        return {name: tuple(named.values()) for name, named in found.items()}

    def _placeable(self) -> Iterator[Resource]:
        passing = set(facts()["not_in_a_subnet"])
        return (each for each in self.resources.all if each.type.startswith("aws:") and each.type not in passing)

    def _nodes(self) -> Iterator[Node]:
        """The graph: by the ids that routes name, with the routes that packets go on by."""
        yield Node(LOCAL, Kind.INSIDE, "the network itself")
        for name, subnet in self.subnets.items():
            yield self._node(name, subnet, Kind.PLACE, "subnet", self.table_of(subnet))
        for attachment in self.attachments:
            table = self._table_in(attachment.subnet, attachment.firewall)
            yield self._node(attachment.endpoint, attachment.firewall, Kind.GATE, "firewall", table)
        for name, gateway in by_id(self.resources, NAT).items():
            table = self._table_in(text(gateway, "subnetId"), gateway)
            yield self._node(name, gateway, Kind.RELAY, "NAT gateway", table)
        for name, gateway in by_id(self.resources, INTERNET).items():
            table = self.tables.of_gateway(name, self._vpc(gateway))
            yield self._node(name, gateway, Kind.EXIT, "internet gateway", table)
        yield from self._interfaces()
        yield from self._doors()
        yield from self._foreign()

    def _interfaces(self) -> Iterator[Node]:
        """Network interfaces and instances that forward what is sent to them."""
        for name, interface in by_id(self.resources, *INTERFACES).items():
            table = self._table_in(text(interface, "subnetId"), interface)
            yield self._node(name, interface, Kind.RELAY, "interface", table)

    def _doors(self) -> Iterator[Node]:
        """Endpoints: those of gateway type have a policy of their own; behind a load balancer's stands anything."""
        for name, endpoint in by_id(self.resources, ENDPOINT).items():
            gateway = value(endpoint, "vpcEndpointType") in (None, "Gateway")
            yield self._node(name, endpoint, Kind.DOOR if gateway else Kind.EXIT, "endpoint", NO_TABLE)

    def _foreign(self) -> Iterator[Node]:
        """Gateways of other kinds, declared or not: whatever a route names."""
        declared = by_id(self.resources, *GATEWAYS)
        for name, resource in declared.items():
            yield self._node(name, resource, Kind.EXIT, _kind_name(resource), NO_TABLE)
        for name, kind, what in self.tables.targets():
            if name not in declared and not self._declared(name):
                yield Node(name, kind, f"{what} {name}")

    def _declared(self, name: str) -> bool:
        """Whether a node of that name stands for a resource."""
        return name == LOCAL or name in self.urns

    def _node(self, name: str, resource: Resource, kind: Kind, what: str, table: Table) -> Node:
        self.urns[name] = resource.urn
        return Node(name, kind, f"{what} {last(resource.urn)}", table.routes, table.uses)

    def _table_in(self, subnet: str | None, holder: Resource) -> Table:
        """The route table for `holder` in a subnet, by the subnet's id."""
        found = self.subnets.get(subnet or "")
        return self.table_of(found) if found else Table(None, (doubt(f"the subnet of {last(holder.urn)}", holder.urn),))

    def _vpc(self, gateway: Resource) -> str | None:
        """The VPC that an internet gateway is attached to, by itself or by an attachment."""
        attached = referring(
            self.resources,
            "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment",
            "internetGatewayId",
            identity(gateway),
        ).certain
        return text(gateway, "vpcId") or next((text(found, "vpcId") for found in attached), None)

    def internet_gateways(self, vpc: Resource) -> tuple[str, ...]:
        """The ids of the internet gateways that are attached to the VPC."""
        found = by_id(self.resources, INTERNET).items()
        return tuple(name for name, gateway in found if self._vpc(gateway) == identity(vpc))


def addresses_of(subnet: Resource) -> Addresses:
    """The addresses of a subnet, as far as they are known."""
    prefixes = (text(subnet, "cidrBlock"), text(subnet, "ipv6CidrBlock"))
    return Addresses.union(prefix_of(prefix) for prefix in prefixes if prefix)


def placed(subnet: Resource) -> bool:
    """Tell whether it is known which VPC the subnet lies in and which addresses it has."""
    return identity(subnet) is not None and known(value(subnet, "vpcId")) and known(value(subnet, "cidrBlock"))


def _mapped(resources: Iterable[Resource], path: str) -> list[tuple[Resource, Any]]:
    """Firewalls, or what gives them more endpoints, each with a subnet that it is declared in."""
    return [(resource, member(entry, "subnetId")) for resource in resources for entry in entries(resource, path)]


def _attachments(resources: Resources) -> Iterator[Attachment]:
    """The endpoints of every firewall, as the cloud reports them."""
    for firewall in resources.of(FIREWALL):
        for status in entries(firewall, "firewallStatuses"):
            yield from _synchronised(member(status, "syncStates"), firewall)
    firewalls = by_id(resources, FIREWALL)
    for association in resources.of(ASSOCIATION):
        firewall = firewalls.get(text(association, "firewallArn") or "")
        for status in entries(association, "vpcEndpointAssociationStatuses"):
            if firewall:
                yield from _synchronised(member(status, "associationSyncStates"), firewall)


def _synchronised(states: Any, firewall: Resource) -> Iterator[Attachment]:
    """The attachments of one status."""
    for state in several(states):
        for attachment in several(member(state, "attachments")):
            endpoint, subnet = member(attachment, "endpointId"), member(attachment, "subnetId")
            if isinstance(endpoint, str) and isinstance(subnet, str):
                yield Attachment(endpoint, subnet, firewall)


def _texts(held: Any) -> Iterator[str]:
    """Every text that is a whole value anywhere inside."""
    if isinstance(held, str):
        yield held
    for each in (as_object(held) or {}).values() or as_list(held) or ():
        yield from _texts(each)


def _unplaced(held: Any) -> bool:
    """Whether a property that names subnets, anywhere inside, is not known."""
    inner = as_object(held) or {}
    named = any(name.startswith("subnet") and not known(each) for name, each in inner.items())
    return named or any(map(_unplaced, inner.values() or as_list(held) or ()))


def _kind_name(resource: Resource) -> str:
    """A type's last part."""
    return resource.type.rpartition(":")[2]
