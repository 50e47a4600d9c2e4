"""Private endpoints: the connection at their target, their network interface, and their names in private zones."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from clover.lab.arm.addresses import free_address
from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.behaviours.network import ranges_of
from clover.lab.arm.catalog import kinds, table
from clover.lab.arm.errors import error
from clover.lab.arm.store import Resource, Store
from clover.lab.arm.values import Body, copied, first, found
from clover.lab.arm.world import World

ENDPOINT = "Microsoft.Network/privateEndpoints"
GROUP = f"{ENDPOINT}/privateDnsZoneGroups"
INTERFACE = "Microsoft.Network/networkInterfaces"
RECORD = "Microsoft.Network/privateDnsZones/A"
_LINKS = ("privateLinkServiceConnections", "manualPrivateLinkServiceConnections")


class Endpoint(Behaviour):
    """A private endpoint."""

    def check(self, write: Write, /) -> None:
        """Refuse a target that there is not, or that has no such part; keep what was set up already."""
        links = list(_links(write.body))
        if len(links) != 1:
            raise error("endpoint_links", name=write.name)
        name, link = links[0]
        target = write.store.get(first(link, "properties.privateLinkServiceId", ""))
        if target is None:
            raise error("invalid_reference", target=first(link, "properties.privateLinkServiceId"), id=write.id)
        served = table("private_link").get(target.kind.type)
        asked = list(found(link, "properties.groupIds[]"))
        if served is None or len(asked) != 1 or asked[0].lower() not in served["groups"]:
            raise error("endpoint_group", asked=", ".join(map(str, asked)), target=target.id)
        _refuse_other_region(write)
        if write.old is None:
            write.inside["target"], write.inside["link"] = target.id, name

    def done(self, write: Write, resource: Resource, /) -> None:
        """Make the network interface and ask the target for a connection."""
        if write.old is None:
            _make_interface(write, resource)
            _connect(write, resource)

    def show(self, world: World, resource: Resource, body: Body, /) -> None:
        """Add interface, names and the state of the connection."""
        interface = world.store.get(str(resource.inside["interface"]))
        body["properties"]["networkInterfaces"] = [{"id": interface.id}] if interface else []
        address = (
            first(interface.body, "properties.ipConfigurations[].properties.privateIPAddress") if interface else ""
        )
        connection = world.store.get(str(resource.inside["connection"]))
        for _, link in _links(body):
            link["id"] = f"{resource.id}/{resource.inside['link']}/{link.get('name')}"
            link["properties"]["provisioningState"] = "Succeeded"
            state = connection.properties["privateLinkServiceConnectionState"] if connection else _GONE
            link["properties"]["privateLinkServiceConnectionState"] = state
        names = list(_names(world.store, resource))
        body["properties"]["customDnsConfigs"] = [{"fqdn": one, "ipAddresses": [address]} for one in names]

    def deleted(self, world: World, resource: Resource, _: Sequence[Resource], /) -> None:
        """Take interface and connection away with the endpoint."""
        for name in ("interface", "connection"):
            one = world.store.get(str(resource.inside.get(name, "")))
            if one:
                world.store.remove(one)


_GONE = {"status": "Disconnected", "description": "The private link resource was deleted.", "actionsRequired": "None"}


def _links(body: Body) -> Iterator[tuple[str, Body]]:
    for name in _LINKS:
        for link in found(body, f"properties.{name}[]"):
            yield name, link


def _refuse_other_region(write: Write) -> None:
    subnet = write.store.get(first(write.body, "properties.subnet.id"))
    network = write.store.get(subnet.parent) if subnet else None
    if network and network.location != write.body["location"]:
        raise error("invalid_reference", target=network.id, id=write.id)


def _make_interface(write: Write, resource: Resource) -> None:
    subnet = write.store.get(first(resource.body, "properties.subnet.id"))
    if subnet is None:
        return
    name = resource.properties.get("customNetworkInterfaceName") or f"{resource.name}.nic.{uuid.uuid4()}"
    taken = [
        str(one)
        for by, _ in write.store.referring(subnet.id)
        for one in found(by.body, "properties.ipConfigurations[].properties.privateIPAddress")
    ]
    address = free_address(ranges_of(subnet.body)[0], taken)
    configuration = {
        "name": "privateEndpointIpConfig",
        "properties": {
            "privateIPAddress": address,
            "privateIPAllocationMethod": "Dynamic",
            "primary": True,
            "subnet": {"id": subnet.id},
        },
    }
    kind, above = kinds()[INTERFACE.lower()], write.parent
    properties = {"ipConfigurations": [configuration], "privateEndpoint": {"id": resource.id}}
    body: Body = {"location": resource.location, "properties": properties}
    made = write.store.add(Resource(kind, f"{above}/providers/{INTERFACE}/{name}", name, body, above))
    resource.inside["interface"] = made.id


def _connect(write: Write, resource: Resource) -> None:
    """Leave a connection at the target: approved at once unless it was asked for by hand."""
    target = write.store.get(str(resource.inside["target"]))
    if target is None:
        return
    is_manual = resource.inside["link"] == _LINKS[1]
    said = "" if is_manual else "Auto-Approved"
    state = {"status": "Pending" if is_manual else "Approved", "description": said, "actionsRequired": "None"}
    name = f"{target.name}.{uuid.uuid4()}"
    groups = list(found(dict(_links(resource.body))[str(resource.inside["link"])], "properties.groupIds[]"))
    body = {
        "properties": {
            "privateEndpoint": {"id": resource.id},
            "groupIds": groups,
            "privateLinkServiceConnectionState": state,
        }
    }
    kind = kinds()[f"{target.kind.type}/privateEndpointConnections".lower()]
    made = write.store.add(Resource(kind, f"{target.id}/privateEndpointConnections/{name}", name, body, target.id))
    resource.inside["connection"] = made.id


def _names(store: Store, endpoint: Resource) -> Iterator[str]:
    """The public names that the endpoint stands for."""
    target = store.get(str(endpoint.inside["target"]))
    for _, link in _links(endpoint.body):
        for group in found(link, "properties.groupIds[]"):
            if target:
                name = table("private_link")[target.kind.type]["name"]
                yield name.format(name=target.name.lower(), group=group.lower())


class ZoneGroup(Behaviour):
    """The private zones in which an endpoint's names are kept."""

    def check(self, write: Write, /) -> None:
        """Refuse a second group (one per endpoint in the documentation of PrivateDnsZoneGroup)."""
        others = [
            one for one in write.store.below(write.parent) if one.kind is write.kind and one.key != write.id.lower()
        ]
        if others:
            raise error("zone_group_taken", name=others[0].name)

    def done(self, write: Write, resource: Resource, /) -> None:
        """Write the endpoint's addresses into the zones."""
        self.deleted(write.world, resource, ())
        endpoint = write.store.get(resource.parent)
        made: list[str] = []
        for config in found(resource.body, "properties.privateDnsZoneConfigs[]"):
            zone = write.store.get(first(config, "properties.privateDnsZoneId"))
            if zone and endpoint:
                made += [one.id for one in _make_records(write.store, endpoint, zone)]
        resource.inside["records"] = made

    def show(self, world: World, resource: Resource, body: Body, /) -> None:
        """Add the records that were made."""
        records = [world.store.get(one) for one in resource.inside.get("records", ())]
        for config in found(body, "properties.privateDnsZoneConfigs[]"):
            zone = str(first(config, "properties.privateDnsZoneId", "")).lower()
            mine = [one for one in records if one and one.parent.lower() == zone]
            config["properties"]["recordSets"] = [_shown_record(one) for one in mine]

    def deleted(self, world: World, resource: Resource, _: Sequence[Resource], /) -> None:
        """Take the records away."""
        for one in resource.inside.get("records", ()):
            record = world.store.get(one)
            if record:
                world.store.remove(record)


