"""Private endpoint connections, as the resource shows them that they lead to."""

from typing import Any

from clover.lab.arm.store import Resource
from clover.lab.arm.world import World


def connections(world: World, target: Resource) -> list[Resource]:
    """The private endpoint connections of `target`."""
    return [one for one in world.store.below(target.id) if one.kind.path[-1] == "privateEndpointConnections"]


def shown_connections(world: World, target: Resource) -> list[dict[str, Any]]:
    """The list in the properties of `target`."""
    return [
        {"id": one.id, "name": one.name, "type": one.kind.type, "properties": one.properties}
        for one in connections(world, target)
    ]
