"""Which resource of the old world is which of the new one: by URN, else by what it is in the cloud."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from clover.errors import BadInput, Place
from clover.model.resources import Resources
from clover.sources import Resource, Subject, Unknown, World


class Pair(NamedTuple):
    """One resource before and after; None on the side where it does not exist."""

    before: Resource | None
    after: Resource | None

    @property
    def one(self) -> Resource:
        """The resource as it will be; as it was where it goes."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a pair has a resource on at least one side")
        return found

    @property
    def type(self) -> str:
        """The type of both."""
        return self.one.type

    @property
    def urn(self) -> str:
        """The URN that findings name."""
        return self.one.urn


class Sides(NamedTuple):
    """One stack on both sides, resource by resource."""

    before: Resources
    after: Resources
    pairs: tuple[Pair, ...]

    @property
    def renamed(self) -> Mapping[str, str]:
        """The new URN of each old one that is still there."""
        both = ((pair.before, pair.after) for pair in self.pairs)
        return {before.urn: after.urn for before, after in both if before and after}


def subjects(before: World, after: World) -> tuple[Subject, Subject]:
    """The stack of each world; BadInput where they are different ones."""
    (old,), (new,) = before.subjects, after.subjects
    if (old.project, old.stack) != (new.project, new.stack):
        told = f"is stack {new.stack} of {new.project}, and {old.source} is {old.stack} of {old.project}"
        raise BadInput(f"{told}: two stacks are no change", Place(new.source))
    return old, new


def sides(before: Sequence[Resource], after: Sequence[Resource]) -> Sides:
    """Pair the resources of one stack."""
    return Sides(Resources(before), Resources(after), tuple(_pairs(before, after)))


def _pairs(before: Sequence[Resource], after: Sequence[Resource]) -> Iterable[Pair]:
    old = {resource.urn: resource for resource in reversed(before)}
    new = {resource.urn: resource for resource in reversed(after)}
    gone = [resource for urn, resource in old.items() if urn not in new]
    by_identity = {identity: resource for resource in gone if (identity := _identity(resource))}
    taken: set[str] = set()
    for resource in after:
        if new[resource.urn] is not resource:
            continue
        identity = _identity(resource)
        known = old.get(resource.urn) or (by_identity.get(identity) if identity else None)
        taken |= {known.urn} if known else set()
        yield Pair(known, resource)
    yield from (Pair(resource, None) for urn, resource in old.items() if urn not in taken)


def _identity(resource: Resource) -> tuple[str, str] | None:
    """What a custom resource is in the cloud: its type and its id."""
    if not resource.custom or resource.id is None or isinstance(resource.id, Unknown):
        return None
    return resource.type, str(resource.id)
