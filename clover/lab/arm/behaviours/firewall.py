"""Azure Firewall, its policies, and public IP addresses."""

from collections.abc import Iterator

from clover.lab.arm.addresses import free_address, range_of
from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.behaviours.network import ranges_of
from clover.lab.arm.catalog import table
from clover.lab.arm.errors import error
from clover.lab.arm.store import Resource
from clover.lab.arm.values import Body, first, found
from clover.lab.arm.world import World

FIREWALL = "Microsoft.Network/azureFirewalls"
POLICY = "Microsoft.Network/firewallPolicies"
GROUP = f"{POLICY}/ruleCollectionGroups"
ADDRESS = "Microsoft.Network/publicIPAddresses"
_TIERS = ("Basic", "Standard", "Premium")
_SUBNET = "properties.subnet.id"
_PUBLIC = "properties.publicIPAddress.id"


class PublicAddress(Behaviour):
    """A public IP address."""

    def check(self, write: Write, /) -> None:
        """Refuse a Standard address that is not static; give a static one its address."""
        sku: Body = write.body.setdefault("sku", {})
        sku.setdefault("name", "Basic")
        sku.setdefault("tier", "Regional")
        if write.old and write.old.body["sku"]["name"] != sku["name"]:
            raise error("address_sku", name=write.name)
        if sku["name"] == "Standard" and write.properties["publicIPAllocationMethod"] != "Static":
            raise error("address_static", name=write.name)
        if write.properties["publicIPAllocationMethod"] == "Static":
            before = write.old.properties.get("ipAddress") if write.old else None
            taken = [
                one.properties["ipAddress"] for one in write.store.of_type(ADDRESS) if "ipAddress" in one.properties
            ]
            pool = range_of(table("limits")["public_addresses"]["value"])
            write.properties["ipAddress"] = before or free_address(pool, taken)
        write.properties.setdefault("ddosSettings", {"protectionMode": "VirtualNetworkInherited"})

    def show(self, _: World, resource: Resource, body: Body, /) -> None:
        """Add the address's own id."""
        body["properties"]["resourceGuid"] = resource.guid


class Firewall(Behaviour):
    """An Azure Firewall in a virtual network."""

    def check(self, write: Write, /) -> None:
        """Refuse subnets, addresses and policies that do not fit; give it its private address."""
        for index, one in enumerate(found(write.body, "properties.ipConfigurations[]")):
            self._configure(write, one, index)
        policy = write.store.get(first(write.body, "properties.firewallPolicy.id", ""))
        if policy:
            tiers = (first(write.body, "properties.sku.tier"), first(policy.body, "properties.sku.tier"))
            if _TIERS.index(tiers[1]) > _TIERS.index(tiers[0]):
                raise error("firewall_tier", firewall=tiers[0], policy=tiers[1])
            if policy.location != write.body["location"]:
                raise error("invalid_reference", target=policy.id, id=write.id)
        if list(found(write.body, "properties.ipConfigurations[]")):
            return
        if first(write.body, "properties.sku.name") == "AZFW_VNet":
            raise error("firewall_configurations")

    def _configure(self, write: Write, configuration: Body, index: int) -> None:
        properties: Body = configuration["properties"]
        subnet_id = first(configuration, _SUBNET)
        if index == 0 and subnet_id is None:
            raise error("firewall_subnet", id=write.id)
        address = write.store.get(first(configuration, _PUBLIC, ""))
        if address:
            _refuse_address(write, address)
        if subnet_id is None:
            return
        subnet = write.store.get(subnet_id)
        if subnet is None or subnet.name.lower() != "azurefirewallsubnet":
            raise error("firewall_subnet", id=write.id)
        others = [
            by for by, _ in write.store.referring(subnet.id) if by.kind is write.kind and by.key != write.id.lower()
        ]
        if others:
            raise error("firewall_subnet_taken", subnet=subnet.id, by=others[0].id)
        properties["privateIPAddress"] = free_address(ranges_of(subnet.body)[0], ())
        properties["privateIPAllocationMethod"] = "Dynamic"

    def show(self, _: World, resource: Resource, body: Body, /) -> None:
        """Add ids and states of the configurations."""
        for one in found(body, "properties.ipConfigurations[]"):
            one["id"] = f"{resource.id}/azureFirewallIpConfigurations/{one.get('name')}"
            one["etag"] = body["etag"]
            one["type"] = f"{FIREWALL}/azureFirewallIpConfigurations"
            one["properties"]["provisioningState"] = "Succeeded"


def _refuse_address(write: Write, address: Resource) -> None:
    if first(address.body, "sku.name") != "Standard" or address.location != write.body["location"]:
        raise error("firewall_address", address=address.id)
    others = [by for by, _ in write.store.referring(address.id) if by.key != write.id.lower()]
    if others:
        raise error("address_in_use", address=address.id, by=others[0].id)


class RuleGroup(Behaviour):
    """A rule collection group of a policy."""

    def check(self, write: Write, /) -> None:
        """Refuse priorities out of range or taken, and rules that mix or miss what they need."""
        priority = write.properties.get("priority")
        _refuse_priority(priority, write.name)
        for sibling in write.store.below(write.parent):
            if sibling.key != write.id.lower() and sibling.properties.get("priority") == priority:
                raise error("collection_conflict", name=write.name, priority=priority)
        seen: set[int] = set()
        for collection in found(write.body, "properties.ruleCollections[]"):
            _refuse_priority(collection.get("priority"), collection.get("name"))
            if collection["priority"] in seen:
                raise error("collection_conflict", name=collection.get("name"), priority=collection["priority"])
            seen.add(collection["priority"])
            self._refuse_rules(collection)

    def _refuse_rules(self, collection: Body) -> None:
        kinds = {rule.get("ruleType") for rule in found(collection, "rules[]")}
        if len(kinds) > 1:
            raise error("collection_mixed", name=collection.get("name"))
        for rule in found(collection, "rules[]"):
            if not rule.get("sourceAddresses") and not rule.get("sourceIpGroups"):
                raise error("rule_without_source", rule=rule.get("name"))
            if rule["ruleType"] == "ApplicationRule" and not any(_targets(rule)):
                raise error("rule_without_target", rule=rule.get("name"))


def _targets(rule: Body) -> Iterator[object]:
    for name in ("targetFqdns", "targetUrls", "fqdnTags", "webCategories"):
        yield rule.get(name)


def _refuse_priority(priority: object, name: object) -> None:
    if not isinstance(priority, int) or not 100 <= priority <= 65_000:
        raise error("collection_priority", name=name, priority=priority)


rules(ADDRESS, PublicAddress())
rules(FIREWALL, Firewall())
rules(GROUP, RuleGroup())
