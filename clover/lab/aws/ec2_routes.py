"""EC2: route tables, their routes, and which subnet uses which table."""

import zlib
from typing import Any

from clover.lab.aws import ec2, tagging
from clover.lab.aws.cloud import Call
from clover.lab.aws.kind import Kind, Update, deleted_by, given, items
from clover.lab.provider.failure import Refusal
from clover.lab.provider.wire import Props

DESTINATIONS = {
    "destinationCidrBlock": "DestinationCidrBlock",
    "destinationIpv6CidrBlock": "DestinationIpv6CidrBlock",
    "destinationPrefixListId": "DestinationPrefixListId",
}
TARGETS = {
    "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
    "gatewayId": "GatewayId",
    "natGatewayId": "NatGatewayId",
    "networkInterfaceId": "NetworkInterfaceId",
    "transitGatewayId": "TransitGatewayId",
    "vpcEndpointId": "VpcEndpointId",
    "vpcPeeringConnectionId": "VpcPeeringConnectionId",
}
#: What the inline routes of a default route table call their destination.
INLINE = {"cidrBlock": "destinationCidrBlock", "ipv6CidrBlock": "destinationIpv6CidrBlock"}


def _create_table(call: Call, inputs: Props) -> str:
    tags = ec2.tag_specification("route-table", inputs)
    made = call.do("ec2", "create_route_table", **given(VpcId=inputs["vpcId"], TagSpecifications=tags))
    return made["RouteTable"]["RouteTableId"]


def _table(call: Call, table: str) -> Props | None:
    return ec2.one(call, "describe_route_tables", "RouteTables", RouteTableIds=[table])


def _read_table(call: Call, table: str, _said: Props) -> Props | None:
    found = _table(call, table)
    if found is None:
        return None
    return {
        "arn": ec2.arn(call, "route-table", table),
        "vpcId": found["VpcId"],
        "ownerId": found.get("OwnerId", call.account),
        "tagsAll": tagging.from_list(found.get("Tags")),
    }


def _destination(props: Props) -> str:
    return next(str(props[name]) for name in DESTINATIONS if props.get(name))


def _named(props: Props, names: dict[str, str]) -> Props:
    return {theirs: props[ours] for ours, theirs in names.items() if props.get(ours)}


def id_of_route(table: str, destination: str) -> str:
    """Return the id that the provider makes up for a route: AWS has none."""
    return f"r-{table}{zlib.crc32(destination.encode())}"


def _create_route(call: Call, inputs: Props) -> str:
    table = inputs["routeTableId"]
    if _find_route(call, table, _destination(inputs)) is not None:
        raise Refusal(f"route table {table} has a route to {_destination(inputs)} already")
    call.do("ec2", "create_route", RouteTableId=table, **_named(inputs, DESTINATIONS), **_named(inputs, TARGETS))
    return id_of_route(table, _destination(inputs))


def _find_route(call: Call, table: str, destination: str) -> Props | None:
    found = _table(call, table)
    routes = (_route(entry) for entry in items(found or {}, "Routes"))
    return next((route for route in routes if _destination(route) == destination), None)


def _route(entry: Props) -> Props:
    """Return one of AWS's routes in the SDK's words; AWS names an endpoint under GatewayId."""
    route = {ours: entry[theirs] for ours, theirs in {**DESTINATIONS, **TARGETS}.items() if entry.get(theirs)}
    if str(route.get("gatewayId", "")).startswith("vpce-"):
        route["vpcEndpointId"] = route.pop("gatewayId")
    return {**route, "origin": entry.get("Origin"), "state": entry.get("State")}


def _read_route(call: Call, route_id: str, said: Props) -> Props | None:
    """Read a route; an import names it `TABLE_DESTINATION`."""
    if said:
        table, destination = said["routeTableId"], _destination(said)
    else:
        table, _, destination = route_id.partition("_")
    found = _find_route(call, table, destination)
    return {**found, "routeTableId": table, "id": id_of_route(table, destination)} if found else None


def _update_route(call: Call, update: Update) -> None:
    if update.touches(*TARGETS):
        new = update.new
        parameters = {**_named(new, DESTINATIONS), **_named(new, TARGETS)}
        call.do("ec2", "replace_route", RouteTableId=new["routeTableId"], **parameters)


def _delete_route(call: Call, _route_id: str, state: Props) -> None:
    call.remove("ec2", "delete_route", RouteTableId=state["routeTableId"], **_named(state, DESTINATIONS))


def _associate(call: Call, inputs: Props) -> str:
    target = given(SubnetId=inputs.get("subnetId"), GatewayId=inputs.get("gatewayId"))
    return call.do("ec2", "associate_route_table", RouteTableId=inputs["routeTableId"], **target)["AssociationId"]


