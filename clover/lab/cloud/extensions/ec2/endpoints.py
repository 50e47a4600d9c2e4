"""VPC endpoints: moto gives interface endpoints no DNS names that AWS would, and loses route tables on changes."""

from collections.abc import Mapping
from typing import Any

from moto.ec2.models import EC2Backend
from moto.ec2.models.vpcs import VPCEndPoint
from moto.ec2.utils import random_resource_id

from clover.lab.cloud.answers import Refusal
from clover.lab.cloud.call import Call
from clover.lab.cloud.extensions.ec2.network import network_of, new_endpoint, tags_of
from clover.lab.cloud.tables import table


def create(call: Call) -> Mapping[str, Any]:
    """CreateVpcEndpoint: of type Gateway (the default) or Interface."""
    asked, network = call.parameters, network_of(call)
    vpc = network.get_vpc(asked["VpcId"])
    kind = asked.get("VpcEndpointType", "Gateway")
    _refuse_unknown_service(call, kind)
    endpoint = new_endpoint(
        network,
        vpc.id,
        asked["ServiceName"],
        kind,
        policy_document=asked.get("PolicyDocument"),
        route_table_ids=list(asked.get("RouteTableIds", ())),
        client_token=asked.get("ClientToken"),
        security_group_ids=_groups(call, kind, vpc.id),
        tags=tags_of(call, "vpc-endpoint"),
        private_dns_enabled=kind == "Interface" and asked.get("PrivateDnsEnabled", True),
        destination_prefix_list_id=_prefix_list(network, asked["ServiceName"]) if kind == "Gateway" else None,
    )
    _add_subnets(network, endpoint, asked.get("SubnetIds", ()))
    endpoint.dns_entries = _dns_entries(call, endpoint)
    network.vpc_end_points[endpoint.id] = endpoint
    for route_table in endpoint.route_table_ids:
        _add_route(network, endpoint, route_table)
    return {"VpcEndpoint": endpoint}


def modify(call: Call) -> Mapping[str, Any]:
    """ModifyVpcEndpoint."""
    asked, network = call.parameters, network_of(call)
    endpoint = _endpoint(network, asked["VpcEndpointId"])
    if asked.get("ResetPolicy"):
        untouched = new_endpoint(network, endpoint.vpc_id, endpoint.service_name, "Gateway")
        endpoint.policy_document = untouched.policy_document
    endpoint.policy_document = asked.get("PolicyDocument", endpoint.policy_document)
    _change_routes(network, endpoint, asked)
    _remove_subnets(network, endpoint, asked.get("RemoveSubnetIds", ()))
    _add_subnets(network, endpoint, asked.get("AddSubnetIds", ()))
    _change_groups(call, endpoint)
    endpoint.private_dns_enabled = asked.get("PrivateDnsEnabled", endpoint.private_dns_enabled)
    endpoint.dns_entries = _dns_entries(call, endpoint)
    return {"Return": True}


def delete(call: Call) -> Mapping[str, Any]:
    """DeleteVpcEndpoints: those that are not there are reported, the others go."""
    network = network_of(call)
    unsuccessful: list[Mapping[str, Any]] = []
    for endpoint_id in call.parameters["VpcEndpointIds"]:
        try:
            endpoint = _endpoint(network, endpoint_id)
        except Refusal as error:
            unsuccessful.append({"ResourceId": endpoint_id, "Error": {"Code": error.code, "Message": error.message}})
            continue
        for route_table in endpoint.route_table_ids:
            _remove_route(network, endpoint, route_table)
        _remove_subnets(network, endpoint, list(endpoint.subnet_ids or ()))
        del network.vpc_end_points[endpoint_id]
    return {"Unsuccessful": unsuccessful}


def services(call: Call) -> Mapping[str, Any]:
    """DescribeVpcEndpointServices: the services of AWS that the lab knows of."""
    known = _services(call)
    wanted = call.parameters.get("ServiceNames", list(known))
    for name in wanted:
        if name not in known:
            raise Refusal("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist", 400)
    details = [
        {
            "ServiceName": name,
            "ServiceType": [{"ServiceType": kind} for kind in known[name]],
            "Owner": "amazon",
            "VpcEndpointPolicySupported": True,
            "AcceptanceRequired": False,
            "ManagesVpcEndpoints": False,
        }
        for name in wanted
    ]
    return {"ServiceNames": wanted, "ServiceDetails": details}


def _services(call: Call) -> dict[str, list[str]]:
    """Endpoint service names of the call's region, each with its endpoint types."""
    known: dict[str, list[str]] = {}
    for kind, names in table("endpoint_services").items():
        for name in names:
            known.setdefault(f"com.amazonaws.{call.region}.{name}", []).append(kind)
    return known


def _refuse_unknown_service(call: Call, kind: str) -> None:
    name = call.parameters["ServiceName"]
    if kind not in _services(call).get(name, ()):
        raise Refusal("InvalidServiceName", f"The Vpc Endpoint Service '{name}' does not exist", 400)


