"""Route tables of a stack: inline routes, separate routes, what endpoints add, and who uses which table."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from clover.logic.network.addresses import Addresses, Network, prefix_of
from clover.logic.network.routing import Kind, Route
from clover.model.aws.network_facts import facts
from clover.model.aws.network_links import by_id, entries, identity, known, last, member, present, referring, text
from clover.model.resources import Resources, value
from clover.sources import Resource, Unknown

LOCAL = "local"
TABLE, DEFAULT_TABLE = "aws:ec2/routeTable:RouteTable", "aws:ec2/defaultRouteTable:DefaultRouteTable"
ROUTE, USE = "aws:ec2/route:Route", "aws:ec2/routeTableAssociation:RouteTableAssociation"
MAIN_USE = "aws:ec2/mainRouteTableAssociation:MainRouteTableAssociation"
ENDPOINT = "aws:ec2/vpcEndpoint:VpcEndpoint"
ENDPOINT_USE = "aws:ec2/vpcEndpointRouteTableAssociation:VpcEndpointRouteTableAssociation"
PROPAGATION = "aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation"
LIST, LIST_ENTRY = (
    "aws:ec2/managedPrefixList:ManagedPrefixList",
    "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry",
)
VPC = ("aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc")

RANGES = {
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": "cidrBlock",
    "aws:ec2/vpcIpv6CidrBlockAssociation:VpcIpv6CidrBlockAssociation": "ipv6CidrBlock",
}
"""Resources that give a VPC further ranges, and the property that holds them."""

STATIC, OWN, LEARNED = 0, 1, 2
"""The order of equally specific routes: declared, the network's own, propagated."""


@dataclass(frozen=True)
class Table:
    """One route table: `uses` are the resources that make it what it is, each with what it says.

    What is not known about it is a route to nobody knows where.
    """

    name: str | None
    routes: tuple[Route, ...]
    uses: tuple[tuple[str, str], ...] = ()


NO_TABLE = Table(None, ())
"""Where packets do not go on."""


def doubt(what: str, source: str) -> Route:
    """A route that stands for something that is not known: it may lead anywhere."""
    return Route(None, what, source, f"{what} is not known")


def clashes(routes: Iterable[Route]) -> Iterator[Route]:
    """A doubt for each destination that one table sends to several targets alike: no cloud lets both stand."""
    found: dict[tuple[Any, int], Route] = {}
    for route in routes:
        other = found.setdefault((route.destination, route.rank), route)
        if route.destination is not None and other.target != route.target:
            yield doubt(f"which of the routes to {route.destination} counts", route.source)