def _association(call: Call, association: str, said: Props) -> Props | None:
    """Find an association by its id, or by what it joins: replacing the table gives it a new id."""
    names = {"subnetId": "association__subnet_id", "gatewayId": "association__gateway_id"}
    wanted = {names[name]: str(said[name]) for name in names if said.get(name)}
    if not said and "/" in association:
        target = association.partition("/")[0]
        wanted = {names["subnetId" if target.startswith("subnet-") else "gatewayId"]: target}
    table = ec2.one(
        call,
        "describe_route_tables",
        "RouteTables",
        Filters=ec2.filters(**(wanted or {"association__route_table_association_id": association})),
    )
    targets = set(wanted.values()) or {association}
    return next(
        (entry for entry in items(table or {}, "Associations") if targets & set(map(str, entry.values()))), None
    )


def _read_association(call: Call, association: str, said: Props) -> Props | None:
    found = _association(call, association, said)
    if found is None:
        return None
    return {
        "id": found["RouteTableAssociationId"],
        "routeTableId": found["RouteTableId"],
        "subnetId": found.get("SubnetId"),
        "gatewayId": found.get("GatewayId"),
    }


def _update_association(call: Call, update: Update) -> None:
    """Move to another table in one call, so that the subnet is never left to the main table."""
    if update.touches("routeTableId"):
        found = _association(call, update.id, update.state)
        current = found["RouteTableAssociationId"] if found else update.id
        table = update.new["routeTableId"]
        call.do("ec2", "replace_route_table_association", AssociationId=current, RouteTableId=table)


def _disassociate(call: Call, association: str, state: Props) -> None:
    found = _association(call, association, state)
    if found is not None:
        call.remove("ec2", "disassociate_route_table", AssociationId=found["RouteTableAssociationId"])


def _adopt(call: Call, inputs: Props) -> str:
    """Take over a network's default table: it is there already, and nothing that it routes is kept."""
    table: str = inputs["defaultRouteTableId"]
    if _table(call, table) is None:
        raise Refusal(f"there is no route table {table}")
    return table


def _complete_default(call: Call, table: str, inputs: Props) -> None:
    ec2.write_tags(call, table, inputs.get("tagsAll") or {}, items(_table(call, table) or {}, "Tags"))
    _write_routes(call, table, items(inputs, "routes"))


def _write_routes(call: Call, table: str, wanted: list[Any]) -> None:
    """Leave exactly the wanted routes beside those that AWS keeps itself."""
    asked = {_destination(route): route for route in map(_from_inline, wanted)}
    present = {_destination(route): route for route in _own_routes(call, table)}
    for destination in sorted(present.keys() - asked.keys()):
        call.remove("ec2", "delete_route", RouteTableId=table, **_named(present[destination], DESTINATIONS))
    for destination, route in asked.items():
        operation = "replace_route" if destination in present else "create_route"
        call.do("ec2", operation, RouteTableId=table, **_named(route, DESTINATIONS), **_named(route, TARGETS))


def _own_routes(call: Call, table: str) -> list[Props]:
    """Return the routes that somebody made: not the local one, not those of gateway endpoints."""
    found = _table(call, table) or {}
    routes = [_route(entry) for entry in items(found, "Routes") if entry.get("GatewayId") != "local"]
    return [route for route in routes if not (route.get("destinationPrefixListId") and route.get("vpcEndpointId"))]


def _from_inline(route: Props) -> Props:
    return {INLINE.get(name, name): value for name, value in route.items()}


def _to_inline(route: Props) -> Props:
    names = {theirs: ours for ours, theirs in INLINE.items()}
    return {names.get(name, name): value for name, value in route.items() if name not in ("origin", "state")}


def _read_default(call: Call, table: str, said: Props) -> Props | None:
    """Read the default table; an import names it by its network."""
    if table.startswith("vpc-"):
        main = ec2.filters(vpc_id=table, association__main="true")
        table = (ec2.one(call, "describe_route_tables", "RouteTables", Filters=main) or {}).get("RouteTableId", table)
    found = _read_table(call, table, said)
    if found is None:
        return None
    routes = [_to_inline(route) for route in _own_routes(call, table)]
    return {**found, "id": table, "defaultRouteTableId": table, "routes": routes}


def _update_default(call: Call, update: Update) -> None:
    if update.touches("routes") and "routes" in update.new:
        _write_routes(call, update.id, update.new["routes"])


def _leave(_call: Call, _resource_id: str, _state: Props) -> None:
    """Leave a default thing as it is: AWS deletes it with its network, nobody can before."""


KINDS = {
    "aws:ec2/routeTable:RouteTable": Kind(
        tagger=ec2.TAGGER,
        create=_create_table,
        read=_read_table,
        delete=deleted_by("ec2", "delete_route_table", "RouteTableId"),
    ),
    "aws:ec2/route:Route": Kind(create=_create_route, read=_read_route, update=_update_route, delete=_delete_route),
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Kind(
        create=_associate, read=_read_association, update=_update_association, delete=_disassociate
    ),
    "aws:ec2/defaultRouteTable:DefaultRouteTable": Kind(
        tagger=ec2.TAGGER,
        create=_adopt,
        complete=_complete_default,
        read=_read_default,
        update=_update_default,
        delete=_leave,
    ),
}
