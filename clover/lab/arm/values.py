"""Reading and merging JSON values by path: `properties.ipConfigurations[].properties.subnet.id`."""

from collections.abc import Iterator, Mapping
from typing import Any, cast

Body = dict[str, Any]


def found(value: Any, path: str) -> Iterator[Any]:
    """The values at `path`; a `[]` behind a name goes through that list."""
    head, _, rest = path.partition(".")
    many = head.endswith("[]")
    inner = cast(Mapping[str, Any], value).get(head.removesuffix("[]")) if isinstance(value, Mapping) else None
    for one in cast(list[Any], inner) if many and isinstance(inner, list) else [] if many else [inner]:
        if one is not None:
            yield from found(one, rest) if rest else [one]


def first(value: Any, path: str, default: Any = None) -> Any:
    """The first value at `path`, or `default`."""
    return next(found(value, path), default)


def merged(below: Any, above: Any) -> Any:
    """`above` laid over `below`: objects are merged, everything else is replaced."""
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    lower, upper = cast(Mapping[str, Any], below), cast(Mapping[str, Any], above)
    both = {name: merged(lower[name], upper[name]) for name in upper if name in lower}
    return {**lower, **upper, **both}


def without_nulls(value: Any) -> Any:
    """`value` without the properties that are null: ARM takes them as not given."""
    if isinstance(value, Mapping):
        pairs = cast(Mapping[str, Any], value).items()
        return {name: without_nulls(part) for name, part in pairs if part is not None}
    return [without_nulls(part) for part in cast(list[Any], value)] if isinstance(value, list) else value


def copied(value: Any) -> Any:
    """`value` with containers of its own."""
    if isinstance(value, Mapping):
        return {name: copied(part) for name, part in cast(Mapping[str, Any], value).items()}
    return [copied(part) for part in cast(list[Any], value)] if isinstance(value, list) else value


def properties(body: Body) -> Body:
    """The `properties` of `body`, made when there are none."""
    return body.setdefault("properties", {})
