"""A resource as a read shows it: what was written, what Azure fixed, what it computes."""

from typing import Any

from clover.lab.arm.behaviour import behaviour_of
from clover.lab.arm.catalog import kinds
from clover.lab.arm.store import Resource
from clover.lab.arm.values import Body, copied, found, properties
from clover.lab.arm.world import World


def rendered(world: World, resource: Resource) -> Body:
    """The body of a GET of `resource`."""
    kind = resource.kind
    body: Body = {"id": resource.id, "name": resource.name, "type": kind.type, **copied(resource.body)}
    if kind.etag:
        body["etag"] = f'W/"{resource.etag}"' if kind.namespace == "Microsoft.Network" else f'"{resource.etag}"'
    if kind.state:
        properties(body)["provisioningState"] = resource.busy or "Succeeded"
    for name, child_type in kind.embeds.items():
        children = [one for one in world.store.below(resource.id) if one.kind.type == child_type]
        properties(body)[name] = [rendered(world, child) for child in children]
    _show_referrers(world, resource, body)
    behaviour_of(kind).show(world, resource, body)
    return body


def _show_referrers(world: World, resource: Resource, body: Body) -> None:
    for name, shown in resource.kind.shows.items():
        kind = kinds()[shown.kind.lower()]
        if shown.path == "..":
            ids = [one.id for one in world.store.below(resource.id) if one.kind is kind]
        else:
            referring = world.store.referring(resource.id)
            ids = [
                by.id + _part(resource, by, shown.path, shown.below)
                for by, path in referring
                if _is(by, kind, path, shown.path)
            ]
        if ids and not shown.many:
            properties(body)[name] = {"id": ids[0]}
        elif ids:
            properties(body)[name] = [{"id": one} for one in ids]


def _is(by: Resource, kind: Any, path: str, wanted: str) -> bool:
    return by.kind is kind and path == wanted


def _part(resource: Resource, by: Resource, path: str, below: str) -> str:
    """What follows the referring resource's id, where a named part of it refers here."""
    if not below:
        return ""
    inner = path.partition("[].")
    parts = [one for one in found(by.body, f"{inner[0]}[]") if resource.key in map(str.lower, found(one, inner[2]))]
    return below.format(name=parts[0].get("name", "")) if parts else ""
