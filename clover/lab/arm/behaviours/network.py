"""Virtual networks, subnets, security groups, routes, and the network watcher that comes with them."""

from collections.abc import Iterator
from typing import Any

from clover.lab.arm.addresses import Network, contains, overlapping, range_of
from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.catalog import kinds, table
from clover.lab.arm.errors import error
from clover.lab.arm.store import Resource, Store
from clover.lab.arm.values import Body, copied, first, found
from clover.lab.arm.world import World

NETWORK = "Microsoft.Network/virtualNetworks"
SUBNET = f"{NETWORK}/subnets"
GROUP = "Microsoft.Network/networkSecurityGroups"
RULE = f"{GROUP}/securityRules"
ROUTES = "Microsoft.Network/routeTables"
ROUTE = f"{ROUTES}/routes"
WATCHER = "Microsoft.Network/networkWatchers"


def ranges_of(body: Body) -> list[Network]:
    """The address ranges of a subnet's body."""
    prefix = first(body, "properties.addressPrefix")
    many = list(found(body, "properties.addressPrefixes[]"))
    return [range_of(one) for one in ([prefix] if prefix else many)]


class VirtualNetwork(Behaviour):
    """A virtual network."""

    def check(self, write: Write, /) -> None:
        """Refuse ranges that overlap or no longer hold the subnets there are."""
        prefixes = [range_of(one) for one in found(write.body, "properties.addressSpace.addressPrefixes[]")]
        if not prefixes:
            raise error("missing_property", path="properties.addressSpace.addressPrefixes")
        for number, one in enumerate(prefixes):
            if overlapping(prefixes[:number], one):
                raise error("space_overlaps", prefix=one, network=write.name)
        kept = [one for one in write.store.below(write.id) if one.kind.type == SUBNET and one not in write.dropped]
        written = {child.name.lower() for child in write.children}
        for subnet in kept:
            if subnet.name.lower() not in written and not all(
                contains(prefixes, one) for one in ranges_of(subnet.body)
            ):
                raise error("subnet_outside", subnet=subnet.name, network=write.name)

    def done(self, write: Write, resource: Resource, /) -> None:
        """Make the region's network watcher.

        https://learn.microsoft.com/azure/network-watcher/network-watcher-create: it is made by itself with the first
        network of a region, in the resource group NetworkWatcherRG.
        """
        _make_watcher(write.store, write.call.address.subscription, resource.location)

    def show(self, _: World, resource: Resource, body: Body, /) -> None:
        """Add the network's own id."""
        body["properties"]["resourceGuid"] = resource.guid


def _make_watcher(store: Store, subscription: str, location: str) -> None:
    kind = kinds()[WATCHER.lower()]
    inside = f"/subscriptions/{subscription}/".lower()
    if any(one.location == location and one.key.startswith(inside) for one in store.of_type(WATCHER)):
        return
    above = f"/subscriptions/{subscription}"
    group_id, name = f"{above}/resourceGroups/NetworkWatcherRG", f"NetworkWatcher_{location}"
    if store.get(group_id) is None:
        group = kinds()["microsoft.resources/resourcegroups"]
        store.add(Resource(group, group_id, "NetworkWatcherRG", {"location": location, "properties": {}}, above))
    body: Body = {"location": location, "properties": {"runningOperationIds": []}}
    store.add(Resource(kind, f"{group_id}/providers/{WATCHER}/{name}", name, body, group_id))


class Subnet(Behaviour):
    """A subnet: inside its network, clear of its siblings."""

    def check(self, write: Write, /) -> None:
        """Refuse a range that does not fit, and what a special subnet may not have."""
        ranges = ranges_of(write.body)
        if not ranges:
            raise error("missing_property", path="properties.addressPrefix")
        network = write.store.get(write.parent)
        prefixes = [range_of(one) for one in _space(write, network)]
        for one in ranges:
            if not contains(prefixes, one):
                raise error("subnet_outside", subnet=write.name, network=write.parent.rpartition("/")[2])
            if one.version == 4 and one.prefixlen > table("limits")["smallest_subnet"]["value"]:
                raise error("subnet_small", prefix=one, subnet=write.name)
        for sibling, taken in _siblings(write):
            if any(overlapping(taken, one) for one in ranges):
                raise error(
                    "subnet_overlaps", subnet=write.name, sibling=sibling, network=write.parent.rpartition("/")[2]
                )
        self._refuse_special(write, ranges)
        _refuse_other_region(write, network)

    def _refuse_special(self, write: Write, ranges: list[Network]) -> None:
        row = table("special_subnets").get(write.name.lower())
        if row is None:
            return
        if any(one.version == 4 and one.prefixlen > row["prefix"] for one in ranges):
            raise error("special_small", subnet=write.name, prefix=row["prefix"])
        if not row["security_group"] and first(write.body, "properties.networkSecurityGroup.id"):
            raise error("special_security_group", subnet=write.name)
        if not row["delegations"] and write.properties.get("delegations"):
            raise error("special_delegation", subnet=write.name)


