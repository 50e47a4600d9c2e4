"""What exists: resources by id, their children, and who refers to whom. All keys are ids in lower case."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from clover.lab.arm.catalog import Kind, kinds
from clover.lab.arm.values import Body, found


def now_text() -> str:
    """The present time (UTC) as ARM writes it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


@dataclass(slots=True)
class Resource:
    """A resource: its body holds what was written and what Azure filled in once and for all."""

    kind: Kind
    id: str
    name: str
    body: Body
    parent: str
    created_by: str = ""
    created: str = field(default_factory=now_text)
    changed: str = field(default_factory=now_text)
    etag: str = field(default_factory=lambda: str(uuid.uuid4()))
    guid: str = field(default_factory=lambda: str(uuid.uuid4()))
    busy: str = ""
    """The provisioning state of an unfinished operation; empty when there is none."""
    operation: str = ""
    """The id of the last operation."""
    inside: Body = field(default_factory=dict[str, object])
    """What the service knows and no read shows: keys, versions."""

    @property
    def key(self) -> str:
        """The id in lower case."""
        return self.id.lower()

    @property
    def location(self) -> str:
        """Where it is; empty where it has no location."""
        return str(self.body.get("location", ""))

    @property
    def properties(self) -> Body:
        """The `properties` of the body."""
        return self.body.setdefault("properties", {})


class Store:
    """All resources of all subscriptions."""

    def __init__(self) -> None:
        """Begin empty."""
        self.resources: dict[str, Resource] = {}
        self._below: dict[str, dict[str, None]] = {}
        self._referrers: dict[str, dict[str, set[str]]] = {}
        self._names: dict[tuple[str, str], str] = {}

    def get(self, resource_id: str) -> Resource | None:
        """The resource with this id, in any casing."""
        return self.resources.get(resource_id.lower())

    def add(self, resource: Resource) -> Resource:
        """Put a new `resource` in its place; the resource."""
        key = resource.key
        self.resources[key] = resource
        self._below.setdefault(resource.parent.lower(), {})[key] = None
        if resource.kind.name.unique:
            self._names[resource.kind.type, resource.name.lower()] = key
        self._note_references(resource)
        return resource

    def rewrite(self, resource: Resource, body: Body) -> None:
        """Give `resource` a new body, an ETag and a time of change with it."""
        self._forget_references(resource)
        resource.body = body
        resource.changed = now_text()
        resource.etag = str(uuid.uuid4())
        self._note_references(resource)

    def _note_references(self, resource: Resource) -> None:
        for path, target in _references(resource):
            self._referrers.setdefault(target, {}).setdefault(resource.key, set()).add(path)

    def remove(self, resource: Resource) -> None:
        """Take `resource` away with all that is below it, extension resources too."""
        for child in list(self.below(resource.id)):
            self.remove(child)
        self._forget_references(resource)
        self.resources.pop(resource.key, None)
        self._below.get(resource.parent.lower(), {}).pop(resource.key, None)
        if resource.kind.name.unique:
            self._names.pop((resource.kind.type, resource.name.lower()), None)

    def _forget_references(self, resource: Resource) -> None:
        for _, target in _references(resource):
            self._referrers.get(target, {}).pop(resource.key, None)

    def below(self, resource_id: str) -> Iterator[Resource]:
        """The resources directly below this id, in the order in which they were made."""
        for key in list(self._below.get(resource_id.lower(), ())):
            yield self.resources[key]

    def all_below(self, resource_id: str) -> Iterator[Resource]:
        """The resources below this id, however deep."""
        for child in self.below(resource_id):
            yield child
            yield from self.all_below(child.id)

    def named(self, kind: Kind, name: str) -> Resource | None:
        """The resource of a globally named `kind` with this name."""
        return self.resources.get(self._names.get((kind.type, name.lower()), ""))

    def referring(self, resource_id: str) -> Iterator[tuple[Resource, str]]:
        """The resources that refer to this id, and by which path."""
        for key, paths in list(self._referrers.get(resource_id.lower(), {}).items()):
            for path in sorted(paths):
                yield self.resources[key], path

    def holders(self, resource_id: str) -> list[Resource]:
        """The resources that refer to this id and keep it from being deleted."""

        def holds(by: Resource, path: str) -> bool:
            return any(one.path == path and one.holds for one in by.kind.references)

        return [by for by, path in self.referring(resource_id) if holds(by, path)]

    def of_type(self, kind_type: str) -> Iterator[Resource]:
        """All resources of this type."""
        kind = kinds()[kind_type.lower()]
        return (resource for resource in list(self.resources.values()) if resource.kind is kind)

    def ancestor(self, resource: Resource) -> Resource:
        """The top-level resource that a nested one belongs to; itself where it is none."""
        above = self.get(resource.parent) if resource.kind.parent else None
        return self.ancestor(above) if above else resource


def _references(resource: Resource) -> Iterator[tuple[str, str]]:
    for reference in resource.kind.references:
        for target in found(resource.body, reference.path):
            if isinstance(target, str):
                yield reference.path, target.lower()