class Tables:
    """The route tables of a stack."""

    def __init__(self, resources: Resources) -> None:
        """Read the tables of `resources`."""
        self._resources = resources
        self._made: dict[tuple[str, str | None], Table] = {}
        self._vpcs = by_id(resources, *VPC)
        self._declared: dict[str, dict[str, Resource]] = {}
        for table in resources.of(TABLE, DEFAULT_TABLE):
            for name in filter(None, (identity(table), text(table, "defaultRouteTableId"))):
                self._declared.setdefault(name, {})[table.urn] = table

    def of_subnet(self, subnet: Resource) -> Table:
        """The table that a subnet uses: its own if it has one, else the main table of its VPC."""
        own = referring(self._resources, USE, "subnetId", identity(subnet))
        if len({value(use, "routeTableId") for use in own.certain}) > 1:
            return Table(None, (doubt(f"which route table {last(subnet.urn)} uses", own.certain[0].urn),))
        if own.certain:
            use = own.certain[0]
            return self._used(use, value(use, "routeTableId"), text(subnet, "vpcId"))
        if own.doubtful or identity(subnet) is None:
            return Table(None, (doubt(f"the route table of {last(subnet.urn)}", subnet.urn),))
        return self.main(text(subnet, "vpcId"))

    def main(self, vpc: str | None) -> Table:
        """The main table of a VPC by its id: what a subnet without a table of its own uses."""
        replaced = referring(self._resources, MAIN_USE, "vpcId", vpc)
        if replaced.certain:
            use = replaced.certain[0]
            return self._used(use, value(use, "routeTableId"), vpc)
        declared = self._vpcs.get(vpc or "")
        name = declared and (text(declared, "mainRouteTableId") or text(declared, "defaultRouteTableId"))
        if vpc is None or not declared or not name or replaced.doubtful:
            urn = declared.urn if declared else ""
            return Table(None, (doubt(f"the main route table of {vpc or 'the network'}", urn),))
        return self._table(name, vpc, (declared.urn, f"mainRouteTableId={name}"))

    def of_gateway(self, gateway: str, vpc: str | None) -> Table:
        """The table for what enters by a gateway: the one that it uses, else the network's own routes."""
        uses = referring(self._resources, USE, "gatewayId", gateway).certain
        if uses:
            return self._used(uses[0], value(uses[0], "routeTableId"), vpc)
        return Table(None, tuple(self._own(vpc)))

    def range_of(self, vpc: str | None) -> Addresses:
        """The addresses of a VPC by its id, as far as they are known."""
        return Addresses.union(route.destination for route in self._own(vpc) if route.destination)

    def targets(self) -> Iterator[tuple[str, Kind, str]]:
        """Every target that a route names, what happens there if nothing declares it, and what it is."""
        for resource in self._resources.of(TABLE, DEFAULT_TABLE):
            for entry in entries(resource, "routes"):
                yield from _named_targets({field: member(entry, field) for field in facts()["targets"]})
        for resource in self._resources.of(ROUTE):
            yield from _named_targets({field: value(resource, field) for field in facts()["targets"]})

    def _used(self, use: Resource, name: Any, vpc: str | None) -> Table:
        """The table that an association names."""
        if not isinstance(name, str):
            return Table(None, (doubt(f"routeTableId of {last(use.urn)}", use.urn),))
        return self._table(name, vpc, (use.urn, f"routeTableId={name}"))

    def _table(self, name: str, vpc: str | None, use: tuple[str, str]) -> Table:
        """The table of a name, as one association has it."""
        made = self._made.get((name, vpc))
        if made is None:
            made = self._made[name, vpc] = self._make(name, vpc)
        return Table(name, made.routes, (use, *made.uses))

    def _make(self, name: str, vpc: str | None) -> Table:
        declared = list(self._declared.get(name, {}).values())
        separate = referring(self._resources, ROUTE, "routeTableId", name)
        inline = ((table, entry) for table in declared for entry in entries(table, "routes"))
        routes = (
            *(route for table, entry in inline for route in self._inline(table, entry)),
            *(route for resource in separate.certain for route in self._separate(resource)),
            *(doubt(f"routeTableId of {last(route.urn)}", route.urn) for route in separate.doubtful),
            *self._endpoints(name),
            *self._own(vpc),
            *self._unread(declared, name),
        )
        return Table(name, (*routes, *clashes(routes)), tuple((table.urn, "routes") for table in declared))

    def _unread(self, declared: list[Resource], name: str) -> Iterator[Route]:
        """What stands in no plan: the routes that a virtual private gateway learns, and tables that are unknown."""
        for table in declared:
            if isinstance(value(table, "routes"), Unknown):
                yield doubt(f"routes of {last(table.urn)}", table.urn)
            if present(value(table, "propagatingVgws")):
                yield doubt(f"what {last(table.urn)} learns from virtual private gateways", table.urn)
        learning = referring(self._resources, PROPAGATION, "routeTableId", name)
        for resource in (*learning.certain, *learning.doubtful):
            yield doubt(f"the routes that {last(resource.urn)} brings", resource.urn)

    def _own(self, vpc: str | None) -> Iterator[Route]:
        """The network's own routes: to each of its ranges."""
        for resource, field in self._ranges(vpc):
            prefix = text(resource, field)
            if prefix:
                yield Route(prefix_of(prefix), LOCAL, resource.urn, f"route {prefix} → local", OWN)

    def _ranges(self, vpc: str | None) -> Iterator[tuple[Resource, str]]:
        """The properties that hold a range of the VPC."""
        if resource := self._vpcs.get(vpc or ""):
            yield resource, "cidrBlock"
            yield resource, "ipv6CidrBlock"
        for kind, field in RANGES.items():
            for resource in referring(self._resources, kind, "vpcId", vpc).certain:
                yield resource, field

    def _inline(self, table: Resource, entry: Any) -> Iterator[Route]:
        """The routes that an entry of a table's `routes` makes."""
        fields = {field: member(entry, field) for field in facts()["targets"]}
        destinations = [member(entry, "cidrBlock"), member(entry, "ipv6CidrBlock")]
        yield from self._routes(table, destinations, member(entry, "destinationPrefixListId"), fields)

    def _separate(self, resource: Resource) -> Iterator[Route]:
        """The routes that a route resource makes."""
        fields = {field: value(resource, field) for field in facts()["targets"]}
        destinations = [value(resource, "destinationCidrBlock"), value(resource, "destinationIpv6CidrBlock")]
        yield from self._routes(resource, destinations, value(resource, "destinationPrefixListId"), fields)

    def _routes(
        self, resource: Resource, destinations: list[Any], prefix_list: Any, fields: Mapping[str, Any]
    ) -> Iterator[Route]:
        """One route for each destination; where that is not known, the destination is None."""
        target = _target(resource, fields)
        for destination in filter(present, (*destinations, prefix_list)):
            for prefix in self._prefixes(destination):
                shown = prefix if prefix is not None else _shown(destination)
                yield Route(prefix, target, resource.urn, f"route {shown} → {target}", STATIC)

    def _prefixes(self, destination: Any) -> Iterator[Network | None]:
        """The prefixes behind a destination: itself, or those of a prefix list of the stack."""
        if not isinstance(destination, str):
            yield None
        elif destination.startswith("pl-"):
            yield from self._listed(destination)
        else:
            yield prefix_of(destination)

    def _listed(self, name: str) -> Iterator[Network | None]:
        """The prefixes of a prefix list; None where the stack does not declare it, or it is not known."""
        declared = next((found for found in self._resources.of(LIST) if identity(found) == name), None)
        separate = referring(self._resources, LIST_ENTRY, "prefixListId", name)
        if declared is None or separate.doubtful:
            yield None
            return
        held = [member(entry, "cidr") for entry in entries(declared, "entries")]
        held += [value(entry, "cidr") for entry in separate.certain]
        for cidr in held:
            yield prefix_of(cidr) if isinstance(cidr, str) else None

    def _endpoints(self, name: str) -> Iterator[Route]:
        """The routes that gateway endpoints put into a table: to a list of addresses that AWS keeps."""
        for endpoint in referring(self._resources, ENDPOINT, "routeTableIds", name).certain:
            yield self._to_service(endpoint, endpoint, identity(endpoint))
        for use in referring(self._resources, ENDPOINT_USE, "routeTableId", name).certain:
            endpoints = {identity(endpoint): endpoint for endpoint in self._resources.of(ENDPOINT)}
            found = endpoints.get(text(use, "vpcEndpointId"))
            yield self._to_service(use, found, text(use, "vpcEndpointId"))

    def _to_service(self, source: Resource, endpoint: Resource | None, name: str | None) -> Route:
        service = text(endpoint, "serviceName") if endpoint else None
        return Route(None, name or last(source.urn), source.urn, f"route {service or 'of a service'} → {name}")


def _target(resource: Resource, fields: Mapping[str, Any]) -> str:
    """The one target that is named; a text that names nothing where it is not known."""
    for found in fields.values():
        if isinstance(found, str) and found:
            return found
    unknown = next((field for field, found in fields.items() if not known(found)), None)
    return f"{unknown or 'no target'} of {last(resource.urn)}"


def _named_targets(fields: Mapping[str, Any]) -> Iterator[tuple[str, Kind, str]]:
    for field, found in fields.items():
        if isinstance(found, str) and found and found != LOCAL:
            fact = facts()["targets"][field]
            for beginning, gateway in facts()["gateways"].items():
                if field == "gatewayId" and found.startswith(beginning):
                    fact = gateway
            yield found, Kind(fact["kind"]), fact["what"]


def _shown(destination: Any) -> str:
    return destination if isinstance(destination, str) else "to addresses not known yet"
