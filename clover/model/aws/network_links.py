"""How resources of a stack refer to each other, without guessing: a reference that is not known yet is a doubt."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from clover.model.resources import Resources, value
from clover.sources import Resource, Unknown
from clover.sources.plain import as_list, as_object


class Found(NamedTuple):
    """Resources that refer to something, and those that perhaps do."""

    certain: tuple[Resource, ...]
    doubtful: tuple[Resource, ...]


def referring(resources: Resources, kinds: str | tuple[str, ...], path: str, wanted: Any) -> Found:
    """Sort out which resources of `kinds` hold `wanted` at `path`, by itself or in a list; the unknown are doubtful.

    Where `wanted` itself is not known, whoever holds anything is doubtful.
    """
    holders, doubtful, everybody = _index(resources, (kinds,) if isinstance(kinds, str) else kinds, path)
    if not isinstance(wanted, str):
        return Found((), everybody)
    certain = holders.get(wanted, ())
    return Found(certain, tuple(each for each in doubtful if each not in certain))


@lru_cache(maxsize=256)
def _index(
    resources: Resources, kinds: tuple[str, ...], path: str
) -> tuple[Mapping[str, tuple[Resource, ...]], tuple[Resource, ...], tuple[Resource, ...]]:
    """Who holds which text, who holds something that is not known, and who holds anything."""
    holders: dict[str, list[Resource]] = {}
    everybody = [resource for resource in resources.of(*kinds) if present(value(resource, path))]
    for resource in everybody:
        for text_held in {each for each in several(value(resource, path)) if isinstance(each, str)}:
            holders.setdefault(text_held, []).append(resource)
    doubtful = tuple(resource for resource in everybody if not known(value(resource, path)))
    return {name: tuple(found) for name, found in holders.items()}, doubtful, tuple(everybody)


def known(held: Any) -> bool:
    """Tell whether the value, and everything in it, is known."""
    if isinstance(held, Unknown):
        return False
    inner = (as_object(held) or {}).values() or as_list(held) or ()
    return all(map(known, inner))


def several(held: Any) -> list[Any]:
    """The members of a list; of anything else itself, and nothing where there is nothing."""
    return ([] if held is None else [held]) if (found := as_list(held)) is None else found


def present(held: Any) -> bool:
    """Tell whether anything is declared; what is not known yet may be something."""
    return isinstance(held, Unknown) or held not in (None, "", [], ())


def identity(resource: Resource) -> str | None:
    """The resource's id; None while the cloud has not given it one."""
    return resource.id if isinstance(resource.id, str) and resource.id else None


def last(urn: str) -> str:
    """The name at the end of a URN."""
    return urn.rpartition("::")[2]


def by_id(resources: Resources, *types: str) -> dict[str, Resource]:
    """The resources of `types` that have an id, by it."""
    return {found: resource for resource in resources.of(*types) if (found := identity(resource))}


def text(resource: Resource, path: str) -> str | None:
    """What stands at `path` if it is a text that is known and not empty."""
    held = value(resource, path)
    return held if isinstance(held, str) and held else None


def entries(resource: Resource, path: str) -> list[Any]:
    """The list at `path`; an unknown one, or an unknown member, stays in it as Unknown."""
    return several(value(resource, path))


def member(entry: Any, name: str) -> Any:
    """A member of an object within a resource; Unknown where the object is not known."""
    if isinstance(entry, Unknown):
        return entry
    return (as_object(entry) or {}).get(name)