def _space(write: Write, network: Resource | None) -> Iterator[Any]:
    """The prefixes of the network, as the same request writes them where it writes the network."""
    source = write.call.given if write.is_embedded else network.body if network else {}
    return found(source, "properties.addressSpace.addressPrefixes[]")


def _siblings(write: Write) -> Iterator[tuple[str, list[Network]]]:
    """The other subnets: those there are, or those that the same request writes."""
    if write.is_embedded:
        for item in found(write.call.given, "properties.subnets[]"):
            if str(item.get("name", "")).lower() != write.name.lower():
                yield str(item.get("name")), ranges_of(item)
        return
    for one in write.store.below(write.parent):
        if one.kind is write.kind and one.key != write.id.lower():
            yield one.name, ranges_of(one.body)


def _refuse_other_region(write: Write, network: Resource | None) -> None:
    """A subnet's security group and routes lie in its network's region."""
    for path in ("properties.networkSecurityGroup.id", "properties.routeTable.id"):
        target = write.store.get(first(write.body, path, ""))
        if target and network and target.location != network.location:
            raise error("invalid_reference", target=target.id, id=write.id)


class SecurityGroup(Behaviour):
    """A network security group."""

    def show(self, _: World, resource: Resource, body: Body, /) -> None:
        """Add the rules that every group has."""
        default: list[Body] = copied(table("default_rules")["rules"])
        for rule in default:
            rule["id"] = f"{resource.id}/defaultSecurityRules/{rule['name']}"
            rule["type"] = f"{GROUP}/defaultSecurityRules"
            rule["etag"] = body["etag"]
        body["properties"] |= {"defaultSecurityRules": default, "resourceGuid": resource.guid}


class SecurityRule(Behaviour):
    """A rule of a group."""

    def check(self, write: Write, /) -> None:
        """Refuse priorities out of range or taken, and a rule without ends."""
        priority = write.properties["priority"]
        if not 100 <= priority <= 4096:
            raise error("rule_priority", priority=priority, rule=write.name)
        for ends in ("sourceAddressPrefix", "destinationAddressPrefix", "sourcePortRange", "destinationPortRange"):
            plural = f"{ends}es" if ends.endswith("Prefix") else f"{ends}s"
            groups = ends.replace("AddressPrefix", "ApplicationSecurityGroups")
            if not any(write.properties.get(name) for name in (ends, plural, groups)):
                raise error("rule_without_ends", rule=write.name, ends=ends)
        for sibling in self._siblings(write):
            if (sibling["priority"], sibling["direction"]) == (priority, write.properties["direction"]):
                raise error("rule_conflict", rule=write.name, priority=priority)
        write.properties.setdefault("sourceAddressPrefixes", [])
        write.properties.setdefault("destinationAddressPrefixes", [])

    def _siblings(self, write: Write) -> Iterator[Body]:
        if write.is_embedded:
            for item in found(write.call.given, "properties.securityRules[]"):
                if str(item.get("name", "")).lower() != write.name.lower():
                    yield item["properties"]
            return
        for one in write.store.below(write.parent):
            if one.kind is write.kind and one.key != write.id.lower():
                yield one.properties


class Route(Behaviour):
    """A route."""

    def check(self, write: Write, /) -> None:
        """Refuse an appliance without an address, and an address without an appliance."""
        is_appliance = write.properties.get("nextHopType") == "VirtualAppliance"
        if is_appliance != bool(write.properties.get("nextHopIpAddress")):
            raise error("route_next_hop", route=write.name)
        prefix = str(write.properties.get("addressPrefix", ""))
        if prefix[:1].isdigit():
            range_of(prefix)
        write.properties["hasBgpOverride"] = False


class RouteTable(Behaviour):
    """A route table."""

    def show(self, _: World, resource: Resource, body: Body, /) -> None:
        """Add the table's own id."""
        body["properties"]["resourceGuid"] = resource.guid


rules(NETWORK, VirtualNetwork())
rules(SUBNET, Subnet())
rules(GROUP, SecurityGroup())
rules(RULE, SecurityRule())
rules(ROUTE, Route())
rules(ROUTES, RouteTable())
