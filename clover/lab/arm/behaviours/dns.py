"""Private DNS zones with their links and records, and the security policies of Azure's resolver."""

from clover.lab.arm.behaviour import Behaviour, Write, rules
from clover.lab.arm.errors import error
from clover.lab.arm.store import Resource, Store
from clover.lab.arm.values import Body, found
from clover.lab.arm.world import World

ZONE = "Microsoft.Network/privateDnsZones"
ZONE_LINK = f"{ZONE}/virtualNetworkLinks"
RECORD = f"{ZONE}/A"
POLICY = "Microsoft.Network/dnsResolverPolicies"
POLICY_LINK = f"{POLICY}/virtualNetworkLinks"
RULE = f"{POLICY}/dnsSecurityRules"
DOMAINS = "Microsoft.Network/dnsResolverDomainLists"


def _linked(store: Store, network_id: str, kind: str, but: str) -> list[Resource]:
    """The links of `kind` to this network, without the one called `but`."""
    return [by for by, _ in store.referring(network_id) if by.kind.type == kind and by.key != but.lower()]


class Zone(Behaviour):
    """A private zone."""

    def show(self, world: World, resource: Resource, body: Body, /) -> None:
        """Add the numbers of links and records, and how many there may be (PrivateZoneProperties)."""
        below = list(world.store.below(resource.id))
        links = [one for one in below if one.kind.type == ZONE_LINK]
        registering = [one for one in links if one.properties.get("registrationEnabled")]
        body["properties"] |= {
            "numberOfRecordSets": 1 + sum(one.kind.type == RECORD for one in below),
            "numberOfVirtualNetworkLinks": len(links),
            "numberOfVirtualNetworkLinksWithRegistration": len(registering),
            "maxNumberOfRecordSets": 25_000,
            "maxNumberOfVirtualNetworkLinks": 1000,
            "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
        }

    def check_deletion(self, world: World, resource: Resource, /) -> None:
        """Refuse to delete a zone that networks are linked to."""
        links = [one.id for one in world.store.below(resource.id) if one.kind.type == ZONE_LINK]
        if links:
            raise error("nested", id=resource.id, nested=", ".join(links))


class ZoneLink(Behaviour):
    """A zone's link to a network."""

    def check(self, write: Write, /) -> None:
        """Refuse a second zone of one name, or a second registration, for one network."""
        zone = write.parent.rpartition("/")[2].lower()
        for other in _linked(write.store, write.properties["virtualNetwork"]["id"], ZONE_LINK, write.id):
            if other.parent.rpartition("/")[2].lower() == zone:
                raise error("zone_linked", network=write.properties["virtualNetwork"]["id"], zone=zone)
            if other.properties.get("registrationEnabled") and write.properties["registrationEnabled"]:
                raise error("zone_registration", network=write.properties["virtualNetwork"]["id"])

    def show(self, __: World, _: Resource, body: Body, /) -> None:
        """Add the link's state."""
        body["properties"]["virtualNetworkLinkState"] = "Completed"


class Record(Behaviour):
    """A record set of addresses."""

    def show(self, _: World, resource: Resource, body: Body, /) -> None:
        """Add the record's full name."""
        zone = resource.parent.rpartition("/")[2]
        body["properties"] |= {"fqdn": f"{resource.name}.{zone}.", "isAutoRegistered": False}
        body["properties"].setdefault("ttl", 3600)


class Policy(Behaviour):
    """A resolver policy."""

    def show(self, _: World, resource: Resource, body: Body, /) -> None:
        """Add the policy's own id."""
        body["properties"]["resourceGuid"] = resource.guid

    def check_deletion(self, world: World, resource: Resource, /) -> None:
        """Refuse to delete a policy that has rules or links."""
        nested = [one.id for one in world.store.below(resource.id) if one.kind.type in (RULE, POLICY_LINK)]
        if nested:
            raise error("nested", id=resource.id, nested=", ".join(nested))


class PolicyLink(Behaviour):
    """A policy's link to a network: one policy for each network, in one region."""

    def check(self, write: Write, /) -> None:
        """Refuse a second policy for a network, and a network of another region."""
        network_id = write.properties["virtualNetwork"]["id"]
        if _linked(write.store, network_id, POLICY_LINK, write.id):
            raise error("policy_linked", network=network_id)
        network = write.store.get(network_id)
        policy = write.store.get(write.parent)
        if network and policy and len({network.location, policy.location, write.body["location"]}) > 1:
            raise error("invalid_reference", target=network_id, id=write.id)


class SecurityRule(Behaviour):
    """A rule of a resolver policy."""

    def check(self, write: Write, /) -> None:
        """Refuse priorities out of range or taken, and a rule without domains (DnsSecurityRule)."""
        priority = write.properties["priority"]
        if not 100 <= priority <= 65_000:
            raise error("dns_priority", priority=priority)
        taken = [
            one for one in write.store.below(write.parent) if one.kind is write.kind and one.key != write.id.lower()
        ]
        if any(one.properties["priority"] == priority for one in taken):
            raise error("dns_priority_taken", priority=priority)
        if not list(found(write.body, "properties.dnsResolverDomainLists[].id")) and not write.properties.get(
            "managedDomainLists"
        ):
            raise error("missing_property", path="properties.dnsResolverDomainLists")


class Domains(Behaviour):
    """A list of domains."""

    def check(self, write: Write, /) -> None:
        """Refuse domains that do not end with a dot (the list of one dot means all)."""
        wrong = [one for one in found(write.body, "properties.domains[]") if not str(one).endswith(".")]
        if wrong:
            raise error("domain_form", domain=wrong[0])

    def show(self, _: World, resource: Resource, body: Body, /) -> None:
        """Add the list's own id."""
        body["properties"]["resourceGuid"] = resource.guid


rules(ZONE, Zone())
rules(ZONE_LINK, ZoneLink())
rules(RECORD, Record())
rules(POLICY, Policy())
rules(POLICY_LINK, PolicyLink())
rules(RULE, SecurityRule())
rules(DOMAINS, Domains())