def _shown_record(record: Resource) -> dict[str, Any]:
    addresses = list(found(record.body, "properties.aRecords[].ipv4Address"))
    return {
        "recordType": "A",
        "recordSetName": record.name,
        "fqdn": f"{record.name}.{record.parent.rpartition('/')[2]}",
        "ttl": record.properties["ttl"],
        "ipAddresses": addresses,
        "provisioningState": "Succeeded",
    }


def _make_records(store: Store, endpoint: Resource, zone: Resource) -> Iterator[Resource]:
    interface = store.get(str(endpoint.inside["interface"]))
    address = first(interface.body, "properties.ipConfigurations[].properties.privateIPAddress") if interface else None
    public = zone.name.removeprefix("privatelink.")
    kind = kinds()[RECORD.lower()]
    for name in _names(store, endpoint):
        if not name.endswith(f".{public}") and not (
            public == "vaultcore.azure.net" and name.endswith(".vault.azure.net")
        ):
            continue
        label = name.partition(".")[0]
        body: Body = {
            "properties": {
                "ttl": 10,
                "aRecords": [{"ipv4Address": address}],
                "metadata": {"creator": "created by private endpoint " + endpoint.name},
            }
        }
        yield store.add(Resource(kind, f"{zone.id}/A/{label}", label, copied(body), zone.id))


rules(ENDPOINT, Endpoint())
rules(GROUP, ZoneGroup())
