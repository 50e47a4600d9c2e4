"""How one resource type is made, read, changed and removed: the table entry that each service module fills in."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from clover.lab.aws.cloud import Call
from clover.lab.provider.wire import Props


@dataclass(frozen=True)
class Update:
    """A change of an existing thing: its id, what the state says of it, the inputs asked for, which of them changed."""

    id: str
    state: Props
    new: Props
    changed: frozenset[str]

    def touches(self, *names: str) -> bool:
        """Whether any of the properties changed."""
        return not self.changed.isdisjoint(names)


@dataclass(frozen=True)
class Tagger:
    """How a service sets and removes tags of the thing with an id."""

    add: Callable[[Call, str, Props], None]
    remove: Callable[[Call, str, list[str]], None]


def nothing_more(_call: Call, _resource_id: str, _inputs: Props) -> None:
    """Complete a thing that is complete once it is made."""


def no_update(_call: Call, _update: Update) -> None:
    """Update a thing of which nothing but tags and settings can change."""


@dataclass(frozen=True)
class Kind:
    """One resource type.

    `create` makes the thing and returns its id; `complete` does what has to follow, and may be repeated. `read` takes
    the id and what was said of the thing last (empty on import), and returns every property that AWS gives back, all
    tags under `tagsAll`, or None when the thing is gone; it may correct the id under `id`.
    """

    create: Callable[[Call, Props], str]
    read: Callable[[Call, str, Props], Props | None]
    delete: Callable[[Call, str, Props], None]
    update: Callable[[Call, Update], None] = no_update
    complete: Callable[[Call, str, Props], None] = nothing_more
    tagger: Tagger | None = None


def deleted_by(service: str, operation: str, parameter: str) -> Callable[[Call, str, Props], None]:
    """Return the `delete` of a thing that one call with its id removes."""

    def delete(call: Call, resource_id: str, _state: Props) -> None:
        call.remove(service, operation, **{parameter: resource_id})

    return delete


def given(**parameters: Any) -> Props:
    """Return the parameters that say something."""
    return {name: value for name, value in parameters.items() if value not in (None, "", [], {})}


def table(props: Props, name: str) -> Props:
    """Return a property that is a map, empty when it is not given."""
    return props.get(name) or {}


def items(props: Props, name: str) -> list[Any]:
    """Return a property that is a list, empty when it is not given."""
    return props.get(name) or []
