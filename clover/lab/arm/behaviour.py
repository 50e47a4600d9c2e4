"""What a kind of resource does beyond its table: the hooks that a service's own rules hang on."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from clover.lab.arm.call import ArmCall, Reply
from clover.lab.arm.catalog import Kind
from clover.lab.arm.store import Resource, Store
from clover.lab.arm.values import Body
from clover.lab.arm.world import World


@dataclass(slots=True)
class Write:
    """A PUT or PATCH on its way: `given` is what the caller sent, `body` what will be stored."""

    world: World
    call: ArmCall
    kind: Kind
    id: str
    name: str
    parent: str
    given: Body
    body: Body
    old: Resource | None
    inside: Body = field(default_factory=dict[str, object])
    """Facts that no read shows, to be kept with the resource."""
    children: list["Write"] = field(default_factory=list["Write"])
    """Writes of children that the body embeds."""
    dropped: list[Resource] = field(default_factory=list[Resource])
    """Children that the body no longer embeds."""
    kept: bool = False
    """Whether the resource stays as it is: the service answers a repeated creation with what there is."""

    @property
    def is_embedded(self) -> bool:
        """Whether the request writes the parent, and this child with it."""
        return self.call.address.id.lower() == self.parent.lower()

    @property
    def store(self) -> Store:
        """The store of the world."""
        return self.world.store

    @property
    def properties(self) -> Body:
        """The properties that will be stored."""
        return self.body.setdefault("properties", {})


Action = Callable[[World, Resource, ArmCall], Reply]


class Behaviour:
    """A kind that has no rules of its own; services override what they need."""

    actions: Mapping[str, Action] = {}
    """POST actions by their name in lower case."""

    def check(self, write: Write, /) -> None:
        """Refuse what the service would refuse (ArmError), and fill in what it fixes at this write."""

    def done(self, write: Write, resource: Resource, /) -> None:
        """Do what follows from a write that has taken effect."""

    def show(self, world: World, resource: Resource, body: Body, /) -> None:
        """Add to `body`, a copy, what the service computes at each read."""

    def brought(self, _: World, __: str, /) -> Iterable[Body]:
        """Resources of this kind at a scope that nobody wrote: what the service brings along."""
        return ()

    def check_deletion(self, world: World, resource: Resource, /) -> None:
        """Refuse a deletion that the service would refuse (ArmError)."""

    def deleted(self, world: World, resource: Resource, gone: Sequence[Resource], /) -> None:
        """Do what follows from a deletion that has taken effect; `gone` is all that went with it."""


_NONE = Behaviour()
_RULES: dict[str, Behaviour] = {}


def rules(kind_type: str, behaviour: Behaviour) -> None:
    """Say that `behaviour` holds the rules of the type `kind_type`."""
    _RULES[kind_type] = behaviour


def behaviour_of(kind: Kind) -> Behaviour:
    """The rules of `kind`."""
    return _RULES.get(kind.type, _NONE)
