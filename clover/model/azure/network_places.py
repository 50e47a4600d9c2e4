"""Virtual networks and subnets of a stack, and what they refer to by id."""

from collections.abc import Iterable, Iterator
from functools import cached_property
from typing import Any

from clover.logic.network.addresses import Addresses
from clover.model.aws.network_links import entries, member, present
from clover.model.azure.arm_ids import arm_id
from clover.model.azure.network_facts import facts
from clover.model.resources import Resources, every, value
from clover.sources import Resource, Unknown

NETWORK = "azure-native:network:VirtualNetwork"
SUBNET = "azure-native:network:Subnet"
INTERFACE = "azure-native:network:NetworkInterface"


class Subnet:
    """A subnet: a resource of its own, or an entry of its network at the path `within`."""

    def __init__(self, resource: Resource, identifier: str | None, within: str = "") -> None:
        """Hold whose property it is."""
        self.resource = resource
        self.id = identifier.lower() if identifier else None
        self.within = within

    def value(self, path: str) -> Any:
        """What the subnet has at `path`."""
        return value(self.resource, self.path(path))

    def path(self, name: str) -> str:
        """The place of a property in its resource."""
        return f"{self.within}.{name}" if self.within else name

    @property
    def called(self) -> str:
        """The subnet's name, as its id has it."""
        return (self.id or "").rpartition("/")[2]

    @property
    def network(self) -> str:
        """The id of its network, in lower case."""
        return (self.id or "").rpartition("/subnets/")[0]

    @property
    def firewalls_only(self) -> bool:
        """Whether Azure lets nothing lie in it but a firewall."""
        return self.called in {name.lower() for name in facts()["firewall_subnets"]}

    @cached_property
    def addresses(self) -> Addresses | None:
        """Its addresses; None where they are not known."""
        held = [
            *entries(self.resource, self.path("addressPrefix")),
            *entries(self.resource, self.path("addressPrefixes")),
        ]
        return union(held)

    def reference(self, path: str) -> Any:
        """The id at `path`, in lower case; Unknown where it is not known, None where there is none."""
        return lower(self.value(path))


def union(texts: Iterable[Any]) -> Addresses | None:
    """The union of prefixes; None where one is not known, or there is none."""
    held = [each for each in texts if present(each)]
    if not held or not all(isinstance(each, str) for each in held):
        return None
    return Addresses.of(*dict.fromkeys(held))


def lower(held: Any) -> Any:
    """An id in lower case: ARM ids ignore capitals."""
    return held.lower() if isinstance(held, str) else held


def by_arm_id(resources: Resources, subscription: str, *types: str) -> dict[str, Resource]:
    """The resources of `types` by their ids in lower case."""
    found = ((arm_id(resource, subscription), resource) for resource in resources.of(*types))
    return {identifier.lower(): resource for identifier, resource in found if identifier}


def children(resources: Resources, kind: str, place: str) -> Iterator[tuple[Resource, bool]]:
    """The resources of a type that lie below an id, and, with False, those of which nobody knows where they lie."""
    subscription = place.split("/")[2] if place.startswith("/subscriptions/") else ""
    for resource in resources.of(kind):
        identifier = arm_id(resource, subscription)
        if identifier is None or identifier.lower().startswith(f"{place}/"):
            yield resource, identifier is not None


def subnets(resources: Resources, subscription: str) -> Iterator[Subnet]:
    """Every subnet of a stack, once however it is declared."""
    own = [Subnet(resource, arm_id(resource, subscription)) for resource in resources.of(SUBNET)]
    yield from own
    seen = {each.id for each in own}
    for network in resources.of(NETWORK):
        place = arm_id(network, subscription)
        for number, entry in enumerate(entries(network, "subnets")):
            name = member(entry, "name")
            identifier = f"{place}/subnets/{name}" if place and isinstance(name, str) else None
            if not isinstance(entry, Unknown) and (identifier is None or identifier.lower() not in seen):
                yield Subnet(network, identifier, f"subnets[{number}]")


def range_of(network: Resource) -> Addresses | None:
    """The addresses of a network; None where they are not known."""
    return union(entries(network, "addressSpace.addressPrefixes"))


def public_interfaces(resources: Resources) -> Iterator[tuple[Resource, str, Any, list[Any]]]:
    """Network interfaces with a public address: the property, what it is, and the subnets of the interface."""
    for interface in resources.of(INTERFACE):
        places = [lower(each) for each in every(interface, "ipConfigurations[].subnet.id")]
        for number, entry in enumerate(entries(interface, "ipConfigurations")):
            found = member(entry, "publicIPAddress")
            if present(found):
                yield interface, f"ipConfigurations[{number}].publicIPAddress", found, places