def _endpoint(network: EC2Backend, endpoint_id: str) -> VPCEndPoint:
    endpoint = network.vpc_end_points.get(endpoint_id)
    if endpoint is None:
        message = f"The Vpc Endpoint Id '{endpoint_id}' does not exist"
        raise Refusal("InvalidVpcEndpointId.NotFound", message, 400)
    if endpoint.vpc_endpoint_type == "GatewayLoadBalancer":
        message = f"{endpoint_id} is managed by AWS Network Firewall"
        raise Refusal("OperationNotPermitted", message, 400)
    return endpoint


def _groups(call: Call, kind: str, vpc: str) -> list[str]:
    """The security groups of a new endpoint: an interface without any has the VPC's default one."""
    network = network_of(call)
    groups: list[str] = list(call.parameters.get("SecurityGroupIds", ()))
    for group in groups:
        if network.get_security_group_from_id(group) is None:
            raise Refusal("InvalidGroup.NotFound", f"The security group '{group}' does not exist", 400)
    default = network.get_default_security_group(vpc) if kind == "Interface" and not groups else None
    return [default.id] if default else groups


def _add_subnets(network: EC2Backend, endpoint: VPCEndPoint, subnets: Any) -> None:
    for subnet_id in subnets:
        subnet = network.get_subnet(subnet_id)
        if subnet.vpc_id != endpoint.vpc_id:
            raise Refusal("InvalidParameter", f"Subnet {subnet_id} is not in VPC {endpoint.vpc_id}", 400)
        text = f"VPC Endpoint Interface {endpoint.id}"
        interface = network.create_network_interface(
            subnet, "", group_ids=endpoint.security_group_ids, description=text
        )
        interface.interface_type, interface.requester_managed, interface.status = "vpc_endpoint", True, "in-use"
        endpoint.network_interface_ids.append(interface.id)
        endpoint.subnet_ids = [*(endpoint.subnet_ids or ()), subnet_id]


def _remove_subnets(network: EC2Backend, endpoint: VPCEndPoint, subnets: Any) -> None:
    for interface_id in list(endpoint.network_interface_ids):
        if network.enis[interface_id].subnet.id in subnets:
            del network.enis[interface_id]
            endpoint.network_interface_ids.remove(interface_id)
    endpoint.subnet_ids = [subnet for subnet in endpoint.subnet_ids or () if subnet not in subnets]


def _change_groups(call: Call, endpoint: VPCEndPoint) -> None:
    network, leaving = network_of(call), call.parameters.get("RemoveSecurityGroupIds", ())
    joining = call.parameters.get("AddSecurityGroupIds", ())
    kept = [group for group in endpoint.security_group_ids if group not in leaving]
    endpoint.security_group_ids = list(dict.fromkeys([*kept, *joining]))
    groups = [network.get_security_group_from_id(group) for group in endpoint.security_group_ids]
    for interface_id in endpoint.network_interface_ids:
        network.enis[interface_id]._group_set = [group for group in groups if group]  # pyright: ignore[reportPrivateUsage]


def _prefix_list(network: EC2Backend, service: str) -> str | None:
    lists = network.managed_prefix_lists.values()
    return next((one.id for one in lists if one.prefix_list_name == service), None)


def _change_routes(network: EC2Backend, endpoint: VPCEndPoint, asked: Mapping[str, Any]) -> None:
    for route_table in asked.get("RemoveRouteTableIds", ()):
        _remove_route(network, endpoint, route_table)
        endpoint.route_table_ids.remove(route_table)
    for route_table in asked.get("AddRouteTableIds", ()):
        _add_route(network, endpoint, route_table)
        endpoint.route_table_ids.append(route_table)


def _add_route(network: EC2Backend, endpoint: VPCEndPoint, route_table: str) -> None:
    prefix_list = endpoint.destination_prefix_list_id
    network.create_route(route_table, None, gateway_id=endpoint.id, destination_prefix_list_id=prefix_list)


def _remove_route(network: EC2Backend, endpoint: VPCEndPoint, route_table: str) -> None:
    if route_table in network.route_tables and endpoint.destination_prefix_list_id:
        network.delete_route(route_table, endpoint.destination_prefix_list_id)


def _dns_entries(call: Call, endpoint: VPCEndPoint) -> list[dict[str, str]]:
    """The names of an interface endpoint: its own, one for each zone, and the service's where DNS is private."""
    if endpoint.vpc_endpoint_type != "Interface":
        return []
    service = ".".join(reversed(endpoint.service_name.split(".")[3:]))
    own = endpoint.dns_entries[0]["dns_name"].split(".")[0] if endpoint.dns_entries else None
    own = own or f"{endpoint.id}-{random_resource_id(8)}"
    zones = [network_of(call).get_subnet(subnet).availability_zone for subnet in endpoint.subnet_ids or ()]
    names = [f"{name}.{service}.{call.region}.vpce.amazonaws.com" for name in (own, *(f"{own}-{z}" for z in zones))]
    if endpoint.private_dns_enabled:
        names.append(f"{service}.{call.region}.amazonaws.com")
    return [{"dns_name": name, "hosted_zone_id": f"Z{random_resource_id(13).upper()}"} for name in names]


OPERATIONS = {
    "ec2.CreateVpcEndpoint": create,
    "ec2.ModifyVpcEndpoint": modify,
    "ec2.DeleteVpcEndpoints": delete,
    "ec2.DescribeVpcEndpointServices": services,
}
